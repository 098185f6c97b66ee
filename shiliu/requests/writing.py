"""The forms in which staff write about a request: a letter to the resident, a note for colleagues."""

from typing import Any

from shiliu.core.models import User
from shiliu.requests import actions, steps
from shiliu.requests.forms import LetterForm, SlipForm, WriteForm
from shiliu.requests.models import Request

FORMS: dict[str, type[WriteForm]] = {form.name: form for form in (LetterForm, SlipForm)}


def may(user: User, subject: Request) -> bool:
    """Whether `user` works on the request, and so may write about it."""
    return steps.may(user, actions.messages.NOTE, subject)


def form_for(kind: str, subject: Request, *data: Any) -> WriteForm:
    """The form of a kind of `FORMS`, bound to `data` where there is some."""
    return FORMS[kind](*data, version=subject.version)
