"""What was read in the invented county: a row for each article, day and source, as counting makes them, and
one for each group that opened it.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from shiliu.channel.actions import open_channel
from shiliu.channel.models import ArticlePage, ColumnPage, GridGroup, GroupSize, Reads
from shiliu.core.areas import GRID, TOWN
from shiliu.grid.models import Area
from shiliu.web.generating import bulk

DAYS = 3 * 365
SOURCES = tuple(Reads.Source.values)
MOST = DAYS * len(SOURCES)  # rows of one article
FEWEST = 12  # articles, so that every page has some
MATTERS = (
    "办事大厅开放时间",
    "医保缴费提醒",
    "路面维修公告",
    "志愿者活动预告",
    "供暖检修安排",
    "老年餐厅菜单",
)


GROUP_DAYS = 2  # after an article came out, on which the groups of its town open it
MEMBERS = 30


@dataclass(frozen=True)
class Wanted:
    """How much: rows; what their reads add up to (0: as it falls); articles (0: as few as have the rows)."""

    rows: int
    total: int = 0
    articles: int = 0
    with_groups: bool = False


def run(wanted: Wanted, towns: list[Area], today: date, random: Random) -> Iterator[int]:
    """Store articles, and rows of their reads over three years; yields how many articles there are."""
    fewest = wanted.articles or max(FEWEST, -(-wanted.rows // MOST))
    groups = _groups(today) if wanted.with_groups else {}
    articles = _articles(fewest, wanted.rows, towns, today, random)
    yield len(articles)
    last = bulk.last(Reads)  # asked before: while rows are written, PostgreSQL's connection answers nothing
    with bulk.filling(Reads):
        bulk.insert(Reads, bulk.columns(Reads), _rows(wanted, last, articles, groups, random))


def _groups(today: date) -> dict[str, list[tuple[str, int]]]:
    """A chat group for each grid, counted at the turn of each half-year; by town: areas and ids."""
    grids = Area.objects.filter(code__length=GRID).order_by("code")
    since = today - timedelta(days=DAYS)
    made = GridGroup.objects.bulk_create(
        GridGroup(code=f"G-{grid.code}", name=f"{grid.name}群", area=grid, valid_from=since) for grid in grids
    )
    GroupSize.objects.bulk_create(
        (
            GroupSize(
                group=group, area_id=group.area_id, day=since + timedelta(days=182 * k), members=MEMBERS + k
            )
            for group in made
            for k in range(DAYS // 182 + 1)
        ),
        batch_size=500,
    )
    found = defaultdict(list)
    for group in made:
        found[group.area_id[:TOWN]].append((group.area_id, group.pk))
    return found


def _articles(n: int, rows: int, towns: list[Area], today: date, random: Random) -> list[ArticlePage]:
    """Each came out early enough for its rows: as many days ago as they need, or more."""
    channel, made = open_channel(), []
    needed = min(-(-rows // n // len(SOURCES)), DAYS)
    for k, town in enumerate(towns):
        mine = range(k, n, len(towns))
        if not mine:
            break
        column = ColumnPage(
            title=f"{town.name}动态", slug=f"c-{town.code}", code=f"c-{town.code}", area=town,
            opened_on=today - timedelta(days=DAYS),
        )  # fmt: skip
        channel.add_child(instance=column)
        for number in mine:
            out = today - timedelta(days=needed + int(random.random() * (DAYS - needed + 1)))
            article = ArticlePage(
                title=f"{MATTERS[int(random.random() * len(MATTERS))]}（{number}）", slug=f"a-{number}",
                code=f"a-{number}", area=town, published_on=out, body=[("paragraph", "请互相转告。")],
            )  # fmt: skip
            made.append(column.add_child(instance=article))
    return made


def _rows(
    wanted: Wanted,
    last: int,
    articles: list[ArticlePage],
    groups: dict[str, list[tuple[str, int]]],
    random: Random,
) -> Iterator[bulk.Row]:
    """last: the highest id taken. Where a total is wanted, the last row has what is left of it."""
    number, draw, left = last, random.random, wanted.total
    most = 400 if not wanted.total else max(5 * (wanted.total / wanted.rows - 1), 0)
    each, more = divmod(wanted.rows, len(articles))
    for k, article in enumerate(articles):
        for area, day, source, group in _of(article, each + (k < more), groups.get(article.area_id, [])):
            number += 1
            reads = 1 + int(draw() ** 4 * most)
            if wanted.total:
                reads = left if number == last + wanted.rows else min(reads, left)
                left -= reads
            values = {
                "id": number, "area_id": area, "article_id": article.pk, "day": str(day),
                "source": source, "group_id": group, "reads": reads,
            }  # fmt: skip
            yield tuple(values[name] for name in _COLUMNS)


def _of(
    article: ArticlePage, n: int, groups: list[tuple[str, int]]
) -> Iterator[tuple[str, date, str, int | None]]:
    """Area, day, source and group of so many rows: the groups in the first days, then all sources of each."""
    opened = [(day, place) for day in range(GROUP_DAYS) for place in groups][:n]
    for day, (area, group) in opened:
        yield area, article.published_on + timedelta(days=day), Reads.Source.GROUP.value, group
    for row in range(n - len(opened)):
        day, source = divmod(row, len(SOURCES))
        yield article.area_id, article.published_on + timedelta(days=day), SOURCES[source], None


_COLUMNS = bulk.columns(Reads)
