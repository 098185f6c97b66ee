"""The further questions of a category as form fields, and what was answered, in words.

The public form, the desk, the field and Open311 all ask and check through here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from shiliu.requests.models import Category, CategoryQuestion

Datatype = CategoryQuestion.Datatype
Answers = dict[str, Any]  # by the question's name: a text, or a list of texts for “any of several”


def asked(category: Category) -> list[CategoryQuestion]:
    """The questions of a category, in their order."""
    return [question for question in category.questions.all() if question.is_asked]


def field(question: CategoryQuestion) -> forms.Field:
    """The question as a form field."""
    usual: dict[str, Any] = {
        "label": str(question),
        "help_text": question.hint,
        "required": question.is_required,
        "error_messages": {"required": _("Please answer this: it is needed to help you.")},
    }
    match Datatype(question.datatype):
        case Datatype.STRING:
            return forms.CharField(max_length=200, **usual)
        case Datatype.TEXT:
            return forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), **usual)
        case Datatype.NUMBER:
            return forms.DecimalField(max_digits=15, **usual)
        case Datatype.DATE:
            return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **usual)
        case Datatype.ONE_OF:
            return forms.ChoiceField(choices=question.choices, widget=forms.RadioSelect, **usual)
        case Datatype.MANY_OF:
            return forms.MultipleChoiceField(
                choices=question.choices, widget=forms.CheckboxSelectMultiple, **usual
            )


def check(questions: Iterable[CategoryQuestion], given: Mapping[str, Any]) -> Answers:
    """What is stored of the answers `given` by name. ValidationError with sentences for each name."""
    answers: Answers = {}
    faults: dict[str, list[str]] = {}
    for question in questions:
        try:
            value = plain(field(question).clean(given.get(question.name)))
        except ValidationError as error:
            faults[question.name] = error.messages
        else:
            if value not in ("", []):
                answers[question.name] = value
    if faults:
        raise ValidationError(faults)
    return answers


def plain(value: Any) -> str | list[str]:
    """A clean value as it is stored: text, or a list of texts."""
    if isinstance(value, list):
        return [str(one) for one in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


@dataclass(frozen=True)
class Answered:
    """A question and its answer, in words."""

    name: str
    label: str
    words: str


def told(category: Category, answers: Answers) -> list[Answered]:
    """What was answered, also to questions that are no longer asked; a choice by its words."""
    if not answers:
        return []
    return [
        Answered(question.name, str(question), _words(question, answers[question.name]))
        for question in category.questions.all()
        if question.name in answers
    ]


def _words(question: CategoryQuestion, value: str | list[str]) -> str:
    known = dict(question.choices)
    return "、".join(known.get(one, one) for one in ([value] if isinstance(value, str) else value))
