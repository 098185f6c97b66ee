"""How fast the desk answers over 10,000 to 1,000,000 requests of a county of 30 towns, on both databases.

Each list, search, detail and file, for somebody who works for a town and for the whole county: the time
that the server takes through all middleware, as the 95th percentile over repeats. Where other work shares
the cores the clock says more than the server took, so each page is also measured in processor time, that of
the database's backend included; both are printed, and both are compared with the aim.

`--full` takes all three sizes; without it a million is left out.
"""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from _common import ROOT, install, run, target
from _measured import busy, cpu, postgres_of

SIZES = (10_000, 100_000, 1_000_000)
AIM_MS, GENERATE_SECONDS = 60, 180
FILE_ROWS, FILE_GROWTH = 100_000, 1.15
SEARCHES = {"common": "漏水", "two_words": "漏水 路灯", "rare": "石榴树", "none": "没有这个词"}
USERS = {"town": "town01", "county": "county"}


def setup_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shiliu.settings")
    import django

    django.setup()


def pages() -> Iterator[tuple[str, str, str]]:
    """Who, what, and the address of each page that is measured."""
    from django.urls import reverse

    from shiliu.requests.desk import SHOWS
    from shiliu.requests.models import Request

    lists = reverse("desk:list")
    for who, username in USERS.items():
        for show in SHOWS:
            yield username, f"{who} list {show}", f"{lists}?show={show}"
        for name, words in SEARCHES.items():
            yield username, f"{who} search {name}", f"{lists}?q={words}"
            yield username, f"{who} search {name} open", f"{lists}?q={words}&show=open"
        inside = Request.objects.filter(town="990002100")
        code = inside.order_by("-received_at").values_list("code", flat=True)[0]
        yield username, f"{who} search code", f"{lists}?q={code}"
        yield username, f"{who} start", reverse("console:start")
        for name, rows in (("open", inside.open()), ("ended", inside.filter(is_open=False))):
            code = rows.order_by("due_at").values_list("code", flat=True)[len(rows[:40]) - 1]
            yield username, f"{who} detail {name}", reverse("desk:detail", args=[code])


def part_pages(argument: str) -> list[dict[str, Any]]:
    """In a process of its own: of each page, the 95th percentiles on the clock and of the processor."""
    setup_django()
    from _pages import measured

    return measured(pages(), int(argument))


def part_file(argument: str) -> dict[str, Any]:
    """In a process of its own: the rows of a file of the county's list, and the peak memory in MB."""
    setup_django()
    from django.contrib.auth import get_user_model
    from django.test import Client
    from django.urls import reverse

    form, query = argument.split("?")
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(get_user_model().objects.get(username="county"))
    client.get(reverse("desk:list"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    answer = client.post(reverse("desk:file", args=[form]), {"list": query})
    assert answer.status_code == 200, answer.status_code
    size = sum(map(len, answer.streaming_content if answer.streaming else [answer.content]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "bytes": size,
        "seconds": time.perf_counter() - began,
        "before_mb": before / 1024,
        "peak_mb": peak / 1024,
    }


def generate(label: str, env: dict[str, str], n: int) -> None:
    """Fill the install; the time that a million may take holds for fewer in proportion."""
    server = postgres_of(env["DATABASE_URL"])
    began, spent = time.perf_counter(), cpu(server)
    command = [sys.executable, "-m", "shiliu", "generate", "--requests", str(n), "--seed", "1"]
    subprocess.run(command, env=env | {"PYTHONPATH": str(ROOT)}, check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - began
    own = resource.getrusage(resource.RUSAGE_CHILDREN)
    commands, database = own.ru_utime + own.ru_stime, cpu(postgres_of(env["DATABASE_URL"])) - spent
    print(f"{label} {n}: generated in {seconds:.0f} s; all commands so far took {commands:.0f} s CPU, "
          f"the database {database:.0f} s")  # fmt: skip
    if n == SIZES[-1]:
        target(f"desk_{label}_generate_seconds", seconds, GENERATE_SECONDS)


def measure(label: str, database_url: str, n: int, repeats: int) -> None:
    with install(database_url) as env:
        generate(label, env, n)
        _settle(database_url)
        print(f"{label} {n}: {busy()}")
        found = run(env, "pages", str(repeats))
        for each in sorted(found, key=lambda each: -each["cpu"])[:8]:
            print(f"  {each['name']}: {each['wall']:.0f} ms, {each['cpu']:.0f} ms CPU")
        for each in found:
            name = re.sub(r"\W+", "_", each["name"])
            target(f"desk_{label}_{n}_{name}_cpu_ms", each["cpu"], AIM_MS)
        slowest = max(found, key=lambda each: each["wall"])
        target(f"desk_{label}_{n}_slowest_p95_ms", slowest["wall"], AIM_MS)
        _files(label, env, n)


def _settle(database_url: str) -> None:
    """What autovacuum does within minutes of a load; without it the first readers pay for the load."""
    if database_url:
        import psycopg

        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")


def _files(label: str, env: dict[str, str], n: int) -> None:
    """Constant memory: a file of ten times the rows needs no more."""
    if n < FILE_ROWS:
        return
    for form in ("csv", "xlsx"):
        few, all_ = (run(env, "file", f"{form}?show={show}") for show in ("open", "all"))
        for it in (few, all_):
            print(f"  {form}: {it['bytes']:,} bytes in {it['seconds']:.1f} s, peak {it['peak_mb']:.0f} MB")
        target(f"desk_{label}_{n}_{form}_memory_growth", all_["peak_mb"] / few["peak_mb"], FILE_GROWTH)


def each_size(sizes: list[int], repeats: int, only: str) -> None:
    from tools.postgres import DURABLE, running

    for n in sizes:
        if only != "postgresql":
            measure("sqlite", "", n, repeats)
        if only != "sqlite":
            with running(**DURABLE) as url:
                measure("postgresql", url, n, repeats)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="also with a million requests")
    parser.add_argument("--n", type=int, default=0, help="one size only")
    parser.add_argument("--repeat", type=int, default=20)
    parser.add_argument("--only", choices=["sqlite", "postgresql"], default="")
    parser.add_argument("--part", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        name, argument = options.part
        parts: dict[str, Callable[[str], Any]] = {"pages": part_pages, "file": part_file}
        print(json.dumps(parts[name](argument)))
        return
    sizes = [options.n] if options.n else list(SIZES if options.full else SIZES[:2])
    each_size(sizes, options.repeat, options.only)


if __name__ == "__main__":
    main()
