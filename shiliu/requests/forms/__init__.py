"""What residents and staff type about requests, as clean values."""

from shiliu.requests.forms.asking import AskForm
from shiliu.requests.forms.following import (
    SENT_BEFORE,
    AddForm,
    AnswerForm,
    FindForm,
    with_new_key,
)
from shiliu.requests.forms.places import OneOfField, choices_of, valid_on
from shiliu.requests.forms.writing import LetterForm, SlipForm, WriteForm

__all__ = [
    "SENT_BEFORE",
    "AddForm",
    "AnswerForm",
    "AskForm",
    "FindForm",
    "LetterForm",
    "OneOfField",
    "SlipForm",
    "WriteForm",
    "choices_of",
    "valid_on",
    "with_new_key",
]
