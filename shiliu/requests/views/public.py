"""The residents' pages of a request: follow by the receipt code, answer. Asking is in `asking`."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shiliu.core import limits, pictures, receipts, sounds, worktime
from shiliu.core.access import Resident
from shiliu.core.door import Refused, StaleState
from shiliu.requests import actions, addresses, questions
from shiliu.requests.forms import AnswerForm, FindForm
from shiliu.requests.models import Photo, Recording, Request
from shiliu.requests.states import LIFECYCLE
from shiliu.requests.story import stages, told

NEW = timedelta(minutes=10)  # for as long, the page says thank you; its address may be kept for years


class TooMany(Exception):
    """One address has tried too often."""


def find(request: HttpRequest) -> HttpResponse:
    """Where somebody types the code of a receipt."""
    sent = (request.POST,) if request.method == "POST" else ()
    form = FindForm(*sent, auto_id="%s")
    if sent and form.is_valid():
        try:
            return redirect("requests:progress", code=_by_code(request, form.cleaned_data["code"]).code)
        except Http404:
            form.add_error("code", _("There is no request with this code. Compare it with your receipt."))
        except TooMany:
            return _too_many(request)
    return render(request, "requests/find.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_safe
def progress(request: HttpRequest, code: str) -> HttpResponse:
    """Who has it, since when, by when, what was done. For whoever has the code."""
    try:
        return _page(request, _by_code(request, code), AnswerForm(auto_id="%s"))
    except TooMany:
        return _too_many(request)


@never_cache
def answer(request: HttpRequest, code: str) -> HttpResponse:
    """Solved, not solved, or no longer needed, says the resident: nobody who is signed in as staff."""
    try:
        asked = _by_code(request, code)
    except TooMany:
        return _too_many(request)
    if request.method != "POST":  # back from the sign-in or the language, say
        return redirect("requests:progress", code=asked.code)
    if request.user.is_authenticated:
        raise PermissionDenied(_("Here residents answer. What you heard from them, enter at the desk."))
    if limits.is_reached("answer", request):
        return _too_many(request)
    limits.count("answer", request)
    form = AnswerForm(request.POST, auto_id="%s")
    if not form.is_valid():
        return _page(request, asked, form, status=422)
    given = form.cleaned_data
    act = {"confirm": actions.confirm, "dispute": actions.dispute, "withdraw": actions.withdraw}
    try:
        act[given["answer"]](asked, by=Resident(), seen=given["seen"], note=given["note"])
    except Refused as refused:
        form.add_error("note", str(refused))
        status = 409 if isinstance(refused, StaleState) else 422
        return _page(request, _by_code(request, code), form, status=status)
    messages.success(request, _("Thank you. Your answer is with the town."))
    return redirect("requests:progress", code=asked.code)


@require_safe
def photo(request: HttpRequest, code: str, photo: str, size: str) -> HttpResponse:
    """A picture of the request, for whoever has its code."""
    found = Photo.objects.filter(request__code=code, code=photo).first()
    if found is None:
        raise Http404
    return pictures.answer(found.picture if size == "whole" else found.thumbnail, f"{found.code}.jpg")


@require_safe
def recording(request: HttpRequest, code: str, recording: str) -> HttpResponse:
    """A spoken note of the request, for whoever has its code."""
    found = Recording.objects.filter(request__code=code, code=recording).first()
    if found is None:
        raise Http404
    return sounds.answer(request, found.sound, f"{found.code}.ogg")


def _page(request: HttpRequest, asked: Request, form: AnswerForm, status: int = 200) -> HttpResponse:
    photos = list(asked.photos.all())
    context: dict[str, Any] = {
        "asked": asked,
        "code": receipts.shown(asked.code),
        "address": addresses.of_receipt(asked.code),
        "new": "new" in request.GET and timezone.now() - asked.received_at < NEW,
        "stages": stages(asked),
        "tone": asked.tone,
        "due_on": worktime.last_day(asked.due_at),
        "told": told(asked),
        "photos": [photo for photo in photos if photo.taken == Photo.Taken.ASKED],
        "photos_done": [photo for photo in photos if photo.taken == Photo.Taken.DONE],
        "recordings": [each for each in asked.recordings.all() if each.message_id is None],
        "answers": questions.told(asked.category, asked.answers),
        "form": form,
        "may": set() if request.user.is_authenticated else _answers(asked),
        "goes_on": _goes_on(asked),
    }
    return render(request, "requests/progress.html", context, status=status)


def _answers(asked: Request) -> set[str]:
    """What the person can say now."""
    if not actions.may_answer(asked):
        return set()
    possible = {verb.removeprefix("requests.") for verb in LIFECYCLE.verbs_from(asked.state)}
    return possible & set(AnswerForm.ANSWERS) - ({"confirm"} if asked.solved else set())


def _goes_on(asked: Request) -> Request | None:
    """The request that this one was put together with, at the end of the chain. Its code stays its own."""
    follow, seen = asked, {asked.pk}
    while (after := follow.merged_into) is not None and after.pk not in seen:
        follow = after
        seen.add(after.pk)
    return None if follow is asked else follow


def _by_code(request: HttpRequest, typed: str) -> Request:
    """The request of a code; 404 where there is none, which counts as a try."""
    try:
        code = receipts.read(typed)
    except receipts.BadCode:
        raise Http404 from None
    if limits.is_reached("receipt", request):
        raise TooMany
    found = Request.objects.select_related("category", "area", "team", "unit").filter(code=code).first()
    if found is None:
        limits.count("receipt", request)
        raise Http404
    return found


def _too_many(request: HttpRequest) -> HttpResponse:
    return render(request, "429.html", status=429)
