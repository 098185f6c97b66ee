"""What the staff API answers about requests, and how it is made of them."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Schema

from shiliu.core import audit
from shiliu.core.models import AuditEntry, User
from shiliu.core.problems import Problem
from shiliu.requests import case, questions, steps
from shiliu.requests.models import CallBack, Category, Part, Request
from shiliu.requests.story import for_staff


class FilingIn(Schema):
    """A request that is filed for somebody."""

    words: str = Field(max_length=4000)
    area: str = Field(description="Code of the area, from /areas.")
    category: str = Field(
        "", description="Code, from /categories; without one, the kind for what is unclear."
    )
    answers: dict[str, str | float | list[str]] = Field(
        {},
        description="What the category asks, by the question's name; of a choice its key, or a list of them.",
    )
    source: str = Field("phone", description="phone, counter or grid_worker.")
    address: str = Field("", max_length=200, description="Where exactly.")
    lat: str = Field("", description="Degrees of WGS-84; kept only where the exact place is the matter.")
    long: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    numbers: bool = Field(False, description="True leaves a number that looks personal in the words.")


class RowOut(Schema):
    """A request in a list."""

    code: str = Field(description="The receipt code. It is a key: never publish it.")
    version: int = Field(description="What a step sends as `seen`.")
    state: str
    state_name: str
    category: str
    category_name: str
    area: str
    area_name: str
    words: str
    lead: str | None = Field(description="Who has it: a team, a unit or a post.")
    is_urgent: bool
    received_at: datetime
    due_at: datetime
    is_late: bool
    closed_at: datetime | None
    wrote_at: datetime | None = Field(description="Since when words of the resident wait to be read.")
    order_source: str = Field(description="Of a work order: the system that it came from.")
    order_number: str


class ListOut(Schema):
    items: list[RowOut]
    next: str | None = Field(description="The query of the next page; null on the last one.")
    previous: str | None


class DoneOut(Schema):
    """Something that was done: the desk's sentence for it, and the words that came with it."""

    at: datetime
    verb: str
    said: str
    note: str
    version: int | None


class AnswerOut(Schema):
    name: str
    label: str
    words: str


class RequestOut(RowOut):
    """One request and its story. How to reach the person is asked for at an address of its own."""

    source: str
    answers: list[AnswerOut]
    address: str
    lat: Decimal | None
    long: Decimal | None
    contacted_at: datetime | None
    resume_on: date | None
    solved: bool | None
    satisfied: bool | None
    merged_into: str | None
    story: list[DoneOut]


class FieldOut(Schema):
    name: str
    label: str
    required: bool
    choices: list[list[str]] | None = Field(description="Value and words of each; null where it is free.")


class StepOut(Schema):
    step: str = Field(description="As it stands in the address.")
    label: str
    fields: list[FieldOut]


class StepsOut(Schema):
    version: int
    items: list[StepOut]


class TakenOut(Schema):
    """What became of it. request: null where it is no longer yours to see."""

    said: str
    request: RequestOut | None


class ContactOut(Schema):
    name: str
    phone: str
    email: str


class QuestionOut(Schema):
    name: str
    label: str
    datatype: str
    required: bool
    choices: list[list[str]]


class CategoryOut(Schema):
    code: str
    name: str
    group: str
    is_public: bool
    is_urgent: bool
    questions: list[QuestionOut]


class CategoriesOut(Schema):
    items: list[CategoryOut]


# Made of records ------------------------------------------------------------------------------------------


def row(it: Request, now: datetime) -> RowOut:
    return RowOut(**_row(it, now))


def _row(it: Request, now: datetime) -> dict[str, Any]:
    return {
        "code": it.code,
        "version": it.version,
        "state": it.state,
        "state_name": it.get_state_display(),
        "category": it.category.code,
        "category_name": str(it.category),
        "area": it.area_id,
        "area_name": it.area.name,
        "words": it.words,
        "lead": str(it.lead) if it.lead else None,
        "is_urgent": it.is_urgent,
        "received_at": it.received_at,
        "due_at": it.due_at,
        "is_late": it.is_unsolved and it.due_at < now,
        "closed_at": it.closed_at,
        "wrote_at": it.wrote_at,
        "order_source": it.order_source,
        "order_number": it.order_number,
    }


def whole(user: User, it: Request) -> RequestOut:
    """A request that `user` sees, with its story, the oldest first."""
    onward = it.merged_into if it.merged_into and case.sees(user, it.merged_into) else None
    return RequestOut(
        **_row(it, timezone.now()),
        source=it.source,
        answers=[
            AnswerOut(name=each.name, label=each.label, words=each.words)
            for each in questions.told(it.category, it.answers)
        ],
        address=it.address,
        lat=it.lat,
        long=it.long,
        contacted_at=it.contacted_at,
        resume_on=it.resume_on,
        solved=it.solved,
        satisfied=it.satisfied,
        merged_into=onward.code if onward else None,
        story=done(audit.entries_of(it)),
    )


def done(entries: Iterable[AuditEntry]) -> list[DoneOut]:
    """Entries with the words that came with them, which may lie in a message."""
    entries = list(entries)
    return [
        DoneOut(at=each.at, verb=each.verb, said=told.words, note=told.note, version=each.version)
        for each, told in zip(entries, for_staff(entries), strict=True)
    ]


def overtaken(it: Request | Part | CallBack, seen: int) -> Problem:
    """A colleague was faster: the present version, and what was done since `seen`."""
    since = done(audit.entries_of(it).filter(version__gt=seen))
    return Problem(
        409,
        _("A colleague was faster: this has changed since you opened it. Look again, then repeat."),
        version=it.version,
        since=[each.model_dump() for each in since],
    )


def offer(it: steps.Offer) -> StepOut:
    """A step with the fields that a program fills in: all but `seen`, and photos, which are no JSON."""
    shown = [(name, field) for name, field in it.form.fields.items() if name not in ("seen", "pictures")]
    fields = [
        FieldOut(name=name, label=str(field.label), required=field.required, choices=_choices(field))
        for name, field in shown
    ]
    return StepOut(step=it.name, label=str(it.label), fields=fields)


def _choices(field: forms.Field) -> list[list[str]] | None:
    if not isinstance(field, forms.ChoiceField):
        return None
    flat: list[list[str]] = []
    for value, words in field.choices:
        inner = words if isinstance(words, (list, tuple)) else [(value, words)]  # a group has its own
        flat += [[str(key), str(label)] for key, label in inner if str(key)]
    return flat


def category(it: Category) -> CategoryOut:
    asked = [
        QuestionOut(
            name=each.name,
            label=str(each),
            datatype=each.datatype,
            required=each.is_required,
            choices=[list(pair) for pair in each.choices],
        )
        for each in questions.asked(it)
    ]
    return CategoryOut(
        code=it.code,
        name=str(it),
        group=it.group,
        is_public=it.is_public,
        is_urgent=it.is_urgent,
        questions=asked,
    )
