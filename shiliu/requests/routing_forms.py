"""A rule that is only tried, as a form."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from shiliu.core import areas
from shiliu.core.areas import Scope
from shiliu.grid.models import Area, Unit
from shiliu.requests.leads import key_of
from shiliu.requests.models import Category, RoutingRule
from shiliu.volunteers.models import Team

DAYS = (7, 30, 90)
USUAL = 30
DRAFT = "draft"


def days_of(given: Mapping[str, Any]) -> int:
    """How far back an address asks for."""
    days = str(given.get("days", ""))
    return int(days) if days in map(str, DAYS) else USUAL


class TryForm(forms.Form):
    """Category, area, words and to whom; `chosen` is the code of a stored rule from which it starts."""

    category = forms.ModelChoiceField(
        Category.objects.none(),
        to_field_name="code",
        required=False,
        label=gettext_lazy("Category"),
        empty_label=pgettext_lazy("category", "any"),
    )
    area = forms.ModelChoiceField(
        Area.objects.none(), to_field_name="code", label=gettext_lazy("Area"), empty_label=None
    )
    words = forms.CharField(
        max_length=300,
        required=False,
        label=gettext_lazy("Words"),
        help_text=gettext_lazy("Any one of these, separated by commas. Any request where it is empty."),
    )
    to = forms.ChoiceField(required=False, label=gettext_lazy("To whom"))

    def __init__(self, *args: Any, scope: Scope, chosen: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        fields: dict[str, Any] = self.fields
        fields["category"].queryset = Category.objects.offered()
        rules = RoutingRule.objects.in_order()
        self.rule = rules.filter(code=chosen).first() if chosen else None
        near = scope.q() | Q(area=self.rule.area_id) if self.rule else scope.q()
        fields["area"].queryset = Area.objects.located().on(today).filter(near).order_by("code")
        fields["area"].label_from_instance = lambda area: f"{area.name} {area.code}"
        above = {code[:length] for code in scope.codes for length in areas.LEVELS if length <= len(code)}
        serving = scope.q() | Q(area__in=above)
        teams = Team.objects.on(today).filter(serving).order_by("code")
        units = Unit.objects.on(today).filter(serving).order_by("code")
        self.known = {key_of(it): it for it in [*units, *teams]}
        fields["to"].choices = [
            ("", _("the grid's worker")),
            *((key, it.name) for key, it in self.known.items()),
        ]
        if self.rule:
            self.initial = self._as_it_stands(self.rule)

    @staticmethod
    def _as_it_stands(rule: RoutingRule) -> dict[str, Any]:
        to = rule.team or rule.unit
        return {
            "category": rule.category.code if rule.category else "",
            "area": rule.area_id,
            "words": rule.words,
            "to": key_of(to) if to else "",
        }

    @property
    def instead_of(self) -> str:
        return self.rule.code if self.rule else ""

    def draft(self) -> RoutingRule:
        """The rule, not stored."""
        given = self.cleaned_data
        to = self.known.get(given["to"])
        return RoutingRule(
            code=self.instead_of or DRAFT,
            name=self.rule.name if self.rule else _("the rule that you try"),
            category=given["category"],
            area=given["area"],
            words=given["words"],
            team=to if isinstance(to, Team) else None,
            unit=to if isinstance(to, Unit) else None,
        )
