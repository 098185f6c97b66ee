"""How fast the half-year report of a county of 30 towns is: 1,000,000 requests and 10,000,000 reads, on both
databases.

What stands for what: `shiliu generate` invents three years of the county. Each town has 48 articles, eight a
half-year as the account has them, and each grid a chat group. Reads are stored as counting stores them, a row
for each article, day and source, and for each group that opened it: a million rows, whose reads add up to ten
million. With another `--n` all of it shrinks in proportion.

- The report with the two earlier periods, of a town and of the county: each in a process of its own, which
  has computed nothing before (“cold”); the median of a few.
- Each figure computed from its records (“cache off”) against the statement in `_statements.py` that gives the
  same value: the median ratio of alternating runs. It is told of the figures of requests and reads, whose
  tables are large; what the rest takes together is one line, and nearly all of it is Django's.
- What daily sums cost: processor time, that of the database's backend included, for each of a few hundred
  records that come in or end, until the sums are settled again; and the county's report before they are.

`--full` takes three sizes, so that it shows how the cost grows.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from _common import ROOT, install, run, shiliu, target
from _measured import busy, cpu
from _statements import STATEMENTS

SIZES = (10_000, 100_000, 1_000_000)
FULL, READS_EACH, ARTICLES_A_TOWN, TOWNS = SIZES[-1], 10, 48, 30
AREAS = {"town": ("990002100", 1.0), "county": ("990002", 3.0)}
RATIO, COLD, GROWTH = 1.3, 3, 1.5
CHANGED = 150  # requests that come in, and as many that end
LARGE = ("requests.", "channel.reads", "channel.groups_reached")


def setup_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shiliu.settings")
    import django

    django.setup()


def part_report(code: str) -> dict[str, float]:
    """In a process of its own: seconds on the clock, and of the processor, the backend's included."""
    setup_django()
    from django.db import connection

    from shiliu.figures import report
    from shiliu.grid.models import Area

    connection.ensure_connection()
    area = Area.objects.get(code=code)
    began, spent = time.perf_counter(), _spent()
    made = report.compute(report.latest_period(), area, compared=True)
    seconds, own = time.perf_counter() - began, _spent() - spent
    assert made.lines["requests.received"].value.value > 0
    return {"seconds": seconds, "cpu": own}


def part_figures(repeats: str) -> dict[str, Any]:
    """Of each figure that has a statement, the median ratio to it; and seconds of those that have none."""
    setup_django()
    from django.db import connection

    from shiliu.core.figures import FIGURES
    from shiliu.figures import report
    from shiliu.grid.models import Area

    asked = report.over(report.latest_period(), Area.objects.get(code=AREAS["county"][0]))
    given, found, rest = parameters(asked), [], 0.0
    with connection.cursor() as cursor:
        for key, figure in FIGURES.items():
            if key not in STATEMENTS:
                began = time.perf_counter()
                figure.at(asked)
                rest += time.perf_counter() - began
                continue
            pairs = [pair(figure, asked, cursor, STATEMENTS[key], given) for _n in range(int(repeats) + 1)][
                1:
            ]
            found.append({
                "key": key,
                "ratio": statistics.median(ours / theirs for ours, theirs in pairs),
                "ours": statistics.median(ours for ours, _theirs in pairs),
                "theirs": statistics.median(theirs for _ours, theirs in pairs),
            })  # fmt: skip
    return {"figures": found, "rest": rest}


def part_cost(_argument: str) -> dict[str, float]:
    """In a process of its own: milliseconds of processor for a record that comes in or ends, and to settle
    its sums; and seconds for the county's report in between.
    """
    setup_django()
    from django.utils import timezone

    from shiliu.core.figures import daily
    from shiliu.figures import report
    from shiliu.grid.models import Area
    from shiliu.requests.models import Category, Request, State

    daily.settle()
    grids = list(Area.objects.filter(code__length=15).order_by("code"))
    category, now = Category.objects.order_by("pk")[0], timezone.now()
    old = list(Request.objects.filter(is_open=True).order_by("-pk").values_list("pk", flat=True)[:CHANGED])
    county, period = Area.objects.get(code=AREAS["county"][0]), report.latest_period()
    spent = _spent()
    for n, pk in enumerate(old):
        Request.objects.create(
            area=grids[n % len(grids)], category=category, words="路灯", received_at=now, due_at=now
        )
        Request.objects.filter(pk=pk).update(state=State.CLOSED, closed_at=now, resume_on=None)
    written = _spent()
    report.compute(period, county, compared=True)
    before = _spent()
    changed = before - written
    daily.settle()
    settled = (_spent() - before) / (2 * len(old))
    return {"written": (written - spent) / (2 * len(old)) * 1e3, "settled": settled * 1e3, "changed": changed}


def _spent() -> float:
    """Seconds of processor of this process, and of the database's that serves it."""
    from django.db import connection
    from psutil import Process

    if connection.vendor == "sqlite":
        return time.process_time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return time.process_time() + cpu([Process(cursor.fetchone()[0])])


