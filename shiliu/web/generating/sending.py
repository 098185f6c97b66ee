"""What went into the groups of the invented county: groups of each grid, deliveries, and what was opened."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from django.utils import timezone

from shiliu.channel.actions import open_channel
from shiliu.channel.models import ArticlePage, ColumnPage, Delivery, GridGroup, GroupSize, Message, Reads
from shiliu.core import receipts
from shiliu.core.areas import GRID, TOWN
from shiliu.grid.models import Area
from shiliu.web.generating import bulk

DAYS = 3 * 365
LACKING = 0.01  # of all that is older than a day: it waits, failed or is unclear
OPENED = 0.6  # of what arrived
SERVICES = tuple(GridGroup.Service.values)
OF_A_GRID = 10  # more than there are in life: a page costs more than the row of a delivery
Groups = dict[str, list[tuple[int, str]]]  # by town: id and area of each
Opened = tuple[int, int, str, str]  # the ids of article and group, its area, the day


def run(n: int, now: datetime, random: Random) -> None:
    """Store `n` deliveries: articles of each town, one after the other up to now, into all its groups."""
    into = _groups(now, random)
    number = -(-n // min(map(len, into.values())))
    articles = _articles(number, sorted(into), now)
    times = {it.pk: _prepared(k, number, now) for k, it in enumerate(articles)}
    Message.objects.bulk_create(
        [Message(article=it, text=f"{it.title}\n请互相转告。", prepared_at=times[it.pk]) for it in articles]
    )
    last = bulk.last(Delivery)
    opened: list[Opened] = []
    with bulk.filling(Delivery):
        rows = _rows(n, last, articles, into, times, now, random, opened)
        bulk.insert(Delivery, bulk.columns(Delivery), rows)
    last = bulk.last(Reads)
    with bulk.filling(Reads):
        bulk.insert(Reads, bulk.columns(Reads), _reads(last, opened, random))


def _reads(last: int, opened: list[Opened], random: Random) -> Iterator[bulk.Row]:
    names = bulk.columns(Reads)
    for number, (article, group, area, day) in enumerate(opened, start=last + 1):
        values = {
            "id": number, "area_id": area, "article_id": article, "day": day, "source": "group",
            "group_id": group, "reads": 1 + int(random.random() * 12),
        }  # fmt: skip
        yield tuple(values[name] for name in names)


def _groups(now: datetime, random: Random) -> Groups:
    """Those of each town; where there are none, some of each grid, with how many are in each."""
    if not GridGroup.objects.exists():
        since, grids = now.date() - timedelta(days=DAYS), Area.objects.filter(code__length=GRID)
        made = [
            GridGroup(
                code=f"D-{grid.code}-{k}",
                name=f"{grid.name}{k}群",
                area_id=grid.code,
                valid_from=since,
                service=SERVICES[int(random.random() * len(SERVICES))],
                link=receipts.new(random).lower(),
            )
            for grid in grids.order_by("code")
            for k in range(1, OF_A_GRID + 1)
        ]
        GridGroup.objects.bulk_create(made)
        sizes = ((it, 20 + int(random.random() * 180)) for it in made)
        GroupSize.objects.bulk_create(
            GroupSize(group=it, area_id=it.area_id, day=since, members=members) for it, members in sizes
        )
    found: Groups = {}
    for pk, area in GridGroup.objects.order_by("area", "code").values_list("pk", "area"):
        found.setdefault(area[:TOWN], []).append((pk, area))
    return found


def _articles(n: int, towns: list[str], now: datetime) -> list[ArticlePage]:
    """In a column of each town, by turns, the oldest first."""
    channel, since = open_channel(), now.date() - timedelta(days=DAYS)
    columns = []
    for town in towns:
        names = {"title": "发到群里", "slug": f"g-{town}", "code": f"g-{town}"}
        columns.append(channel.add_child(instance=ColumnPage(**names, area_id=town, opened_on=since)))
    made = []
    for number in range(n):
        column = columns[number % len(columns)]
        names = {"title": f"通知（{number}）", "slug": f"g-{number}", "code": f"g-{number}"}
        day = _prepared(number, n, now).date()
        page = ArticlePage(
            **names, area_id=column.area_id, published_on=day, body=[("paragraph", "请转告。")]
        )
        made.append(column.add_child(instance=page))
    return made


def _prepared(k: int, n: int, now: datetime) -> datetime:
    return (now - timedelta(days=DAYS) * (1 - (k + 1) / n)).replace(microsecond=0)


def _rows(
    n: int,
    last: int,
    articles: list[ArticlePage],
    into: Groups,
    times: dict[int, datetime],
    now: datetime,
    random: Random,
    opened: list[Opened],
) -> Iterator[bulk.Row]:
    """What each article came to in its groups; `opened` fills up with those that opened it."""
    names, number = bulk.columns(Delivery), last
    for article in articles:
        at = times[article.pk]
        for group, area in into[article.area_id]:
            if number == last + n:
                return
            number += 1
            state, by_bot = _state(now - at, random)
            arrived = min(at + timedelta(minutes=1 + int(random.random() * 600)), now)
            if state in ("sent", "posted") and random.random() < OPENED:
                opened.append((article.pk, group, area, str(timezone.localdate(arrived))))
            values = {
                "id": number, "code": receipts.new(random), "version": 2, "area_id": area,
                "message_id": article.pk, "group_id": group, "state": state, "by_bot": by_bot,
                "made_at": _text(at), "next_at": _text(at) if by_bot else None, "claimed_at": None,
                "arrived_at": _text(arrived) if state in ("sent", "posted") else None,
                "tries": int(by_bot), "pieces": int(state == "sent"),
                "fault": "HTTP 503" if state == "failed" else "",
            }  # fmt: skip
            yield tuple(values[name] for name in names)


def _state(age: timedelta, random: Random) -> tuple[str, bool]:
    """Where a delivery stands, and whether a bot has it."""
    by_bot, drawn = random.random() < 0.3, random.random()
    if drawn < (LACKING if age > timedelta(days=1) else 0.5):
        return ("prepared", "prepared", "failed", "unclear")[int(random.random() * 4)], by_bot
    return ("sent" if by_bot else "posted"), by_bot


def _text(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
