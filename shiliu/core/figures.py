"""A figure is a named queryset and a measure; value and records come from the same queryset.

    register(Figure(
        "works.sewer_laid", _("sewer laid"), "m", part="livelihood",
        records=lambda over: Measurement.objects.filter(item__kind=Kind.SEWER),
        when=Flow("accepted_on"), measure=Sum("accepted"), explain=_("…"),
    ))

`figure.at(scope)` narrows the records to an area and a time and measures them. No view counts by itself.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from shiliu.core.areas import EVERYWHERE, GRID, LEVELS, TOWN, VILLAGE, Scope


@dataclass(frozen=True)
class Period:
    """Whole days, both inclusive."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("a period ends on or after the day it starts")

    @property
    def first_moment(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.start, time.min))

    @property
    def after_end(self) -> datetime:
        """The first moment that is no longer in the period."""
        return timezone.make_aware(datetime.combine(self.end + timedelta(days=1), time.min))


@dataclass(frozen=True)
class Over:
    """What a figure is asked for: a time and an area, and `only` some of the records, such as one group's."""

    period: Period
    area: Scope = EVERYWHERE
    only: Q = field(default_factory=Q)


@dataclass(frozen=True)
class Grouping:
    """How the records of a model fall into groups, whatever their area.

    name: the group of a row with these values of `columns`. q: a group's rows; LookupError for what is none.
    """

    columns: tuple[str, ...]
    name: Callable[..., str]
    q: Callable[[str], Q]


def _is_moment(model: type[models.Model], name: str) -> bool:
    *path, last = name.split("__")
    for step in path:
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]
    return isinstance(model._meta.get_field(last), models.DateTimeField)


def _from(records: QuerySet, name: str, period: Period) -> Q:
    moment = _is_moment(records.model, name)
    return Q(**{f"{name}__gte": period.first_moment if moment else period.start})


def _until(records: QuerySet, name: str, period: Period) -> Q:
    if _is_moment(records.model, name):
        return Q(**{f"{name}__lt": period.after_end})
    return Q(**{f"{name}__lte": period.end})


@dataclass(frozen=True)
class Stock:
    """What there is on the period's last day: begun by then, and not over before its end."""

    since: str = "valid_from"
    until: str | None = "valid_to"
    kind = "stock"

    def narrow(self, records: QuerySet, period: Period) -> QuerySet:
        # “until” is the last day (or moment) on which the thing still is.
        records = records.filter(_until(records, self.since, period))
        if self.until is None:
            return records
        moment = _is_moment(records.model, self.until)
        still = Q(**{f"{self.until}__gte": period.after_end if moment else period.end})
        return records.filter(still | Q(**{f"{self.until}__isnull": True}))


@dataclass(frozen=True)
class ToDate:
    """What happened from the beginning to the period's last day."""

    on: str
    kind = "to_date"

    def narrow(self, records: QuerySet, period: Period) -> QuerySet:
        return records.filter(_until(records, self.on, period))


@dataclass(frozen=True)
class Flow:
    """What happened within the period."""

    on: str
    kind = "flow"

    def narrow(self, records: QuerySet, period: Period) -> QuerySet:
        return records.filter(_from(records, self.on, period), _until(records, self.on, period))


@dataclass(frozen=True)
class Latest:
    """Of counts taken again and again, each counted thing's last one up to the period's last day.

    on: the day of a count. per: what was counted. alive: whether that thing still is.
    """

    on: str
    per: str
    alive: Stock
    kind = "to_date"

    def narrow(self, records: QuerySet, period: Period) -> QuerySet:
        known = records.filter(_until(records, self.on, period))
        later = records.model._default_manager.filter(
            _until(records, self.on, period),
            **{self.per: models.OuterRef(self.per), f"{self.on}__gt": models.OuterRef(self.on)},
        )
        return self.alive.narrow(known, period).exclude(models.Exists(later))


When = Stock | ToDate | Flow | Latest


@dataclass(frozen=True)
class Value:
    """What a measure found. `value` is None where there is nothing to divide or to take a median of."""

    value: int | Decimal | None
    records: int
    numerator: int | None = None
    denominator: int | None = None
    excluded: int | None = None


# What a measure asks the database for, by name. Where `additive`, what is found in parts of an area adds up.
Asked = dict[str, models.Aggregate]
Found = Mapping[str, Any]


@dataclass(frozen=True)
class Count:
    """How many records."""

    additive = True

    def asked(self) -> Asked:
        return {"n": models.Count("pk")}

    def told(self, found: Found) -> Value:
        return Value(found["n"], found["n"])

    def of(self, records: QuerySet) -> Value:
        return self.told({"n": records.count()})


@dataclass(frozen=True)
class CountDistinct:
    """How many different values of `field` the records have (people in teams, say)."""

    field: str
    additive = False

    def asked(self) -> Asked:
        return {"n": models.Count("pk"), "value": models.Count(self.field, distinct=True)}

    def told(self, found: Found) -> Value:
        return Value(found["value"], found["n"])

    def of(self, records: QuerySet) -> Value:
        return self.told(records.order_by().aggregate(**self.asked()))


@dataclass(frozen=True)
class Sum:
    """The exact sum of an integer or ExactDecimalField; 0 of nothing."""

    field: str
    additive = True

    def asked(self) -> Asked:
        return {"n": models.Count("pk"), "value": models.Sum(self.field, default=0)}

    def told(self, found: Found) -> Value:
        return Value(found["value"], found["n"])

    def of(self, records: QuerySet) -> Value:
        return self.told(records.order_by().aggregate(**self.asked()))


