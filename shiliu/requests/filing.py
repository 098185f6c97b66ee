"""Filing for somebody: who called, stands at the counter, or is met on the round."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core.areas import Scope
from shiliu.requests.forms import AskForm
from shiliu.requests.models import Request

WAYS_IN = [
    (way.value, way.label)
    for way in (Request.Source.PHONE, Request.Source.COUNTER, Request.Source.GRID_WORKER)
]
FEW = 5  # so many places stand on a telephone's page itself


def chosen(query: Mapping[str, str]) -> dict[str, str]:
    """What an address chooses beforehand."""
    return {name: query[name] for name in ("category", "area") if name in query}


class FilingForm(AskForm):
    """A request as somebody else tells it, for one of the areas of `scope` that are valid today.

    on_round: on a telephone, where how it came is clear and the kinds are a list. What a category asks is
    asked once it is chosen: at the latest, the form comes back with its questions and all that was typed.
    """

    source = forms.ChoiceField(
        label=gettext_lazy("How it came"),
        choices=WAYS_IN,
        initial=Request.Source.PHONE,
        widget=forms.RadioSelect,
    )
    questions_of = forms.CharField(required=False, widget=forms.HiddenInput)
    tells_elsewhere = False  # staff know what belongs elsewhere, and may take it down to pass it on

    def __init__(self, *args: Any, scope: Scope, on_round: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, inside=scope, **kwargs)
        if on_round:
            self._for_a_telephone()
        else:
            self.fields["words"].help_text = gettext_lazy("As it was told: what, and where exactly.")
            self.fields["area"].widget.attrs["class"] = "wide"

    def _for_a_telephone(self) -> None:
        del self.fields["source"]
        where = self._field("area")
        if len(self.places) <= FEW:
            where.choices = [(code, area.name) for code, area in self.places.items()]
            where.widget = forms.RadioSelect(choices=where.choices)
        if len(self.places) == 1:
            self.initial.setdefault("area", next(iter(self.places)))
        kind = self._field("category")
        kinds = list(kind.choices)
        kind.choices = kinds if self.fallback else [("", _("Choose…")), *kinds]
        kind.widget = forms.Select(choices=kind.choices)

    @property
    def asks_more(self) -> bool:
        """Whether the chosen category has questions that were not on the page that was sent."""
        return self.is_bound and bool(self.asked) and self.data.get("questions_of") != self._of()

    def _of(self) -> str:
        return self.what.code if self.what else ""

    @property
    def shown_questions(self) -> str:
        """What the page says it asks, when it is sent again."""
        return self._of() if self.asked else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.asks_more:
            for name in self.asked:  # nobody has seen them yet
                self.errors.pop(name, None)
            self.add_error(None, _("For this kind of matter there is more to ask. Please look below."))
        return cleaned

    def _look_for_a_contact(self, cleaned: dict[str, Any]) -> None:
        """Who files it can be asked back in the person's place; but whose matter it is must be known."""
        category = cleaned.get("category")
        if category is None or category.allows_anonymous or "contact_name" in self.errors:
            return
        if not cleaned.get("contact_name"):
            self.add_error(
                "contact_name", _("This kind of matter is not taken without a name. Please ask for it.")
            )

    def values(self) -> dict[str, Any]:
        source = self.cleaned_data.get("source", Request.Source.GRID_WORKER)
        return super().values() | {"source": source}


class ProgramForm(FilingForm):
    """The same from a program, which reads what a category asks before it files."""

    @property
    def asks_more(self) -> bool:
        return False
