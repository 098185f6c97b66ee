"""A figure: records, a time, a measure."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Case, IntegerField, QuerySet
from django.db.models import Value as Constant
from django.db.models import When as If
from django.utils.functional import lazy

from shiliu.core.areas import EVERYWHERE, GRID, LEVELS, TOWN, VILLAGE, Scope
from shiliu.core.figures.measures import Asked, Found, Grouped, Measure, Median, Value
from shiliu.core.figures.times import Flow, Grouping, Over, Period, When


@dataclass(frozen=True)
class Figure:
    """A number that the town is asked for.

    key: `app.name`, never reused with another meaning. unit: a word of the account (venue, CNY, m²…).
    part: where the report shows it. records: the rows before area and time are applied. area_path: how a
    row reaches its area columns. persons: a count of persons, small values of which the public does not
    see. listed: whether the public may open its records one by one, those of them that are public. right:
    what staff need to open the records. explain, without: what counts, and what does not. since, instead_of:
    where the meaning of a figure changed, the day from which this one says it, and the key of that one.
    daily: its sums of each day are kept (`core.figures.daily`); which rows it has depends on their own table
    alone, and not on what is asked for. moves: how it changes as time passes with the same records, also
    where its period is over; "" for one that does not. It asks `Over.now` what time it is, and nothing else.
    """

    key: str
    label: Any
    unit: str
    part: str
    records: Callable[["Over"], QuerySet]
    when: When
    measure: Measure
    explain: Any
    area_path: str = ""
    persons: bool = False
    listed: bool = True
    right: str = ""
    daily: bool = False
    without: Any = ""
    since: date | None = None
    instead_of: str = ""
    moves: Any = ""

    @property
    def meaning(self) -> Any:
        """What counts and what does not, in the language of whoever reads it."""
        return _meaning(self)

    def rows(self, over: Over) -> QuerySet:
        """The records that the figure counts, for its value and for the page that shows them."""
        return self.when.narrow(
            self.records(over).filter(over.area.q(self.area_path), over.only), over.period
        )

    def at(self, over: Over) -> Value:
        return self.measure.of(self.rows(over))

    def by_area(self, period: Period, scopes: Mapping[str, Scope]) -> dict[str, Value]:
        """The values of many areas: for each code, what `at` gives for its scope.

        Additive measures take one query, whatever the scopes are. Different values take one for each
        level, and one for each area that has predecessors. The median takes one for each area.
        """
        if isinstance(self.measure, Median):
            return {code: self.at(Over(period, scope)) for code, scope in scopes.items()}
        together = [scope for scope in scopes.values() if scope.everywhere]
        union = EVERYWHERE if together else Scope.of(one for scope in scopes.values() for one in scope.codes)
        rows = self.rows(Over(period, union))
        if self.measure.additive:
            return _added_up(_per_code(rows, f"{self.area_path}area", self.measure), scopes, self.measure)
        plain = {code for code, scope in scopes.items() if scope.codes == {code} and len(code) in COLUMNS}
        values = {code: self.at(Over(period, scopes[code])) for code in scopes.keys() - plain}
        for level in {len(code) for code in plain}:
            found = _per_code(rows, f"{self.area_path}{COLUMNS[level]}", self.measure)
            nothing = dict.fromkeys(self.measure.asked(), 0)
            at_level = (code for code in plain if len(code) == level)
            values |= {code: self.measure.told(found.get(code, nothing)) for code in at_level}
        return values

    def by(self, over: Over, grouping: Grouping) -> dict[str, Value]:
        """The value of each group that has records: what `at` gives `only` for that group.

        Additive measures take one query, the others one for each group and one more.
        """
        rows, measure = self.rows(over), self.measure
        if isinstance(measure, Median) or not measure.additive:
            there = rows.order_by().values_list(*grouping.columns).distinct()
            names = {grouping.name(*each) for each in there}
            return {name: self.at(replace(over, only=over.only & grouping.q(name))) for name in names}
        sums: dict[str, dict[str, Any]] = defaultdict(lambda: dict.fromkeys(measure.asked(), 0))
        for values, parts in per(rows, grouping.columns, measure.asked()):
            _add(sums[grouping.name(*values)], parts)
        return {name: measure.told(parts) for name, parts in sums.items()}

    def by_time(
        self, over: Over, parts: Sequence[Period], grouping: Grouping | None = None
    ) -> dict[str, list[Value]]:
        """The values in each of a period's parts, which follow each other without a gap: as `at` gives them.

        With a grouping, of each group that has records in any part; else under the name "". What adds up
        over time takes one query, anything else one for each part.
        """
        if isinstance(self.measure, Median) or not self.measure.additive or not isinstance(self.when, Flow):
            return self._part_by_part(over, parts, grouping)
        rows = self.rows(replace(over, period=Period(parts[0].start, parts[-1].end)))
        steps = [If(self.when.within(rows, part), Constant(n)) for n, part in enumerate(parts)]
        rows = rows.annotate(step=Case(*steps, output_field=IntegerField()))
        nothing = dict.fromkeys(self.measure.asked(), 0)
        sums: dict[str, list[dict[str, Any]]] = defaultdict(lambda: [dict(nothing) for _part in parts])
        if grouping is None:
            sums[""] = [dict(nothing) for _part in parts]
        columns = grouping.columns if grouping else ()
        for (*values, step), found in per(rows, (*columns, "step"), self.measure.asked()):
            _add(sums[grouping.name(*values) if grouping else ""][step], found)
        return {name: [self.measure.told(each) for each in found] for name, found in sums.items()}

    def _part_by_part(
        self, over: Over, parts: Sequence[Period], grouping: Grouping | None
    ) -> dict[str, list[Value]]:
        """The same, each part by itself."""
        if grouping is None:
            return {"": [self.at(replace(over, period=part)) for part in parts]}
        found = [self.by(replace(over, period=part), grouping) for part in parts]
        return {
            name: [
                each[name]
                if name in each
                else self.at(replace(over, period=part, only=over.only & grouping.q(name)))
                for part, each in zip(parts, found, strict=True)
            ]
            for name in {name for each in found for name in each}
        }


def _both(figure: Figure) -> str:
    counts = str(figure.explain)
    return f"{counts}{'' if counts.endswith('。') else ' '}{figure.without}".rstrip()


_meaning = lazy(_both, str)
COLUMNS = {TOWN: "town", VILLAGE: "village", GRID: "area"}


def per(rows: QuerySet, columns: tuple[str, ...], asked: Asked) -> Iterator[tuple[list[Any], Found]]:
    """What is asked, of the rows of each combination of values that stands in the columns."""
    named = {f"asked_{name}": aggregate for name, aggregate in asked.items()}
    for row in rows.order_by().values_list(*columns).annotate(**named):
        values, parts = row[: len(columns)], row[len(columns) :]
        yield list(values), dict(zip(asked, parts, strict=True))


def _per_code(rows: QuerySet, column: str, measure: Grouped) -> dict[str, Found]:
    """What a measure finds in the rows of each code that stands in a column."""
    return {code: parts for (code,), parts in per(rows, (column,), measure.asked()) if code}


def _add(sums: dict[str, Any], parts: Found) -> None:
    for name, n in parts.items():
        sums[name] += n


def _added_up(found: Mapping[str, Found], scopes: Mapping[str, Scope], measure: Grouped) -> dict[str, Value]:
    """Each area's value out of what was found per code. A code may count for several areas."""
    nothing = dict.fromkeys(measure.asked(), 0)
    none = measure.told(nothing)
    # Of thousands of grids nearly all are themselves alone, and nothing lies deeper.
    alone = {area for area, scope in scopes.items() if len(area) == GRID and scope.codes == {area}}
    values = {area: measure.told(found[area]) if area in found else none for area in alone}
    scopes = {area: scope for area, scope in scopes.items() if area not in alone}
    if not scopes:
        return values
    inside = defaultdict(list)
    for area, scope in scopes.items():
        for code in scope.codes:
            inside[code].append(area)
    everywhere = [area for area, scope in scopes.items() if scope.everywhere]
    sums: dict[str, dict[str, Any]] = {area: dict(nothing) for area in scopes}
    for code, parts in found.items():
        within = [area for length in LEVELS if length <= len(code) for area in inside.get(code[:length], ())]
        for area in within + everywhere:
            _add(sums[area], parts)
    return values | {area: measure.told(parts) for area, parts in sums.items()}
