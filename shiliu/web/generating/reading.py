"""What was read in the invented county: a row for each article, day and source, as counting makes them."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from shiliu.channel.actions import open_channel
from shiliu.channel.models import ArticlePage, ColumnPage, Reads
from shiliu.grid.models import Area
from shiliu.web.generating import bulk

DAYS = 3 * 365
SOURCES = tuple(Reads.Source.values)
FEWEST = 12  # articles, so that every page has some
MATTERS = (
    "办事大厅开放时间",
    "医保缴费提醒",
    "路面维修公告",
    "志愿者活动预告",
    "供暖检修安排",
    "老年餐厅菜单",
)


def run(n: int, towns: list[Area], today: date, random: Random) -> Iterator[int]:
    """Store articles, and `n` rows of their reads over three years; yields how many articles there are."""
    most = DAYS * len(SOURCES)
    articles = _articles(max(FEWEST, -(-n // most)), towns, today, random)
    yield len(articles)
    last = bulk.last(Reads)  # asked before: while rows are written, PostgreSQL's connection answers nothing
    with bulk.filling(Reads):
        bulk.insert(Reads, bulk.columns(Reads), _rows(n, last, articles, today, random))


def _articles(n: int, towns: list[Area], today: date, random: Random) -> list[ArticlePage]:
    channel, made = open_channel(), []
    since = today - timedelta(days=DAYS)
    for k, town in enumerate(towns):
        mine = range(k, n, len(towns))
        if not mine:
            break
        column = ColumnPage(
            title=f"{town.name}动态", slug=f"c-{town.code}", code=f"c-{town.code}", area=town, opened_on=since
        )
        channel.add_child(instance=column)
        for number in mine:
            article = ArticlePage(
                title=f"{MATTERS[int(random.random() * len(MATTERS))]}（{number}）", slug=f"a-{number}",
                code=f"a-{number}", area=town, published_on=since, body=[("paragraph", "请互相转告。")],
            )  # fmt: skip
            made.append(column.add_child(instance=article))
    return made


def _rows(n: int, last: int, articles: list[ArticlePage], today: date, random: Random) -> Iterator[bulk.Row]:
    """Of each article the latest days, all sources of one day after the other. last: the highest id taken."""
    number, draw = last, random.random
    each, more = divmod(n, len(articles))
    for k, article in enumerate(articles):
        for row in range(each + (k < more)):
            back, source = divmod(row, len(SOURCES))
            number += 1
            day = str(today - timedelta(days=back))
            values = {
                "id": number, "area_id": article.area_id, "article_id": article.pk, "day": day,
                "source": SOURCES[source], "group_id": None, "reads": 1 + int(draw() ** 4 * 400),
            }  # fmt: skip
            yield tuple(values[name] for name in _COLUMNS)


_COLUMNS = bulk.columns(Reads)
