"""The living page of the design system: every piece in every state, out of the includes that pages use."""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

TOKENS = Path(__file__).parent / "static" / "shiliu" / "tokens.css"
SHELLS = {"web": "base.html", "console": "console/base.html", "field": "field/base.html"}
TONES = ("wait", "go", "good", "stop", "late")
TEXT, SHAPE = 4.5, 3.0  # the least contrast of text and of what is no text (WCAG 2.2: 1.4.3, 1.4.11)

# What is written on what; a test holds each of them in both modes.
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "ink-soft", "red-ink") for ground in ("paper", "sheet", "well")),
    ("on-red", "red", TEXT),
    ("on-red", "red-deep", TEXT),
    *((tone, ground, TEXT) for tone in TONES for ground in ("paper", "sheet", "well", f"{tone}-wash")),
    *((ink, f"{tone}-wash", TEXT) for ink in ("ink", "ink-soft", "red-ink") for tone in TONES),
    *(("edge", ground, SHAPE) for ground in ("paper", "sheet", "well")),
]


def colours() -> tuple[dict[str, str], dict[str, str]]:
    """The colour tokens by name, of light and of dark mode, as the style sheet has them."""
    light, dark = TOKENS.read_text("utf-8").split("@media (prefers-color-scheme: dark)")
    named = re.compile(r"--([a-z-]+): (#[0-9a-f]{3}(?:[0-9a-f]{3})?);")
    return dict(named.findall(light)), dict(named.findall(dark))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (#rgb or #rrggbb) as WCAG 2.2 defines it: 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@dataclass(frozen=True)
class Contrast:
    text: str
    ground: str
    light: float
    dark: float


def contrasts() -> list[Contrast]:
    light, dark = colours()
    return [
        Contrast(
            text, ground, *(round(contrast(mode[text], mode[ground]), 1) for mode in (light, light | dark))
        )
        for text, ground, _least in PAIRS
    ]


class SampleForm(forms.Form):
    """One field of each kind."""

    words = forms.CharField(
        label=gettext_lazy("What is the matter?"),
        help_text=gettext_lazy("Two or three sentences are enough. No identity or bank numbers, please."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    name = forms.CharField(label=gettext_lazy("What shall we call you?"), required=False, max_length=8)
    place = forms.ChoiceField(
        label=gettext_lazy("Where is it?"),
        choices=[
            ("", "–"),
            ("1", gettext_lazy("Willow community, grid 1")),
            ("2", gettext_lazy("Willow community, grid 2")),
        ],
    )
    answer = forms.ChoiceField(
        label=gettext_lazy("How shall we answer?"),
        choices=[
            ("page", gettext_lazy("On the progress page; I look there myself")),
            ("phone", gettext_lazy("By telephone")),
            ("worker", gettext_lazy("Through my grid worker")),
        ],
        widget=forms.RadioSelect,
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("What is it about?"),
        choices=[
            ("light", gettext_lazy("Street lamp")),
            ("water", gettext_lazy("Water")),
            ("bins", gettext_lazy("Waste bins")),
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    seen_on = forms.DateField(
        label=gettext_lazy("Since when?"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    photo = forms.FileField(
        label=gettext_lazy("A photo"),
        help_text=gettext_lazy("Up to 8 MB. Where and when it was taken is removed."),
        required=False,
    )
    public = forms.BooleanField(label=gettext_lazy("Neighbours may see this request"))

    def clean_photo(self) -> Any:
        if self.cleaned_data["photo"]:
            raise forms.ValidationError(_("This file is not a picture. Take a photo, or leave it out."))
        return None


def _wrong_form() -> SampleForm:
    file = SimpleUploadedFile("a.txt", b"-")
    data = {
        "wrong-words": _("The lamp has been dark for a week"),
        "wrong-name": _("A name that is too long"),
        "wrong-seen_on": "32",
        "wrong-kinds": ["light"],
    }
    form = SampleForm(data, {"wrong-photo": file}, prefix="wrong")
    form.add_error(None, _("A colleague was faster. Look at what changed, then decide again."))
    return form


def _entries() -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {"at": now, "words": _("solved, says the resident"), "tone": "good"},
        {
            "at": now - timedelta(hours=2),
            "words": _("lamp replaced"),
            "by": _("Team 甲"),
            "tone": "go",
            "note": _("The fuse was replaced as well."),
        },
        {"at": now - timedelta(days=1), "words": _("deadline passed"), "tone": "late"},
        {"at": now - timedelta(days=2), "words": _("on hold: a part is awaited"), "tone": "stop"},
        {"at": now - timedelta(days=3), "words": _("received"), "tone": "wait"},
    ]


def styleguide(request: HttpRequest) -> HttpResponse:
    """?shell=console or field shows the same pieces in another shell."""
    if settings.PRODUCTION:
        raise Http404
    name = request.GET.get("shell", "web")
    context = {
        "shell": SHELLS.get(name, SHELLS["web"]),
        "shells": SHELLS,
        "colours": list(colours()[0]),
        "contrasts": contrasts(),
        "tones": TONES,
        "form": SampleForm(),
        "wrong": _wrong_form(),
        "entries": _entries(),
        "page": {"previous": "?before=1", "next": "?after=1"},
    }
    return render(request, "web/styleguide.html", context)
