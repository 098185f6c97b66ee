"""Deadlines against a slow, obvious reference over 2019–2026, and what a pause makes of them."""

from datetime import UTC, datetime, time, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shiliu.core import worktime
from shiliu.core.worktime import ZONE, Calendar, Unit
from shiliu.requests import deadlines
from tests.strategies import with_database

SESSIONS = [(time(8, 30), time(12)), (time(14, 30), time(17, 30))]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# Whole minutes of the years that the library knows; the amounts are those that are seen in practice.
starts = st.integers(0, 60 * 24 * (365 * 7 + 340)).map(
    lambda n: datetime(2019, 1, 1, tzinfo=ZONE) + n * MINUTE
)
amounts = st.sampled_from([1, 2, 3, 4, 5, 7, 13, 15, 20, 24])


def is_office_minute(at: datetime) -> bool:
    """Whether the minute that begins here is one of office hours, as the published calendar says."""
    works = chinese_calendar.is_workday(at.date())
    return works and any(opens <= at.time() < closes for opens, closes in SESSIONS)


def slowly(start: datetime, amount: int, unit: Unit) -> datetime:
    """Minute by minute, and day by day."""
    if unit == Unit.CLOCK_HOUR:
        return start + timedelta(hours=amount)
    if unit == Unit.CALENDAR_DAY:
        return datetime.combine(start.date(), time(), ZONE) + (amount + 1) * DAY
    if unit == Unit.WORK_DAY:
        day, left = start.date(), amount
        while left:
            day += DAY
            left -= chinese_calendar.is_workday(day)
        return datetime.combine(day, time(17, 30), ZONE)
    at, left = start, amount * 60
    while left:
        left -= is_office_minute(at)
        at += MINUTE
    return at


@pytest.fixture
def published(db):
    worktime.seed()


@with_database
@given(start=starts, amount=amounts, unit=st.sampled_from(Unit))
def test_deadline_is_that_of_the_slow_reference(published, start, amount, unit):
    if unit == Unit.WORK_HOUR:
        amount = min(amount, 5)  # the reference goes minute by minute
    if start > datetime(2026, 11, 20, tzinfo=ZONE):
        start -= 60 * DAY  # the reference ends with the published years
    assert deadlines.due(start, amount, unit) == slowly(start, amount, unit)


@with_database
@given(start=starts, amount=amounts, unit=st.sampled_from(Unit), percent=st.integers(1, 99))
def test_warning_lies_between_start_and_deadline(published, start, amount, unit, percent):
    due_at = deadlines.due(start, amount, unit)
    fields = deadlines.running(start, due_at, percent)
    assert start <= fields["alarm_at"] < due_at
    assert abs((fields["alarm_at"] - start) / (due_at - start) - percent / 100) < 0.001
    assert (fields["due_at"], fields["escalated_to"]) == (due_at, 0)


@with_database
@given(
    start=starts, amount=amounts, unit=st.sampled_from(Unit), gone=st.floats(0, 1), paused=st.integers(0, 90)
)
def test_after_a_pause_as_much_time_is_left_as_before(published, start, amount, unit, gone, paused):
    start = min(start, datetime(2026, 6, 1, tzinfo=ZONE))
    due_at = deadlines.due(start, amount, unit)
    held_at = (start + (due_at - start) * gone).replace(second=0, microsecond=0)
    held_at = max(held_at, start)
    now = held_at + timedelta(hours=paused)
    later = deadlines.after_pause(due_at, held_at, now, unit)
    if unit in (Unit.CLOCK_HOUR, Unit.CALENDAR_DAY):
        assert later - now == due_at - held_at
    else:
        calendar = Calendar.load(2018, 2028)
        left = worktime.working_minutes(held_at, due_at, calendar)
        assert worktime.working_minutes(now, later, calendar) == left
    assert later >= now


@pytest.mark.parametrize("unit", Unit)
def test_pause_of_what_is_due_in_many_years_is_reckoned(published, unit):
    due_at = datetime(2099, 5, 11, 9, tzinfo=UTC)
    held_at = datetime(2026, 5, 11, 9, tzinfo=UTC)
    assert deadlines.after_pause(due_at, held_at, held_at + 30 * DAY, unit) > due_at


def test_what_was_late_before_a_pause_is_due_when_it_goes_on(published):
    due_at = datetime(2023, 5, 10, 9, tzinfo=UTC)
    held_at, now = due_at + DAY, due_at + 3 * DAY
    assert deadlines.after_pause(due_at, held_at, now, Unit.WORK_HOUR) == now
    assert deadlines.after_pause(due_at - 900 * DAY, held_at, now, Unit.WORK_DAY) == now
