"""What a chart shows: the values of its figures along time or by groups, each with where its records are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from shiliu.core.figures import (
    CHARTS,
    FIGURES,
    GROUPINGS,
    Chart,
    Figure,
    Grouping,
    Over,
    Period,
    Value,
    suppressed,
)
from shiliu.core.figures.steps import length, steps
from shiliu.core.snapshot import read_snapshot
from shiliu.figures import periods
from shiliu.figures.charts.hiding import not_shown
from shiliu.figures.charts.words import long_name, short_name, sizes
from shiliu.figures.report import CHAPTERS, UNITS, Line, as_of, over
from shiliu.figures.rows import inside
from shiliu.grid.models import Area
from shiliu.grid.town import town


@dataclass(frozen=True)
class Cell:
    """One number of a picture; `value` is None where it is not shown, and `few` says that it is hidden."""

    value: Value | None
    address: str
    few: bool = False

    @property
    def number(self) -> Any:
        return self.value.value if self.value else None


@dataclass(frozen=True)
class Series:
    """One panel: a figure, or one group of it. past: the same a year ago, where there was anything.

    is_rest: of all that is not told apart for this reader.
    """

    label: Any
    unit: Any
    whole: Cell
    cells: list[Cell]
    past: list[Cell]
    is_rest: bool = False


@dataclass(frozen=True)
class Head:
    """What stands below a bar, and what it means in full."""

    short: str
    long: str


@dataclass(frozen=True)
class Shown:
    """A chart of one period and area, for one reader. heads: of the bars of every panel.

    is_distribution: the bars are sizes in their order, and the last one is of what has no size.
    """

    chart: Chart
    period: Period
    area: Area | None
    heads: list[Head]
    series: list[Series]
    said: Line | None
    is_distribution: bool = False

    @property
    def key(self) -> str:
        return self.chart.key

    @property
    def is_along_time(self) -> bool:
        return self.chart.step is not None

    @property
    def has_parts(self) -> bool:
        """Whether the first panel is the whole and the others its groups, all on one scale."""
        return self.is_along_time and bool(self.chart.groups)

    @property
    def has_past(self) -> bool:
        return any(series.past for series in self.series)

    @property
    def has_hidden(self) -> bool:
        return any(cell.few for each in self.series for cell in [each.whole, *each.cells, *each.past])

    @property
    def is_empty(self) -> bool:
        cells = [cell for each in self.series for cell in [each.whole, *each.cells]]
        return not any(cell.few or cell.number for cell in cells)

    @property
    def query(self) -> str:
        names = {"period": periods.named(self.period)} | ({"area": self.area.code} if self.area else {})
        return urlencode(names)


@dataclass(frozen=True)
class _Asker:
    """Whoever asks, and for what."""

    period: Period
    area: Area | None
    user: Any

    @cached_property
    def town(self) -> Area | None:
        return town()

    @cached_property
    def asked(self) -> Over:
        return over(self.period, self.area)

    def address(self, figure: Figure, period: Period, **group: str) -> str:
        """The records of a part of the period: of the area with what it was by the whole period's end.

        The town stands in no address, being the area where none is said; nor does the day, where the area
        was nothing else before.
        """
        query = {"area": self.area.code} if self.area and self.area != self.town else {}
        if self.area and period.end != self.period.end and self.asked.area.codes != {self.area.code}:
            query["as_of"] = str(as_of(self.period))
        query |= group
        address = reverse("figures:records", args=[period, figure.key])
        return f"{address}?{urlencode(query)}" if query else address


def charts(part: str = "") -> list[Chart]:
    """Those of one part of the report, or all, in the order of the report."""
    order = [each for _chapter, parts in CHAPTERS for each, _title in parts]
    found = [chart for chart in CHARTS.values() if not part or chart.part == part]
    return sorted(found, key=lambda chart: order.index(chart.part))


def compute(chart: Chart, period: Period, area: Area | None, user: Any = None) -> Shown:
    """A chart as `user` may see it, in as many queries whatever there is."""
    asker = _Asker(period, area, user)
    with read_snapshot():
        said = FIGURES[chart.said] if chart.said else None
        line = Line(said, said.at(asker.asked)) if said else None
        if chart.step is None:
            heads, series = _by_groups(chart, asker)
        else:
            months = length(period, chart.step)
            heads = [Head(short_name(part), long_name(part)) for part in steps(period, months)]
            series = list(_along_time(chart, asker, months))
    is_distribution = chart.step is None and _grouping(chart, FIGURES[chart.figures[0]], asker)[1].sizes
    return Shown(chart, period, area, heads, series, line, is_distribution)


def all_charts(period: Period, area: Area | None, user: Any = None) -> list[Shown]:
    with read_snapshot():
        return [compute(chart, period, area, user) for chart in charts()]


# By groups ------------------------------------------------------------------------------------------------


def _grouping(chart: Chart, figure: Figure, asker: _Asker) -> tuple[str, Grouping]:
    """By what the records are told apart for this reader, and its name in addresses."""
    public = not inside(figure, asker.asked, asker.user)
    name = chart.public_groups if public and chart.public_groups else chart.groups
    return name, GROUPINGS[figure.records(asker.asked).model, name]


def _labels(grouping: Grouping, names: Mapping[str, Any]) -> dict[str, Any]:
    """What each group is called, in their order; what has no name any more at the end, by its own."""
    found = grouping.labels(names.keys()) if grouping.labels else {}
    return found | {name: name for name in sorted(names.keys() - found.keys())}


def _by_groups(chart: Chart, asker: _Asker) -> tuple[list[Head], list[Series]]:
    figure = FIGURES[chart.figures[0]]
    name, grouping = _grouping(chart, figure, asker)
    values = figure.by(asker.asked, grouping)
    labels = _labels(grouping, values)
    nothing = figure.measure.of(figure.rows(asker.asked).none())
    cells = [
        Cell(values.get(group, nothing), asker.address(figure, asker.period, **{name: group}))
        for group in labels
    ]
    whole = Cell(figure.at(asker.asked), asker.address(figure, asker.period))
    brief = sizes(list(labels)) if grouping.sizes else map(str, labels.values())
    heads = [Head(short, str(label)) for short, label in zip(brief, labels.values(), strict=True)]
    return heads, [Series(figure.label, UNITS[figure.unit], whole, cells, [])]


# Along time -----------------------------------------------------------------------------------------------


def _along_time(chart: Chart, asker: _Asker, months: int) -> Iterator[Series]:
    for key in chart.figures:
        figure = FIGURES[key]
        yield _whole(figure, asker, months, _("all together") if chart.groups else figure.label)
        if chart.groups:
            yield from _groups_along_time(chart, figure, asker, months)


def _whole(figure: Figure, asker: _Asker, months: int, label: Any) -> Series:
    parts = steps(asker.period, months)
    now = figure.by_time(asker.asked, parts)[""]
    whole, cells = _hidden(figure, asker, figure.at(asker.asked), parts, now)
    return Series(label, UNITS[figure.unit], whole, cells, _past(figure, asker, months))


def _past(figure: Figure, asker: _Asker, months: int) -> list[Cell]:
    """The same a year ago; nothing where there was nothing, or where it is the same time."""
    year_before = periods.year_before(asker.period)
    if year_before.end >= asker.period.start:
        return []
    then, parts = replace(asker, period=year_before), steps(year_before, months)
    values = figure.by_time(then.asked, parts)[""]
    if not any(value.records for value in values):
        return []
    return _hidden(figure, then, figure.at(then.asked), parts, values)[1]


def _groups_along_time(chart: Chart, figure: Figure, asker: _Asker, months: int) -> Iterator[Series]:
    parts = steps(asker.period, months)
    name, grouping = _grouping(chart, figure, asker)
    along = figure.by_time(asker.asked, parts, grouping)
    wholes = figure.by(asker.asked, grouping)
    for group, label in _labels(grouping, along).items():
        cells = [
            Cell(value, asker.address(figure, part, **{name: group}))
            for part, value in zip(parts, along[group], strict=True)
        ]
        whole = Cell(wholes[group], asker.address(figure, asker.period, **{name: group}))
        yield Series(label, UNITS[figure.unit], whole, cells, [], is_rest=group == grouping.rest)


def _hidden(
    figure: Figure, asker: _Asker, whole: Value, parts: list[Period], values: list[Value]
) -> tuple[Cell, list[Cell]]:
    """The cells, without small numbers of persons where the reader must not see them or compute them."""
    cell = Cell(whole, asker.address(figure, asker.period))
    cells = [Cell(value, asker.address(figure, part)) for part, value in zip(parts, values, strict=True)]
    if not figure.persons or inside(figure, asker.asked, asker.user):
        return cell, cells
    gone = not_shown(figure, asker.asked, parts, values)
    if suppressed(figure, whole):
        cell = Cell(None, cell.address, few=True)
    return cell, [Cell(None, each.address, few=True) if n in gone else each for n, each in enumerate(cells)]
