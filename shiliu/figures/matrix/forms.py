"""What is typed about a threshold."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core.matrix import AtLeast, AtMost
from shiliu.figures.matrix.thresholds import Standard
from shiliu.figures.models import Threshold

MOST = 100_000


class ThresholdForm(forms.Form):
    """From when on a service counts as thin; a number where it is judged at all."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    judged = forms.BooleanField(
        label=gettext_lazy("Judge this service"),
        required=False,
        help_text=gettext_lazy(
            "Without it the matrix shows what there is, and says of no grid that it is thin."
        ),
    )
    number = forms.IntegerField(min_value=0, max_value=MOST, required=False)
    reach = forms.TypedChoiceField(
        label=gettext_lazy("What counts for a grid"),
        choices=Threshold.Reach.choices,
        coerce=int,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "What the whole community has counts for each of its grids: a place that one walks to, say."
        ),
    )

    def __init__(self, *args: Any, standard: Standard, **kwargs: Any) -> None:
        given = {
            "seen": standard.seen,
            "judged": standard.thin.number is not None,
            "number": standard.thin.number,
            "reach": standard.reach,
        }
        super().__init__(*args, initial=given, **kwargs)
        self.thin = standard.thin
        self.fields["number"].label = self._asks()

    def _asks(self) -> str:
        if isinstance(self.thin, AtLeast):
            return _("Thin with fewer than")
        return _("Thin with more than") if isinstance(self.thin, AtMost) else _("Thin after more days than")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        number = said.get("number")
        if "number" in self.errors:
            return said
        if not said.get("judged"):
            said["number"] = None
        elif number is None:
            self.add_error("number", _("Give a number, or untick “Judge this service”."))
        elif number == 0 and isinstance(self.thin, AtLeast):
            self.add_error("number", _("No grid has fewer than 0. Give 1 or more, or do not judge it."))
        return said
