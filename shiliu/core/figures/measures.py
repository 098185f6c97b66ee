"""How records are measured."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet


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

    Rows without a value are left out. The database counts each value, which takes one pass and sorts nothing;
    it is meant for fields of few different values, such as whole hours.
    """

    field: str
    additive = False

    def of(self, records: QuerySet) -> Value:
        counted = records.order_by().values_list(self.field).annotate(asked_n=models.Count("pk"))
        found: dict[Any, int] = dict(counted)
        without = found.pop(None, 0)
        n = sum(found.values())
        if not n:
            return Value(None, without, excluded=without)
        low, high = (_at(sorted(found.items()), place) for place in ((n - 1) // 2, n // 2))
        value = low if n % 2 else (Decimal(low) + Decimal(high)) / 2
        return Value(value, n + without, excluded=without)


def _at(counted: list[tuple[Any, int]], place: int) -> Any:
    """The value that stands at a place, from 0, where all are in order."""
    for value, n in counted:
        if place < n:
            return value
        place -= n
    raise IndexError(place)


Grouped = Count | CountDistinct | Sum | Ratio
Measure = Grouped | Median
