"""The form of an editor's paragraph."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shiliu.core.forms import WordsField
from shiliu.figures.sentences import placeholders
from shiliu.figures.sentences.models import LENGTH, Paragraph


class ParagraphForm(forms.Form):
    """keys: the figures that the text may hold. kept: whether some of them are kept as they were."""

    text = WordsField(
        label=_("Text of this paragraph"),
        max_length=LENGTH,
        required=False,
        help_text=_("Empty: the draft stands there again."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    renew = forms.BooleanField(label=_("Take today's values for the figures that are kept"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)
    language = forms.ChoiceField(choices=Paragraph.Language.choices, widget=forms.HiddenInput)

    def __init__(self, *args: Any, keys: list[str], kept: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = keys
        if not kept:
            del self.fields["renew"]

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        placeholders.require_known(text, self.keys)
        return text
