"""A period in steps of the calendar: months, quarters, years; and numbers in steps of their size."""

import calendar
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.db.models import Q

from shiliu.core.figures.times import Grouping, Period

MOST = 12  # steps that can be told apart at a glance
MONTH, QUARTER, YEAR = 1, 3, 12
_LENGTHS = (MONTH, QUARTER, YEAR, 5 * YEAR, 10 * YEAR, 50 * YEAR, 100 * YEAR, 1000 * YEAR)


def length(period: Period, least: int = MONTH) -> int:
    """In steps of how many months a period is shown: from `least` on, the first that are at most `MOST`."""
    lengths = [each for each in _LENGTHS if each >= least]
    return next(each for each in lengths if _count(period, each) <= MOST)


def steps(period: Period, months: int) -> list[Period]:
    """A period cut where the calendar begins a month, quarter or year anew: whole days, none left out."""
    first = _number(period.start) // months
    return [_cut(period, n * months, months) for n in range(first, first + _count(period, months))]


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _count(period: Period, months: int) -> int:
    return _number(period.end) // months - _number(period.start) // months + 1


def _cut(period: Period, month: int, months: int) -> Period:
    """The step that begins with a month, as far as it lies in the period."""
    first = date(month // 12, month % 12 + 1, 1) if month >= 12 else date.min
    year, last = divmod(month + months - 1, 12)
    end = date(year, last + 1, calendar.monthrange(year, last + 1)[1]) if year <= date.max.year else date.max
    return Period(max(first, period.start), min(end, period.end))


def buckets(field: str, edges: Sequence[int], labels: Sequence[Any], none: Any) -> Grouping:
    """Rows by the size of a number: below the first edge, from each edge on below the next, from the last on;
    and those without one. labels: one more than there are edges. A group is named by where it begins.
    """
    starts = [None, *edges]
    names = ["0", *map(str, edges), "none"]
    words = dict(zip(names, [*labels, none], strict=True))

    def name(value: Any) -> str:
        return "none" if value is None else names[sum(value >= edge for edge in edges)]

    def q(group: str) -> Q:
        if group == "none":
            return Q(**{f"{field}__isnull": True})
        if group not in names:
            raise LookupError(group)
        n = names.index(group)
        found = Q(**{f"{field}__isnull": False})
        if starts[n] is not None:
            found &= Q(**{f"{field}__gte": starts[n]})
        return found & Q(**{f"{field}__lt": edges[n]}) if n < len(edges) else found

    def told(there: Collection[str]) -> dict[str, Any]:
        return words  # all of them: where there is nothing, that is seen too

    return Grouping((field,), name, q, told, public=True, sizes=True)
