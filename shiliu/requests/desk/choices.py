"""What one can choose from at the desk."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from shiliu.core import access, areas, worktime
from shiliu.core.areas import Scope
from shiliu.core.models import User
from shiliu.grid.models import Area
from shiliu.requests.case import SEES
from shiliu.requests.models import Category


def places(user: User) -> list[Any]:
    """The areas of `user`'s scope as choices: communities, each with its grids.

    Of several towns, the towns with their communities: hundreds of grids are no choice, and take long.
    """
    scope = access.scope_of(user, SEES)
    towns = {code[: areas.TOWN] for code in scope.codes}
    wide = len(towns) > 1 or any(len(code) < areas.TOWN for code in towns)
    outer, inner = (areas.TOWN, areas.VILLAGE) if wide else (areas.VILLAGE, areas.GRID)
    names: dict[str, str] = {}
    groups: dict[str, list[tuple[str, str]]] = {}
    for code, name in _areas_of(scope, inner):
        names[code] = name
        if len(code) >= outer:
            groups.setdefault(code[:outer], []).append((code, name))
    return [(names.get(code, ""), inside) for code, inside in groups.items()]


def _areas_of(scope: Scope, deepest: int) -> Iterator[tuple[str, str]]:
    """Code and name of what is valid today in a scope."""
    inside = Q(pk__in=[])
    for code in scope.codes:
        inside |= Q(code__startswith=code)
    rows = Area.objects.on(timezone.localdate()).filter(inside, code__length__lte=deepest).order_by("code")
    return (pair for pair in rows.values_list("code", "name") if pair[0] in scope)


def categories() -> list[Category]:
    return list(Category.objects.offered())


def day_of(due_at: datetime) -> date:
    """The last day on which something is in time."""
    return worktime.last_day(due_at)
