"""What residents type, as clean values."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from shiliu.core import areas, receipts
from shiliu.core.areas import Scope
from shiliu.core.forms import PicturesField
from shiliu.core.personal import Found, normal_phone, scan_personal
from shiliu.grid.models import Area
from shiliu.requests.models import Category


class AskForm(forms.Form):
    """A request as somebody types it, for whom nothing but the words is required.

    key: made with the form, so that sending it twice is one request. numbers: asked only when the words
    hold an ID or telephone number.
    """

    key = forms.CharField(max_length=36, widget=forms.HiddenInput)
    words = forms.CharField(
        label=gettext_lazy("What is it about?"),
        help_text=gettext_lazy("In your own words: what, and where exactly."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Please write what it is about.")},
    )
    area = forms.ChoiceField(
        label=gettext_lazy("Where is it?"),
        error_messages={"required": gettext_lazy("Please choose where it is.")},
    )
    category = forms.ModelChoiceField(
        Category.objects.none(),
        to_field_name="code",
        label=gettext_lazy("What kind of matter?"),
        required=False,
        blank=True,
        empty_label=gettext_lazy("I don't know"),
        widget=forms.RadioSelect,
    )
    pictures = PicturesField(label=gettext_lazy("Photos"), required=False)
    contact_name = forms.CharField(
        label=pgettext_lazy("of the one who asks", "Name"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    contact_phone = forms.CharField(
        label=gettext_lazy("Telephone"),
        help_text=gettext_lazy(
            "Only whoever handles it sees this, and it is erased half a year after the end."
        ),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    numbers = forms.BooleanField(
        label=gettext_lazy("Leave the number in the text"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, town: Area, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="%s", **kwargs)
        self.initial.setdefault("key", str(uuid.uuid4()))
        self.places, choices = places_of(town)
        self.fields["area"].choices = choices  # type: ignore[attr-defined]
        offered = Category.objects.offered()
        self.fields["category"].queryset = offered.filter(is_fallback=False)  # type: ignore[attr-defined]
        self.fallback = offered.filter(is_fallback=True).first()
        if self.fallback is None:  # then “I don't know” leads nowhere
            self.fields["category"].empty_label = None  # type: ignore[attr-defined]
            self.fields["category"].required = True

    def clean_area(self) -> Area:
        return self.places[self.cleaned_data["area"]]

    def clean_category(self) -> Category:
        return self.cleaned_data["category"] or self.fallback

    def clean_contact_phone(self) -> str:
        phone = self.cleaned_data["contact_phone"]
        return normal_phone(phone) if phone else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        found = scan_personal(cleaned.get("words", ""))
        if found:
            self.fields["numbers"].widget = forms.CheckboxInput()
            if not cleaned.get("numbers"):
                sentence = _(
                    "There is a number in your text that looks personal (%(kinds)s). Better take it out; a "
                    "telephone number has a field of its own below. Or tick “Leave the number in the text”."
                )
                self.add_error("words", ValidationError(sentence, params={"kinds": _kinds(found)}))
        return cleaned


def _kinds(found: list[Found]) -> str:
    return "、".join(dict.fromkeys(str(one.kind.label) for one in found))


def places_of(town: Area) -> tuple[dict[str, Area], list[Any]]:
    """Where in a town something can be: in a grid, by community; in a community; somewhere in the town."""
    found = list(Area.objects.on(timezone.localdate()).filter(code__startswith=town.code).order_by("code"))
    by_code = {area.code: area for area in found}
    choices: list[Any] = [("", _("Choose…")), (town.code, _("I don't know, or all of the town"))]
    for village in (area for area in found if area.level == areas.VILLAGE):
        whole = (village.code, _("%(community)s, I don't know the grid") % {"community": village.name})
        grids = [(area.code, area.name) for area in found if area.code[: areas.VILLAGE] == village.code][1:]
        choices.append((village.name, [whole, *grids]))
    return by_code, choices


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
    """What the person who asked says: solved, not solved and why, or no longer needed."""

    ANSWERS = ("confirm", "dispute", "withdraw")

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    answer = forms.ChoiceField(choices=[(answer, answer) for answer in ANSWERS])
    note = forms.CharField(
        label=gettext_lazy("What is not solved yet?"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_note(self) -> str:
        """It becomes part of the story, from which nothing is taken out again: so no numbers of persons."""
        note: str = self.cleaned_data["note"]
        if found := scan_personal(note):
            sentence = _("Please take the personal number out of your text (%(kinds)s).")
            raise ValidationError(sentence, params={"kinds": _kinds(found)})
        return note


class FilingForm(AskForm):
    """The same for who files for somebody on the round: in the own grids, the kinds as a list."""

    FEW = 5  # so many places stand on the page itself

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, town=Area(code=min(scope.codes)[: areas.TOWN]), **kwargs)
        self.places = {
            code: area for code, area in self.places.items() if code in scope and area.level >= areas.VILLAGE
        }
        choices = [(code, area.name) for code, area in self.places.items()]
        where: Any = self.fields["area"]
        where.choices = [("", _("Choose…")), *choices]
        if len(choices) <= self.FEW:
            where.widget = forms.RadioSelect(choices=choices)
        if len(choices) == 1:
            self.initial.setdefault("area", choices[0][0])
        kind: Any = self.fields["category"]
        kind.empty_label = _("I don't know") if self.fallback else _("Choose…")
        kind.widget = forms.Select(choices=kind.choices)
