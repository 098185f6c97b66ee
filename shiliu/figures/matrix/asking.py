"""What the matrix is asked for: an area, a day, services, and whether only what is thin."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from shiliu.core import matrix
from shiliu.core.areas import CODE
from shiliu.core.matrix import Service
from shiliu.core.models import User
from shiliu.figures.bulletin import table as bulletin
from shiliu.figures.periods import FIRST_YEAR
from shiliu.grid.models import Area
from shiliu.requests.models import Request

QUIET = timedelta(days=183)


@dataclass(frozen=True)
class Asked:
    """fault: why the day that was asked for is another one."""

    area: Area
    day: date
    service: Service | None
    services: list[Service]
    only_thin: bool
    after: str
    fault: str = ""

    @property
    def query(self) -> dict[str, str]:
        """The same in an address, from the first page on."""
        said = {"area": self.area.code, "day": self.day.isoformat()}
        said |= {"service": self.service.key} if self.service else {}
        return said | ({"thin": "on"} if self.only_thin else {})


def read(query: QueryDict, user: User) -> Asked:
    """What an address asks for. Http404 for an area outside the scope, and for what is no service."""
    day, fault = _day(query.get("day", ""))
    key = query.get("service", "")
    try:
        services = matrix.chosen([key] if key else [])
    except LookupError:
        raise Http404 from None
    after = query.get("after", "")
    return Asked(
        area=bulletin.asked_area(user, query.get("area", ""), day),
        day=day,
        service=services[0] if key else None,
        services=services,
        only_thin=query.get("thin") == "on",
        after=after if CODE.fullmatch(after) else "",
        fault=fault,
    )


def _day(typed: str) -> tuple[date, str]:
    """The day that is asked for; the usual one, and why, where it cannot be that."""
    usual = usual_day()
    if not typed:
        return usual, ""
    try:
        day = parse_date(typed)
    except ValueError:
        day = None
    shown = {"typed": typed[:20], "day": usual}
    if day is None:
        words = _("“%(typed)s” is no day. Type it as 2023-06-30. This is the matrix as of %(day)s.")
        return usual, words % shown
    if day.year < FIRST_YEAR or day > timezone.localdate():
        words = _("The matrix is as of a day up to today; %(typed)s is not. This is that of %(day)s.")
        return usual, words % shown
    return day, ""


def usual_day() -> date:
    """Today; where the town has not worked with it for half a year, the day on which it last did."""
    now = timezone.now()
    rows = Request.objects.filter(received_at__lte=now).order_by("-received_at", "-pk")
    last = rows.values_list("received_at", flat=True).first()
    return timezone.localdate(last if last is not None and last < now - QUIET else now)


def areas(user: User, day: date) -> list[Area]:
    """The towns and communities that one may choose, and of whoever works in a grid alone that one."""
    return bulletin.areas_of(user, day)


def services() -> list[tuple[str, Any]]:
    return [(service.key, service.label) for service in matrix.SERVICES.values()]
