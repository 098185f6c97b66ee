"""One service over the grids as a seed map: how each is drawn says what the matrix says in words."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import pgettext

from shiliu.core.matrix import Mark, Service
from shiliu.figures.matrix.table import WORDS, Cell, Table
from shiliu.figures.seedmap import asking
from shiliu.figures.seedmap.asking import MOST_SEEDS, Cluster, Land
from shiliu.grid.models import Area

MOST = MOST_SEEDS
# Thin ones are hatched, where there is nothing the outline is broken and the seed empty.
CLASSES = {Mark.ENOUGH: "enough", Mark.THIN: "thin", Mark.NONE: "none", Mark.UNJUDGED: "s0"}


@dataclass(frozen=True)
class Seed:
    """A grid as it is drawn: what `seedmap` asks of a seed."""

    area: Area
    cell: Cell

    @property
    def mark(self) -> str:
        return CLASSES[self.cell.mark]

    @property
    def number(self) -> Any:
        return self.cell.number

    @property
    def said(self) -> str:
        return pgettext("area: value", "%(area)s: %(value)s") % {
            "area": self.area.name,
            "value": self.cell.in_words,
        }


@dataclass(frozen=True)
class Whole:
    """A community around its seeds. It has no value of its own here."""

    name: str
    address: str


@dataclass(frozen=True)
class Picture:
    """The seeds in their clusters. land: those whose boundary is known, by it."""

    service: Service
    clusters: list[Any]
    land: Land | None

    @property
    def beside(self) -> list[Any]:
        """What has no boundary, and is drawn as seeds."""
        drawn = {seed.area.code for seed, _outline in self.land.parts} if self.land else set()
        left = [
            Cluster(each.whole, [seed for seed in each.seeds if seed.area.code not in drawn])
            for each in self.clusters
        ]
        return [each for each in left if each.seeds]

    @property
    def legend(self) -> list[tuple[str, Any]]:
        """The marks that occur, with their words."""
        there = {seed.cell.mark for cluster in self.clusters for seed in cluster.seeds}
        return [(CLASSES[mark], WORDS[mark]) for mark in Mark if mark in there]


def draw(table: Table) -> Picture:
    """A table of one service as a picture."""
    clusters: list[Any] = []
    for community in table.communities:
        seeds: list[Any] = [Seed(row.grid, row.cells[0]) for row in community.rows]
        clusters.append(Cluster(Whole(community.name, community.address), seeds))  # type: ignore[arg-type]
    shapes = asking.shapes_of([row.grid for row in table.rows])
    return Picture(table.services[0], clusters, asking.land_of(clusters, shapes))
