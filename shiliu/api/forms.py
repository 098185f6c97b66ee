"""What is typed about keys and tokens."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shiliu.api.actions import LONGEST
from shiliu.core import areas
from shiliu.core.areas import Scope
from shiliu.grid.models import Area

USUAL = timedelta(days=90)


class ClientForm(forms.Form):
    """A program that is to have a key, in one of the towns of `scope`."""

    name = forms.CharField(label=_("Name of the program"), max_length=80)
    contact_email = forms.EmailField(
        label=_("E-mail of whoever runs it"),
        help_text=_(
            "Only administrators see this, and it is erased half a year after the key was taken back."
        ),
    )
    area = forms.ModelChoiceField(
        Area.objects.none(), to_field_name="code", label=_("Town"), empty_label=_("Choose…")
    )
    per_minute = forms.IntegerField(
        label=_("Requests a minute at most"), min_value=1, max_value=6000, initial=60
    )
    answers_with_token = forms.BooleanField(
        label=_("Answer with a token"),
        help_text=_("Only for programs that ask for the number of a request later."),
        required=False,
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="%s", **kwargs)
        today = timezone.localdate()
        located = Area.objects.on(today).located()
        towns = located.filter(scope.q(), code__length=areas.TOWN).order_by("code")
        self.fields["area"].queryset = towns  # type: ignore[attr-defined]
        if len(codes := list(towns.values_list("code", flat=True)[:2])) == 1:
            self.initial.setdefault("area", codes[0])


class TokenForm(forms.Form):
    """An access token of one's own."""

    name = forms.CharField(
        label=_("What is it for?"),
        help_text=_("So that you know it again, like “spreadsheet of the office”."),
        max_length=80,
    )
    expires_on = forms.DateField(
        label=_("Last day"),
        help_text=_("At most a year from now. The shorter, the safer."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="%s", **kwargs)
        today = timezone.localdate()
        self.initial.setdefault("expires_on", today + USUAL)
        self.fields["expires_on"].widget.attrs |= {
            "min": today.isoformat(),
            "max": (today + LONGEST).isoformat(),
        }
