"""Working time: when a deadline falls, and how long something took in office hours.

Which days are working days is data: the week, corrected by `CalendarDay` rows (holidays, and the weekend
days that make up for them), which `seed` fills from chinesecalendar and the township edits. A `Calendar` is
loaded once; everything on top of it is pure.

How periods are counted is local convention (configurable where a setting is named):

- **Work hours** run only inside office hours (`settings.OFFICE_HOURS`) of working days, to the microsecond.
  What comes in at night, at noon or on a holiday starts to run when the office opens next. An end that
  meets closing time stays there; it does not slip to the next opening.
- **Work days**: the day of receipt is not counted, whatever the hour. N work days end when the office closes
  on the N-th working day after it. So what comes in on Friday night or on Saturday is due, with one work
  day, on Monday at closing time: nobody gains a day by leaving the post unopened.
- **Clock hours** run day and night.
- **Calendar days**: the day of receipt is not counted; N days end with the N-th day after it, at midnight,
  half-open: the instant is 00:00 of the day after, and `last_day` gives the day that people are told.
  An end on a holiday is not moved.

The last two do not ask the calendar, so they are never uncertain.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

ZONE = ZoneInfo("Asia/Shanghai")
_DAY = timedelta(days=1)


class Unit(models.TextChoices):
    """What a deadline's amount counts."""

    WORK_HOUR = "work_hour", gettext_lazy("working hours")
    WORK_DAY = "work_day", gettext_lazy("working days")
    CLOCK_HOUR = "clock_hour", gettext_lazy("hours")
    CALENDAR_DAY = "calendar_day", gettext_lazy("days")


@dataclass(frozen=True)
class OfficeHours:
    """The sessions of a working day in local time, in order, each from opening to closing time."""

    sessions: tuple[tuple[time, time], ...] = ((time(8, 30), time(12)), (time(14, 30), time(17, 30)))

    def __post_init__(self) -> None:
        edges = [edge for session in self.sessions for edge in session]
        if not edges or edges != sorted(set(edges)):
            raise ValueError("Office hours are sessions that open before they close, in order, at least one.")
        if any(edge.second or edge.microsecond or edge.tzinfo for edge in edges):
            raise ValueError("Office hours are whole minutes of local time.")

    @classmethod
    def from_settings(cls) -> "OfficeHours":
        """`settings.OFFICE_HOURS` = [("08:30", "12:00"), ("14:30", "17:30")], or the default without it."""
        configured = getattr(settings, "OFFICE_HOURS", None)
        if configured is None:
            return cls()
        return cls(tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in configured))

    @property
    def closing(self) -> time:
        return self.sessions[-1][1]


@dataclass(frozen=True)
class Calendar:
    """The working days of `first_year` to `last_year`: the week, and its exceptions (True: working).

    A day outside these years raises LookupError: a calendar loaded too short must not answer wrongly.
    """

    first_year: int
    last_year: int
    exceptions: Mapping[date, bool]
    hours: OfficeHours = field(default_factory=OfficeHours)

    def __post_init__(self) -> None:
        object.__setattr__(self, "exceptions", MappingProxyType(dict(self.exceptions)))

    @classmethod
    def load(cls, first_year: int, last_year: int) -> "Calendar":
        """The calendar that the township keeps, in one query."""
        from shiliu.core.models import CalendarDay

        span = (date(first_year, 1, 1), date(last_year, 12, 31))
        rows = CalendarDay.objects.filter(day__range=span).order_by().values_list("day", "working")
        return cls(first_year, last_year, dict(rows), OfficeHours.from_settings())

    def is_working(self, day: date) -> bool:
        self._require(day.year)
        return self.exceptions.get(day, day.weekday() < 5)

    def published(self, year: int) -> bool:
        """Whether the State Council's notice for the year is in: it always has a National Day.

        One local closing day, entered early, does not make a calendar.
        """
        self._require(year)
        return any(self.exceptions.get(date(year, 10, day)) is False for day in range(1, 8))

    def _require(self, year: int) -> None:
        if not self.first_year <= year <= self.last_year:
            raise LookupError(
                f"The calendar was loaded for {self.first_year} to {self.last_year}, not for {year}."
            )


