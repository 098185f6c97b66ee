"""What went into the grid groups, article by article, and which groups opened it.

Grid workers post into WeChat groups, mostly within the working day; a bot writes into those of WeCom at once.
Of the two newest articles a few groups have nothing yet, so that "who has not got it" has something to show.
"""

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

from recipe.base import Dice
from recipe.office import at, daytime_moment

Row = tuple[Any, ...]
ARRIVED = ("sent", "posted")
PUBLISHED = time(9, 30)
BUSY = 0.15  # of the workers come to it on the next day only
NEVER = 0.12  # of the groups open hardly anything
# By article and group: what a bot could not send, or what still waits for its worker.
LACKING = {
    ("before-the-rain", "Q004001"): "prepared",
    ("before-the-rain", "Q006005"): "prepared",
    ("summer-water-safety", "Q004001"): "prepared",
}
REFUSED = {"before-the-rain": "failed", "summer-water-safety": "unclear"}  # of the first group with a bot


def deliveries(articles: list[dict[str, Any]], groups: list[Row]) -> list[Row]:
    """One of each article for each group that there was on its day."""
    dice = Dice("deliveries")
    rows: list[Row] = []
    for article in articles:
        code, day = article["code"], article["published_on"]
        made, refused = at(day, PUBLISHED), REFUSED.get(article["code"])
        for group, _name, service, _area, since, until in groups:
            if not since <= day <= (until or day):
                continue
            state, arrived = _arrived(made, service, dice)
            if service == "wecom" and refused:
                state, refused = refused, None
            state = LACKING.get((code, group), state)
            rows.append((code, group, state, made, arrived if state in ARRIVED else None))
    return rows


def _arrived(made: datetime, service: str, dice: Dice) -> tuple[str, datetime]:
    if service == "wecom":
        return "sent", made + timedelta(seconds=dice.between(5, 240))
    minutes = dice.between(20, 500) + (24 * 60 if dice.chance(BUSY) else 0)
    return "posted", daytime_moment(made + timedelta(minutes=minutes))


def opened(reads: list[Row], delivered: list[Row]) -> tuple[list[Row], list[Row]]:
    """The reads by link, told by group: what is left of `reads`, and rows of groups that had it by then."""
    dice = Dice("opened")
    eager = {group: 0.0 if dice.chance(NEVER) else 0.2 + dice.roll() for _article, group, *_rest in delivered}
    there: dict[str, list[tuple[date, str]]] = {}
    for article, group, _state, _made, arrived in delivered:
        if arrived and eager[group]:
            there.setdefault(article, []).append((arrived.date(), group))
    kept: list[Row] = []
    rows: list[Row] = []
    for article, day, source, n in reads:
        had = [group for arrived, group in there.get(article, []) if arrived <= day]
        if source != "group" or not had:
            kept.append((article, day, source, n))
            continue
        weights = [eager[group] for group in had]
        counted = Counter(dice.weighted(had, weights) for _n in range(n))
        rows += [(article, day, group, counted[group]) for group in sorted(counted)]
    return kept, rows
