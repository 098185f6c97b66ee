"""What staff write about a request, at the desk and in the field: letters to residents, notes for colleagues.

Each has an address and a form of its own, so that nobody sends to one what was meant for the other.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from shiliu.core import receipts
from shiliu.core.door import OtherContent, Refused, StaleState
from shiliu.core.http import StaffRequest
from shiliu.requests import actions, case, desk, writing
from shiliu.requests.forms import SENT_BEFORE, with_new_key
from shiliu.requests.models import Request
from shiliu.requests.story import for_staff, unread

BASES = {"desk": "console/base.html", "field_requests": "field/base.html"}
ACTS = {"letter": actions.tell, "note": actions.note}
SENT = {
    "letter": gettext_lazy("It stands on the resident's page now."),
    "note": gettext_lazy("Noted for colleagues."),
}


@login_required
@never_cache
def write(request: StaffRequest, code: str, kind: str, shell: str) -> HttpResponse:
    """A letter or a note. A colleague was faster: 409 and what they did, and the words are still there."""
    if kind not in writing.FORMS:
        raise Http404
    subject = writing.to_write(request.user, code)
    if request.method != "POST":
        return _page(request, subject, writing.form_for(kind, subject), shell)
    form = writing.form_for(kind, subject, request.POST)
    if not form.is_valid():
        return _page(request, subject, form, shell, status=422)
    try:
        ACTS[kind](subject, by=request.user, **form.values())
    except OtherContent:
        form = writing.form_for(kind, subject, with_new_key(request.POST))
        form.add_error("words", SENT_BEFORE)
        return _page(request, subject, form, shell, status=422)
    except StaleState:
        return _stale(request, code, form, shell)
    except Refused as refused:
        form.add_error("words", str(refused))
        return _page(request, subject, form, shell, status=422)
    messages.success(request, SENT[kind])
    return _back(request, code, shell)


@login_required
@never_cache
@require_POST
def read(request: StaffRequest, code: str, shell: str) -> HttpResponse:
    """What the resident wrote was read, and needs nothing more."""
    subject = writing.to_write(request.user, code)
    form = writing.ReadForm(request.POST)
    if form.is_valid():
        actions.read(subject, by=request.user, until=form.cleaned_data["until"])
    return _back(request, code, shell)


def _stale(request: StaffRequest, code: str, form: Any, shell: str) -> HttpResponse:
    """The form anew with what changed meanwhile, ready to be sent again."""
    subject = case.find(request.user, code)
    typed = request.POST.copy()
    typed["seen"] = str(subject.version)
    since = for_staff(case.since(subject, form.cleaned_data["seen"]))
    again = writing.form_for(form.name, subject, typed)
    return _page(request, subject, again, shell, status=409, since=since)


def _page(
    request: StaffRequest, subject: Request, form: Any, shell: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "asked": subject,
        "code": receipts.shown(subject.code),
        "form": form,
        "shell": shell,
        "base": BASES[shell],
        "back": reverse(f"{shell}:detail", args=[subject.code]),
        "list": request.POST.get("list") or request.GET.get("list", ""),
        "unread": unread(subject),  # the form says that what stood here was read
    }
    return render(request, "requests/write.html", context | more, status=status)


def _back(request: StaffRequest, code: str, shell: str) -> HttpResponse:
    """To the request, beside the list that one came from."""
    here = reverse(f"{shell}:detail", args=[code])
    given = request.POST.get("list")
    return redirect(f"{here}?{desk.read(QueryDict(given)).as_list}" if given else here)
