"""Venues as a page lists them: by community, page by page."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from shiliu.core.areas import Scope
from shiliu.grid.models import Area
from shiliu.venues.models import Activity, Occurrence, Venue

PAGE = 60
SOON_DAYS, SOON_MOST = 2, 8
AHEAD_DAYS, AHEAD_MOST = 14, 300


@dataclass(frozen=True)
class Group:
    """The venues of one community; those of the whole town stand under its name."""

    code: str
    name: str
    venues: list[Venue]


@dataclass(frozen=True)
class Page:
    """Up to `PAGE` venues. next: the address of the following page, empty on the last one.

    goes_on: whether there are pages before this one.
    """

    groups: list[Group]
    next: str
    goes_on: bool
    previous: str = ""


def page(user: Any, within: Scope, *, kind: str = "", after: str = "") -> Page:
    """The venues that are open today; of one kind where it is given."""
    rows = Venue.objects.visible_to(user).within(within).on(timezone.localdate())
    if kind:
        rows = rows.filter(kind=kind)
    found = list(rows.by_place(after.replace("\0", ""))[: PAGE + 1])
    following = ""
    if len(found) > PAGE:
        following = "?" + urlencode({"kind": kind, "after": found[PAGE - 1].code})
    return Page(_grouped(found[:PAGE]), following, bool(after))


def _grouped(venues: list[Venue]) -> list[Group]:
    names = dict(Area.objects.filter(code__in={it.village for it in venues}).values_list("code", "name"))
    return [Group(code, names.get(code, code), list(each)) for code, each in groupby(venues, _community)]


def _community(venue: Venue) -> str:
    return venue.village


def on_soon(user: Any, within: Scope) -> list[Occurrence]:
    """What is on today and tomorrow, the first of it."""
    found = Activity.objects.visible_to(user).within(within)
    return found.on_days(timezone.localdate(), SOON_DAYS, SOON_MOST)


def ahead(venue: Venue) -> tuple[list[Activity], list[Occurrence]]:
    """What is on in a venue in the next two weeks: what is on every day of them, and the rest day by day."""
    today = timezone.localdate()
    last = today + timedelta(days=AHEAD_DAYS - 1)
    found = venue.activities.on_days(today, AHEAD_DAYS, AHEAD_MOST)
    daily = [one.activity for one in found if one.day == today and _is_daily(one.activity, last)]
    return daily, [one for one in found if one.activity not in daily]


def _is_daily(activity: Activity, last: date) -> bool:
    return activity.weekday is None and activity.is_on(last)
