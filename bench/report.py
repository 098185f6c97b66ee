"""How fast the half-year report is for a county of 30 towns: 1,000,000 requests, 10,000,000 reads, both databases.

What stands for what: `shiliu generate` invents three years of the county. Each town has 48 articles, eight a
half-year as the account has them, and each grid a chat group. Reads are stored as counting stores them, one row
for each article, day and source, and for each group that opened it: a million rows, whose reads add up to ten
million. With another `--n` all of it shrinks in proportion.

- The report with the two earlier periods, of a town and of the county: once each in a process of its own, with
  nothing computed before (“cold”); the median of a few.
- Each figure computed from its records, “cache off”, against the statement in `_statements.py` that gives the
  same value: the median ratio of alternating runs. It is told for the figures of requests and reads, whose tables
  are large; what the rest takes together is one line, and it is nearly all Django's.
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

from _common import ROOT, install, target
from _measured import busy
from _statements import STATEMENTS

FULL, READS_EACH, ARTICLES_A_TOWN, TOWNS = 1_000_000, 10, 48, 30
AREAS = {"town": ("990002100", 1.0), "county": ("990002", 3.0)}
RATIO, COLD = 1.3, 3
LARGE = ("requests.", "channel.reads", "channel.groups_reached")


def setup_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shiliu.settings")
    import django

    django.setup()


def part_report(code: str) -> dict[str, float]:
    """In a process of its own: seconds on the clock, and of this process's processor, for one report."""
    setup_django()
    from django.db import connection

    from shiliu.figures import report
    from shiliu.grid.models import Area

    connection.ensure_connection()
    area = Area.objects.get(code=code)
    began, spent = time.perf_counter(), time.process_time()
    made = report.compute(report.latest_period(), area, compared=True)
    seconds, own = time.perf_counter() - began, time.process_time() - spent
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
            pairs = [pair(figure, asked, cursor, STATEMENTS[key], given) for _n in range(int(repeats) + 1)][1:]
            found.append({
                "key": key,
                "ratio": statistics.median(ours / theirs for ours, theirs in pairs),
                "ours": statistics.median(ours for ours, _theirs in pairs),
                "theirs": statistics.median(theirs for _ours, theirs in pairs),
            })  # fmt: skip
    return {"figures": found, "rest": rest}


def parameters(asked: Any) -> dict[str, Any]:
    from django.db import connection
    from django.utils import timezone

    moment, period, (code,) = connection.ops.adapt_datetimefield_value, asked.period, asked.area.codes
    return {
        "lo": code, "hi": f"{code}999", "start": moment(period.first_moment), "end": moment(period.after_end),
        "now": moment(timezone.now()), "first": period.start, "last": period.end, "no": False,
    }  # fmt: skip


def pair(figure: Any, asked: Any, cursor: Any, statement: str, given: dict[str, Any]) -> tuple[float, float]:
    """Seconds of the figure and of its statement, which have to say the same."""
    began = time.perf_counter()
    value = figure.at(asked)
    between = time.perf_counter()
    cursor.execute(statement, given)
    said = cursor.fetchone()
    end = time.perf_counter()
    ours = (value.value,) if value.denominator is None else (value.numerator, value.denominator)
    assert tuple(map(Decimal, ours)) == tuple(map(Decimal, said)), (figure.key, ours, said)
    return between - began, end - between


def run(env: dict[str, str], part: str, argument: str) -> Any:
    command = [sys.executable, __file__, "--part", part, argument]
    done = subprocess.run(
        command, env=env | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.returncode)
    return json.loads(done.stdout)


def generate(env: dict[str, str], n: int) -> None:
    began, share = time.perf_counter(), n / FULL
    articles = max(int(TOWNS * ARTICLES_A_TOWN * share), TOWNS)
    command = [
        sys.executable, "-m", "shiliu", "generate", "--seed", "1", "--towns", str(TOWNS), "--requests", str(n),
        "--reads", str(n), "--reads-total", str(n * READS_EACH), "--articles", str(articles), "--groups",
    ]  # fmt: skip
    subprocess.run(command, env=env | {"PYTHONPATH": str(ROOT)}, check=True, stdout=subprocess.DEVNULL)
    print(f"{n:,} requests and {n * READS_EACH:,} reads generated in {time.perf_counter() - began:.0f} s")


def measure(label: str, database_url: str, n: int, repeats: int) -> None:
    with install(database_url) as env:
        generate(env, n)
        settle(database_url)
        print(f"{label} {n}: {busy()}")
        for name, (code, aim) in AREAS.items():
            found = [run(env, "report", code) for _n in range(COLD)]
            seconds = statistics.median(each["seconds"] for each in found)
            own = statistics.median(each["cpu"] for each in found)
            print(f"  {name}: {seconds:.2f} s on the clock, {own:.2f} s of the process's processor")
            target(f"report_{label}_{n}_{name}_cold_seconds", seconds, aim)
        figures = run(env, "figures", str(repeats))
        print(f"  all figures without a statement together: {figures['rest'] * 1e3:.0f} ms")
        for each in figures["figures"]:
            print(f"  {each['key']}: {each['ours'] * 1e3:.1f} ms, its statement {each['theirs'] * 1e3:.1f} ms")
            if each["key"].startswith(LARGE):
                target(f"report_{label}_{n}_{each['key']}_ratio", each["ratio"], RATIO)


def settle(database_url: str) -> None:
    """What autovacuum does within minutes of a load."""
    if database_url:
        import psycopg

        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=100_000, help="requests; default 100,000")
    parser.add_argument("--full", action="store_true", help=f"the county in full: {FULL:,}")
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--only", choices=["sqlite", "postgresql"], default="")
    parser.add_argument("--part", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        name, argument = options.part
        parts: dict[str, Callable[[str], Any]] = {"report": part_report, "figures": part_figures}
        print(json.dumps(parts[name](argument)))
        return
    from tools.postgres import DURABLE, running

    n = FULL if options.full else options.n
    if options.only != "postgresql":
        measure("sqlite", "", n, options.repeat)
    if options.only != "sqlite":
        with running(**DURABLE) as url:
            measure("postgresql", url, n, options.repeat)


if __name__ == "__main__":
    main()
