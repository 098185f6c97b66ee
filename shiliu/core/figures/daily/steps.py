"""How the days of records add up to a figure.

What happened on a day adds to it. What there is at the end of a day is what had begun, less what had ended:
a stock is a sum over days too, in which what ends is taken away. It ends on the day of its end, or when it
began, if somebody wrote down an end before that.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Greatest

from shiliu.core.fields import ExactDecimalField
from shiliu.core.figures.daily.marks import ANY, Source, sources_of
from shiliu.core.figures.figure import Figure, per
from shiliu.core.figures.measures import Asked, Sum
from shiliu.core.figures.times import InHand, Period, Stock

PARTS = ("n", "value", "denominator", "numerator", "excluded")
Parts = dict[str, Any]
Run = tuple[date, date]
Pair = tuple[str, date]  # a town and a day


@dataclass(frozen=True)
class Step:
    """Records that add to a figure (or take away), each on one day."""

    sign: int
    asked: Asked
    on: Any
    of_moments: bool
    between: Callable[[date, date], Q]
    only: Q = field(default_factory=Q)

    def rows(self, figure: Figure) -> QuerySet:
        return figure.records(ANY).filter(self.only).alias(step_on=self.on)

    def day(self, days: Iterable[date]) -> Any:
        """The day of a row, one of `days`: found by their ends, for to work it out for each row is dear."""
        if not self.of_moments:
            return F("step_on")
        ends = [(day, Period(day, day).after_end) for day in sorted(days)]
        return Case(*(When(step_on__lt=end, then=Value(day, models.DateField())) for day, end in ends))


def steps(figure: Figure) -> list[Step]:
    asked: Asked = figure.measure.asked()  # type: ignore[union-attr]
    begun, *ended = sources_of(figure)
    if not ended:
        return [Step(1, asked, F(begun.on), begun.of_moments, begun.between)]
    end = Greatest(begun.on, ended[0].on, output_field=models.DateTimeField())
    start, between = F(begun.on), _ending(begun, ended[0])
    if isinstance(figure.when, Stock):
        return [Step(1, asked, start, True, begun.between), Step(-1, asked, end, True, between)]
    assert isinstance(figure.when, InHand)  # noqa: S101
    n: Asked = {"n": models.Count("pk")}
    within: Asked = {"numerator": models.Count("pk")}
    return [
        Step(1, n, start, True, begun.between),
        Step(-1, n, end, True, between),
        Step(1, within, end, True, between, figure.when.ended),
    ]


def _ending(begun: Source, ended: Source) -> Callable[[date, date], Q]:
    def between(first: date, last: date) -> Q:
        usual = ended.between(first, last) & Q(**{f"{ended.on}__gte": F(begun.on)})
        return usual | begun.between(first, last) & Q(**{f"{ended.on}__lt": F(begun.on)})

    return between


def of_days(figure: Figure, days: Iterable[date], inside: Q) -> dict[Pair, Parts]:
    """What the records `inside` add on each day of each town; nothing where that is nothing."""
    found: dict[Pair, Counter[str]] = {}
    days = sorted(days)
    spans = runs(days)
    for step in steps(figure):
        on = reduce(or_, (step.between(*run) for run in spans))
        rows = step.rows(figure).filter(on, inside).annotate(on_day=step.day(days))
        for (town, day), parts in per(rows, ("town", "on_day"), step.asked):
            sums = found.setdefault((town, day), Counter())
            for name, n in parts.items():
                sums[name] += step.sign * stored_as(figure, name, n)
    return {pair: parts for pair, parts in found.items() if any(parts.values())}


def of_terms(figure: Figure, terms: dict[Run, set[str]], inside: Q) -> Parts:
    """What the records `inside` add on these days of these towns, all together."""
    total: Counter[str] = Counter()
    for step in steps(figure):
        on = reduce(or_, (step.between(*run) & Q(town__in=towns) for run, towns in terms.items()))
        asked = {f"asked_{name}": each for name, each in step.asked.items()}
        found = step.rows(figure).filter(on, inside).order_by().aggregate(**asked)
        for name in step.asked:
            total[name] += step.sign * stored_as(figure, name, found[f"asked_{name}"])
    return total


def told(figure: Figure, within: Parts, until: Parts) -> Parts:
    """The parts of the measure out of what was added within the period, and from the beginning to its end."""
    names = figure.measure.asked()  # type: ignore[union-attr]
    if isinstance(figure.when, InHand):
        whole = until["n"] + within["numerator"]
        return {name: within["numerator"] if name == "numerator" else whole for name in names}
    parts = within if figure.when.kind == "flow" else until
    return {name: told_as(figure, name, parts[name]) for name in names}


def runs(days: Iterable[date]) -> list[Run]:
    """First and last of days that follow each other."""
    found: list[Run] = []
    for day in sorted(days):
        if found and (day - found[-1][1]).days == 1:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


# A sum of exact decimals is kept as they are: a whole number of the smallest unit.


def _field(figure: Figure, part: str) -> Any:
    if part != "value" or not isinstance(figure.measure, Sum):
        return None
    found = figure.records(ANY).model._meta.get_field(figure.measure.field)
    return found if isinstance(found, ExactDecimalField) else None


def stored_as(figure: Figure, part: str, found: Any) -> int:
    exact = _field(figure, part)
    return int(found if exact is None else exact.get_prep_value(found))


def told_as(figure: Figure, part: str, stored: int) -> Any:
    exact = _field(figure, part)
    return stored if exact is None else exact.from_db_value(stored, None, None)
