"""Filing for somebody: who called, stands at the counter, or is met on the round."""

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


class FilingForm(AskForm):
    """A request as somebody else tells it, for one of the areas of `scope` that are valid today.

    on_round: on a telephone, where how it came is clear and the kinds are a list.
    """

    source = forms.ChoiceField(
        label=gettext_lazy("How it came"),
        choices=WAYS_IN,
        initial=Request.Source.PHONE,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, scope: Scope, on_round: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, inside=scope, **kwargs)
        if on_round:
            self._for_a_telephone()
        else:
            self.fields["words"].help_text = gettext_lazy("As it was told: what, and where exactly.")
            self.fields["area"].widget.attrs["class"] = "wide"

    def _for_a_telephone(self) -> None:
        del self.fields["source"]
        where: Any = self.fields["area"]
        if len(self.places) <= FEW:
            where.choices = [(code, area.name) for code, area in self.places.items()]
            where.widget = forms.RadioSelect(choices=where.choices)
        if len(self.places) == 1:
            self.initial.setdefault("area", next(iter(self.places)))
        kind: Any = self.fields["category"]
        kind.empty_label = _("I don't know") if self.fallback else _("Choose…")
        kind.widget = forms.Select(choices=kind.choices)

    def values(self) -> dict[str, Any]:
        return {"source": Request.Source.GRID_WORKER} | super().values()