def parameters(asked: Any) -> dict[str, Any]:
    from django.db import connection
    from django.utils import timezone

    moment, period, (code,) = connection.ops.adapt_datetimefield_value, asked.period, asked.area.codes
    return {
        "lo": code, "hi": f"{code}999", "start": moment(period.first_moment), "end": moment(period.after_end),
        "now": moment(timezone.now()), "first": period.start, "last": period.end, "no": False,
    }  # fmt: skip


def pair(figure: Any, asked: Any, cursor: Any, statement: str, given: dict[str, Any]) -> tuple[float, float]:
    """Seconds of the figure and of its statement, which have to say the same: of the processor, where that is
    this process's alone, so that others who share it do not count.
    """
    clock = time.process_time if cursor.db.vendor == "sqlite" else time.perf_counter
    began = clock()
    value = figure.at(asked)
    between = clock()
    cursor.execute(statement, given)
    said = cursor.fetchone()
    end = clock()
    ours = (value.value,) if value.denominator is None else (value.numerator, value.denominator)
    assert tuple(map(Decimal, ours)) == tuple(map(Decimal, said)), (figure.key, ours, said)
    return between - began, end - between


def generate(env: dict[str, str], n: int) -> None:
    began, share = time.perf_counter(), n / FULL
    articles = max(int(TOWNS * ARTICLES_A_TOWN * share), TOWNS)
    command = [
        sys.executable, "-m", "shiliu", "generate", "--seed", "1", "--towns", str(TOWNS),
        "--requests", str(n), "--reads", str(n), "--reads-total", str(n * READS_EACH),
        "--articles", str(articles), "--groups",
    ]  # fmt: skip
    subprocess.run(command, env=env | {"PYTHONPATH": str(ROOT)}, check=True, stdout=subprocess.DEVNULL)
    print(f"{n:,} requests and {n * READS_EACH:,} reads generated in {time.perf_counter() - began:.0f} s")


def measure(label: str, database_url: str, n: int, repeats: int) -> float:
    """Prints it all; returns what settling costs for each record, in milliseconds."""
    with install(database_url) as env:
        generate(env, n)
        return tell(label, env, n, repeats)


def tell(label: str, env: dict[str, str], n: int, repeats: int) -> float:
    began = time.perf_counter()
    shiliu("sums", env=env)
    print(f"{label} {n}: all daily sums made in {time.perf_counter() - began:.0f} s")
    settle(env["DATABASE_URL"])
    print(f"{label} {n}: {busy()}")
    for name, (code, aim) in AREAS.items():
        found = [run(env, "report", code) for _n in range(COLD)]
        seconds = statistics.median(each["seconds"] for each in found)
        own = statistics.median(each["cpu"] for each in found)
        target(f"report_{label}_{n}_{name}_cold_seconds", seconds, aim)
        target(f"report_{label}_{n}_{name}_cold_processor_seconds", own, aim)
    figures = run(env, "figures", str(repeats))
    cost = run(env, "cost", "")
    print(
        f"  of processor, a record written takes {cost['written']:.1f} ms, settled {cost['settled']:.1f} ms"
    )
    print(f"  the county's report with {2 * CHANGED} changed records: {cost['changed']:.2f} s of processor")
    print(f"  all figures without a statement together: {figures['rest'] * 1e3:.0f} ms")
    for each in figures["figures"]:
        print(f"  {each['key']}: {each['ours'] * 1e3:.1f} ms, its statement {each['theirs'] * 1e3:.1f} ms")
        if each["key"].startswith(LARGE) and n == FULL:  # of fewer it says what Django takes, a few ms
            target(f"report_{label}_{n}_{each['key']}_ratio", each["ratio"], RATIO)
    return float(cost["settled"])


def settle(database_url: str) -> None:
    """What autovacuum does within minutes of a load."""
    if database_url:
        import psycopg

        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")


PARTS: dict[str, Callable[[str], Any]] = {"report": part_report, "figures": part_figures, "cost": part_cost}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=100_000, help="requests; default 100,000")
    parser.add_argument("--full", action="store_true", help=f"three sizes, up to {FULL:,}")
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--only", choices=["sqlite", "postgresql"], default="")
    parser.add_argument("--part", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        name, argument = options.part
        parts: dict[str, Callable[[str], Any]] = {
            "report": part_report,
            "figures": part_figures,
            "cost": part_cost,
        }
        print(json.dumps(parts[name](argument)))
        return
    from tools.postgres import DURABLE, running

    costs: dict[str, list[float]] = {"sqlite": [], "postgresql": []}
    for n in SIZES if options.full else [options.n]:
        if options.only != "postgresql":
            costs["sqlite"].append(measure("sqlite", "", n, options.repeat))
        if options.only != "sqlite":
            with running(**DURABLE) as url:
                costs["postgresql"].append(measure("postgresql", url, n, options.repeat))
    for label, found in costs.items():
        if len(found) > 1:
            target(f"report_{label}_sums_cost_growth", found[-1] / found[0], GROWTH)


if __name__ == "__main__":
    main()
