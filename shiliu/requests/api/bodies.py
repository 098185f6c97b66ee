"""JSON as the desk's forms read it, and what they say against it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Schema

from shiliu.core.problems import Problem, invalid

UNFIT = gettext_lazy("Something in this cannot be taken as it is.")


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
    """For the document: what a body holds that is read by a form, which says more of what is wrong with it."""
    content = {"application/json": {"schema": schema.model_json_schema()}}
    return {"requestBody": {"required": True, "content": content}}


def filing(body: Mapping[str, Any]) -> QueryDict:
    """A request as the form reads it: what is answered, by name, stands in fields of their own."""
    answers = body.get("answers") or {}
    if not isinstance(answers, dict):
        raise invalid({"answers": [_("Send the answers as an object: the names of the questions to values.")]}, UNFIT)
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
    seen = str(body.get("seen", ""))
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None


def unfit(form: forms.Form) -> Problem:
    """What a form has against its values, by field."""
    return invalid({_named(name): said for name, said in form.errors.items()}, UNFIT)
