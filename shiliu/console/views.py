"""The staff console: where one arrives after signing in, and what waits for one."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shiliu.console import inbox, morning
from shiliu.core import access
from shiliu.core.http import StaffRequest
from shiliu.grid.scopes import tenures_today


@login_required
@never_cache
def start(request: StaffRequest) -> HttpResponse:
    """What waits for this person today, what is to be done first, and the posts that they hold."""
    waiting = inbox.counted(request.user)
    pressing = next((each for each in waiting if each.number), None)
    context = {
        "today": timezone.localdate(),
        "waiting": waiting,
        "pressing": pressing,
        "items": pressing.kind.first(request.user) if pressing else [],
        "tenures": tenures_today(request.user),
        "may_see_morning": access.holds(request.user, morning.RIGHT),
        "may_see_figures": access.holds(request.user, "figures.view"),
        "may_edit": access.holds(request.user, "channel.edit"),
    }
    return render(request, "console/start.html", context)


@login_required
@never_cache
@require_safe
def morning_page(request: StaffRequest) -> HttpResponse:
    """The leader's first page of the day."""
    access.require_anywhere(request.user, morning.RIGHT)
    area = morning.area_of(request.user)
    if area is None:
        raise Http404
    return render(request, "console/morning.html", {"it": morning.compute(area, request.user)})


@login_required
@never_cache
def waiting(request: StaffRequest) -> HttpResponse:
    """Everything that waits for this person, the first few of each kind."""
    return render(request, "console/inbox.html", {"kinds": inbox.told(request.user)})
