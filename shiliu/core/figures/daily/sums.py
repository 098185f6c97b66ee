"""The sums of days: made for what has a mark, compared with the records."""

import random
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date

from django.db import connection, models, transaction
from django.db.models import Q

from shiliu.core.figures.daily.marks import Source, digest, distrust, sources, sources_of
from shiliu.core.figures.daily.steps import PARTS, Pair, of_days
from shiliu.core.figures.figure import Figure
from shiliu.core.figures.registry import FIGURES
from shiliu.core.models import DailyFigure, DailyMark, DailySum
from shiliu.core.snapshot import read_snapshot

DAYS = 7  # so many in one transaction: on SQLite others wait for it
MARKS = 2000
_LOCK = 0x5111_DA11


def settle(seconds: float | None = None) -> int:
    """Compute anew what has a mark, for so long; returns how many days of a source were done."""
    began, done = time.monotonic(), 0
    its = list(sources().values())
    _meet(its)
    for source in its:
        _spell_out(source)
        while seconds is None or time.monotonic() - began < seconds:
            days = _settle_some(source)
            done += days
            if not days:
                break
    return done


@contextmanager
def _alone() -> Iterator[None]:
    """A transaction in which nobody else settles. On PostgreSQL others write records meanwhile: marks are
    read before records, so what is missed has a mark that stays.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        yield


def _meet(its: list[Source]) -> None:
    """Figures that are new or defined otherwise than their sums were made for, and those that are no more."""
    known = dict(DailyFigure.objects.values_list("key", "digest"))
    now = {figure.key: digest(figure) for source in its for figure in source.figures()}
    for source in its:
        other = [figure.key for figure in source.figures() if known.get(figure.key) != now[figure.key]]
        if other:
            with _alone():
                DailySum.objects.filter(figure__in=other).delete()
                for key in other:
                    DailyFigure.objects.update_or_create(key=key, defaults={"digest": now[key]})
                distrust(source)
    if gone := known.keys() - now.keys():
        with _alone():
            DailySum.objects.filter(figure__in=gone).delete()
            DailyFigure.objects.filter(key__in=gone).delete()


def _spell_out(source: Source) -> None:
    """In the place of a mark on everything, one on each day of a town that has records or sums.

    What changes meanwhile has its own mark.
    """
    whole = list(DailyMark.objects.filter(source=source.name, town="").values_list("pk", flat=True))
    if not whole:
        return
    with read_snapshot():
        pairs = source.pairs()
        kept = DailySum.objects.filter(figure__in=[figure.key for figure in source.figures()])
        pairs |= set(kept.order_by().values_list("town", "day").distinct())
    with _alone():
        made = (DailyMark(source=source.name, town=town, day=day) for town, day in sorted(pairs))
        DailyMark.objects.bulk_create(made, batch_size=MARKS)
        DailyMark.objects.filter(pk__in=whole).delete()


def _settle_some(source: Source) -> int:
    """The first days that have marks, in one transaction: it takes away only the marks that it read first."""
    with _alone():
        waiting = DailyMark.objects.filter(source=source.name).exclude(town="").order_by("day", "town", "pk")
        found = [(pk, town, day) for pk, town, day in waiting.values_list("pk", "town", "day")[:MARKS] if day]
        marked = sorted({day for _pk, _town, day in found})[:DAYS]
        taken = [pk for pk, _town, day in found if day in marked]
        towns = {town for _pk, town, day in found if day in marked}
        days = set().union(*map(source.days, marked))
        if not taken:
            return 0
        figures = source.figures()
        old = DailySum.objects.filter(figure__in=[figure.key for figure in figures])
        old.filter(town__in=towns, day__in=days).delete()
        made = [each for figure in figures for each in _made(figure, days, Q(town__in=towns))]
        DailySum.objects.bulk_create(made, batch_size=MARKS)
        DailyMark.objects.filter(pk__in=taken).delete()
    return len(marked)


def _made(figure: Figure, days: Iterable[date], inside: Q) -> Iterator[DailySum]:
    for (town, day), added in of_days(figure, days, inside).items():
        yield DailySum(figure=figure.key, town=town, day=day, **added)


# Comparing ------------------------------------------------------------------------------------------------


def differences(days: Iterable[date] | None = None) -> Iterator[tuple[str, str, date]]:
    """Figure, town and day of each sum that is not what the records say, though nothing marks it.

    days: only these, which `shiliu doctor` does; else all that have records or sums.
    """
    for figure in [figure for figure in FIGURES.values() if figure.daily]:
        chosen = _all_days(figure) if days is None else sorted(days)
        for start in range(0, len(chosen), DAYS):
            with read_snapshot():
                yield from _differing(figure, set(chosen[start : start + DAYS]))


def some_days(n: int) -> list[date]:
    """So many days drawn from those between the first and the last that have sums, or all there are."""
    ends = DailySum.objects.aggregate(first=models.Min("day"), last=models.Max("day"))
    if ends["first"] is None:
        return []
    days = range(ends["first"].toordinal(), ends["last"].toordinal() + 1)
    return [date.fromordinal(day) for day in random.sample(days, min(n, len(days)))]


def _all_days(figure: Figure) -> list[date]:
    days = set(DailySum.objects.filter(figure=figure.key).order_by().values_list("day", flat=True).distinct())
    for source in sources_of(figure):
        days |= {day for _town, marked in source.pairs() for day in source.days(marked)}
    return sorted(days)


def _differing(figure: Figure, days: set[date]) -> list[tuple[str, str, date]]:
    if not DailyFigure.objects.filter(key=figure.key, digest=digest(figure)).exists():
        return []
    changed: set[Pair] = set()
    for source in sources_of(figure):
        marked = source.changed()
        if marked is None:
            return []
        changed |= marked
    sums = DailySum.objects.filter(figure=figure.key, day__in=days)
    kept, true = (
        {(each.town, each.day): _parts(each) for each in them} for them in (sums, _made(figure, days, Q()))
    )
    wrong = {pair for pair in kept.keys() | true.keys() if kept.get(pair) != true.get(pair)} - changed
    return [(figure.key, town, day) for town, day in sorted(wrong)]


def _parts(of: DailySum) -> tuple[int, ...]:
    return tuple(getattr(of, name) for name in PARTS)
