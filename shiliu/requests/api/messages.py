"""What is written about a request in the JSON API: letters, notes for colleagues, the resident's words."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from shiliu.core.door import OtherContent, StaleState
from shiliu.core.models import User
from shiliu.requests import actions, case, writing
from shiliu.requests.api import shapes
from shiliu.requests.api.bodies import JSON, KEY, as_form, key_of, takes, unfit, used_before, user_of
from shiliu.requests.models import Message

router = Router()


class MessageOut(Schema):
    code: str
    at: datetime
    kind: str = Field(description="to_resident, from_resident or note: among staff.")
    words: str = Field(description="Empty of photos or a voice note alone, and once they were erased.")
    asks: bool = Field(description="An answer is waited for.")
    by: str | None = Field(description="Of staff, who wrote it.")


class MessagesOut(Schema):
    items: list[MessageOut]


class NoteIn(Schema):
    seen: int = Field(description="The `version` that you read.")
    words: str = Field(max_length=4000)


class LetterIn(NoteIn):
    asks: bool = Field(False, description="We wait for an answer.")
    read: datetime | None = Field(
        None,
        description="When you read the resident's words: those are answered by this. Without it, all are.",
    )


class ReadIn(Schema):
    until: datetime = Field(description="When you read them; what came later still waits.")


@router.get("/requests/{code}/messages", response=MessagesOut, summary="Letters, notes, what they wrote")
def messages(request: HttpRequest, code: str) -> MessagesOut:
    """The oldest first."""
    rows = case.find(user_of(request), code).messages.select_related("by").order_by("pk")
    return MessagesOut(items=[_message(each) for each in rows])


def _message(it: Message) -> MessageOut:
    by = it.by.get_full_name() if it.by else None
    return MessageOut(code=it.code, at=it.at, kind=it.kind, words=it.words, asks=it.asks, by=by)


@router.post(
    "/requests/{code}/letters",
    response={201: MessageOut},
    summary="Write to the resident",
    openapi_extra=takes(LetterIn),
)
def letter(request: HttpRequest, code: str, body: JSON, idempotency_key: str = KEY) -> Status:
    """It stands on the resident's page at once. A colleague was faster: 409, and what was done since."""
    return _write(actions.tell, "letter", user_of(request), code, body, idempotency_key)


@router.post(
    "/requests/{code}/notes",
    response={201: MessageOut},
    summary="Write a note for colleagues",
    openapi_extra=takes(NoteIn),
)
def note(request: HttpRequest, code: str, body: JSON, idempotency_key: str = KEY) -> Status:
    """The resident never reads it."""
    return _write(actions.note, "note", user_of(request), code, body, idempotency_key)


def _write(
    act: Callable[..., Message], kind: str, user: User, code: str, body: dict[str, Any], said: str
) -> Status:
    subject = writing.to_write(user, code)
    form = writing.form_for(kind, subject, as_form(body | {"key": key_of(user, said)}))
    if not form.is_valid():
        raise unfit(form)
    try:
        written = act(subject, by=user, **form.values())
    except OtherContent:
        raise used_before() from None
    except StaleState:
        raise shapes.overtaken(case.find(user, code), form.cleaned_data["seen"]) from None
    return Status(201, _message(written))


@router.post(
    "/requests/{code}/read",
    response=shapes.RequestOut,
    summary="The resident's words were read",
    openapi_extra=takes(ReadIn),
)
def read(request: HttpRequest, code: str, body: JSON) -> shapes.RequestOut:
    """And need no answer. Those that came after `until` still wait."""
    user = user_of(request)
    subject = writing.to_write(user, code)
    form = writing.ReadForm(as_form(body))
    if not form.is_valid():
        raise unfit(form)
    actions.read(subject, by=user, until=form.cleaned_data["until"])
    return shapes.whole(user, case.find(user, code))
