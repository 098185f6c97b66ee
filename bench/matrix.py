"""How fast the matrix answers over 3,000 grids of a county with every service filled, on both databases.

The table, its later pages, only what is thin (also where hardly anything is, for which every grid of the
county is gone through) and the seed map: the time that the server takes through all middleware, as the 95th
percentile over repeats. Where other work shares the cores the clock says more than the server took, so each
page is also measured in processor time, that of the database's backend included. Before them stand the plans
of what is asked of the requests.

`--full` takes a million requests; without it there are 100,000.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from _common import ROOT, install, run, settle, target
from _measured import busy

TOWNS, GRIDS, FULL, FEW = 125, 3_000, 1_000_000, 100_000
MESSAGES, TALKS = 40, 12
AIM_MS = 300
USERS = {"town": "town01", "county": "county"}


def setup_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shiliu.settings")
    import django

    django.setup()


def part_fill() -> int:
    """What `shiliu generate` leaves out: venues, talks, groups and messages, teams, vacant posts, works."""
    setup_django()
    from django.utils import timezone

    from shiliu.grid.models import Area

    grids = list(Area.objects.filter(code__length=15).order_by("code"))
    places = [grid for grid in grids if grid.code.endswith("001")]
    _offline(places, timezone.localdate())
    _online(grids, timezone.now())
    _teams_posts_works(grids, places, timezone.localdate())
    return len(grids)


def _offline(places: list[Any], today: Any) -> None:
    from shiliu.venues.models import Lecturer, Talk, Venue

    began = today - timedelta(days=900)
    venues = [
        Venue(area=place, name="家园", kind="other", valid_from=began) for place in places if place.pk % 5
    ]
    speakers = [Lecturer(area=place, name="某", valid_from=began) for place in places]
    Venue.objects.bulk_create(venues, batch_size=500)
    Lecturer.objects.bulk_create(speakers, batch_size=500)
    talks = [
        Talk(area=speaker.area, lecturer=speaker, title="讲座", held_on=day, listeners=20)
        for speaker in speakers
        for day in (today - timedelta(days=speaker.pk % 90 + 70 * n) for n in range(TALKS))
    ]
    Talk.objects.bulk_create(talks, batch_size=500)


def _online(grids: list[Any], now: datetime) -> None:
    from shiliu.channel.models import ArticlePage, Delivery, GridGroup, Message

    began = now.date() - timedelta(days=900)
    groups = [GridGroup(area=grid, name=f"{grid.name}群", valid_from=began) for grid in grids if grid.pk % 10]
    GridGroup.objects.bulk_create(groups, batch_size=500)
    stories = ArticlePage.objects.order_by("-pk")[:MESSAGES]
    told = [Message(article=story, text=story.title, prepared_at=now) for story in stories]
    Message.objects.bulk_create(told)
    sent = (
        Delivery(
            message=message, group=group, area_id=group.area_id, state="posted", made_at=at, arrived_at=at
        )
        for n, message in enumerate(told)
        for group in groups
        for at in [now - timedelta(days=20 * n + group.pk % 60)]
    )
    Delivery.objects.bulk_create(sent, batch_size=2_000)


def _teams_posts_works(grids: list[Any], places: list[Any], today: Any) -> None:
    from shiliu.grid.models import Post
    from shiliu.volunteers.models import Strand, Team
    from shiliu.works.models import Project

    strand, began = Strand.objects.get(), today - timedelta(days=900)
    teams = [Team(area=grid, name="小队", strand=strand, valid_from=began) for grid in grids if grid.pk % 8]
    Team.objects.bulk_create(teams, batch_size=500)
    vacant = [
        Post(area=grid, title="楼栋长", role="grid_worker", valid_from=began)
        for grid in grids
        if not grid.pk % 12
    ]
    Post.objects.bulk_create(vacant, batch_size=500)
    works = [
        Project(
            area_id=place.code[:12],
            name="路面硬化",
            started_on=today - timedelta(days=60),
            finished_on=today - timedelta(days=9) if place.pk % 2 else None,
        )
        for place in places
    ]
    Project.objects.bulk_create(works, batch_size=500)


def part_lenient() -> int:
    """Where next to nothing is thin: every town is content with little, and every grid has had each service
    once. What is judged stays judged. Only the last town minds its vacant posts.
    """
    setup_django()
    from django.utils import timezone

    from shiliu.core.matrix import SERVICES, AtLeast
    from shiliu.figures.models import Threshold
    from shiliu.grid.models import Area

    towns = list(Area.objects.filter(code__length=9).order_by("code"))
    judged = [service for service in SERVICES.values() if service.thin.number is not None]
    _once_each(list(Area.objects.filter(code__length=15).order_by("code")), timezone.now())
    lenient = [
        Threshold(
            area=town,
            service=service.key,
            number=0 if isinstance(service.thin, AtLeast) or minds else 9_999,
            reach=service.reach,
        )
        for town in towns
        for service in judged
        for minds in [town is towns[-1] and service.key == "grid.posts_vacant"]
    ]
    Threshold.objects.bulk_create(lenient, batch_size=500)
    return len(lenient)


def _once_each(grids: list[Any], now: datetime) -> None:
    """A message and a team's service in each grid that had none."""
    from shiliu.channel.models import Delivery, GridGroup, Message
    from shiliu.core.matrix import SERVICES
    from shiliu.grid.scopes import within_each
    from shiliu.requests.models import Request
    from shiliu.volunteers.models import Team

    message, team = Message.objects.order_by("pk").first(), Team.objects.order_by("pk").first()
    scopes, today = within_each([grid.code for grid in grids]), now.date()
    told = SERVICES["channel.deliveries"].values(today, scopes)
    served = SERVICES["requests.by_teams"].values(today, scopes)
    for grid in grids:
        if told[grid.code] is None:
            group = GridGroup.objects.create(area=grid, name="群", valid_from=today - timedelta(days=900))
            Delivery.objects.create(
                message=message, group=group, area=grid, state="posted", made_at=now, arrived_at=now
            )
        if served[grid.code] is None:
            closed = Request.objects.filter(area=grid, state="closed").order_by("-closed_at")[:1]
            it = Request.objects.filter(pk__in=list(closed.values_list("pk", flat=True)))
            assert it.update(team=team, unit=None, post=None)


