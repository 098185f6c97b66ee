"""A request as somebody types it."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from shiliu.core.areas import NOWHERE, Scope
from shiliu.core.door import OtherContent
from shiliu.core.forms import PicturesField, SoundField, WordsField
from shiliu.core.personal import Found, normal_phone, scan_personal
from shiliu.grid.locating import in_degrees, read_point
from shiliu.grid.models import Area
from shiliu.requests import catalogue, held_files, questions
from shiliu.requests.actions.asking import Place
from shiliu.requests.forms.following import with_new_key
from shiliu.requests.forms.places import OneOfField, choices_on, valid_on
from shiliu.requests.models import Category, Elsewhere


class AskForm(forms.Form):
    """A request as somebody types it, for whom nothing but the words is required; or instead a voice note.

    town: where it can be; or `inside`, a scope, of which only what is valid today is offered.
    key: made with the form, so that sending it twice is one request. numbers, not_elsewhere: asked only when
    the words hold an ID or telephone number, or words of what does not belong here. held: asked only where
    the form was sent before with photos or a voice note; views keep them by `hold_files` when it comes back.
    The questions of the chosen category are fields of their own, `q-` and the question's name.
    """

    key = forms.CharField(max_length=36, widget=forms.HiddenInput)
    words = WordsField(
        label=gettext_lazy("What is it about?"),
        help_text=gettext_lazy("In your own words: what, and where exactly."),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    area = OneOfField(
        label=gettext_lazy("Where is it?"),
        error_messages={
            "required": gettext_lazy("Please choose where it is."),
            "invalid_choice": gettext_lazy("Please choose one of the places in the list."),
        },
    )
    category = OneOfField(
        label=gettext_lazy("What kind of matter?"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Please choose what kind of matter it is."),
            "invalid_choice": gettext_lazy("Please choose one of the kinds in the list."),
        },
    )
    address = WordsField(
        label=gettext_lazy("Where exactly"),
        help_text=gettext_lazy("Building, entrance, shop or courtyard, if there is one."),
        max_length=200,
        required=False,
        widget=forms.TextInput,
    )
    pictures = PicturesField(label=gettext_lazy("Photos"), required=False)
    recording = SoundField(label=gettext_lazy("Or say it: a voice note"), required=False)
    contact_name = WordsField(
        label=pgettext_lazy("of the one who asks", "Name"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    contact_phone = forms.CharField(
        label=gettext_lazy("Telephone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    contact_email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    lat = WordsField(required=False, widget=forms.HiddenInput)
    long = WordsField(required=False, widget=forms.HiddenInput)
    numbers = forms.BooleanField(
        label=gettext_lazy("Leave the number in the text"), required=False, widget=forms.HiddenInput
    )
    not_elsewhere = forms.BooleanField(
        label=gettext_lazy("It is something else. Send it."), required=False, widget=forms.HiddenInput
    )
    held = forms.BooleanField(
        label=gettext_lazy("Send also the photos and the voice note that you chose before"),
        help_text=gettext_lazy("They are kept here for a day. Choosing others replaces them."),
        required=False,
        widget=forms.HiddenInput,
    )
    tells_elsewhere = True

    def __init__(
        self, *args: Any, town: Area | None = None, inside: Scope | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, auto_id="%s", **kwargs)
        self.initial.setdefault("key", str(uuid.uuid4()))
        where = inside if town is None else Scope.of([town.code])
        here = (where or NOWHERE, timezone.localdate())
        self.places = valid_on(*here)
        self._field("area").known = self.places
        self._field("area").choices = lambda: choices_on(*here, translation.get_language())
        self.categories = {category.code: category for category in catalogue.categories()}
        self.fallback = next((it for it in self.categories.values() if it.is_fallback), None)
        self._offer_categories()
        if self._given("held"):
            self.fields["held"].widget = forms.CheckboxInput()
        self.asked = {f"q-{it.name}": it for it in questions.asked(self.what)} if self.what else {}
        self.fields |= {name: questions.field(question) for name, question in self.asked.items()}

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def _offer_categories(self) -> None:
        kinds = [(code, str(it)) for code, it in self.categories.items() if it is not self.fallback]
        if self.fallback is None:  # then “I don't know” leads nowhere
            self._field("category").required = True
        else:
            kinds.insert(0, ("", _("I don't know")))
        self._field("category").known = {code for code, _name in kinds}
        self._field("category").choices = lambda: kinds

    def _given(self, name: str) -> str | None:
        given = (self.data if self.is_bound else self.initial).get(name)
        return given if isinstance(given, str) else None

    @property
    def what(self) -> Category | None:
        """The category that was chosen, also by “I don't know”; None as long as there is none."""
        given = self._given("category")
        if given:
            return self.categories.get(given)
        return self.fallback if self.is_bound or given == "" else None

    @property
    def where(self) -> Area | None:
        """The area that was chosen."""
        return self.places.get(self._given("area") or "")

    @property
    def further(self) -> list[BoundField]:
        """The fields of the category's questions."""
        return [self[name] for name in self.asked]

    def sent_before(self, refused: OtherContent) -> None:
        """It was sent once already, with something else in it: say so. Sent once more, it is another."""
        self.data = with_new_key(self.data)  # type: ignore[arg-type]
        self.add_error(None, f"{refused} {_('If it is another matter, send this once more.')}")

    def clean_area(self) -> Area:
        return self.places[self.cleaned_data["area"]]

    def clean_category(self) -> Category | None:
        chosen = self.cleaned_data["category"]
        return self.categories[chosen] if chosen else self.fallback

    def clean_contact_phone(self) -> str:
        phone = self.cleaned_data["contact_phone"]
        return normal_phone(phone) if phone else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("held"):
            self._give_back(cleaned)
        told = self.errors.keys() & {"words", "recording"}
        if not told and not cleaned.get("words") and not cleaned.get("recording"):
            self.add_error("words", _("Please write what it is about, or record it."))
        self._look_for_numbers(cleaned)
        if self.tells_elsewhere:
            self._look_elsewhere(cleaned)
        self._look_for_a_contact(cleaned)
        return cleaned

    def _give_back(self, cleaned: dict[str, Any]) -> None:
        """The files of the form as it was sent before, where none were chosen anew."""
        before = held_files.of(cleaned.get("key", ""))
        if before is None:
            sentence = _("The photos and the voice note are no longer kept. Please choose them again.")
            self.add_error("held", sentence)
            return
        if not self.errors.get("pictures"):
            cleaned["pictures"] = cleaned.get("pictures") or before.pictures
        if not self.errors.get("recording"):
            cleaned["recording"] = cleaned.get("recording") or before.recording

    def hold_files(self) -> None:
        """The form comes back: keep what was chosen, and say so in it."""
        pictures, recording = (self.cleaned_data.get(name) for name in ("pictures", "recording"))
        if pictures or recording:
            held_files.hold(self.data.get("key", ""), pictures or [], recording)
            self.data = self.data.copy()  # type: ignore[union-attr]
            self.data["held"] = "on"
            self.fields["held"].widget = forms.CheckboxInput()

    def _look_for_numbers(self, cleaned: dict[str, Any]) -> None:
        texts = {name: cleaned.get(name) for name in ("words", "address", *self.asked)}
        found = {name: scan_personal(text) for name, text in texts.items() if isinstance(text, str)}
        if not any(found.values()):
            return
        self.fields["numbers"].widget = forms.CheckboxInput()
        for name, numbers in found.items():
            if numbers and not cleaned.get("numbers"):
                sentence = _(
                    "There is a number in your text that looks personal (%(kinds)s). Better take it out; a "
                    "telephone number has a field of its own below. Or tick “Leave the number in the text”."
                )
                self.add_error(name, ValidationError(sentence, params={"kinds": _kinds(numbers)}))

    def _look_elsewhere(self, cleaned: dict[str, Any]) -> None:
        """What does not belong here is told at once: where to go, and how to send it nevertheless."""
        words = cleaned.get("words", "")
        found = catalogue.belongs_elsewhere(words, catalogue.elsewhere()) if words else None
        if found is None:
            return
        self.fields["not_elsewhere"].widget = forms.CheckboxInput()
        if not cleaned.get("not_elsewhere"):
            self.add_error("words", turned_away(found))

    def _look_for_a_contact(self, cleaned: dict[str, Any]) -> None:
        """Where the category may not be asked without one. One that is wrong is told already."""
        category, names = cleaned.get("category"), ("contact_phone", "contact_email")
        if category is None or category.allows_anonymous or any(name in self.errors for name in names):
            return
        if not any(cleaned.get(name) for name in names):
            sentence = _(
                "This kind of matter cannot be handled without asking you back. Please give a telephone "
                "number or an e-mail address."
            )
            self.add_error("contact_phone", sentence)

    def place(self) -> Place | None:
        """Where exactly, if that is the matter; what is no place is none."""
        category = self.cleaned_data.get("category")
        point = read_point(self.cleaned_data.get("lat", ""), self.cleaned_data.get("long", ""))
        return Place(*in_degrees(point)) if point and category and category.place_matters else None

    def values(self) -> dict[str, Any]:
        """What `actions.ask` takes besides who asks."""
        kept = {name: self.cleaned_data[name] for name in SENT}
        answers = {it.name: questions.plain(self.cleaned_data[name]) for name, it in self.asked.items()}
        given = {name: value for name, value in answers.items() if value not in ("", [])}
        return kept | {"answers": given, "place": self.place()}


SENT = (
    "key", "words", "area", "category", "address", "pictures", "recording",
    "contact_name", "contact_phone", "contact_email",
)  # fmt: skip


def turned_away(matter: Elsewhere) -> str:
    """Where to go with what does not belong here, and how to send it if it does."""
    told = _("“%(matter)s” is not handled here. %(advice)s") % {"matter": matter, "advice": matter.advice}
    if matter.telephone:
        told += " " + _("Telephone: %(number)s.") % {"number": matter.telephone}
    return told + " " + _("If it is something else, tick “It is something else. Send it.”")


def _kinds(found: list[Found]) -> str:
    return "、".join(dict.fromkeys(str(one.kind.label) for one in found))
