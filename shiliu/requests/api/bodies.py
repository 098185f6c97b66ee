"""Who asks, JSON as the desk's forms read it, and what they say against it."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from django import forms
from django.http import Http404, HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Body, Header, Schema

from shiliu.core.http import version_of
from shiliu.core.models import User
from shiliu.core.problems import Problem, invalid

JSON = Annotated[dict[str, Any], Body()]
KEY = Header("", alias="Idempotency-Key", description="The same one twice is done once.")
UNFIT = gettext_lazy("Something in this cannot be taken as it is.")


def user_of(request: HttpRequest) -> User:
    """Whose token it is: the shell lets nobody else come here."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def key_of(user: User, said: str) -> str:
    """The key of a submission: the same for what a program says to be the same."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{user.pk}:{said}") if said else uuid.uuid4())


def used_before() -> Problem:
    return Problem(422, _("This Idempotency-Key was used for something else. Use a new one."))


def as_form(body: Mapping[str, Any]) -> QueryDict:
    """A body as the fields of a form: texts, numbers, true and false, and lists of these; null is none."""
    data = QueryDict(mutable=True)
    errors: dict[str, list[str]] = {}
    for name, value in body.items():
        values = value if isinstance(value, list) else [value]
        if any(isinstance(each, (dict, list)) for each in values):
            errors[_named(name)] = [_("This is neither a text nor a number nor a list of them.")]
        data.setlist(name, [_text(each) for each in values if each is not None])
    if errors:
        raise invalid(errors, UNFIT)
    return data


def takes(schema: type[Schema]) -> dict[str, Any]:
    """For the document: what a body holds that a form reads, since a form says better what is wrong."""
    content = {"application/json": {"schema": schema.model_json_schema()}}
    return {"requestBody": {"required": True, "content": content}}


def filing(body: Mapping[str, Any]) -> QueryDict:
    """A request as the form reads it: what is answered, by name, stands in fields of their own."""
    answers = body.get("answers") or {}
    if not isinstance(answers, dict):
        raise invalid(
            {"answers": [_("Send the answers as an object: the names of the questions to values.")]}, UNFIT
        )
    own = {name: value for name, value in body.items() if name != "answers" and not name.startswith("q-")}
    return as_form(own | {f"q-{name}": value for name, value in answers.items()})


def unanswerable(fields: Iterable[str]) -> Problem:
    """What is said against answers to which the category has no question."""
    sentence = _("This category does not ask that. GET /categories says what each one asks.")
    return invalid({_named(field): [sentence] for field in fields}, UNFIT)


def _named(field: str) -> str:
    """A field as the body has it."""
    return f"answers.{field.removeprefix('q-')}" if field.startswith("q-") else field


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).encode("utf-8", "replace").decode()  # JSON can name halves of characters


def seen_of(body: Mapping[str, Any]) -> int | None:
    """The version that was seen; None where none is said, which the form refuses."""
    return version_of(str(body.get("seen", "")))


def unfit(form: forms.Form) -> Problem:
    """What a form has against its values, by field."""
    return invalid({_named(name): said for name, said in form.errors.items()}, UNFIT)
