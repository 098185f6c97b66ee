from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import chinese_calendar
import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from shiliu.core import worktime
from shiliu.core.models import CalendarDay
from shiliu.core.worktime import ZONE, Calendar, OfficeHours, Unit, deadline, last_day, working_minutes

WORKING_UNITS = (Unit.WORK_HOUR, Unit.WORK_DAY)
PUBLISHED = {
    day: working
    for working, days in ((False, chinese_calendar.holidays), (True, chinese_calendar.workdays))
    for day in days
    if day.year >= 2019
}
REAL = Calendar(2019, 2029, PUBLISHED)

# Labour Day 2023: off from Saturday 29 April to Wednesday 3 May; the Saturday after is a working day.
THURSDAY, FRIDAY, SATURDAY = date(2023, 4, 27), date(2023, 4, 28), date(2023, 4, 29)
BACK_TO_WORK, MADE_UP = date(2023, 5, 4), date(2023, 5, 6)

instants = st.datetimes(datetime(2019, 1, 1), datetime(2027, 12, 1), timezones=st.just(ZONE))  # noqa: DTZ001
amounts = st.integers(1, 40)
units = st.sampled_from(Unit)


def at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), ZONE)


def due(start: datetime, amount: int, unit: Unit) -> datetime:
    return deadline(start, amount, unit, REAL).at.astimezone(ZONE)


def is_office_time(instant: datetime) -> bool:
    local = instant.astimezone(ZONE)
    return REAL.is_working(local.date()) and any(
        opens <= local.time() <= closes for opens, closes in REAL.hours.sessions
    )


@pytest.mark.parametrize(
    ("start", "amount", "ends"),
    [
        (at(THURSDAY, "09:00"), 2, at(THURSDAY, "11:00")),
        (at(THURSDAY, "09:00:17.000005"), 2, at(THURSDAY, "11:00:17.000005")),
        (at(THURSDAY, "11:00"), 2, at(THURSDAY, "15:30")),  # over noon
        (at(THURSDAY, "08:30"), 1, at(THURSDAY, "09:30")),
        (at(THURSDAY, "03:00"), 1, at(THURSDAY, "09:30")),
        (at(THURSDAY, "11:00"), 1, at(THURSDAY, "12:00")),  # meets closing time and stays there
        (at(THURSDAY, "12:00"), 1, at(THURSDAY, "15:30")),
        (at(THURSDAY, "16:30"), 2, at(FRIDAY, "09:30")),
        (at(FRIDAY, "17:00"), 1, at(BACK_TO_WORK, "09:00")),  # over Labour Day
        (at(SATURDAY, "10:00"), 1, at(BACK_TO_WORK, "09:30")),
        (at(date(2023, 5, 5), "17:00"), 1, at(MADE_UP, "09:00")),  # a Saturday that is worked
        (at(THURSDAY, "08:30"), 13, at(FRIDAY, "17:30")),
    ],
)
def test_work_hours_run_inside_office_hours(start: datetime, amount: int, ends: datetime) -> None:
    assert due(start, amount, Unit.WORK_HOUR) == ends


@pytest.mark.parametrize(
    ("start", "amount", "ends"),
    [
        (at(THURSDAY, "00:00"), 1, FRIDAY),
        (at(THURSDAY, "09:00"), 1, FRIDAY),
        (at(THURSDAY, "23:59"), 1, FRIDAY),  # after hours is still that day
        (at(FRIDAY, "09:00"), 1, BACK_TO_WORK),
        (at(SATURDAY, "09:00"), 1, BACK_TO_WORK),
        (at(FRIDAY, "09:00"), 3, MADE_UP),
        (at(FRIDAY, "09:00"), 4, date(2023, 5, 8)),
    ],
)
def test_work_days_end_at_closing_time_and_leave_out_the_day_of_receipt(
    start: datetime, amount: int, ends: date
) -> None:
    assert due(start, amount, Unit.WORK_DAY) == at(ends, "17:30")


def test_clock_hours_run_day_and_night() -> None:
    assert due(at(SATURDAY, "23:10"), 24, Unit.CLOCK_HOUR) == at(date(2023, 4, 30), "23:10")


def test_calendar_days_end_at_midnight_after_the_last_day() -> None:
    ends = due(at(SATURDAY, "10:00"), 7, Unit.CALENDAR_DAY)
    assert ends == at(date(2023, 5, 7), "00:00")
    assert last_day(ends) == date(2023, 5, 6)


def test_last_day_of_a_deadline_within_a_day_is_that_day() -> None:
    assert last_day(at(FRIDAY, "17:30")) == FRIDAY
    assert last_day(datetime(2023, 4, 28, 16, 0, 1, tzinfo=UTC)) == SATURDAY  # 00:00:01 in Shanghai


@pytest.mark.parametrize("unit", Unit)
def test_deadline_refuses_nothing_and_naive_time(unit: Unit) -> None:
    with pytest.raises(ValueError, match="at least one unit"):
        deadline(at(THURSDAY, "09:00"), 0, unit, REAL)
    with pytest.raises(ValueError, match="aware"):
        deadline(datetime(2023, 4, 27), 1, unit, REAL)  # noqa: DTZ001


