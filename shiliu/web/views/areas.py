"""A page for each community and grid: who is responsible, what there is, what is open and what was solved."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from shiliu.channel.models import GridGroup
from shiliu.core import areas as codes
from shiliu.core.access import get_visible_or_404
from shiliu.core.areas import Scope
from shiliu.core.figures import FIGURES, Period
from shiliu.figures import periods
from shiliu.figures.report import Line, latest_period, over
from shiliu.grid.models import Area, Post
from shiliu.grid.scopes import answering, around, within
from shiliu.grid.town import town
from shiliu.requests.models import Request
from shiliu.venues.models import Activity, Venue
from shiliu.volunteers.models import Team

SHOWN = 8  # of a list that goes on elsewhere
AS_OF_TODAY = ("requests.open",)
OF_THE_PERIOD = ("requests.closed", "volunteers.people", "channel.grid_groups")


def areas(request: HttpRequest) -> HttpResponse:
    """The town and its communities."""
    here = town()
    if here is None:
        raise Http404
    return area(request, here.code)


def area(request: HttpRequest, code: str) -> HttpResponse:
    """One area, as everybody may see it."""
    if not codes.CODE.fullmatch(code):  # PostgreSQL refuses to look for a NUL
        raise Http404
    here = get_visible_or_404(Area, request.user, code=code)
    today, scope, period = timezone.localdate(), within([here.code]), latest_period()
    public = Request.objects.within(scope).public().select_related("category")
    context: dict[str, Any] = {
        "area": here,
        "above": Area.objects.filter(code__in=_above(here.code)).order_by("code"),
        "children": Area.objects.on(today).filter(parent=here).order_by("code"),
        "posts": _responsible(here, today),
        "venues": _some(Venue, scope, today),
        "on": Activity.objects.within(scope).on_days(today, 7, most=SHOWN),
        "groups": _some(GridGroup, scope, today) if here.level >= codes.VILLAGE else (),
        "teams": _some(Team, scope, today) if here.level >= codes.VILLAGE else (),
        "most": SHOWN,
        "open": public.open().order_by("-received_at", "-pk")[:SHOWN],
        "solved": public.filter(state="closed").order_by("-closed_at", "-pk")[:SHOWN],
        "lines": list(_lines(here, today, period)),
        "ask": f"{reverse('requests:ask')}?area={here.code}",
        "period_title": periods.title(period),
    }
    context["ask_address"] = settings.BASE_URL + context["ask"]
    return render(request, "web/area.html", context)


def _above(code: str) -> list[str]:
    """The areas that this one lies in, from the town down."""
    return [code[:length] for length in codes.LEVELS if codes.TOWN <= length < len(code)]


def _responsible(here: Area, today: date) -> QuerySet[Post]:
    """The posts that residents turn to here, and whether somebody holds them today."""
    also = ("leader",) if here.level == codes.TOWN else ()
    return answering(around(here.code), today, *also).order_by("-area", "code")[: 2 * SHOWN]


def _some(model: Any, scope: Scope, today: date) -> list[Any]:
    """The first of what there is within an area today, and one more where there are more; what is of the
    whole area stands before what is of its parts.
    """
    return list(model.objects.on(today).within(scope).order_by("area", "code")[: SHOWN + 1])


def _lines(here: Area, today: date, period: Period) -> Iterator[dict[str, Any]]:
    """The area's figures, each with the address of its records."""
    for when, keys in ((Period(today, today), AS_OF_TODAY), (period, OF_THE_PERIOD)):
        asked = over(when, here)
        for key in keys:
            records = reverse("figures:records", args=[periods.named(when), key])
            line = Line(FIGURES[key], FIGURES[key].at(asked))
            yield {"line": line, "records": f"{records}?area={here.code}"}
