"""Filing for somebody who called or stands at the counter."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from shiliu.core.areas import TOWN, Scope
from shiliu.grid.models import Area
from shiliu.requests.forms import AskForm
from shiliu.requests.models import Request

WAYS_IN = [
    (way.value, way.label)
    for way in (Request.Source.PHONE, Request.Source.COUNTER, Request.Source.GRID_WORKER)
]


class FileForm(AskForm):
    """A request as somebody else tells it, for one of the areas in `scope`."""

    source = forms.ChoiceField(
        label=gettext_lazy("How it came"),
        choices=WAYS_IN,
        initial=Request.Source.PHONE,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, town=Area(code=min(scope.codes)[:TOWN]), **kwargs)
        self.fields["words"].help_text = gettext_lazy("As it was told: what, and where exactly.")
        area: Any = self.fields["area"]
        area.choices = list(_inside(area.choices, scope))
        area.widget.attrs["class"] = "wide"

    def values(self) -> dict[str, Any]:
        """What `actions.ask` takes besides who files it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "numbers"}


def _inside(choices: Any, scope: Scope) -> Any:
    """Those of the choices that lie in a scope, without groups that are left empty."""
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            kept = [(code, name) for code, name in label if code in scope]
            if kept:
                yield value, kept
        elif value == "" or value in scope:
            yield value, label
