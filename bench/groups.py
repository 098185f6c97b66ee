"""How fast the pages on groups answer with 1,000,000 deliveries of a county's groups, on both databases.

What went into the groups, what has not arrived, an article's coverage, the groups and one of them, the grid
worker's page, and the first page of the day: the time that the server takes through all middleware, as the
95th percentile over repeats, on the clock and in processor time, that of the database's backend included.
Before them stand the plans of the statements that these pages ask of the deliveries.

`--full` takes a million deliveries; without it there are 100,000.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from _common import ROOT, install, run, settle, target
from _measured import busy

FULL, FEW = 1_000_000, 100_000
REQUESTS = 3_000
AIM_MS = 60
USERS = {"town": "town01", "county": "county"}
COUNTY, TOWN = "990002", "990002100"
NOTICE = "county-1"  # the article of the whole county


def setup_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shiliu.settings")
    import django

    django.setup()


def part_fill() -> int:
    """An article of the whole county, which a fiftieth of its groups has not got; how many groups."""
    setup_django()
    from datetime import timedelta

    from django.db.models import F
    from django.utils import timezone

    from shiliu.channel.groups.preparing import prepare
    from shiliu.channel.models import ArticlePage, ChannelPage, ColumnPage, Delivery, Reads

    now = timezone.now()
    day = timezone.localdate(now) - timedelta(days=2)
    words: dict[str, Any] = {"title": "全县通知", "area_id": COUNTY}
    body = [("paragraph", "请转告。")]
    column = ChannelPage.objects.get().add_child(
        instance=ColumnPage(slug="g-county", code="g-county", opened_on=day, **words)
    )
    article = column.add_child(
        instance=ArticlePage(slug=NOTICE, code=NOTICE, published_on=day, body=body, **words)
    )
    number = prepare(article, now - timedelta(days=2))
    arrived = Delivery.objects.alias(part=F("pk") % 50).filter(message=article.pk).exclude(part=0)
    arrived.update(state="posted", arrived_at=now - timedelta(days=1))
    Reads.objects.bulk_create(
        Reads(article=article, group_id=group, area_id=area, day=day, source="group", reads=3)
        for group, area in arrived.values_list("group", "area")
        if group % 5 < 3
    )
    return number


def pages() -> Iterator[tuple[str, str, str]]:
    """Who, what, and the address of each page that is measured."""
    from django.urls import reverse

    from shiliu.channel.models import GridGroup, Message

    told = Message.objects.filter(article__area=TOWN).order_by("prepared_at")
    codes = list(told.values_list("article__code", flat=True))
    groups = GridGroup.objects.filter(town=TOWN).order_by("area", "code")
    group, community = groups.values_list("code", "village")[20]
    lists, late = reverse("groups:index"), reverse("groups:late")
    for who, username in USERS.items():
        yield username, f"{who} deliveries", reverse("groups:deliveries")
        yield username, f"{who} late", late
        for name, code in {"newest": codes[-1], "oldest": codes[0], "notice": NOTICE}.items():
            address = reverse("groups:article", args=[code])
            for show in ("", "posted", "prepared", "opened", "unopened"):
                yield username, f"{who} {name} {show or 'all'}", f"{address}?show={show}"
        for show in ("", "bot", "hand", "ended"):
            yield username, f"{who} groups {show or 'all'}", f"{lists}?show={show}"
        yield username, f"{who} groups of community", f"{lists}?area={community}"
        yield username, f"{who} group", reverse("groups:group", args=[group])
        yield username, f"{who} start", reverse("console:start")
        yield username, f"{who} reads", reverse("reads:index")
        yield username, f"{who} reads of article", reverse("reads:article", args=[codes[-1]])
        yield username, f"{who} to post", reverse("field_groups:waiting")
    yield "worker0111", "worker to post", reverse("field_groups:waiting")


def part_pages(argument: str) -> list[dict[str, Any]]:
    """In a process of its own: of each page, the 95th percentiles on the clock and of the processor."""
    setup_django()
    from _pages import measured

    return measured(pages(), int(argument))


def part_plans() -> dict[str, str]:
    """How the database finds what these pages ask of the deliveries: no scan of them, no sort of many."""
    setup_django()
    from django.db import connection

    from shiliu.channel.groups import lists
    from shiliu.channel.models import ArticlePage
    from shiliu.core.models import User

    notice, told = ArticlePage.objects.get(code=NOTICE), {}
    how = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN (ANALYZE, COSTS OFF) "
    for who, username in USERS.items():
        viewer = User.objects.get(username=username)
        for name, found in {
            "articles": lists.articles(viewer)[:20],
            "late": lists.not_arrived(viewer)[:51],
            "to post": lists.to_post(viewer)[:11],
            "notice": lists.deliveries_of(notice, viewer)[:51],
            "notice unopened": lists.deliveries_of(notice, viewer, "unopened")[:51],
        }.items():
            with connection.cursor() as cursor:
                sql, values = found.query.sql_with_params()
                cursor.execute(how + sql, values)
                told[f"{who} {name}"] = "\n".join(f"    {row[-1]}" for row in cursor.fetchall())
    return told


def measure(label: str, database_url: str, n: int, repeats: int) -> None:
    with install(database_url) as env:
        began = time.perf_counter()
        command = [sys.executable, "-m", "shiliu", "generate", "--requests", str(REQUESTS)]
        command += ["--deliveries", str(n), "--seed", "1"]
        subprocess.run(command, env=env | {"PYTHONPATH": str(ROOT)}, check=True, stdout=subprocess.DEVNULL)
        groups = run(env, "fill")
        settle(env)
        seconds = time.perf_counter() - began
        print(f"{label}: {n} deliveries into {groups} groups, in {seconds:.0f} s; {busy()}")
        for name, plan in run(env, "plans").items():
            print(f"  {name}\n{plan}")
        found = run(env, "pages", str(repeats))
    for each in sorted(found, key=lambda each: -each["cpu"])[:8]:
        print(f"  {each['name']}: {each['wall']:.0f} ms, {each['cpu']:.0f} ms CPU")
    for each in found:
        target(f"groups_{label}_{n}_{each['name'].replace(' ', '_')}_cpu_ms", each["cpu"], AIM_MS)
    slowest = max(found, key=lambda each: each["wall"])
    target(f"groups_{label}_{n}_slowest_p95_ms", slowest["wall"], AIM_MS)


def main() -> None:
    from tools.postgres import DURABLE, running

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="with a million deliveries")
    parser.add_argument("--n", type=int, default=0, help="so many deliveries")
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument("--only", choices=["sqlite", "postgresql"], default="")
    parser.add_argument("--part", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        name, argument = options.part
        made = part_pages(argument) if name == "pages" else {"fill": part_fill, "plans": part_plans}[name]()
        print(json.dumps(made))
        return
    n = options.n or (FULL if options.full else FEW)
    if options.only != "postgresql":
        measure("sqlite", "", n, options.repeat)
    if options.only != "sqlite":
        with running(**DURABLE) as url:
            measure("postgresql", url, n, options.repeat)


if __name__ == "__main__":
    main()
