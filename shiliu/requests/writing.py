"""The forms in which staff write about a request: a letter to the resident, a note for colleagues."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from shiliu.core.access import NotPermitted
from shiliu.core.models import User
from shiliu.requests import actions, case, steps
from shiliu.requests.forms import LetterForm, SlipForm, WriteForm
from shiliu.requests.models import Request

FORMS: dict[str, type[WriteForm]] = {form.name: form for form in (LetterForm, SlipForm)}


def may(user: User, subject: Request) -> bool:
    """Whether `user` works on the request, and so may write about it."""
    return steps.may(user, actions.messages.NOTE, subject)


def to_write(user: User, code: str) -> Request:
    """The request that `user` may write about; Http404 or NotPermitted where there is none."""
    subject = case.find(user, code)
    if not may(user, subject):
        raise NotPermitted(_("Only those who work on a request write about it. Ask the coordinator."))
    return subject


class ReadForm(forms.Form):
    """until: when the page was made on which the words stood."""

    until = forms.DateTimeField()


def form_for(kind: str, subject: Request, *data: Any) -> WriteForm:
    """The form of a kind of `FORMS`, bound to `data` where there is some."""
    return FORMS[kind](*data, version=subject.version)
