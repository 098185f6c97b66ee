"""Small numbers of persons in a chart along time, and what would give them away.

Whoever knows a quarter and two of its months knows the third: months, quarters, half-years, years and the
period itself are a tree of wholes and parts, as areas are, and so are hidden alike.
"""

import itertools
from dataclasses import replace

from shiliu.core.figures import Figure, Over, Period, Value, suppressed
from shiliu.core.figures.steps import steps
from shiliu.figures import periods
from shiliu.figures.seedmap import hiding

WHOLES = (3, 6, 12)  # months: what a report can be asked for


def not_shown(figure: Figure, asked: Over, parts: list[Period], values: list[Value]) -> set[int]:
    """Which of the parts are hidden, by their place: those of few, and others beside them."""
    known = dict(zip(parts, values, strict=True))
    parents: dict[Period, Period] = {}
    for part in parts:
        chain = [part, *_wholes(part, asked.period)]
        parents |= dict(itertools.pairwise(chain))
    for whole in set(parents.values()) - known.keys():
        known[whole] = figure.at(replace(asked, period=whole))
    names = {period: periods.named(period) for period in known}
    few = {names[period] for period, value in known.items() if suppressed(figure, value)}
    if not few:
        return set()
    numbers = {names[part]: known[part].value for part in parts if known[part].value is not None}
    tree = {names[part]: names[whole] for part, whole in parents.items()}
    found = hiding.hidden(few, numbers, tree)
    return {n for n, part in enumerate(parts) if names[part] in found}


def _wholes(part: Period, period: Period) -> list[Period]:
    """The quarter, half-year, year and period in which a part lies, from small to large."""
    found = []
    for months in WHOLES:
        whole = next(each for each in steps(_years(part), months) if each.start <= part.start <= each.end)
        is_inside = period.start <= whole.start and whole.end <= period.end
        if is_inside and whole not in (part, period) and part.end <= whole.end:
            found.append(whole)
    return found + ([period] if part != period else [])


def _years(part: Period) -> Period:
    return Period(part.start.replace(month=1, day=1), part.end.replace(month=12, day=31))
