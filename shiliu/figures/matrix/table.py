"""The cells: each grid's value of each service as of a day, whether it is thin, and where its records are.

Grids stand in the order of their codes, always. Nothing is added up over services or grids, and nothing is
sorted by value: that services are compared must not become a ranking of grids or of who works there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain, groupby, islice, repeat
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from shiliu.core.areas import GRID, TOWN, VILLAGE
from shiliu.core.figures import Period
from shiliu.core.matrix import Found, Mark, Service
from shiliu.core.snapshot import read_snapshot
from shiliu.core.templatetags.shiliu import figure as shown
from shiliu.figures.matrix import thresholds
from shiliu.figures.matrix.thresholds import Standard
from shiliu.figures.report import unit_of
from shiliu.grid.models import Area
from shiliu.grid.scopes import within_each

BATCH = 4_000  # grids that are computed at once, where all are gone through
FIRST_BATCHES = (200, 800)  # fewer at first, where only thin ones are wanted: often these fill the page
WORDS = {
    Mark.ENOUGH: pgettext_lazy("matrix", "enough"),
    Mark.THIN: pgettext_lazy("matrix", "thin"),
    Mark.NONE: pgettext_lazy("matrix", "nothing"),
    Mark.UNJUDGED: pgettext_lazy("matrix", "not judged"),
}
# How a mark is drawn beside its word. What is enough needs none.
TONES = {Mark.THIN: "late", Mark.NONE: "stop"}


@dataclass(frozen=True)
class Cell:
    """One grid and one service. records: the address of what it counts."""

    standard: Standard
    value: Found
    mark: Mark
    day: date
    records: str

    @property
    def is_thin(self) -> bool:
        return self.mark in TONES

    @property
    def tone(self) -> str:
        return TONES[self.mark]

    @property
    def word(self) -> str:
        return str(WORDS[self.mark])

    @property
    def number(self) -> Any:
        """What a seed shows: the value, or how many days ago the last time was."""
        return (self.day - self.value).days if isinstance(self.value, date) else self.value

    @property
    def said(self) -> str:
        """The value: “3”, “2023-05-12”, “never”."""
        if isinstance(self.value, date):
            return self.value.isoformat()
        if self.value is None:
            return pgettext("the last time", "never")
        return shown(self.value)

    @property
    def ago(self) -> str:
        """How long ago the last time was; nothing of a number."""
        if not isinstance(self.value, date):
            return ""
        if self.number == 0:
            return _("that day")
        words = ngettext("%(n)s day before", "%(n)s days before", self.number)
        return words % {"n": shown(self.number)}

    @property
    def in_words(self) -> str:
        """For whoever does not see how it is drawn: “3 requests, thin”."""
        if self.standard.service.last:
            said = f"{self.said} ({self.ago})" if self.ago else self.said
        else:
            said = f"{self.said} {unit_of(self.standard.service.figure)}"
        if self.mark == Mark.UNJUDGED:
            return said
        return pgettext("value, mark", "%(value)s, %(mark)s") % {"value": said, "mark": self.word}


@dataclass(frozen=True)
class Row:
    """One grid."""

    grid: Area
    cells: list[Cell]

    @property
    def is_thin(self) -> bool:
        return any(cell.is_thin for cell in self.cells)

    @property
    def address(self) -> str:
        return reverse("area", args=[self.grid.code])


@dataclass(frozen=True)
class Community:
    """Some grids of one community."""

    code: str
    name: str
    rows: list[Row]

    @property
    def address(self) -> str:
        return reverse("area", args=[self.code])


@dataclass(frozen=True)
class Table:
    """Some grids of an area. after: the code of the last one where others follow."""

    area: Area
    day: date
    services: list[Service]
    rows: list[Row]
    after: str = ""

    @cached_property
    def communities(self) -> list[Community]:
        found = [(code, list(rows)) for code, rows in groupby(self.rows, lambda it: it.grid.code[:VILLAGE])]
        codes = {part for code, _rows in found for part in (code, code[:TOWN])}
        names = dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
        above_towns = self.area.level < TOWN

        def name(code: str) -> str:
            own = names.get(code, code)
            return f"{names.get(code[:TOWN], code[:TOWN])} · {own}" if above_towns else own

        return [Community(code, name(code), rows) for code, rows in found]


def grids_of(area: Area, day: date, after: str = "") -> QuerySet[Area]:
    """The grids of an area on a day in the order of their codes, those behind `after`."""
    last = area.code + "9" * (GRID - area.level)
    found = Area.objects.on(day).filter(code__range=(area.code, last), code__length=GRID)
    return found.filter(code__gt=after).order_by("code")


def compute(
    area: Area,
    day: date,
    services: Sequence[Service],
    *,
    most: int,
    after: str = "",
    only_thin: bool = False,
) -> Table:
    """At most so many grids, all as of one moment, in as many queries however many grids there are.

    Where only those with something thin are asked for, they are found first: that is as many again for each
    batch of grids that is gone through.
    """
    with read_snapshot():
        found = grids_of(area, day, after)
        if only_thin:
            thin = list(islice(_thin(area, day, services, after), most + 1))
            found = found.filter(code__in=thin)
        grids = list(found[: most + 1])
        rows = rows_of(grids[:most], day, services)
    return Table(area, day, list(services), rows, grids[most - 1].code if len(grids) > most else "")


def _thin(area: Area, day: date, services: Sequence[Service], after: str) -> Iterator[str]:
    """The codes of grids where something is thin. Only what says so is computed, and of few before many."""
    sizes = chain(FIRST_BATCHES, repeat(BATCH))
    while codes := list(grids_of(area, day, after).values_list("code", flat=True)[: next(sizes)]):
        found = _find(codes, day, services, only_judged=True)
        yield from filter(found.is_thin, codes)
        after = codes[-1]


def batches(area: Area, day: date, services: Sequence[Service]) -> Iterator[list[Row]]:
    """All grids of an area, so many at a time that memory does not grow with it."""
    after = ""
    while grids := list(grids_of(area, day, after)[:BATCH]):
        yield rows_of(grids, day, services)
        after = grids[-1].code


@dataclass(frozen=True)
class _Values:
    """What was found: of each service the value of each area whose records serve a grid."""

    day: date
    services: list[Service]
    standards: Mapping[tuple[str, str], Standard]
    found: Mapping[str, Mapping[str, Found]]

    def of(self, grid: str, key: str) -> tuple[Standard, str, Found, Mark]:
        """The standard, the area whose records serve the grid, the value and its mark."""
        standard = self.standards[grid[:TOWN], key]
        where = grid[: standard.reach]
        value = self.found[key][where]
        return standard, where, value, standard.thin.mark(value, self.day)

    def is_thin(self, grid: str) -> bool:
        town = grid[:TOWN]
        for key, values in self.found.items():
            standard = self.standards[town, key]
            if standard.thin.mark(values[grid[: standard.reach]], self.day) in TONES:
                return True
        return False


def _find(
    grids: Sequence[str], day: date, services: Sequence[Service], *, only_judged: bool = False
) -> _Values:
    """What the grids with these codes have, in one query for each service."""
    towns = {code[:TOWN] for code in grids}
    standards = thresholds.of_towns(towns, services)
    if only_judged:
        judged = {key for (_town, key), standard in standards.items() if standard.thin.number is not None}
        services = [service for service in services if service.key in judged]
    served = {service.key: _served(service, grids, standards) for service in services}
    scopes = within_each({code for codes in served.values() for code in codes}, day)
    found = {
        service.key: service.values(day, {code: scopes[code] for code in served[service.key]})
        for service in services
    }
    return _Values(day, list(services), standards, found)


def rows_of(grids: Sequence[Area], day: date, services: Sequence[Service]) -> list[Row]:
    """Every cell of these grids."""
    values = _find([grid.code for grid in grids], day, services)
    addresses = {
        service.key: f"{reverse('figures:records', args=[Period(day, day), service.key])}?area="
        for service in services
    }

    def cell(grid: str, key: str) -> Cell:
        standard, where, value, mark = values.of(grid, key)
        return Cell(standard, value, mark, day, addresses[key] + where)

    return [Row(grid, [cell(grid.code, service.key) for service in services]) for grid in grids]


def _served(
    service: Service, grids: Sequence[str], standards: Mapping[tuple[str, str], Standard]
) -> set[str]:
    """The areas whose records serve these grids: the grids, or their communities."""
    return {code[: standards[code[:TOWN], service.key].reach] for code in grids}
