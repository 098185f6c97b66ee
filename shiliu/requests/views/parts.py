"""The parts of joint handling: on the desk's page of the request, and for whoever was asked, in the field."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shiliu.core import pictures, receipts, sounds
from shiliu.core.access import find_visible
from shiliu.core.door import Refused, StaleState
from shiliu.core.http import StaffRequest
from shiliu.requests import case, desk, joint
from shiliu.requests.joint import WordsForm
from shiliu.requests.models import Part, Photo, Request

AT_THE_DESK = ("report", "drop")
IN_THE_FIELD = ("report", "return")


def _take(request: StaffRequest, name: str, part: Part) -> tuple[WordsForm, int]:
    """Take a step of a part. The form with what is wrong in it, and the status: 302 where it was taken."""
    user = request.user
    joint.require(user, name, part)
    form = joint.form_for(name, part, request.POST, request.FILES)
    if not form.is_valid():
        return form, 422
    try:
        joint.WAYS[name].act(part, by=user, **form.values())
    except StaleState as late:
        return _again(request, name, part, str(late)), 409
    except Refused as refused:
        form.add_error(None, str(refused))
        return form, 422
    messages.success(request, joint.WAYS[name].said)
    return form, 302


def _again(request: StaffRequest, name: str, part: Part, sentence: str) -> WordsForm:
    """What was typed, in a form that can be sent again."""
    part.refresh_from_db()
    typed = request.POST.copy()
    typed["seen"] = str(part.version)
    form = joint.form_for(name, part, typed, request.FILES)
    form.add_error(None, sentence)
    return form


# At the desk ----------------------------------------------------------------------------------------------


@login_required
@never_cache
@require_POST
def desk_step(request: StaffRequest, code: str, part: str, step: str) -> HttpResponse:
    """Report a part for whoever was asked by telephone, or no longer ask for it."""
    subject = case.find(request.user, code)
    found = subject.parts.filter(code=part).first()
    if step not in AT_THE_DESK or found is None:
        raise Http404
    form, status = _take(request, step, found)
    given = request.POST.get("list", "")
    wanted = desk.read(QueryDict(given)) if given else None
    if status == 302:
        query = f"?{wanted.as_list}" if wanted else ""
        return redirect(f"{reverse('desk:detail', args=[code])}{query}#parts")
    user = request.user
    it = case.shown(user, subject, timezone.now(), form=None, verb="")
    it = replace(it, parts=joint.shown(user, subject, part=part, name=step, form=form))
    context = {"it": it, "bound": form, "wanted": wanted, "page": None}
    return render(request, "requests/console/detail.html", context, status=status)


# In the field ---------------------------------------------------------------------------------------------


@login_required
@never_cache
@require_safe
def part(request: StaffRequest, code: str) -> HttpResponse:
    """What one was asked to join in: the part, and of the request the words, the photos and the place."""
    return _page(request, joint.find(request.user, code))


@login_required
@never_cache
def part_step(request: StaffRequest, code: str, step: str) -> HttpResponse:
    """Report the part done, or say that it is not ours."""
    found = joint.find(request.user, code)
    if step not in IN_THE_FIELD:
        raise Http404
    if request.method != "POST":  # back from the sign-in, say
        return redirect("field_requests:part", code=code)
    form, status = _take(request, step, found)
    if status == 302:
        return redirect("field:start")
    return _page(request, found, name=step, form=form, status=status)


@login_required
@require_safe
def part_photo(request: StaffRequest, code: str, photo: str, size: str) -> FileResponse:
    """A picture of the request, for whoever was asked to join in it."""
    found = case.photo(joint.find(request.user, code).request, photo)
    return pictures.answer(found.picture if size == "whole" else found.thumbnail, f"{found.code}.jpg")


@login_required
@require_safe
def part_recording(request: StaffRequest, code: str, recording: str) -> HttpResponse:
    """What came with the request as a spoken note, for whoever was asked to join in it."""
    found = case.recording(joint.find(request.user, code).request, recording)
    if found.message_id is not None:
        raise Http404
    return sounds.answer(request, found.sound, f"{found.code}.ogg")


def _page(
    request: StaffRequest, part: Part, *, name: str = "", form: WordsForm | None = None, status: int = 200
) -> HttpResponse:
    user, asked = request.user, part.request
    able = IN_THE_FIELD if asked.is_open and joint.may(user, "report", part) else ()  # one right for both
    photos = list(asked.photos.all())
    context: dict[str, Any] = {
        "part": part,
        "asked": asked,
        "tone": joint.TONES[Part.State(part.state)],
        "bound": form,
        "offers": joint.offers(part, able, {name: form} if form else {}),
        "story": joint.told(part),
        "photos": [each for each in photos if each.taken == Photo.Taken.ASKED],
        "photos_done": [each for each in photos if each.taken == Photo.Taken.DONE],
        "recordings": asked.recordings.filter(message=None),
        "code": receipts.shown(asked.code) if _sees(user, asked) else "",
    }
    return render(request, "requests/field/part.html", context, status=status)


def _sees(user: Any, asked: Request) -> bool:
    """Whether somebody sees the whole request, and so its code, which is a key."""
    return find_visible(Request, user, pk=asked.pk) is not None
