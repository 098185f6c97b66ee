"""Fields of forms that several apps need."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from shiliu.core import pictures, sounds


class PicturesInput(forms.FileInput):
    """A choice of several pictures. It asks for no camera, so a telephone offers camera and album."""

    allow_multiple_selected = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"accept": "image/*", **(attrs or {})})


class PicturesField(forms.Field):
    """Photos, read into `pictures.Picture`; an empty list where none was chosen and none is required.

    A refused photo is a sentence that names it. A browser does not keep what was chosen, so a form that
    comes back says with its own words that photos have to be chosen again.
    """

    widget = PicturesInput
    default_error_messages = {"required": _("Choose at least one photo.")}

    def __init__(self, *, at_most: int = pictures.MAX_PICTURES, **kwargs: Any) -> None:
        self.at_most = at_most
        kwargs.setdefault("help_text", lazy(self._limits, str)())
        super().__init__(**kwargs)

    def _limits(self) -> str:
        sentence = ngettext(
            "At most %(n)d photo of up to %(mb)d MB. Where and when it was taken is removed.",
            "At most %(n)d photos of up to %(mb)d MB each. Where and when they were taken is removed.",
            self.at_most,
        )
        return sentence % {"n": self.at_most, "mb": pictures.MAX_BYTES // pictures.MB}

    def to_python(self, value: list[UploadedFile] | None) -> list[pictures.Picture]:
        return pictures.read_many(value or [], at_most=self.at_most)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data)


class SoundInput(forms.FileInput):
    """A choice of one recording. It asks for no microphone, so a telephone offers recorder and files."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"accept": "audio/*", **(attrs or {})})


class SoundField(forms.Field):
    """A spoken note, read into `sounds.Sound`; None where none was sent. A refused one is named."""

    widget = SoundInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", lazy(self._limits, str)())
        super().__init__(**kwargs)

    @staticmethod
    def _limits() -> str:
        sentence = gettext("At most %(minutes)d minutes. Nothing but the sound is kept.")
        return sentence % {"minutes": sounds.MAX_SECONDS // 60}

    def to_python(self, value: UploadedFile | None) -> sounds.Sound | None:
        return sounds.read(value) if value else None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return data is not None


class WordsField(forms.CharField):
    """A longer text in any script. Line ends are counted as one character, and no NUL is kept.

    The browser is not told how long it may be: it would cut off what is pasted, and say nothing.
    """

    widget = forms.Textarea
    default_error_messages = {
        "max_length": _(
            "Your text has %(show_value)d characters; at most %(limit_value)d are taken. Please shorten it, "
            "or send the rest as a photo. What you typed is still here."
        )
    }

    def to_python(self, value: Any) -> str:
        if isinstance(value, str):
            value = value.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
        return super().to_python(value) or ""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs: dict[str, Any] = super().widget_attrs(widget)
        return {name: value for name, value in attrs.items() if name != "maxlength"}
