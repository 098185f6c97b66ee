"""The residents' pages of a request: follow by the receipt code, answer. Asking is in `asking`."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shiliu.core import limits, pictures, receipts, sounds
from shiliu.core.access import Resident
from shiliu.core.door import OtherContent, Refused, StaleState
from shiliu.requests import actions, addresses
from shiliu.requests.following import followed
from shiliu.requests.forms import SENT_BEFORE, AddForm, AnswerForm, FindForm, with_new_key
from shiliu.requests.models import Photo, Recording, Request

ACTS: dict[str, Callable[..., Any]] = {
    "confirm": actions.confirm,
    "dispute": actions.dispute,
    "satisfied": partial(actions.rate, satisfied=True),
    "dissatisfied": partial(actions.rate, satisfied=False),
    "withdraw": actions.withdraw,
}
BESIDE = ("category", "area", "team", "unit", "post", "first_post", "merged_into")
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
        return _page(request, _by_code(request, code))
    except TooMany:
        return _too_many(request)


@never_cache
def answer(request: HttpRequest, code: str) -> HttpResponse:
    """Solved or not, satisfied or not, no longer needed: says the resident, nobody signed in as staff."""
    if request.method != "POST":  # back from the sign-in or the language, say
        return redirect("requests:progress", code=code)
    try:
        asked = _to_answer(request, code)
    except TooMany:
        return _too_many(request)
    form = AnswerForm(request.POST, auto_id="%s")
    if not form.is_valid():
        return _page(request, asked, form=form, status=422)
    given = form.cleaned_data
    try:
        ACTS[given["answer"]](asked, by=Resident(), seen=given["seen"], note=given["note"])
    except Refused as refused:
        if actions.answered_before(asked, **given):
            return _thanked(request, asked)  # the second click
        form.add_error("note", str(refused))
        status = 409 if isinstance(refused, StaleState) else 422
        return _page(request, _by_code(request, code), form=form, status=status)
    return _thanked(request, asked)


def _thanked(request: HttpRequest, asked: Request) -> HttpResponse:
    messages.success(request, _("Thank you. Your answer is with the town."))
    return redirect("requests:progress", code=asked.code)


@never_cache
def add(request: HttpRequest, code: str) -> HttpResponse:
    """More words, photos or a voice note, says the resident; an answer to what staff have asked."""
    if request.method != "POST":
        return redirect("requests:progress", code=code)
    try:
        asked = _to_answer(request, code)
    except TooMany:
        return _too_many(request)
    form = AddForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.add(asked, by=Resident(), **form.cleaned_data)
        except OtherContent:
            form = AddForm(with_new_key(request.POST))
            form.add_error("words", SENT_BEFORE)
        except Refused as refused:
            form.add_error("words", str(refused))
        else:
            messages.success(request, _("Thank you. Those who work on it can read it now."))
            return redirect("requests:progress", code=asked.code)
    return _page(request, asked, add=form, status=422)


def _to_answer(request: HttpRequest, code: str) -> Request:
    """The request that a resident says something about now. PermissionDenied for staff; TooMany."""
    asked = _by_code(request, code)
    if request.user.is_authenticated:
        raise PermissionDenied(_("Here residents answer. What you heard from them, enter at the desk."))
    if limits.is_reached("answer", request):
        raise TooMany
    limits.count("answer", request)
    return asked


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


def _page(
    request: HttpRequest,
    asked: Request,
    *,
    form: AnswerForm | None = None,
    add: AddForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The request's page. form, add: what came back, with what was typed."""
    context = {
        "it": followed(asked, by_staff=request.user.is_authenticated),
        "asked": asked,
        "address": addresses.of_receipt(asked.code),
        "new": "new" in request.GET and timezone.now() - asked.received_at < NEW,
        "form": form or AnswerForm(auto_id="%s"),
        "add": add or AddForm(),
    }
    return render(request, "requests/progress.html", context, status=status)


def _by_code(request: HttpRequest, typed: str) -> Request:
    """The request of a code; 404 where there is none, which counts as a try."""
    try:
        code = receipts.read(typed)
    except receipts.BadCode:
        raise Http404 from None
    if limits.is_reached("receipt", request):
        raise TooMany
    found = Request.objects.select_related(*BESIDE).filter(code=code).first()
    if found is None:
        limits.count("receipt", request)
        raise Http404
    return found


def _too_many(request: HttpRequest) -> HttpResponse:
    return render(request, "429.html", status=429)
