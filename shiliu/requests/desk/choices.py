"""What one can choose from at the desk."""

from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from shiliu.core import access, areas, worktime
from shiliu.core.areas import Scope
from shiliu.core.models import User
from shiliu.grid.models import Area
from shiliu.requests.case import SEES
from shiliu.requests.models import Category


def places(user: User) -> list[Any]:
    """The areas of `user`'s scope as choices: communities, each with its grids."""
    scope = access.scope_of(user, SEES)
    found = [area for area in _areas_of(scope) if area.code in scope]
    groups: dict[str, list[tuple[str, str]]] = {}
    names = {area.code: area.name for area in found}
    for area in found:
        if area.level >= areas.VILLAGE:
            village = area.code[: areas.VILLAGE]
            groups.setdefault(names.get(village, ""), []).append((area.code, area.name))
    return list(groups.items())


def _areas_of(scope: Scope) -> QuerySet[Area]:
    inside = Q(pk__in=[])
    for code in scope.codes:
        inside |= Q(code__startswith=code)
    return Area.objects.on(timezone.localdate()).filter(inside).order_by("code")


def categories() -> list[Category]:
    return list(Category.objects.offered())


def day_of(due_at: datetime) -> date:
    """The last day on which something is in time."""
    return worktime.last_day(due_at)
