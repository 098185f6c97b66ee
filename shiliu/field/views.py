"""The field: what waits for somebody on the round, and what there is in the own grid."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shiliu.channel.models import GridGroup
from shiliu.core import access
from shiliu.core.areas import VILLAGE
from shiliu.core.cursor import Cursor
from shiliu.core.models import User
from shiliu.grid.models import Area, Tenure
from shiliu.grid.scopes import answering, tenures_today, works_only_outside
from shiliu.grid.town import town_name
from shiliu.requests import rules
from shiliu.requests.models import Request, RequestQuerySet, State
from shiliu.venues.models import Venue
from shiliu.volunteers.models import Team

FIRST, PAGE = 8, 25  # cards of each part on the first page, and on a page of its own
BOUND = 40  # of a kind on the page of the own grid


# What waits -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """A part of what waits: `rows` for somebody, and what it says where there is nothing."""

    title: Any
    rows: Callable[[User], RequestQuerySet]
    empty: Any = ""
    right: str = "requests.report"


def _mine(user: User, *states: str) -> RequestQuerySet:
    """What went to a team that `user` leads."""
    return Request.objects.of_teams_of(user).open().filter(state__in=states)


def _near(user: User) -> RequestQuerySet:
    """What else is to be solved where `user` may see requests."""
    near = Request.objects.open().within(access.scope_of(user, Request.view_right))
    own = Q(team__in=Team.objects.led_by(user), state__in=[State.ASSIGNED, State.IN_PROGRESS, State.ON_HOLD])
    return near.exclude(own).exclude(state__in=[State.DONE, State.VERIFIED])


PARTS = {
    "new": Part(
        pgettext_lazy("requests", "New for you"),
        lambda user: _mine(user, State.ASSIGNED),
        gettext_lazy("Nothing new for you. What the coordinator gives to your team appears here."),
    ),
    "in-hand": Part(
        pgettext_lazy("requests", "In hand"), lambda user: _mine(user, State.IN_PROGRESS, State.ON_HOLD)
    ),
    "grid": Part(
        gettext_lazy("Also open in your grid"),
        _near,
        gettext_lazy("Nothing else is open in your grid. Thank you."),
        right="requests.view",
    ),
    "reported": Part(
        gettext_lazy("Reported, waits for the coordinator"),
        lambda user: _mine(user, State.DONE, State.VERIFIED),
    ),
}


@login_required
@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What waits for me, the longest due first."""
    rules.require_service(request.user)
    parts = []
    for key, part in PARTS.items():
        if not access.holds(request.user, part.right):
            continue
        rows = list(part.rows(request.user).by_due()[: FIRST + 1])
        parts.append({"key": key, "part": part, "rows": rows[:FIRST], "more": len(rows) > FIRST})
    return render(request, "field/start.html", {"parts": parts})


@login_required
@never_cache
@require_safe
def part(request: HttpRequest, part: str) -> HttpResponse:
    """One part of it, page by page; `?after=` is the place where the page before ended."""
    rules.require_service(request.user)
    it = PARTS.get(part)
    if it is None or not access.holds(request.user, it.right):
        raise Http404
    after = Cursor.read(request.GET.get("after", ""))
    rows = list(it.rows(request.user).by_due(after)[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    following = f"?after={Cursor(rows[-1].due_at, rows[-1].pk)}" if more else ""
    context = {"part": it, "rows": rows, "page": {"next": following}, "first": after is None}
    return render(request, "field/part.html", context)


# My grid --------------------------------------------------------------------------------------------------


@login_required
@require_safe
def grid(request: HttpRequest) -> HttpResponse:
    """Who is responsible, where one meets, the groups and the teams: of where one's posts are."""
    rules.require_service(request.user)
    today = timezone.localdate()
    own = [tenure.area_id for tenure in tenures_today(request.user) if tenure.post.role != "team_leader"]
    near = {*own, *(code[:VILLAGE] for code in own)}
    holders = Tenure.objects.on(today).visible_to(request.user).select_related("user")
    posts = answering(near, today).prefetch_related(Prefetch("tenures", holders, to_attr="named"))
    led = Team.objects.led_by(request.user).on(today).select_related("area")
    here = {"area__in": near}
    context = {
        "areas": Area.objects.filter(code__in=own).select_related("parent"),
        "posts": _bound(posts),
        "venues": _bound(Venue.objects.on(today).filter(**here)),
        "groups": _bound(GridGroup.objects.on(today).filter(**here)),
        "teams": _bound(Team.objects.on(today).filter(**here).exclude(pk__in=led.values("pk"))),
        "led": _bound(led.annotate(people=Count("memberships", filter=_members(today)))),
    }
    return render(request, "field/grid.html", context)


def _members(today: date) -> Q:
    ended = Q(memberships__valid_to__lt=today)
    return Q(memberships__valid_from__lte=today) & ~ended


def _bound(rows: QuerySet) -> list[Any]:
    return list(rows.order_by("code")[:BOUND])


# Me, and the way to the home screen -----------------------------------------------------------------------


@login_required
@never_cache
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """My posts, and the way out."""
    context = {"tenures": tenures_today(request.user), "has_desk": not works_only_outside(request.user)}
    return render(request, "field/me.html", context)


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What a telephone needs to put the field on its home screen."""
    icons = [
        {"src": static(f"field/icon-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png"}
        for side in (192, 512)
    ]
    start = reverse("field:start")
    content = {
        "id": start,
        "name": _("%(town)s, field") % {"town": town_name()},
        "short_name": pgettext("home screen", "Shiliu"),
        "lang": get_language(),
        "start_url": start,
        "scope": "/",  # the sign-in lies beside the field
        "display": "standalone",
        "background_color": "#f7f2e8",
        "theme_color": "#f7f2e8",
        "icons": [*icons, {"src": static("shiliu/mark.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(content, content_type="application/manifest+json")
