"""Where something can be, as a form offers it."""

from collections.abc import Container, Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from shiliu.core import areas, reference
from shiliu.core.areas import Scope
from shiliu.grid.models import Area


class OneOfField(forms.ChoiceField):
    """One of many, of which only a page that shows them needs the list: known, the values there are."""

    known: Container[str] = frozenset()

    def valid_value(self, value: Any) -> bool:
        return value in self.known


@reference.held
def valid_on(scope: Scope, day: date) -> dict[str, Area]:
    """The areas of a scope, by code; a scope also holds what they were called before."""
    found = Area.objects.on(day).located().filter(scope.q(), code__length__gt=areas.COUNTY)
    return {area.code: area for area in found.select_related("parent").order_by("code")}


@reference.held
def choices_on(scope: Scope, day: date, language: str | None) -> list[Any]:
    """`choices_of` the areas that are valid on a day, in the language of the moment."""
    return choices_of(valid_on(scope, day).values())


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