@dataclass(frozen=True)
class Ratio:
    """`numerator` among `denominator`, in per cent with one decimal; `excluded` is left out of both."""

    numerator: Q
    denominator: Q = field(default_factory=Q)
    excluded: Q | None = None
    additive = True

    def asked(self) -> Asked:
        base = self.denominator if self.excluded is None else self.denominator & ~self.excluded
        asked = {"n": Q(), "denominator": base, "numerator": base & self.numerator}
        if self.excluded is not None:
            asked["excluded"] = self.excluded
        return {name: models.Count("pk", filter=q or None) for name, q in asked.items()}

    def told(self, found: Found) -> Value:
        value = None
        if found["denominator"]:
            value = (Decimal(found["numerator"]) * 100 / found["denominator"]).quantize(Decimal("0.1"))
        return Value(value, found["n"], found["numerator"], found["denominator"], found.get("excluded", 0))

    def of(self, records: QuerySet) -> Value:
        return self.told(records.order_by().aggregate(**self.asked()))


@dataclass(frozen=True)
class Median:
    """The middle value of an integer or ExactDecimalField, the mean of the two middle ones if even.

    Rows without a value are left out. Ordered by the database and read at the middle: the same on
    SQLite, which has no median, and PostgreSQL.
    """

    field: str
    additive = False

    def of(self, records: QuerySet) -> Value:
        total = records.count()
        having = records.filter(**{f"{self.field}__isnull": False}).order_by(self.field)
        n = having.count()
        if not n:
            return Value(None, total, excluded=total)
        middle = list(having.values_list(self.field, flat=True)[(n - 1) // 2 : n // 2 + 1])
        value = middle[0] if len(middle) == 1 else (Decimal(middle[0]) + Decimal(middle[1])) / 2
        return Value(value, total, excluded=total - n)


Grouped = Count | CountDistinct | Sum | Ratio
Measure = Grouped | Median


@dataclass(frozen=True)
class Figure:
    """A number that the town is asked for.

    key: `app.name`, never reused with another meaning. unit: a word of the account (venue, CNY, m²…).
    part: where the report shows it. records: the rows before area and time are applied. area_path: how a
    row reaches its area columns. persons: a count of persons, small values of which the public does not
    see. listed: whether the public may open its records one by one, those of them that are public. right:
    what staff need to open the records.
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
        for values, parts in _per(rows, grouping.columns, measure):
            _add(sums[grouping.name(*values)], parts)
        return {name: measure.told(parts) for name, parts in sums.items()}


COLUMNS = {TOWN: "town", VILLAGE: "village", GRID: "area"}


def _per(rows: QuerySet, columns: tuple[str, ...], measure: Grouped) -> Iterator[tuple[list[Any], Found]]:
    """What a measure finds in the rows of each combination of values that stands in the columns."""
    asked = {f"asked_{name}": aggregate for name, aggregate in measure.asked().items()}
    for row in rows.order_by().values_list(*columns).annotate(**asked):
        values, parts = row[: len(columns)], row[len(columns) :]
        yield list(values), dict(zip(measure.asked(), parts, strict=True))


def _per_code(rows: QuerySet, column: str, measure: Grouped) -> dict[str, Found]:
    """What a measure finds in the rows of each code that stands in a column."""
    return {code: parts for (code,), parts in _per(rows, (column,), measure) if code}


def _add(sums: dict[str, Any], parts: Found) -> None:
    for name, n in parts.items():
        sums[name] += n


def _added_up(found: Mapping[str, Found], scopes: Mapping[str, Scope], measure: Grouped) -> dict[str, Value]:
    """Each area's value out of what was found per code. A code may count for several areas."""
    inside = defaultdict(list)
    for area, scope in scopes.items():
        for code in scope.codes:
            inside[code].append(area)
    everywhere = [area for area, scope in scopes.items() if scope.everywhere]
    sums: dict[str, dict[str, Any]] = {area: dict.fromkeys(measure.asked(), 0) for area in scopes}
    for code, parts in found.items():
        within = [area for length in LEVELS if length <= len(code) for area in inside.get(code[:length], ())]
        for area in within + everywhere:
            _add(sums[area], parts)
    return {area: measure.told(parts) for area, parts in sums.items()}


FIGURES: dict[str, Figure] = {}
PUBLIC_FIELDS: dict[type[models.Model], tuple[str, ...]] = {}
PUBLIC_ROWS: dict[type[models.Model], Q] = {}
GROUPINGS: dict[tuple[type[models.Model], str], Grouping] = {}  # by a name that stands in addresses
SMALL = 5


def register(*figures: Figure) -> None:
    for figure in figures:
        if figure.key in FIGURES:
            raise ValueError(f"figure {figure.key} is registered twice")
        FIGURES[figure.key] = figure


def publish(model: type[models.Model], fields: Iterable[str], *, only: Q | None = None) -> None:
    """Allow these fields of a model's rows in public drill-downs, and no others; and `only` those rows."""
    PUBLIC_FIELDS[model] = tuple(fields)
    if only is not None:
        PUBLIC_ROWS[model] = only


def suppressed(figure: Figure, value: Value) -> bool:
    """Whether the public must not see this value: a small count of persons (fewer than `SMALL`), or a rate
    of so few.
    """
    persons: int | Decimal = value.records
    if isinstance(figure.measure, CountDistinct) and value.value is not None:
        persons = value.value
    elif value.denominator is not None:
        persons = value.denominator
    return figure.persons and 0 < persons < SMALL
