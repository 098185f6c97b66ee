"""The staff console: where one arrives after signing in."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from shiliu.core import access
from shiliu.grid.models import Tenure


@login_required
def start(request: HttpRequest) -> HttpResponse:
    """The posts one holds today, and the way to what they allow."""
    tenures = Tenure.objects.of_today(request.user).select_related("post", "area").order_by("post__code")
    context = {
        "tenures": tenures,
        "may_see_figures": access.holds(request.user, "figures.view"),
        "may_edit": access.holds(request.user, "channel.edit"),
    }
    return render(request, "console/start.html", context)
