"""What every part of the recipe uses: tables, dice, and the town's areas."""

import csv
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")

# The sample goes on for a month after the half-year that the account covers, so that “as of the last day”
# and “within the period” leave something out.
PERIOD_END = date(2023, 6, 30)
LAST_DAY = date(2023, 7, 31)


@dataclass
class Table:
    """One CSV file: the columns by the English names of the import, and rows of as many cells."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def dicts(self) -> list[dict[str, Any]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


Tables = dict[str, Table]


def table(columns: str, rows: list[tuple[Any, ...]]) -> Table:
    """`columns` as one text, separated by spaces."""
    names = tuple(columns.split())
    for row in rows:
        if len(row) != len(names):
            raise ValueError(f"{len(row)} cells for {len(names)} columns: {row}")
    return Table(names, rows)


def cell(value: Any) -> str:
    """A value as the export writes it: local times with their offset, yes and no as true and false."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, time):
        return value.isoformat("minutes")
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def write(path: Path, table: Table) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(table.columns)
        out.writerows([cell(value) for value in row] for row in table.rows)


def read_toml(name: str) -> dict[str, Any]:
    """The texts of the sample, beside this module."""
    return tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))


class Dice:
    """Seeded chance. Uses `Random.random` alone, the one method whose sequence Python promises to keep."""

    def __init__(self, seed: str) -> None:
        self.roll = Random(f"kunhe {seed}").random

    def chance(self, probability: float) -> bool:
        return self.roll() < probability

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self.roll() * (high - low + 1))

    def pick(self, things: Sequence[T]) -> T:
        return things[int(self.roll() * len(things))]

    def weighted(self, things: Sequence[T], weights: Sequence[float]) -> T:
        point = self.roll() * sum(weights)
        for thing, weight in zip(things, weights, strict=True):
            point -= weight
            if point < 0:
                return thing
        return things[-1]

    def day(self, first: date, last: date) -> date:
        return first + timedelta(days=self.between(0, (last - first).days))


@dataclass(frozen=True)
class Community:
    """A village or community. Code, name and urban-rural code are real (as of 2016), the rest is invented."""

    code: str
    name: str
    urban_rural: str
    grids: int
    special: str  # the place that has a grid of its own, the last one
    stem: str  # marks the invented people of this community
    slug: str

    @property
    def is_village(self) -> bool:
        """Rows of courtyards instead of blocks of flats."""
        return self.code[9] == "2"


COUNTY, TOWN = "150203", "150203100"
COMMUNITIES = (
    Community("150203100004", "召庙社区", "111", 18, "石榴市场", "甲", "zhaomiao"),
    Community("150203100005", "北沙梁社区", "111", 17, "石榴公园", "乙", "beishaliang"),
    Community("150203100006", "西河楞社区", "111", 16, "石榴小学", "丙", "xiheleng"),
    Community("150203100007", "丰盈小区社区", "111", 19, "石榴医院", "丁", "fengying"),
    Community("150203100200", "胜利村", "112", 12, "石榴广场", "戊", "shengli"),
    Community("150203100201", "南排村", "112", 11, "石榴集贸点", "己", "nanpai"),
    Community("150203100202", "和平村", "111", 11, "石榴养老院", "庚", "heping"),
)


@dataclass(frozen=True)
class Grid:
    """An invented grid under a code of the standard form: 12 digits of its community, 3 in sequence."""

    code: str
    name: str
    community: Community
    special: str = ""


def grid_of(community: Community, number: int) -> Grid:
    code = f"{community.code}{number:03}"
    if number == community.grids:
        return Grid(code, f"{community.special}专属网格", community, community.special)
    return Grid(code, f"{community.name}第{number}网格", community)


GRIDS = tuple(grid_of(community, n) for community in COMMUNITIES for n in range(1, community.grids + 1))

# A grid that was merged into its neighbour before the period; what was recorded in it keeps its code.
OLD_GRID = Grid("150203100004019", "召庙社区第19网格", COMMUNITIES[0])
ITS_SUCCESSOR = GRIDS[16]
GRIDS_SINCE = date(2022, 1, 1)
MERGED_ON = date(2022, 10, 1)
OLD_GRID_UNTIL = MERGED_ON - timedelta(days=1)


def in_community(community: Community) -> list[Grid]:
    return [grid for grid in GRIDS if grid.community == community]
