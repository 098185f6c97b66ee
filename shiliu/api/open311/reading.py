"""What a client asks for, as clean values; what is wrong with it, as the specification's errors."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from shiliu.grid.models import Area
from shiliu.grid.town import town_with
from shiliu.requests.models import Category

SPAN = timedelta(days=90)
MOST = 1000  # rows of one answer, and ids of one question
PAGE_SIZE, LAST_PAGE = 50, 10_000
FIRST_YEAR, LAST_YEAR = 1970, 2200
STATUSES = ("open", "closed")


class Faults(Exception):
    """What is wrong: the HTTP status, and a sentence for each fault."""

    def __init__(self, status: int, *sentences: str) -> None:
        super().__init__(*sentences)
        self.status = status
        self.sentences = sentences


def given(data: QueryDict, name: str) -> str:
    """An argument without what stands around it; an empty one is as good as none."""
    return (data.get(name) or "").replace("\0", "").strip()


def listed(data: QueryDict, name: str) -> list[str]:
    """A comma list, each value once; repeating the argument continues the list."""
    parts = ",".join(data.getlist(name)).replace("\0", "").split(",")
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def is_true(data: QueryDict, name: str) -> bool:
    return given(data, name).lower() in ("true", "1", "yes")


def jurisdiction(data: QueryDict, usual: Area) -> Area:
    """The town that is asked for by its code; who names none means the site's own."""
    asked = given(data, "jurisdiction_id")
    found = town_with(asked) if asked else usual
    if found is None:
        sentence = _("There is no jurisdiction “%(id)s” here. This is %(code)s.")
        raise Faults(404, sentence % {"id": asked[:40], "code": usual.code})
    return found


def check_key_is_for(town: Area, here: Area) -> None:
    """A key files in its own town; where that is not the site's, the program says so with each request."""
    if town.code != here.code:
        sentence = _("This api_key is for %(town)s. Send jurisdiction_id=%(code)s with every request.")
        raise Faults(400, sentence % {"town": town.name, "code": town.code})


# The list of requests -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """What a list of requests is asked for. ids: where there are any, nothing else counts."""

    ids: list[str]
    services: list[Category]
    start: datetime
    end: datetime
    statuses: frozenset[str]
    page: int
    page_size: int
    extensions: bool

    @property
    def rows(self) -> slice:
        first = (self.page - 1) * self.page_size
        return slice(first, first + self.page_size)


def wanted(data: QueryDict, now: datetime) -> Wanted:
    """The arguments of GET requests. Faults for what makes no sense, all of it at once."""
    ids = listed(data, "service_request_id")
    if len(ids) > MOST:
        raise Faults(400, _("At most %(most)d service_request_id at once.") % {"most": MOST})
    page, page_size = _paging(data)
    extensions = is_true(data, "extensions")
    if ids:
        return Wanted(ids, [], now, now, frozenset(), page, page_size, extensions)
    statuses = listed(data, "status")
    if strange := [status for status in statuses if status not in STATUSES]:
        raise Faults(400, _("“%(value)s” is no status. Ask for open or closed.") % {"value": strange[0][:40]})
    start, end = _dates(data, now)
    services = categories(listed(data, "service_code"))
    return Wanted([], services, start, end, frozenset(statuses), page, page_size, extensions)


def categories(codes: Iterable[str]) -> list[Category]:
    """The categories with these codes, also those that are no longer offered; 404 for one that is none."""
    found = {category.code: category for category in Category.objects.filter(code__in=list(codes)[:MOST])}
    for code in codes:
        if code not in found:
            raise no_service(code)
    return list(found.values())


def no_service(code: str) -> Faults:
    return Faults(404, _("There is no service_code “%(code)s”. See /open311/services.") % {"code": code[:40]})


def _paging(data: QueryDict) -> tuple[int, int]:
    """Page and size; without either one page of as many as one answer may have."""
    asked = [name for name in ("page", "page_size") if given(data, name)]
    page = _number(data, "page", 1, LAST_PAGE)
    return page, _number(data, "page_size", PAGE_SIZE if asked else MOST, MOST)


def _number(data: QueryDict, name: str, usual: int, most: int) -> int:
    text = given(data, name)
    if not text:
        return usual
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= most:
        raise Faults(400, _("%(name)s is a number from 1 to %(most)d.") % {"name": name, "most": most})
    return int(text)


def _dates(data: QueryDict, now: datetime) -> tuple[datetime, datetime]:
    """From when to when, both included: of one of them 90 days, of neither the last 90."""
    start, end = _moment(data, "start_date"), _moment(data, "end_date", day_ends=True)
    if start and end:
        if end < start:
            raise Faults(400, _("end_date is before start_date."))
        if (_moment(data, "end_date") or end) - start > SPAN:  # of days, the last one is whole
            raise Faults(400, _("From start_date to end_date are at most 90 days."))
        return start, end
    if start:
        return start, start + SPAN
    end = end or now
    return end - SPAN, end


def _moment(data: QueryDict, name: str, *, day_ends: bool = False) -> datetime | None:
    text = given(data, name)
    if not text:
        return None
    moment = read_moment(text, day_ends=day_ends)
    if moment is None:
        raise Faults(
            400,
            _("%(name)s is no date and time of ISO 8601, like 2026-05-10T09:30:00+08:00.") % {"name": name},
        )
    return moment


def read_moment(text: str, *, day_ends: bool = False) -> datetime | None:
    """A date, or a date and time, of the town's zone where none is said; None for what is none.

    The plus of an offset that was not escaped has come as a space.
    """
    text = re.sub(r"[ ](?=\d\d:?\d\d$)", "+", text)
    try:
        day = parse_date(text)
        moment = datetime.combine(day, time()) if day else parse_datetime(text)
        if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
            return None
        if day and day_ends:
            moment += timedelta(days=1, microseconds=-1)
        return timezone.make_aware(moment) if timezone.is_naive(moment) else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
