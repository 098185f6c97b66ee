"""What residents type, as clean values."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from shiliu.core import areas, receipts
from shiliu.core.areas import NOWHERE, Scope
from shiliu.core.forms import PicturesField
from shiliu.core.personal import Found, normal_phone, scan_personal
from shiliu.grid.models import Area
from shiliu.requests.models import Category


class AskForm(forms.Form):
    """A request as somebody types it, for whom nothing but the words is required.

    town: where it can be; or `inside`, a scope, of which only what is valid today is offered.
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

    def __init__(
        self, *args: Any, town: Area | None = None, inside: Scope | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, auto_id="%s", **kwargs)
        self.initial.setdefault("key", str(uuid.uuid4()))
        where = inside if town is None else Scope.of([town.code])
        self.places = _valid_today(where or NOWHERE)
        self.fields["area"].choices = choices_of(self.places.values())  # type: ignore[attr-defined]
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

    def values(self) -> dict[str, Any]:
        """What `actions.ask` takes besides who asks."""
        return {name: value for name, value in self.cleaned_data.items() if name != "numbers"}


def _kinds(found: list[Found]) -> str:
    return "、".join(dict.fromkeys(str(one.kind.label) for one in found))


def _valid_today(scope: Scope) -> dict[str, Area]:
    """The areas of a scope, by code; a scope also holds what they were called before."""
    found = Area.objects.on(timezone.localdate()).located().filter(scope.q(), code__length__gt=areas.COUNTY)
    return {area.code: area for area in found.select_related("parent").order_by("code")}


def choices_of(places: Iterable[Area]) -> list[Any]:
    """Where something can be: in a grid, by community; in a community; somewhere in a town."""
    in_order = sorted(places, key=lambda area: area.code)
    one_town = sum(area.level == areas.TOWN for area in in_order) == 1
    choices: list[Any] = [("", _("Choose…"))]
    groups: dict[str, list[tuple[str, str]]] = {}
    for area in in_order:
        if area.level == areas.TOWN:
            choices.append((area.code, _("I don't know, or all of the town") if one_town else area.name))
            continue
        village = area.code[: areas.VILLAGE]
        if village not in groups:
            choices.append((_community(area), groups.setdefault(village, [])))
        groups[village].append((area.code, _name(area)))
    return choices


def _community(area: Area) -> str:
    if area.level == areas.VILLAGE:
        return area.name
    return area.parent.name if area.parent else ""


def _name(area: Area) -> str:
    if area.level == areas.VILLAGE:
        return _("%(community)s, I don't know the grid") % {"community": area.name}
    return area.name


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


class AddForm(forms.Form):
    """More words or photos for a request; key: as in `AskForm`."""

    key = forms.CharField(max_length=36, widget=forms.HiddenInput)
    words = forms.CharField(
        label=gettext_lazy("What else should we know?"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    pictures = PicturesField(label=gettext_lazy("Photos"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="add-%s", **kwargs)
        self.initial.setdefault("key", str(uuid.uuid4()))


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
