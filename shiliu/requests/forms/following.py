"""What the person who asked types afterwards."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from shiliu.core import receipts
from shiliu.core.forms import PicturesField, SoundField


class FindForm(forms.Form):
    """A receipt code as somebody types it."""

    code = forms.CharField(
        label=gettext_lazy("Receipt code"),
        help_text=gettext_lazy("10 letters and digits, like K7Q-3MN-84TX"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": gettext_lazy("Please type the code of your receipt.")},
    )

    def clean_code(self) -> str:
        try:
            return receipts.read(self.cleaned_data["code"])
        except receipts.BadCode as error:
            raise ValidationError(str(error)) from None


class AnswerForm(forms.Form):
    """What the person who asked says: solved or not, satisfied or not, or no longer needed."""

    ANSWERS = ("confirm", "dispute", "satisfied", "dissatisfied", "withdraw")

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    answer = forms.ChoiceField(choices=[(answer, answer) for answer in ANSWERS])
    note = forms.CharField(
        label=gettext_lazy("What is not solved yet?"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def with_new_key(typed: QueryDict) -> QueryDict:
    """What was typed into a form that was sent once before, with other words: ready to be sent as another."""
    again = typed.copy()
    again["key"] = str(uuid.uuid4())
    return again


SENT_BEFORE = gettext_lazy(
    "You sent this form before, with other words. What you typed now is still here: send it once more."
)


class AddForm(forms.Form):
    """More words, photos or a voice note for a request; key: as in `AskForm`."""

    key = forms.CharField(max_length=36, widget=forms.HiddenInput)
    words = forms.CharField(
        label=gettext_lazy("What else should we know?"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    pictures = PicturesField(label=gettext_lazy("Photos"), required=False)
    recording = SoundField(label=gettext_lazy("Or say it: a voice note"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="add-%s", **kwargs)
        self.initial.setdefault("key", str(uuid.uuid4()))
