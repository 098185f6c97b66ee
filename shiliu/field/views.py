"""The field: what waits for somebody on the round, and what there is in the own grid."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shiliu.core import access
from shiliu.core.cursor import Cursor
from shiliu.field import nearby
from shiliu.grid.scopes import tenures_today, works_only_outside
from shiliu.grid.town import town_name
from shiliu.requests import rules
from shiliu.requests.models import mine

FIRST, PAGE = 8, 25  # cards of each part on the first page, and on a page of its own
BOUND = 40  # parts that others ask one to join


# What waits -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shelf:
    """A part of what waits: what it says where there is nothing, and the first of it for somebody."""

    title: Any
    first: mine.Reader
    empty: Any = ""
    right: str = "requests.report"


PARTS = {
    "new": Shelf(
        pgettext_lazy("requests", "New for you"),
        mine.new,
        gettext_lazy("Nothing new for you. What the coordinator gives to you or your team appears here."),
    ),
    "in-hand": Shelf(pgettext_lazy("requests", "In hand"), mine.in_hand),
    "grid": Shelf(
        gettext_lazy("Also open in your grid"),
        mine.near,
        gettext_lazy("Nothing else is open in your grid. Thank you."),
        right="requests.view",
    ),
    "reported": Shelf(gettext_lazy("Reported, waits for the coordinator"), mine.reported),
}


@login_required
@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What waits for me, the longest due first."""
    rules.require_service(request.user)
    parts, own = [], mine.leads(request.user)
    for key, part in PARTS.items():
        if not access.holds(request.user, part.right):
            continue
        rows = part.first(request.user, own, FIRST + 1, None)
        parts.append({"key": key, "part": part, "rows": rows[:FIRST], "more": len(rows) > FIRST})
    context = {"parts": parts, "asked_to_join": mine.parts(request.user, BOUND)}
    return render(request, "field/start.html", context)


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
    rows = it.first(request.user, mine.leads(request.user), PAGE + 1, after)
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
    return render(request, "field/grid.html", nearby.around(request.user))


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
