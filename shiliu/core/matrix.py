"""The matrix: every grid against every service that has records. An app adds a column by registering it.

    matrix.register(Service("venues.open", _("Venue within reach"), AtLeast(1), reach=VILLAGE))

A column is a figure of the registry, asked for each grid as of a day, so that what a cell shows and the
records that it opens are the same. It compares services: a figure that counts persons is refused.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Substr
from django.utils import timezone

from shiliu.core.among import Many
from shiliu.core.areas import GRID, TOWN, VILLAGE, Scope
from shiliu.core.figures import COLUMNS, FIGURES, Count, Figure, Flow, Over, Period, Sum

Found = int | Decimal | date | None


class Mark(StrEnum):
    """What a cell says beside its value. NONE: nothing at all, where something is wanted."""

    ENOUGH = "enough"
    THIN = "thin"
    NONE = "none"
    UNJUDGED = "unjudged"


@dataclass(frozen=True)
class AtLeast:
    """Thin below so many; not judged where `number` is None."""

    number: int | None

    def mark(self, value: Any, day: date) -> Mark:
        if self.number is None:
            return Mark.UNJUDGED
        if value >= self.number:
            return Mark.ENOUGH
        return Mark.THIN if value else Mark.NONE


@dataclass(frozen=True)
class AtMost:
    """Thin above so many: of what waits, and of what is vacant."""

    number: int | None

    def mark(self, value: Any, day: date) -> Mark:
        if self.number is None:
            return Mark.UNJUDGED
        return Mark.THIN if value > self.number else Mark.ENOUGH


@dataclass(frozen=True)
class Within:
    """Thin where the last time is more than so many days ago."""

    number: int | None

    def mark(self, value: Any, day: date) -> Mark:
        if self.number is None:
            return Mark.UNJUDGED
        if value is None:
            return Mark.NONE
        return Mark.THIN if (day - value).days > self.number else Mark.ENOUGH


Thin = AtLeast | AtMost | Within


@dataclass(frozen=True)
class Service:
    """One column.

    key: of the figure whose records are the service. label: the column's title. thin: from when on it is
    thin, until the town sets another number. last: the figure's date or moment of which the latest is shown,
    instead of a number. reach: whose records serve a grid: its own (GRID) or its whole community's (VILLAGE);
    the town may set that too.
    """

    key: str
    label: Any
    thin: Thin
    last: str = ""
    reach: int = GRID

    @property
    def figure(self) -> Figure:
        return FIGURES[self.key]

    def with_number(self, number: int | None) -> Thin:
        return replace(self.thin, number=number)

    def values(self, day: date, scopes: Mapping[str, Scope]) -> dict[str, Found]:
        """What there is in each of many areas on a day, in as many queries however many areas there are."""
        if self.last:
            return dict(self._lasts(Period(day, day), scopes))
        found = self.figure.by_area(Period(day, day), scopes)
        return {code: value.value for code, value in found.items()}

    def _lasts(self, period: Period, scopes: Mapping[str, Scope]) -> dict[str, date | None]:
        codes = {code for scope in scopes.values() for code in scope.codes}
        rows = self.figure.rows(Over(period)).filter(**{f"{self.last}__isnull": False})
        found: dict[str, date] = {}
        for level in {len(code) for code in codes}:
            found |= self._lasts_at(level, {code for code in codes if len(code) == level}, rows)
        every = {
            area: [found[code] for code in scope.codes if code in found] for area, scope in scopes.items()
        }
        return {area: max(days, default=None) for area, days in every.items()}

    def _lasts_at(self, level: int, codes: set[str], rows: QuerySet) -> dict[str, date]:
        """The last day of each code that has one. Each is the first entry of an index from its end: what came
        before it is not read.
        """
        path, column = self.figure.area_path, COLUMNS[level]
        same: dict[str, Any] = {f"{path}{column}": OuterRef("code")}
        if level == VILLAGE:  # not every table has an index of communities
            same[f"{path}town"] = Substr(OuterRef("code"), 1, TOWN)
        newest = rows.filter(**same).order_by(F(self.last).desc()).values(self.last)[:1]
        areas = _areas_of(rows.model, f"{path}area").filter(code__among=Many(codes))
        known = dict(areas.values_list("code", Subquery(newest)))
        if unknown := codes - known.keys():  # a community that is itself not on record
            inside = rows.filter(**{f"{path}{column}__in": unknown}).order_by()
            known |= dict(inside.values_list(f"{path}{column}").annotate(Max(self.last)))
        zone = timezone.get_current_timezone()
        return {code: _day(at, zone) for code, at in known.items() if at is not None}


def _areas_of(model: type[models.Model], path: str) -> QuerySet:
    """All areas, found by the field through which rows lie in one."""
    for name in path.split("__"):
        model = model._meta.get_field(name).related_model  # type: ignore[assignment]
    return model._default_manager.order_by()


def _day(at: date, zone: tzinfo) -> date:
    return at.astimezone(zone).date() if isinstance(at, datetime) else at


SERVICES: dict[str, Service] = {}


def register(*services: Service) -> None:
    for service in services:
        if fault := _fault(service):
            raise ValueError(f"service {service.key}: {fault}")
        SERVICES[service.key] = service


def _fault(service: Service) -> str:
    figure = FIGURES.get(service.key)
    if service.key in SERVICES:
        return "it is registered twice"
    if figure is None:
        return "there is no such figure; register it first"
    if figure.persons:
        return "it counts persons, and the matrix compares services only"
    if not isinstance(figure.measure, (Count, Sum)):
        return "its figure has to be a count or a sum: what is found in parts of an area has to add up"
    if isinstance(figure.when, Flow):
        return "its figure is of a period, and a cell is as of a day"
    if bool(service.last) != isinstance(service.thin, Within):
        return "Within goes with `last`, and nothing else does"
    if service.reach not in (GRID, VILLAGE):
        return "it reaches a grid or a community"
    return ""


def chosen(keys: Iterable[str]) -> list[Service]:
    """The services with these keys, in the order of the columns; all of them where none is named.

    LookupError for what is none.
    """
    wanted = set(keys)
    if unknown := wanted - SERVICES.keys():
        raise LookupError(", ".join(sorted(unknown)))
    return [service for service in SERVICES.values() if not wanted or service.key in wanted]
