"""Joint handling in the JSON API: the parts that one was asked for, those of a request, and their steps."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja import Field, Router, Schema

from shiliu.core import audit
from shiliu.core.door import Refused, StaleState
from shiliu.core.models import User
from shiliu.requests import case, joint
from shiliu.requests.api import shapes
from shiliu.requests.api.bodies import JSON, as_form, takes, unfit, user_of
from shiliu.requests.models import Part, Request

router = Router()
MOST = 200


class PartOut(Schema):
    code: str
    version: int = Field(description="What a step sends as `seen`.")
    state: str = Field(description="asked, reported, returned or withdrawn.")
    doer: str = Field(description="The team or unit that was asked.")
    words: str = Field(description="What is to be done.")
    request: str | None = Field(description="The receipt code; null where you see no more than the part.")
    request_words: str
    category: str
    area: str
    address: str
    due_at: datetime


class PartsOut(Schema):
    items: list[PartOut]


class WholePartOut(PartOut):
    """With what was done with it, the oldest first."""

    story: list[shapes.DoneOut]


class PartIn(Schema):
    seen: int = Field(description="The `version` that you read.")
    note: str = Field(max_length=1000, description="What was done; or why it is not yours, or not needed.")


@router.get("/parts", response=PartsOut, summary="The parts that you were asked for")
def parts(request: HttpRequest) -> PartsOut:
    """Not reported yet, the first due first; at most 200."""
    user = user_of(request)
    found = list(Part.objects.of_mine(user).waiting()[:MOST])
    asked = Request.objects.visible_to(user).filter(pk__in=[it.request_id for it in found])
    codes = dict(asked.values_list("pk", "code"))
    return PartsOut(items=[PartOut(**_fields(it, codes.get(it.request_id))) for it in found])


@router.get("/requests/{code}/parts", response=PartsOut, summary="Who was asked to join in a request")
def parts_of(request: HttpRequest, code: str) -> PartsOut:
    """All of its parts; the step `join` asks for another."""
    subject = case.find(user_of(request), code)
    rows = subject.parts.select_related("team", "unit")
    return PartsOut(items=[PartOut(**_fields(it, subject.code)) for it in rows])


@router.get("/parts/{part}", response=WholePartOut, summary="One part")
def part(request: HttpRequest, part: str) -> WholePartOut:
    user = user_of(request)
    return _whole(user, joint.find(user, part))


@router.post(
    "/parts/{part}/steps/{step}",
    response=WholePartOut,
    summary="Report a part, give it back, or drop it",
    openapi_extra=takes(PartIn),
)
def take_part(request: HttpRequest, part: str, step: str, body: JSON) -> WholePartOut:
    """step: report, return (not ours), or for whoever assigns: drop. The same one sent twice is done once."""
    user = user_of(request)
    it = joint.find(user, part)
    if step not in joint.WAYS:
        raise Http404
    joint.require(user, step, it)
    form = joint.form_for(step, it, as_form(body), MultiValueDict())
    if not form.is_valid():
        raise unfit(form)
    seen, note = form.cleaned_data["seen"], form.cleaned_data["note"]
    try:
        joint.WAYS[step].act(it, by=user, **form.values())
    except Refused as refused:
        it = joint.find(user, part)
        if joint.taken_before(step, it, by=user, seen=seen, note=note):
            return _whole(user, it)
        if isinstance(refused, StaleState) or it.version != seen:
            raise shapes.overtaken(it, seen) from None
        raise
    return _whole(user, joint.find(user, part))


def _whole(user: User, it: Part) -> WholePartOut:
    fields = _fields(it, it.request.code if case.sees(user, it.request) else None)
    return WholePartOut(**fields, story=shapes.done(audit.entries_of(it)))


def _fields(it: Part, code: str | None) -> dict[str, Any]:
    return {
        "code": it.code,
        "version": it.version,
        "state": it.state,
        "doer": str(it.doer),
        "words": it.words,
        "request": code,
        "request_words": it.request.words,
        "category": str(it.request.category),
        "area": it.area_id,
        "address": it.request.address,
        "due_at": it.request.due_at,
    }
