"""What the seed map shows: which areas are seeds, in which clusters, and what the figure is for each."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from shiliu.core.areas import GRID, TOWN, VILLAGE
from shiliu.core.figures import FIGURES, Count, CountDistinct, Figure, Over, Period, Sum, Value, suppressed
from shiliu.core.snapshot import read_snapshot
from shiliu.figures import periods
from shiliu.figures.report import as_of, unit_of
from shiliu.figures.rows import inside
from shiliu.figures.seedmap import hiding, land, packing
from shiliu.figures.seedmap.steps import Step, shade, steps
from shiliu.grid.models import Area, Boundary
from shiliu.grid.scopes import within_each

MOST_SEEDS = 240  # more would make a heavy page and too small a picture: then a level higher is drawn


def choices() -> list[Figure]:
    """The figures that a seed can show: counts and sums. A rate of a few cases in one grid says nothing but
    whom to compare, and a median of parts is no part of the whole's.
    """
    return [each for each in FIGURES.values() if isinstance(each.measure, (Count, CountDistinct, Sum))]


@dataclass(frozen=True)
class Seed:
    """One area and its value; `value` is None where it is not shown. mark: how it is drawn."""

    area: Area
    value: Value | None
    mark: str  # "s0" (zero or less) to "s5", "none" (no value), "few" (not shown)
    address: str
    records: str

    @property
    def number(self) -> Any:
        return self.value.value if self.value else None


@dataclass(frozen=True)
class Cluster:
    """An area with the seeds in it, in the order of their codes."""

    whole: Seed
    seeds: list[Seed]

    @cached_property
    def _places(self) -> list[packing.Place]:
        return list(packing.places(len(self.seeds)))

    def placed(self) -> Iterator[tuple[Seed, packing.Place]]:
        return zip(self.seeds, self._places, strict=True)

    @property
    def box(self) -> packing.Box:
        return packing.box(self._places)


@dataclass(frozen=True)
class Land:
    """The seeds that have a boundary, as outlines in one picture."""

    view: str
    width: float
    height: float
    parts: list[tuple[Seed, land.Outline]]


@dataclass(frozen=True)
class SeedMap:
    figure: Figure
    period: Period
    area: Area | None
    whole: Seed | None
    clusters: list[Cluster]
    steps: list[Step]
    land: Land | None

    @property
    def unit(self) -> Any:
        return unit_of(self.figure)

    @property
    def period_name(self) -> str:
        return periods.named(self.period)

    @property
    def marks(self) -> set[str]:
        """The kinds of seeds that the legend has to explain."""
        return {seed.mark for cluster in self.clusters for seed in cluster.seeds}

    @property
    def only_above(self) -> bool:
        """Whether there is something, but nothing in any single seed."""
        return bool(self.whole and self.whole.number and self.marks == {"s0"})

    @property
    def beside(self) -> list[Cluster]:
        """What is drawn as seeds: what has no boundary."""
        if self.land is None:
            return self.clusters
        drawn = {seed.area.code for seed, _outline in self.land.parts}
        left = [
            Cluster(each.whole, [seed for seed in each.seeds if seed.area.code not in drawn])
            for each in self.clusters
        ]
        return [each for each in left if each.seeds]


def compute(figure: Figure, period: Period, area: Area | None, user: Any = None) -> SeedMap:
    """The map of an area as `user` may see it, in as many queries whatever there is."""
    if area is None:
        return SeedMap(figure, period, None, None, [], [], None)
    with read_snapshot():
        leaves = _leaves(area, period)
        above = _clusters(leaves, area)
        known = {each.code: each for each in [*leaves, *above.values(), area]}
        scopes = within_each(known, as_of(period))
        values = figure.by_area(period, scopes)
        shapes = shapes_of(leaves)
    public = {
        code: value
        for code, value in values.items()
        if figure.persons and not inside(figure, Over(period, scopes[code]), user)
    }
    few = _few(figure, public, leaves, above, area)
    shades = steps(values[leaf.code].value for leaf in leaves if leaf.code not in few)

    def seed(each: Area) -> Seed:
        value = values[each.code]
        hidden = each.code in few
        mark = "few" if hidden else "none" if value.value is None else f"s{shade(value.value, shades)}"
        records = f"{reverse('figures:records', args=[period, figure.key])}?area={each.code}"
        return Seed(each, None if hidden else value, mark, reverse("area", args=[each.code]), records)

    inner: dict[str, list[Seed]] = {code: [] for code in sorted(above)}
    for leaf in leaves:
        inner[_above(leaf.code, above, area)].append(seed(leaf))
    clusters = [Cluster(seed(above[code]), seeds) for code, seeds in inner.items()]
    return SeedMap(figure, period, area, seed(area), clusters, shades, land_of(clusters, shapes))


def _few(
    figure: Figure, values: dict[str, Value], leaves: list[Area], above: dict[str, Area], area: Area
) -> set[str]:
    """The codes of what is not shown, of values that are those of the public."""
    small = {code for code, value in values.items() if suppressed(figure, value)}
    if not small:
        return small
    parents = {leaf.code: _above(leaf.code, above, area) for leaf in leaves} | dict.fromkeys(above, area.code)
    numbers = {code: value.value for code, value in values.items() if value.value is not None}
    return hiding.hidden(small, numbers, {part: it for part, it in parents.items() if part != it})


def _leaves(area: Area, period: Period) -> list[Area]:
    """The grids of an area as of the period; where there are none or too many, what lies a level higher."""
    there = Area.objects.on(as_of(period)).filter(code__startswith=area.code)
    for level in (GRID, VILLAGE, TOWN):
        found = list(_at(there, level))
        if 0 < len(found) <= MOST_SEEDS:
            return found
    return [area]


def _at(there: QuerySet[Area], level: int) -> QuerySet[Area]:
    return there.filter(code__length=level).order_by("code")[: MOST_SEEDS + 1]


def _clusters(leaves: list[Area], area: Area) -> dict[str, Area]:
    """What the leaves lie in, by code; the area asked for where that is not on record or lies outside."""
    codes = {leaf.code[:-3] for leaf in leaves}
    inside_it = [code for code in codes if code.startswith(area.code)]
    found = {each.code: each for each in Area.objects.filter(code__in=inside_it)}
    if codes - found.keys():
        found[area.code] = area
    return found


def _above(code: str, above: dict[str, Area], area: Area) -> str:
    return code[:-3] if code[:-3] in above else area.code


def shapes_of(leaves: list[Area]) -> dict[str, Boundary]:
    return {each.area_id: each for each in Boundary.objects.filter(area__in=[leaf.code for leaf in leaves])}


def land_of(clusters: list[Cluster], shapes: dict[str, Boundary]) -> Land | None:
    if not shapes:
        return None
    boxes = list(shapes.values())
    frame = land.Frame.around(
        float(min(each.west for each in boxes)),
        float(min(each.south for each in boxes)),
        float(max(each.east for each in boxes)),
        float(max(each.north for each in boxes)),
    )
    parts = [
        (seed, land.drawn(shapes[seed.area.code].geometry, frame))
        for cluster in clusters
        for seed in cluster.seeds
        if seed.area.code in shapes
    ]
    return Land(frame.view, frame.width, frame.height, parts)
