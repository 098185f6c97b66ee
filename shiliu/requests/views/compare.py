"""Two requests side by side, of which one goes on."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shiliu.core import access, receipts
from shiliu.core.door import Refused, StaleState
from shiliu.core.http import StaffRequest, version_of
from shiliu.requests import actions, case, desk
from shiliu.requests.desk import alike, lists
from shiliu.requests.models import Request
from shiliu.requests.story import for_staff

FOUND = 12


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: StaffRequest, code: str) -> HttpResponse:
    """Choose the other one, look at both, say which one goes on."""
    user = request.user
    it = case.find(user, code)
    access.require(user, "requests.assign", it.area_id)
    typed = request.POST.get("other") or request.GET.get("other", "")
    other = case.by_code(user, typed)
    if other is not None and other.pk == it.pk:
        return _choose(request, it, _("That is this request itself. Choose the other one."))
    if other is None:
        return _choose(request, it, _("There is no such request that you may see.") if typed else "")
    access.require(user, "requests.assign", other.area_id)
    if request.method == "POST":
        return _merge(request, it, other)
    return _both(request, it, other)


def _choose(request: StaffRequest, it: Request, sentence: str) -> HttpResponse:
    user, q = request.user, request.GET.get("q", "").strip()[:200].replace("\0", "")
    found = []
    if q:
        wanted = desk.read({"show": "open", "q": q})
        found = lists.first(user, wanted, timezone.now(), FOUND + 1)
    context = {
        "it": it,
        "code": receipts.shown(it.code),
        "alike": alike.alike(user, it),
        "q": q,
        "found": [each for each in found if each.pk != it.pk][:FOUND],
        "sentence": sentence,
    }
    return render(request, "requests/console/compare_choose.html", context, status=422 if sentence else 200)


def _both(
    request: StaffRequest, it: Request, other: Request, *, status: int = 200, **more: Any
) -> HttpResponse:
    sides = [_Side(each) for each in sorted((it, other), key=lambda each: (each.received_at, each.pk))]
    context = {"it": it, "other": other, "sides": sides, "code": receipts.shown(it.code), **more}
    return render(request, "requests/console/compare.html", context, status=status)


class _Side:
    """One of the two on the page."""

    def __init__(self, it: Request) -> None:
        self.it = it
        self.code = receipts.shown(it.code)
        self.photos = list(it.photos.all())
        self.recordings = [each for each in it.recordings.all() if each.message_id is None]
        self.has_contact = bool(it.contact_name or it.contact_phone or it.contact_email)
        self.goes = _("This one goes on: %(code)s") % {"code": self.code}


def _merge(request: StaffRequest, it: Request, other: Request) -> HttpResponse:
    """Merge in the direction that was chosen, if neither has changed since both were looked at."""
    given = request.POST
    goes_on = {it.code: it, other.code: other}.get(given.get("keep", ""))
    if goes_on is None:
        return _both(request, it, other, status=422, refused=_("Say which of the two goes on."))
    ends = other if goes_on is it else it
    seen, seen_into = (version_of(given.get(f"seen-{each.code}")) or 0 for each in (ends, goes_on))
    try:
        actions.merge(ends, into=goes_on, by=request.user, seen=seen, seen_into=seen_into)
    except StaleState as stale:
        return _overtaken(request, it, other, str(stale))
    except Refused as refused:
        if case.went_into(ends, goes_on):  # one's own second click
            return redirect("desk:detail", code=goes_on.code)
        return _both(request, it, other, status=422, refused=str(refused))
    sentence = _("%(ended)s is merged into this one. Whoever has its receipt is led here.")
    messages.success(request, sentence % {"ended": receipts.shown(ends.code)})
    return redirect("desk:detail", code=goes_on.code)


def _overtaken(request: StaffRequest, it: Request, other: Request, sentence: str) -> HttpResponse:
    """Both as they are now, with what was done to each since they were looked at."""
    user = request.user
    changed = []
    for each in (it, other):
        seen = version_of(request.POST.get(f"seen-{each.code}")) or 0
        changed += [(receipts.shown(each.code), entry) for entry in for_staff(case.since(each, seen))]
    fresh = case.find(user, it.code), case.find(user, other.code)
    for ends, goes_on in (fresh, fresh[::-1]):
        if case.went_into(ends, goes_on):
            return redirect("desk:detail", code=goes_on.code)
    url = reverse("desk:compare", args=[it.code])
    return _both(request, *fresh, status=409, overtaken=sentence, changed=changed, again=url)