@given(instants, amounts, units)
def test_deadline_is_later_than_its_start_and_in_utc(start: datetime, amount: int, unit: Unit) -> None:
    ends = deadline(start, amount, unit, REAL).at
    assert ends > start
    assert ends.tzinfo is UTC


@given(instants, instants, amounts, units)
def test_deadline_is_monotone_in_start(one: datetime, other: datetime, amount: int, unit: Unit) -> None:
    earlier, later = sorted((one, other))
    assert due(earlier, amount, unit) <= due(later, amount, unit)


@given(instants, st.timedeltas(timedelta(), timedelta(days=4)), amounts, units)
def test_deadline_is_monotone_in_a_start_near_by(
    start: datetime, step: timedelta, amount: int, unit: Unit
) -> None:
    assert due(start, amount, unit) <= due(start + step, amount, unit)


@given(instants, amounts, units)
def test_deadline_is_strictly_monotone_in_amount(start: datetime, amount: int, unit: Unit) -> None:
    assert due(start, amount, unit) < due(start, amount + 1, unit)


@given(instants, amounts)
def test_work_hours_measure_what_they_add(start: datetime, amount: int) -> None:
    ends = due(start, amount, Unit.WORK_HOUR)
    assert is_office_time(ends)
    assert working_minutes(start, ends, REAL) == 60 * amount


@given(instants, amounts, amounts)
def test_work_hours_add_up(start: datetime, first: int, second: int) -> None:
    halfway = due(start, first, Unit.WORK_HOUR)
    assert due(halfway, second, Unit.WORK_HOUR) == due(start, first + second, Unit.WORK_HOUR)


@given(instants, amounts)
def test_work_days_count_each_working_day_after_receipt(start: datetime, amount: int) -> None:
    ends = due(start, amount, Unit.WORK_DAY)
    day, counted = start.astimezone(ZONE).date(), 0
    while day < ends.date():
        day += timedelta(days=1)
        counted += REAL.is_working(day)
    assert counted == amount
    assert ends == at(ends.date(), "17:30")
    assert is_office_time(ends)


@given(st.lists(instants, min_size=3, max_size=5))
def test_working_minutes_of_adjoining_spans_add_up(points: list[datetime]) -> None:
    parts = sum(working_minutes(start, end, REAL) for start, end in pairwise(points))
    assert parts == working_minutes(points[0], points[-1], REAL)


