"""What staff write about a request."""

import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy


class WriteForm(forms.Form):
    """What staff write about a request; seen, read: as in `steps.StepForm`, key: as in `AskForm`."""

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    read = forms.DateTimeField(required=False, widget=forms.HiddenInput)
    key = forms.CharField(max_length=36, widget=forms.HiddenInput)
    name = ""

    def __init__(self, *args: Any, version: int, **kwargs: Any) -> None:
        initial = {"seen": version, "read": timezone.now().isoformat(), "key": str(uuid.uuid4())}
        super().__init__(*args, initial=initial, auto_id=f"{self.name}-%s", **kwargs)

    def values(self) -> dict[str, Any]:
        """What the action takes besides the request and who writes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "read"}


class LetterForm(WriteForm):
    """To the person who asked."""

    name = "letter"
    words = forms.CharField(
        label=gettext_lazy("Letter to the resident"),
        help_text=gettext_lazy("Without names and telephone numbers. Simple words are best."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    asks = forms.BooleanField(label=gettext_lazy("We wait for an answer"), required=False)

    def values(self) -> dict[str, Any]:
        return super().values() | {"read": self.cleaned_data["read"]}


class SlipForm(WriteForm):
    """Among staff."""

    name = "note"
    words = forms.CharField(
        label=gettext_lazy("Note for colleagues"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
