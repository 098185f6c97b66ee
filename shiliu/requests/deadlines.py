"""When a request is due, and when the next level up is told: pure, but for reading the calendar."""

from datetime import datetime, timedelta

from shiliu.core import worktime


def due(start: datetime, amount: int, unit: str) -> datetime:
    """When it is due; the calendar is read as far as the amount can reach in working time."""
    years = 1 + amount // 100
    calendar = worktime.Calendar.load(start.year - 1, start.year + years)
    return worktime.deadline(start, amount, worktime.Unit(unit), calendar).at


def share(start: datetime, due_at: datetime, percent: int) -> datetime:
    """When so much of the time from `start` to the deadline is gone, nights and holidays counted."""
    return start + (due_at - start) * percent // 100


def first_alarm(start: datetime, due_at: datetime, percent: int, now: datetime | None = None) -> datetime:
    """When the clock looks at it next: when `percent` of the time is gone, or at the deadline after that.

    The rule is local: the share is the category's (`warn_percent`).
    """
    warning = share(start, due_at, percent)
    return warning if warning > (now or start) else due_at


def after_pause(due_at: datetime, held_at: datetime, now: datetime, unit: str) -> datetime:
    """The deadline of what stood still from `held_at` until now: as much time is left as there was.

    In working time for units of working time, else on the clock.
    """
    if worktime.Unit(unit) not in (worktime.Unit.WORK_HOUR, worktime.Unit.WORK_DAY):
        return due_at + (now - held_at)
    calendar = worktime.Calendar.load(held_at.year - 1, now.year + 2)
    left = timedelta(minutes=worktime.working_minutes(held_at, due_at, calendar))
    return worktime.after_working(now, left, calendar)
