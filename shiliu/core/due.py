"""How a deadline is told to those who work: “today 17:30”, “2 days late”."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shiliu.core import worktime


@dataclass(frozen=True)
class Due:
    """A deadline in words. late: it has passed; then the words say so."""

    at: datetime
    words: str
    late: bool

    @property
    def iso(self) -> str:
        return timezone.localtime(self.at).isoformat()


def due(at: datetime, now: datetime) -> Due:
    """A deadline as it stands at `now`; one at midnight is told as the day that ends there."""
    local, today = timezone.localtime(at), timezone.localdate(now)
    day = worktime.last_day(at)
    clock = "" if _is_whole_day(local.time()) else f"{local:%H:%M}"
    if now > at:
        return Due(at, _late((today - day).days, clock), late=True)
    return Due(at, f"{_day(day, today)} {clock}".strip(), late=False)


def _is_whole_day(clock: time) -> bool:
    return clock == time() or clock >= time(23, 59)


def _late(days: int, clock: str) -> str:
    if days == 0:
        return _("late since %(time)s") % {"time": clock}
    return ngettext("%(n)s day late", "%(n)s days late", days) % {"n": f"{days:,}"}


def _day(day: date, today: date) -> str:
    if day == today:
        return _("today")
    if day == today + timedelta(days=1):
        return _("tomorrow")
    if day.year == today.year:
        return date_format(day, "MONTH_DAY_FORMAT")
    return str(day)
