"""The values of many figures at many times, out of sums where these are what the records say."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet, Sum

from shiliu.core.areas import TOWN, Scope
from shiliu.core.figures.daily.marks import Source, digest, sources_of
from shiliu.core.figures.daily.steps import PARTS, Pair, Parts, Run, of_terms, runs, told
from shiliu.core.figures.figure import Figure
from shiliu.core.figures.measures import Value
from shiliu.core.figures.times import Flow, InHand, Over
from shiliu.core.models import DailyFigure, DailySum

MOST_MARKS = 2000  # of a source; more, and its records are asked
MOST_TERMS = 60  # towns and days that are asked for apart; more, and the records are asked for all
Dirty = Mapping[Source, set[Pair] | None]


def values(figures: Iterable[Figure], overs: Sequence[Over]) -> list[dict[str, Value]]:
    """For each of `overs`, the value of each figure by its key: what `Figure.at` gives.

    To be asked inside `read_snapshot`. Sums serve towns and counties; what lies deeper has few records.
    """
    all_ = list(figures)
    known = dict(DailyFigure.objects.values_list("key", "digest")) if any(each.daily for each in all_) else {}
    summed = [figure for figure in all_ if figure.daily and known.get(figure.key) == digest(figure)]
    sources = {source for figure in summed for source in sources_of(figure)}
    dirty = {source: source.changed(MOST_MARKS) for source in sources}
    found = []
    for over in overs:
        parts = _summed(summed, over, dirty)
        found.append({
            figure.key: figure.measure.told(parts[figure.key])  # type: ignore[union-attr]
            if figure.key in parts
            else figure.at(over)
            for figure in all_
        })  # fmt: skip
    return found


def _summed(figures: list[Figure], over: Over, dirty: Dirty) -> dict[str, Parts]:
    """The parts of those whose sums serve, by key."""
    wide, deep = _split(over.area)
    terms = {figure.key: _terms(figure, over, wide, dirty) for figure in figures}
    served = [figure for figure in figures if terms[figure.key] is not None]
    if not wide or over.only or not served:
        return {}
    cut = {first: _since(served, first, over, wide, terms) for first in (over.period.start, date.min)}
    found = {}
    for figure in served:
        parts = told(figure, cut[over.period.start][figure.key], cut[date.min][figure.key])
        if deep:
            for name, more in _of_records(figure, Over(over.period, deep)).items():
                parts[name] += more
        found[figure.key] = parts
    return found


def _split(area: Scope) -> tuple[Scope, Scope]:
    """What sums are kept for, and the rest: of an area that has become another in part."""
    wide = frozenset(code for code in area.codes if len(code) <= TOWN)
    return Scope(wide, area.everywhere), Scope(area.codes - wide)


def _terms(figure: Figure, over: Over, wide: Scope, dirty: Dirty) -> dict[Run, set[str]] | None:
    """The changed days that may count, as few terms as may be; None where there are too many."""
    by_town = defaultdict(set)
    first = over.period.start if isinstance(figure.when, Flow) else date.min
    for source in sources_of(figure):
        marked = dirty[source]
        if marked is None:
            return None
        for town, day in marked:
            if first <= day <= over.period.end and town in wide:
                by_town[town].add(day)
    terms = defaultdict(set)
    for town, days in by_town.items():
        for run in runs(days):
            terms[run].add(town)
    return terms if len(terms) <= MOST_TERMS else None


def _since(
    figures: list[Figure],
    first: date,
    over: Over,
    wide: Scope,
    terms: Mapping[str, dict[Run, set[str]] | None],
) -> dict[str, Parts]:
    """What was added from a day to the period's end, of the figures that look back so far: all sums, less
    those of changed days, and what the records say of these.
    """
    asked = [figure for figure in figures if _looks(figure, first == date.min)]
    kept = DailySum.objects.filter(wide.q(), day__range=(first, over.period.end))
    found: dict[str, Parts] = defaultdict(Counter) | _by_figure([figure.key for figure in asked], kept)
    for figure in asked:
        changed = _within(terms[figure.key] or {}, first)
        if changed:
            of_sums = reduce(or_, (Q(town__in=towns, day__range=run) for run, towns in changed.items()))
            old = _by_figure([figure.key], kept.filter(of_sums)).get(figure.key, Counter())
            new = of_terms(figure, changed, wide.q())
            found[figure.key] = {name: found[figure.key][name] - old[name] + new[name] for name in PARTS}
    return found


def _looks(figure: Figure, back: bool) -> bool:
    return isinstance(figure.when, InHand) or isinstance(figure.when, Flow) != back


def _within(terms: dict[Run, set[str]], first: date) -> dict[Run, set[str]]:
    """What of the terms is not before a day."""
    cut: dict[Run, set[str]] = defaultdict(set)
    for (start, end), towns in terms.items():
        if end >= first:
            cut[max(start, first), end] |= towns
    return cut


def _by_figure(keys: list[str], kept: QuerySet[DailySum]) -> dict[str, Parts]:
    sums = [Sum(name) for name in PARTS]
    rows = kept.filter(figure__in=keys).order_by().values_list("figure").annotate(*sums)
    return {key: dict(zip(PARTS, added, strict=True)) for key, *added in rows}


def _of_records(figure: Figure, over: Over) -> Parts:
    asked = figure.measure.asked()  # type: ignore[union-attr]
    found = figure.rows(over).order_by().aggregate(**{f"asked_{name}": each for name, each in asked.items()})
    return {name: found[f"asked_{name}"] for name in asked}
