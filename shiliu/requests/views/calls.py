"""Calling back: the list of who waits for it, and one call after another."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shiliu.core.door import Refused, StaleState
from shiliu.core.http import StaffRequest
from shiliu.requests import actions, calls
from shiliu.requests.models import CallBack


@login_required
@never_cache
@require_safe
def listed(request: StaffRequest) -> HttpResponse:
    """The people to call back in one's areas, the longest waiting first."""
    calls.require_caller(request.user)
    wanted = calls.read(request.GET)
    context = {"wanted": wanted, "page": calls.listed(request.user, wanted), "reasons": calls.REASONS}
    return render(request, "requests/console/calls.html", context)


@login_required
@never_cache
def one(request: StaffRequest, code: str) -> HttpResponse:
    """One call: what to say, and what came of it. A colleague was faster: 409, with what was typed."""
    it = calls.find(request.user, code)
    if request.method != "POST":
        return _page(request, it, calls.CallForm(call_back=it, by=request.user))
    place = calls.place_of(it)
    form = calls.CallForm(request.POST, call_back=it, by=request.user)
    if not form.is_valid():
        return _page(request, it, form, status=422)
    try:
        actions.call(it, by=request.user, **form.values())
    except Refused as refused:
        if calls.done_by(request.user, it, form.cleaned_data["seen"]):
            return _next(request, place)  # one's own second click
        if isinstance(refused, StaleState):
            return _stale(request, code)
        form.add_error(None, str(refused))
        return _page(request, calls.find(request.user, code), form, status=422)
    return _next(request, place)


def _page(request: StaffRequest, it: CallBack, form: calls.CallForm, **more: Any) -> HttpResponse:
    status = more.pop("status", 200)
    context = {"talk": calls.talk(it), "form": form, "wanted": _came_from(request), **more}
    return render(request, "requests/console/call.html", context, status=status)


def _came_from(request: StaffRequest) -> calls.Wanted:
    return calls.read(QueryDict(request.POST.get("list") or request.GET.get("list") or ""))


def _stale(request: StaffRequest, code: str) -> HttpResponse:
    """As it stands now, with what was typed, ready to be sent again."""
    it = calls.find(request.user, code)
    typed = request.POST.copy()
    typed["seen"], typed["seen_request"] = str(it.version), str(it.request.version)
    form = calls.CallForm(typed, call_back=it, by=request.user)
    form.is_valid()
    form.add_error(
        None,
        _("A colleague was faster: this has changed since you opened it. Look again, then repeat."),
    )
    return _page(request, it, form, status=409)


def _next(request: StaffRequest, place: Any) -> HttpResponse:
    """On to the next one of the list; back to it where there is none."""
    wanted = _came_from(request)
    messages.success(request, _("It is written down."))
    following = calls.following(request.user, calls.Wanted(wanted.reason, place))
    if following is None or calls.place_of(following) == place:
        return redirect("desk:call_backs")
    return redirect(f"{reverse('desk:call_back', args=[following.code])}?{_list(wanted)}")


def _list(wanted: calls.Wanted) -> str:
    kept = QueryDict(mutable=True)
    kept["list"] = calls.Wanted(wanted.reason).here
    return kept.urlencode()


@login_required
@never_cache
@require_POST
def phone(request: StaffRequest, code: str) -> HttpResponse:
    """The number to call: on this one answer, and on record."""
    it = calls.find(request.user, code)
    form = calls.CallForm(call_back=it, by=request.user)
    return _page(request, it, form, contact=actions.show_contact(it.request, by=request.user))
