"""To whom requests go by the rules, and what these would have done with past requests."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shiliu.core import access
from shiliu.core.access import NotPermitted
from shiliu.core.http import StaffRequest
from shiliu.requests import dry_run as past
from shiliu.requests.models import Request
from shiliu.requests.routing_forms import DAYS, TryForm, days_of

RIGHTS = ("requests.assign", "requests.configure")


@login_required
@never_cache
@require_safe
def dry_run(request: StaffRequest) -> HttpResponse:
    """“What would have happened?” `?days=` how far back; `?rule=` one to change; with `try`, the form's rule.

    Nothing is stored.
    """
    user = request.user
    scope = access.scope_of(user, RIGHTS[0]) | access.scope_of(user, RIGHTS[1])
    if not scope:
        raise NotPermitted(
            _("This page is for whoever assigns requests or keeps the rules. Ask your administrator.")
        )
    days = days_of(request.GET)
    form = TryForm(request.GET if "try" in request.GET else None, scope=scope, chosen=request.GET.get("rule"))
    draft = form.draft() if form.is_valid() else None
    outcome = past.run(
        scope,
        timezone.now() - timedelta(days=days),
        sees=access.scope_of(user, Request.view_right),
        draft=draft,
        instead_of=form.instead_of,
    )
    context = {
        "outcome": outcome,
        "days": days,
        "choices": DAYS,
        "form": form,
        "draft": draft,
        "tries": draft is not None or form.is_bound or "rule" in request.GET,
        "may_edit": access.holds(user, "requests.configure"),
        "most": past.MOST,
    }
    return render(request, "requests/console/routing.html", context, status=422 if form.errors else 200)
