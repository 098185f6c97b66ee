"""What stands behind a figure, day by day: a digest of the records of each day, over what the measure reads.

A record's line is the JSON of its primary key, its area's code, its day and what the measure takes of it;
its mark is the SHA-256 of that line, and the digest of a day is the SHA-256 over the marks of its records in
the order of their keys. The day is the one by which the figure counts: of a flow the day it happened, of
what there is the day since which it is. So a record that is changed in what the figure does not read changes
nothing here, and one that moves to another day changes two.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When
from django.utils import timezone

from shiliu.core.figures import CountDistinct, Figure, Median, Over, Period, Ratio, Sum
from shiliu.core.figures.times import is_moment

CHUNK = 2000
KEPT = 1000  # of a day with more records than this, it is not kept which they were
KEPT_IN_ALL = 20_000  # nor of what comes after so many records of one figure
MARK = 32  # bytes of a record's mark
KEY = 8  # bytes of its key

Marks = dict[int, bytes]


@dataclass
class Day:
    """The records of one day: how many, their digest, and their marks where they are few enough to be kept.

    whole: whether the marks of all of them are kept.
    """

    records: int = 0
    sum: Any = field(default_factory=hashlib.sha256)
    kept: bytearray = field(default_factory=bytearray)
    whole: bool = True

    def add(self, pk: int, mark: bytes, *, keep: bool) -> None:
        self.records += 1
        self.sum.update(mark)
        if self.whole and keep and self.records <= KEPT:
            self.kept += pk.to_bytes(KEY, "big") + mark
        elif self.whole:
            self.whole = False
            self.kept.clear()

    @property
    def digest(self) -> str:
        return str(self.sum.hexdigest())

    @property
    def told(self) -> list[Any]:
        """As it stands in a signed document."""
        return [self.records, self.digest]


def by_day(figure: Figure, over: Over) -> dict[date, Day]:
    """Every day that has records of the figure. Memory grows with the days, not with the records."""
    days: dict[date, Day] = {}
    for n, (pk, day, mark) in enumerate(_marked(figure, over)):
        days.setdefault(day, Day()).add(pk, mark, keep=n < KEPT_IN_ALL)
    return dict(sorted(days.items()))


def marks(figure: Figure, over: Over, day: date) -> Marks:
    """The records of one day with their marks, as they are now."""
    return {pk: mark for pk, _day, mark in _marked(figure, on(figure, over, day))}


def read_marks(kept: bytes) -> Marks:
    """What `Day.kept` holds."""
    width = KEY + MARK
    rows = (kept[at : at + width] for at in range(0, len(kept), width))
    return {int.from_bytes(row[:KEY], "big"): row[KEY:] for row in rows}


def on(figure: Figure, over: Over, day: date) -> Over:
    """The same figure, of the records of one of its days only."""
    name, one = figure.when.counts_by, Period(day, day)
    if is_moment(figure.records(over).model, name):
        only = Q(**{f"{name}__gte": one.first_moment, f"{name}__lt": one.after_end})
    else:
        only = Q(**{name: day})
    return replace(over, only=over.only & only)


def _marked(figure: Figure, over: Over) -> Iterator[tuple[int, date, bytes]]:
    """Key, day and mark of each record that the figure counts, in the order of the keys."""
    rows, measured = _measured(figure, figure.rows(over))
    columns = ("pk", f"{figure.area_path}area", figure.when.counts_by, *measured)
    stored = rows.order_by("pk").values_list(*columns)
    for pk, area, moment, *values in stored.iterator(chunk_size=CHUNK):
        day = timezone.localdate(moment) if isinstance(moment, datetime) else moment
        line = json.dumps([pk, area, day.isoformat(), *map(_plain, values)], separators=(",", ":"))
        yield pk, day, hashlib.sha256(line.encode()).digest()


def _measured(figure: Figure, rows: QuerySet) -> tuple[QuerySet, list[str]]:
    """The rows with what the measure takes of each, and the names of that."""
    measure = figure.measure
    if isinstance(measure, (CountDistinct, Sum, Median)):
        return rows, [measure.field]
    if isinstance(measure, Ratio):
        asked = {"n": measure.numerator, "d": measure.denominator, "x": measure.excluded}
        said = {f"digest_{name}": _is(q) for name, q in asked.items() if q is not None}
        return rows.annotate(**said), list(said)
    return rows, []


def _is(q: Q) -> Case | Value:
    true = Value(True, BooleanField())
    return Case(When(q, then=true), default=Value(False), output_field=BooleanField()) if q else true


def _plain(value: Any) -> Any:
    return format(value, "f") if isinstance(value, Decimal) else value
