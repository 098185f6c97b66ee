"""The staff console: where one arrives after signing in."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from shiliu.core import access
from shiliu.grid.scopes import tenures_today


@login_required
def start(request: HttpRequest) -> HttpResponse:
    """The posts one holds today, and the way to what they allow."""
    context = {
        "tenures": tenures_today(request.user),
        "may_see_figures": access.holds(request.user, "figures.view"),
        "may_edit": access.holds(request.user, "channel.edit"),
    }
    return render(request, "console/start.html", context)
