"""The forms of the desk's page for work orders."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from shiliu.requests.orders.answers import FORMATS
from shiliu.requests.orders.tables import MAX_BYTES, MB

KINDS = [(kind, kind.upper()) for kind in reversed(FORMATS)]


class FileForm(forms.Form):
    """A file of orders: its name and its bytes."""

    file = forms.FileField(
        label=gettext_lazy("The hotline's file"),
        help_text=gettext_lazy("CSV or XLSX as it was exported, up to 5,000 orders."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
        error_messages={
            "required": gettext_lazy("Choose the file first."),
            "empty": gettext_lazy("This file is empty. Export it from the hotline again."),
            "max_length": gettext_lazy("The name of this file is too long. Shorten it."),
        },
        max_length=100,
    )

    def clean_file(self) -> tuple[str, bytes]:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            sentence = _("This file is larger than %d MB. Divide it into several.")
            raise ValidationError(sentence % (MAX_BYTES // MB))
        return str(file.name), file.read()


class HandBackForm(forms.Form):
    source = forms.CharField(max_length=20, required=False)
    format = forms.ChoiceField(label=pgettext_lazy("of a file", "Format"), choices=KINDS)


class AgainForm(HandBackForm):
    """Which days, both included; the same source or all of them."""

    first = forms.DateField(
        label=pgettext_lazy("days", "From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last = forms.DateField(
        label=pgettext_lazy("days", "To"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    field_order = ["first", "last", "format", "source"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="%s", **kwargs)
        self.fields["source"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("first") and given.get("last") and given["first"] > given["last"]:
            self.add_error("last", _("The last day is before the first. Choose a later one."))
        return given