@dataclass(frozen=True)
class Deadline:
    """An instant (UTC), and the years that it was reckoned through without a published calendar."""

    at: datetime
    unpublished: tuple[int, ...] = ()

    @property
    def uncertain(self) -> bool:
        return bool(self.unpublished)

    @property
    def warning(self) -> str:
        """A sentence for people; empty when the deadline is certain."""
        if not self.unpublished:
            return ""
        return _(
            "The holidays of %(years)s are not published yet, so this deadline may still move. "
            "Enter them in the calendar as soon as they are."
        ) % {"years": ", ".join(map(str, self.unpublished))}


def deadline(start: datetime, amount: int, unit: Unit, calendar: Calendar) -> Deadline:
    """When `amount` (at least 1) of `unit` from `start` (aware) has passed; see the module for the rules."""
    if amount < 1:
        raise ValueError("A deadline is at least one unit away.")
    local = _local(start)
    match Unit(unit):
        case Unit.CLOCK_HOUR:
            return Deadline(start.astimezone(UTC) + timedelta(hours=amount))
        case Unit.CALENDAR_DAY:
            return Deadline(_at(local.date() + (amount + 1) * _DAY, time()).astimezone(UTC))
        case Unit.WORK_HOUR:
            end = _after_work_hours(local, timedelta(hours=amount), calendar)
        case Unit.WORK_DAY:
            end = _at(_after_work_days(local.date(), amount, calendar), calendar.hours.closing)
    years = range(local.year, end.year + 1)
    return Deadline(end.astimezone(UTC), tuple(year for year in years if not calendar.published(year)))


def last_day(at: datetime) -> date:
    """The local day on which a deadline ends: midnight belongs to the day before it."""
    return (_local(at) - timedelta(microseconds=1)).date()


def working_minutes(start: datetime, end: datetime, calendar: Calendar) -> int:
    """Whole minutes of office hours from start to end (both aware); negative when end is earlier.

    Both are cut to the minute first, so that the minutes of adjoining spans add up to those of the whole.
    """
    if end < start:
        return -working_minutes(end, start, calendar)
    first, last = (_local(instant).replace(second=0, microsecond=0) for instant in (start, end))
    total = timedelta()
    for opens, closes in _sessions(first.date(), calendar, until=last.date()):
        total += max(min(closes, last) - max(opens, first), timedelta())
    return total // timedelta(minutes=1)


def after_working(start: datetime, left: timedelta, calendar: Calendar) -> datetime:
    """The instant (UTC) at which `left` of office hours have passed since `start`."""
    if left <= timedelta():
        return start.astimezone(UTC)
    return _after_work_hours(_local(start), left, calendar).astimezone(UTC)


def seed() -> int:
    """Insert the days of chinesecalendar that the table does not have; the number of rows inserted.

    A row that is there is never changed, so an edited day stays as edited (edit a day rather than delete
    it: a deleted one comes back). Safe to run at any time, from several processes.
    """
    import chinese_calendar

    from shiliu.core.models import CalendarDay

    known = set(CalendarDay.objects.order_by().values_list("day", flat=True))
    source = f"chinesecalendar {chinese_calendar.__version__}"
    rows = [
        CalendarDay(day=day, working=working, name=chinese_calendar.Holiday(holiday).chinese, source=source)
        for working, days in ((False, chinese_calendar.holidays), (True, chinese_calendar.workdays))
        for day, holiday in days.items()
        if (day.weekday() < 5) is not working and day not in known
    ]
    CalendarDay.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _local(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("Working time needs an aware datetime.")
    return instant.astimezone(ZONE)


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, ZONE)


def _working_days(day: date, calendar: Calendar, until: date = date.max) -> Iterator[date]:
    """The working days from `day` to `until`, both included."""
    while day <= until:
        if calendar.is_working(day):
            yield day
        day += _DAY


def _sessions(day: date, calendar: Calendar, until: date = date.max) -> Iterator[tuple[datetime, datetime]]:
    for working_day in _working_days(day, calendar, until):
        for opens, closes in calendar.hours.sessions:
            yield _at(working_day, opens), _at(working_day, closes)


def _after_work_hours(start: datetime, left: timedelta, calendar: Calendar) -> datetime:
    for opens, closes in _sessions(start.date(), calendar):
        begins = max(opens, start)
        if closes - begins >= left:
            return begins + left
        left -= max(closes - begins, timedelta())
    raise AssertionError("sessions never end")


def _after_work_days(day: date, amount: int, calendar: Calendar) -> date:
    days = _working_days(day + _DAY, calendar)
    for _passed in range(amount - 1):
        next(days)
    return next(days)
