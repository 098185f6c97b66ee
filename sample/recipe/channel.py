"""The online platform: columns, articles and their reads, grid groups, their members and what went there."""

import json
from datetime import date, timedelta
from typing import Any

from recipe import deliveries
from recipe.base import (
    GRIDS,
    LAST_DAY,
    OLD_GRID,
    OLD_GRID_UNTIL,
    PERIOD_END,
    TOWN,
    Dice,
    Grid,
    Tables,
    read_toml,
    table,
)

TEXTS = read_toml("articles.toml")
ARTICLES: list[dict[str, Any]] = TEXTS["article"]

SOURCES = {"official": 11, "group": 7, "own": 2}  # where readers come from, relative to each other
READ_FOR = timedelta(days=44)
SECOND_GROUPS = (7, 58, 66)  # big grids, by index, that have a second group
TEMPORARY_GROUP = 57
TEMPORARY_UNTIL = date(2023, 4, 30)
COUNTED = [date(2022, 12, 20), date(2023, 3, 22), date(2023, 6, 20), date(2023, 7, 20)]


def _cells(published_on: date, first: date, last: date, dice: Dice) -> list[tuple[date, str, float]]:
    """Days and sources with a weight each: many reads at first, fewer day by day, more on weekends."""
    cells = []
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        age = (day - published_on).days
        for source, share in SOURCES.items():
            busy = 1.3 if day.weekday() >= 5 else 1.0
            cells.append((day, source, share * busy * (0.6 + 0.8 * dice.roll()) / (age + 1.5)))
    return cells


def spread(total: int, cells: list[tuple[date, str, float]]) -> list[tuple[date, str, int]]:
    """Whole numbers in proportion to the weights that add up to `total` (largest remainders), no zeros."""
    whole = sum(weight for *_cell, weight in cells)
    shares = [total * weight / whole for *_cell, weight in cells]
    reads = [int(share) for share in shares]
    by_remainder = sorted(range(len(cells)), key=lambda n: (reads[n] - shares[n], n))
    for n in by_remainder[: total - sum(reads)]:
        reads[n] += 1
    return [(day, source, n) for (day, source, _weight), n in zip(cells, reads, strict=True) if n]


def _reads() -> list[tuple[Any, ...]]:
    dice = Dice("reads")
    rows = []
    for article in ARTICLES:
        code, since = article["code"], article["published_on"]
        last = min(since + READ_FOR, LAST_DAY)
        until = min(last, PERIOD_END)
        if since <= until:
            rows += [(code, *row) for row in spread(article["reads"], _cells(since, since, until, dice))]
        after = max(since, PERIOD_END + timedelta(days=1))
        later = _cells(since, after, last, dice) if after <= last else []
        rows += [(code, day, source, int(4 * weight)) for day, source, weight in later if weight >= 0.25]
    return rows


def _groups() -> list[tuple[Any, ...]]:
    dice = Dice("groups")

    def group(grid: Grid, code: str, suffix: str, since: date, until: date | None = None) -> tuple[Any, ...]:
        service = "wecom" if dice.chance(0.12) else "wechat"
        return (f"Q{grid.code[9:]}{code}", f"{grid.name}{suffix}", service, grid.code, since, until)

    rows = [group(grid, "", "居民群", dice.day(date(2022, 1, 5), date(2022, 11, 20))) for grid in GRIDS]
    rows += [group(GRIDS[n], "B", "居民二群", date(2023, 2, 15)) for n in SECOND_GROUPS]
    rows.append(group(GRIDS[TEMPORARY_GROUP], "T", "临时通知群", date(2022, 10, 12), TEMPORARY_UNTIL))
    rows.append(group(OLD_GRID, "", "居民群", date(2022, 1, 15), OLD_GRID_UNTIL))
    return rows


def _sizes(groups: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Counts taken about once a quarter, on whatever day the grid worker came to it."""
    dice = Dice("sizes")
    rows: list[tuple[Any, ...]] = []
    for code, _name, _service, _area, since, until in groups:
        members = dice.between(20, 36)
        days = [day + timedelta(days=dice.between(0, 9)) for day in COUNTED]
        if until == OLD_GRID_UNTIL:
            days = [date(2022, 3, 24), date(2022, 6, 23)]
        for n, day in enumerate(days):
            optional = n in (0, 3)
            if since <= day <= (until or LAST_DAY) and not (optional and dice.chance(0.6)):
                rows.append((code, day, members))
            members += dice.between(-1, 5)
    return rows


def _blocks(article: dict[str, Any]) -> str:
    """As the export writes them; "paragraph" stands for one of the body's."""
    listed = article.get("blocks", [])
    return json.dumps(listed, ensure_ascii=False, sort_keys=True) if listed else ""


def tables() -> Tables:
    columns = [(c["code"], c["title"], TOWN, date(2022, 3, 1), None) for c in TEXTS["column"]]
    names = "code column area title published_on summary language original body blocks"
    own = {"area": TOWN, "language": "zh-Hans", "original": None}
    articles = [tuple((own | a | {"blocks": _blocks(a)})[name] for name in names.split()) for a in ARTICLES]
    groups = _groups()
    delivered = deliveries.deliveries(ARTICLES, groups)
    reads, group_reads = deliveries.opened(_reads(), delivered)
    return {
        "columns": table("code title area opened_on closed_on", columns),
        "articles": table(names, articles),
        "groups": table("code name service area valid_from valid_to", groups),
        "group_sizes": table("group day members", _sizes(groups)),
        "reads": table("article day source reads", reads),
        "group_reads": table("article day group reads", group_reads),
        "deliveries": table("article group state made_at arrived_at", delivered),
    }
