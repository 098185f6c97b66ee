"""What is typed about groups."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.channel.models import Bot, GridGroup
from shiliu.core.areas import Scope
from shiliu.grid.models import Area

DAY = {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
MOST = 100_000  # members; no service's group holds as many


class Seen(forms.Form):
    """What is changed as somebody saw it."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class NewGroupForm(forms.ModelForm):
    """A new group."""

    class Meta:
        model = GridGroup
        fields = ["name", "service", "area", "valid_from"]
        widgets = {"valid_from": DAY["widget"]}

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        area = self.fields["area"]
        found = Area.objects.located().on(timezone.localdate())
        area.queryset = found.filter(scope.q(), code__length__gte=12).order_by("code")
        area.label_from_instance = lambda it: f"{it.code} {it.name}"
        area.help_text = _(
            "The grid that the group belongs to; for a whole community's group, the community."
        )
        area.error_messages["invalid_choice"] = _(
            "That lies outside your post's area. Choose one of the list."
        )


class GroupForm(Seen):
    """A group's name and service."""

    name = forms.CharField(label=gettext_lazy("name"), max_length=80)
    service = forms.ChoiceField(label=gettext_lazy("service"), choices=GridGroup.Service.choices)


class EndGroupForm(Seen):
    """The last day of a group."""

    on = forms.DateField(label=gettext_lazy("Last day"), **DAY)


class SizeForm(Seen):
    """How many members a group had on a day: a number, and nobody's name."""

    members = forms.IntegerField(label=gettext_lazy("members"), min_value=0, max_value=MOST)
    day = forms.DateField(label=gettext_lazy("Counted on"), **DAY)


class BotForm(Seen):
    """A bot's address, which is taken in and never shown again."""

    vendor = forms.ChoiceField(label=gettext_lazy("service"), choices=Bot.Vendor.choices)
    typed = forms.CharField(
        label=gettext_lazy("address of the bot"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
        help_text=gettext_lazy(
            "Copy the webhook address from the bot's settings in the group. It is a key: it is stored "
            "encrypted and not shown again."
        ),
    )
    secret = forms.CharField(
        label=gettext_lazy("secret for signatures"),
        max_length=128,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
        help_text=gettext_lazy("Only where the bot was set to ask for signatures (DingTalk, Feishu)."),
    )
