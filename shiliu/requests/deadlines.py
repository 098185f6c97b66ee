"""When a request is due, and when the next level up is told: pure, but for reading the calendar."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from shiliu.core import door, reference, worktime
from shiliu.requests.models import Category

YEARS = 2  # after this one
_calendar = reference.held(worktime.Calendar.load)


def due(start: datetime, amount: int, unit: str) -> datetime:
    """When it is due; the calendar is read as far as the amount can reach in working time."""
    years = 1 + amount // 100
    calendar = _calendar(start.year - 1, start.year + years)
    return worktime.deadline(start, amount, worktime.Unit(unit), calendar).at


def share(start: datetime, due_at: datetime, percent: int) -> datetime:
    """When so much of the time from `start` to the deadline is gone, nights and holidays counted."""
    return start + (due_at - start) * percent // 100


def running(start: datetime, due_at: datetime, percent: int) -> dict[str, Any]:
    """The fields of a request whose deadline runs from `start`: nobody higher up was told of this one.

    The clock looks at it when `percent` of the time is gone, a share that the category sets (local).
    """
    return {"due_at": due_at, "alarm_at": share(start, due_at, percent), "escalated_to": 0}


def after_pause(due_at: datetime, held_at: datetime, now: datetime, unit: str) -> datetime:
    """The deadline of what stood still from `held_at` until now: as much time is left as there was.

    In working time for units of working time, else on the clock.
    """
    if worktime.Unit(unit) not in (worktime.Unit.WORK_HOUR, worktime.Unit.WORK_DAY):
        return due_at + (now - held_at)
    if due_at <= held_at:
        return now
    last = max(now.year, due_at.year + now.year - held_at.year)
    calendar = worktime.Calendar.load(held_at.year - 1, last + 2)
    left = timedelta(minutes=worktime.working_minutes(held_at, due_at, calendar))
    return worktime.after_working(now, left, calendar)


def farthest() -> date:
    """The last day until which something can be put off: no calendar is published for years ahead (local)."""
    return date(timezone.localdate().year + YEARS, 12, 31)


def refuse_too_far(day: date) -> None:
    """Refused where a day is beyond that, which mostly is a slip of the keyboard."""
    if day > (last := farthest()):
        raise door.Refused(_("That is too far ahead. Choose a day until %(day)s.") % {"day": last})


def anew(category: Category, now: datetime) -> dict[str, Any]:
    """The fields of what has to be solved once more: the category's time, from now on (local)."""
    clock = running(now, due(now, category.due_amount, category.due_unit), category.warn_percent)
    return clock | {"runs_since": now}
