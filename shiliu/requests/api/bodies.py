"""JSON as the desk's forms read it, and what they say against it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core.problems import Problem, invalid

UNFIT = gettext_lazy("Something in this cannot be taken as it is.")


def as_form(body: Mapping[str, Any]) -> QueryDict:
    """A body as the fields of a form: texts, numbers, true and false, and lists of these; null is none."""
    data = QueryDict(mutable=True)
    errors: dict[str, list[str]] = {}
    for name, value in body.items():
        values = value if isinstance(value, list) else [value]
        if any(isinstance(each, (dict, list)) for each in values):
            errors[name] = [_("This is neither a text nor a number nor a list of them.")]
        data.setlist(name, [_text(each) for each in values if each is not None])
    if errors:
        raise invalid(errors, UNFIT)
    return data


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
    return invalid(form.errors, UNFIT)