def rare_pages() -> Iterator[tuple[str, str, str]]:
    """Only what is thin, where that is next to nothing: all grids are gone through."""
    from django.urls import reverse

    for who, area in (("town", "990002100"), ("county", "990002")):
        address = f"{reverse('matrix:page')}?area={area}&thin=on"
        yield USERS[who], f"{who} hardly thin", address
        yield USERS[who], f"{who} hardly overdue", f"{address}&service=requests.overdue"


def pages() -> Iterator[tuple[str, str, str]]:
    """Who, what, and the address of each page that is measured."""
    from django.urls import reverse
    from django.utils import timezone

    from shiliu.core.matrix import SERVICES
    from shiliu.grid.models import Area

    table, seeds = reverse("matrix:page"), reverse("matrix:map")
    area = {"town": "990002100", "county": "990002"}
    middle = Area.objects.filter(code__length=15).order_by("code")[GRIDS // 2].code
    for who, username in USERS.items():
        here = f"?area={area[who]}"
        yield username, f"{who} table", table + here
        yield username, f"{who} thin", f"{table}{here}&thin=on"
        yield username, f"{who} overdue thin", f"{table}{here}&thin=on&service=requests.overdue"
        for key in SERVICES:
            yield username, f"{who} map {key}", f"{seeds}{here}&service={key}"
    before = timezone.localdate() - timedelta(days=90)
    yield "county", "county later page", f"{table}{here}&after={middle}"
    yield "county", "county later thin", f"{table}{here}&after={middle}&thin=on"
    yield "county", "county before today", f"{table}{here}&day={before}"


def part_pages(repeats: int) -> list[dict[str, Any]]:
    """In a process of its own: of each page, the 95th percentiles on the clock and of the processor."""
    setup_django()
    from _pages import measured

    return measured(pages(), repeats)


def part_rare(repeats: int) -> list[dict[str, Any]]:
    setup_django()
    from _pages import measured

    return measured(rare_pages(), repeats)


def part_plans() -> dict[str, str]:
    """How the database finds the open and the overdue requests of a page of grids, and the last service."""
    setup_django()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from shiliu.core.matrix import SERVICES
    from shiliu.grid.models import Area
    from shiliu.grid.scopes import within_each

    grids = [grid.code for grid in Area.objects.filter(code__length=15).order_by("code")[:40]]
    today, told = timezone.localdate(), {}
    for key in ("requests.open", "requests.overdue", "requests.by_teams"):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            SERVICES[key].values(today, within_each(grids))
        how = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN (ANALYZE, COSTS OFF) "
        with connection.cursor() as cursor:
            cursor.execute(how + asked.captured_queries[-1]["sql"])
            told[key] = "\n".join(f"    {row[-1]}" for row in cursor.fetchall())
    return told


def measure(label: str, database_url: str, n: int, repeats: int) -> None:
    with install(database_url) as env:
        began = time.perf_counter()
        command = [sys.executable, "-m", "shiliu", "generate", "--requests", str(n), "--reads", "4000"]
        command += ["--towns", str(TOWNS), "--seed", "1"]
        subprocess.run(command, env=env | {"PYTHONPATH": str(ROOT)}, check=True, stdout=subprocess.DEVNULL)
        grids = run(env, "fill")
        settle(env)
        print(f"{label}: {grids} grids, {n} requests in {time.perf_counter() - began:.0f} s; {busy()}")
        assert grids >= GRIDS
        for key, plan in run(env, "plans").items():
            print(f"  {key}\n{plan}")
        found = run(env, "pages", str(repeats))
        run(env, "lenient")
        found += run(env, "rare", str(repeats))
    for each in sorted(found, key=lambda each: -each["cpu"])[:8]:
        print(f"  {each['name']}: {each['wall']:.0f} ms, {each['cpu']:.0f} ms CPU")
    for each in found:
        name = each["name"].replace(" ", "_").replace(".", "_")
        target(f"matrix_{label}_{n}_{name}_cpu_ms", each["cpu"], AIM_MS)
    for name in ("county table", "county thin", "county hardly thin"):
        wall = next(each["wall"] for each in found if each["name"] == name)
        target(f"matrix_{label}_{n}_{name.replace(' ', '_')}_p95_ms", wall, AIM_MS)


def main() -> None:
    from tools.postgres import DURABLE, running

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="with a million requests")
    parser.add_argument("--n", type=int, default=0, help="so many requests")
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument("--only", choices=["sqlite", "postgresql"], default="")
    parser.add_argument("--part", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        name, argument = options.part
        measuring = {"pages": part_pages, "rare": part_rare}
        making = {"fill": part_fill, "plans": part_plans, "lenient": part_lenient}
        print(json.dumps(measuring[name](int(argument)) if name in measuring else making[name]()))
        return
    n = options.n or (FULL if options.full else FEW)
    if options.only != "postgresql":
        measure("sqlite", "", n, options.repeat)
    if options.only != "sqlite":
        with running(**DURABLE) as url:
            measure("postgresql", url, n, options.repeat)


if __name__ == "__main__":
    main()