@given(instants, st.timedeltas(timedelta(), timedelta(days=3)))
def test_working_minutes_agree_with_counting_minute_by_minute(start: datetime, span: timedelta) -> None:
    first = start.replace(second=0, microsecond=0)
    end = (start + span).replace(second=0, microsecond=0)
    halves = (first + timedelta(minutes=n, seconds=30) for n in range((end - first) // timedelta(minutes=1)))
    assert working_minutes(start, start + span, REAL) == sum(map(is_office_time, halves))


def test_working_minutes_of_a_whole_working_day_and_of_a_holiday() -> None:
    midnight = at(THURSDAY, "00:00")
    assert working_minutes(midnight, midnight + timedelta(days=1), REAL) == 390
    assert working_minutes(at(SATURDAY, "00:00"), at(BACK_TO_WORK, "00:00"), REAL) == 0
    assert working_minutes(midnight + timedelta(days=1), midnight, REAL) == -390


def test_working_minutes_to_the_last_moment_of_the_calendar() -> None:
    year = Calendar(2023, 2023, PUBLISHED)
    assert working_minutes(at(date(2023, 12, 29), "17:00"), at(date(2023, 12, 31), "23:59"), year) == 30


def test_real_calendar_agrees_with_chinesecalendar_on_every_day() -> None:
    day = date(2019, 1, 1)
    while day.year <= 2026:
        assert REAL.is_working(day) is chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize("year", range(2004, max(chinese_calendar.holidays).year + 1))
def test_every_year_that_chinesecalendar_knows_is_published(year: int) -> None:
    known = {day: False for day in chinese_calendar.holidays if day.weekday() < 5}
    assert Calendar(year, year, known).published(year)


def test_one_local_closing_day_does_not_publish_a_year() -> None:
    assert not Calendar(2027, 2027, {date(2027, 8, 3): False}).published(2027)


@pytest.mark.parametrize("unit", WORKING_UNITS)
def test_deadline_in_an_unpublished_year_is_uncertain(unit: Unit) -> None:
    soon = deadline(at(date(2026, 12, 30), "09:00"), 1, unit, REAL)
    assert (soon.uncertain, soon.warning) == (False, "")
    later = deadline(at(date(2026, 12, 30), "09:00"), 20, unit, REAL)
    assert later.uncertain
    with translation.override("en"):
        assert later.warning.startswith("The holidays of 2027 are not published yet")


@pytest.mark.parametrize("unit", WORKING_UNITS)
def test_deadline_through_several_unpublished_years_names_them(unit: Unit) -> None:
    found = deadline(at(date(2027, 11, 1), "09:00"), 300, unit, REAL)
    assert found.unpublished == tuple(range(2027, found.at.year + 1))
    assert len(found.unpublished) == 2


@pytest.mark.parametrize("unit", [Unit.CLOCK_HOUR, Unit.CALENDAR_DAY])
def test_deadline_that_asks_no_calendar_is_certain(unit: Unit) -> None:
    empty = Calendar(2027, 2027, {})
    assert not deadline(at(date(2027, 12, 31), "09:00"), 400, unit, empty).uncertain


def test_calendar_refuses_a_day_that_it_was_not_loaded_for() -> None:
    year = Calendar(2023, 2023, PUBLISHED)
    with pytest.raises(LookupError, match="2023 to 2023, not for 2024"):
        deadline(at(date(2023, 12, 29), "09:00"), 1, Unit.WORK_DAY, year)


def test_calendar_cannot_be_changed() -> None:
    given_days = {FRIDAY: False}
    calendar = Calendar(2023, 2023, given_days)
    given_days[FRIDAY] = True
    assert not calendar.is_working(FRIDAY)
    with pytest.raises(TypeError):
        calendar.exceptions[FRIDAY] = True  # type: ignore[index]


def test_office_hours_come_from_the_settings(settings: Any) -> None:
    settings.OFFICE_HOURS = [("09:00", "12:00"), ("13:00", "18:00")]
    hours = OfficeHours.from_settings()
    assert hours.closing == time(18)
    calendar = Calendar(2023, 2023, PUBLISHED, hours)
    ends = deadline(at(THURSDAY, "11:30"), 1, Unit.WORK_HOUR, calendar).at
    assert ends == at(THURSDAY, "13:30")


def test_office_hours_without_a_setting_are_the_default(settings: Any) -> None:
    settings.OFFICE_HOURS = None
    assert OfficeHours.from_settings() == OfficeHours()
    assert OfficeHours().closing == time(17, 30)


@pytest.mark.parametrize(
    "sessions",
    [
        (),
        ((time(12), time(8)),),
        ((time(8), time(8)),),
        ((time(8), time(12)), (time(11), time(17))),
        ((time(8), time(12, 0, 1)),),
        ((time(8), time(12, tzinfo=UTC)),),
    ],
)
def test_office_hours_that_make_no_sense_are_refused(sessions: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        OfficeHours(sessions)


@pytest.mark.django_db
def test_seed_fills_what_the_library_knows_and_nothing_twice() -> None:
    CalendarDay.objects.all().delete()
    inserted = worktime.seed()
    assert inserted == CalendarDay.objects.count() > 400
    assert worktime.seed() == 0
    assert CalendarDay.objects.count() == inserted
    labour_day = CalendarDay.objects.get(day=date(2023, 5, 1))
    assert (labour_day.working, labour_day.name) == (False, "劳动节")
    assert labour_day.source == f"chinesecalendar {chinese_calendar.__version__}"
    made_up = CalendarDay.objects.get(day=MADE_UP)
    assert (made_up.working, made_up.name) == (True, "劳动节")


@pytest.mark.django_db
def test_seed_stores_exceptions_to_the_week_only() -> None:
    worktime.seed()
    assert all(row.working is (row.day.weekday() >= 5) for row in CalendarDay.objects.all())


@pytest.mark.django_db
def test_seed_leaves_an_edited_day_and_adds_a_missing_one() -> None:
    worktime.seed()
    CalendarDay.objects.filter(day=FRIDAY).delete()
    CalendarDay.objects.create(day=FRIDAY, working=False, name="防汛停工", source="本镇")
    CalendarDay.objects.filter(day=MADE_UP).update(working=False)
    CalendarDay.objects.filter(day=date(2023, 5, 1)).delete()
    assert worktime.seed() == 1
    assert CalendarDay.objects.get(day=FRIDAY).name == "防汛停工"
    assert not CalendarDay.objects.get(day=MADE_UP).working
    assert CalendarDay.objects.filter(day=date(2023, 5, 1)).exists()


@pytest.mark.django_db
def test_loaded_calendar_is_the_seeded_one(django_assert_num_queries: Any) -> None:
    worktime.seed()
    with django_assert_num_queries(1):
        calendar = Calendar.load(2019, 2026)
    days = [date(2019, 1, 1) + timedelta(days=n) for n in range(8 * 365 + 2)]
    assert days[-1] == date(2026, 12, 31)
    assert [calendar.is_working(day) for day in days] == [REAL.is_working(day) for day in days]
    assert all(calendar.published(year) for year in range(2019, 2027))


@pytest.mark.django_db
def test_loaded_calendar_follows_an_edit() -> None:
    worktime.seed()
    start = at(THURSDAY, "09:00")
    assert deadline(start, 1, Unit.WORK_DAY, Calendar.load(2023, 2023)).at == at(FRIDAY, "17:30")
    CalendarDay.objects.create(day=FRIDAY, working=False, name="防汛停工", source="本镇")
    assert deadline(start, 1, Unit.WORK_DAY, Calendar.load(2023, 2023)).at == at(BACK_TO_WORK, "17:30")
