"""Calling back in the JSON API: who waits for a call, and what came of one."""

from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema

from shiliu.core.cursor import Cursor
from shiliu.core.door import Refused, StaleState
from shiliu.core.problems import invalid
from shiliu.requests import actions, calls
from shiliu.requests.api import shapes
from shiliu.requests.api.bodies import JSON, UNFIT, as_form, takes, unfit, user_of
from shiliu.requests.models import CallBack

router = Router()


class CallOut(Schema):
    code: str
    version: int = Field(description="What is sent as `seen`.")
    request: str = Field(description="The receipt code. How to reach the person is asked for there.")
    request_version: int = Field(description="What is sent as `seen_request`.")
    reason: str = Field(description="ask: whether it is solved; tell: what stands in `words`.")
    words: str
    area: str
    made_at: datetime
    tries: int
    outcome: str = Field(description="Empty as long as it waits.")


class CallsOut(Schema):
    items: list[CallOut]
    next: str | None = Field(description="The query of the next page; null on the last one.")


class CallIn(Schema):
    seen: int
    seen_request: int
    said: str = Field(
        description="To be asked: solved-satisfied, solved-dissatisfied, solved, unsolved-dissatisfied or "
        "unsolved. To be told: told. Not reached: later, give_up, wrong_number or declined."
    )
    close: bool = Field(False, description="If it is solved: close it.")
    reopen: bool = Field(False, description="If it is not: reopen it, with the note as its words.")
    note: str = Field("", max_length=1000, description="In their words.")


@router.get("/calls", response=CallsOut, summary="The people to call back")
def listed(request: HttpRequest, reason: str = "", after: str = "") -> CallsOut:
    """In your areas, the longest waiting first. reason: ask or tell, else both."""
    user = user_of(request)
    calls.require_caller(user)
    if reason not in calls.REASONS:
        raise invalid({"reason": [_("This is “ask” or “tell”.")]}, UNFIT)
    if after and Cursor.read(after) is None:
        raise invalid(
            {"after": [_("This is no place in a list. Use `next` or `previous` as they came.")]}, UNFIT
        )
    page = calls.listed(user, calls.read(request.GET))
    return CallsOut(items=[_call(it) for it in page.rows], next=page.next or None)


@router.get("/calls/{call}", response=CallOut, summary="One of them")
def one(request: HttpRequest, call: str) -> CallOut:
    return _call(calls.find(user_of(request), call))


@router.post("/calls/{call}", response=CallOut, summary="What came of a call", openapi_extra=takes(CallIn))
def record(request: HttpRequest, call: str, body: JSON) -> CallOut:
    """A colleague was faster: 409. The same call sent twice is written down once."""
    user = user_of(request)
    it = calls.find(user, call)
    form = calls.CallForm(as_form(body), call_back=it, by=user)
    if not form.is_valid():
        raise unfit(form)
    seen = form.cleaned_data["seen"]
    try:
        actions.call(it, by=user, **form.values())
    except Refused as refused:
        it = calls.find(user, call)
        if calls.done_by(user, it, seen):
            return _call(it)
        if isinstance(refused, StaleState) or it.version != seen:
            raise shapes.overtaken(it, seen) from None
        raise
    return _call(calls.find(user, call))


def _call(it: CallBack) -> CallOut:
    return CallOut(
        code=it.code,
        version=it.version,
        request=it.request.code,
        request_version=it.request.version,
        reason=it.reason,
        words=it.words,
        area=it.area_id,
        made_at=it.made_at,
        tries=it.tries,
        outcome=it.outcome,
    )
