"""How fast the import door is, and that its memory does not grow: on SQLite and PostgreSQL.

Rows per second of `reads` (four columns, two references, a compound key) and of `requests` (fourteen
columns, two of them encrypted, text search), each against a bare `executemany` of the same rows into the
same table in the same run. Three rounds, medians. Then one long import of reads: its peak memory against
that of a tenth of the rows.
"""

import argparse
import csv
import gc
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from _common import ROOT, install, median, run, shiliu, target

SOURCES = ("own", "official", "group")
ARTICLES = [f"A{n:03}" for n in range(1, 9)]
# How many times longer than a bare executemany, which neither reads nor checks nor remembers anything.
AIMS = {"sqlite": 20, "postgresql": 6}


def reads(n: int, first_year: int) -> Iterator[tuple[str, date, str, int]]:
    """`n` rows of reads, none twice, from the first day of a year on."""
    day = date(first_year, 1, 1)
    while True:
        for article in ARTICLES:
            for source in SOURCES:
                if n == 0:
                    return
                n -= 1
                yield article, day, source, n % 97
        day += timedelta(days=1)


def write_reads(folder: Path, n: int, first_year: int, articles: list[str]) -> None:
    names = dict(zip(ARTICLES, articles, strict=True))
    with (folder / "reads.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["article", "day", "source", "reads"])
        for article, day, source, times in reads(n, first_year):
            out.writerow([names[article], day, source, times])


def setup_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shiliu.settings")
    import django

    django.setup()


def part_import(folder: str) -> dict[str, float]:
    """In a process of its own: seconds of the import alone, and the peak memory in MB."""
    setup_django()
    from shiliu.core.access import System
    from shiliu.core.exchange.load import Import

    gc.freeze()  # as the command does
    it = Import(Path(folder), by=System("bench"))
    began = time.perf_counter()
    for problem in it.run():
        sys.exit(str(problem))
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "peak_mb": peak, "rows": sum(c.created for c in it.counts.values())}


def part_bare(table: str) -> dict[str, float]:
    """In a process of its own: the rows that the last import made, written again by `executemany`.

    They are read into memory and deleted first, so table, indexes and constraints are the same.
    """
    setup_django()
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} LIMIT 0")
        names = ", ".join(c[0] for c in cursor.description if c[0] not in ("town", "village"))
        cursor.execute(f"SELECT {names} FROM {table} WHERE id > (SELECT coalesce(max(n), 0) FROM bench_mark)")
        rows = cursor.fetchall()
        cursor.execute(f"DELETE FROM {table} WHERE id > (SELECT coalesce(max(n), 0) FROM bench_mark)")
        values = ", ".join(["%s"] * len(rows[0]))
        statement = f"INSERT INTO {table} ({names}) VALUES ({values})"
        began = time.perf_counter()
        with transaction.atomic():
            cursor.executemany(statement, rows)
        return {"seconds": time.perf_counter() - began, "rows": len(rows)}


def mark(table: str) -> None:
    """Note up to which row the table was filled before the round."""
    setup_django()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_mark (n bigint)")
        cursor.execute("DELETE FROM bench_mark")
        cursor.execute(f"INSERT INTO bench_mark SELECT coalesce(max(id), 0) FROM {table}")


def articles(folder: Path) -> list[str]:
    with (folder / "articles.csv").open(encoding="utf-8-sig", newline="") as file:
        return sorted(row["code"] for row in csv.DictReader(file))[: len(ARTICLES)]


def write_requests(folder: Path, n: int, round_: int) -> None:
    """`n` requests like those of the sample, under codes of their own."""
    with (ROOT / "sample/kunhe/requests.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        models, names = list(reader), reader.fieldnames or []
    with (folder / "requests.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, names)
        out.writeheader()
        for i in range(n):
            out.writerow(models[i % len(models)] | {"code": f"B{round_}-{i:07}"})


def compare(label: str, name: str, table: str, env: dict[str, str], folders: Iterator[Path]) -> None:
    """Rounds of import and bare insert of the same rows; the medians of their rates."""
    ours, bare = [], []
    for folder in folders:
        run(env, "mark", table)
        it = run(env, "import", str(folder))
        ours.append(it["rows"] / it["seconds"])
        by_hand = run(env, "bare", table)
        bare.append(by_hand["rows"] / by_hand["seconds"])
    print(f"{label} {name}: {median(ours):,.0f} rows/s, bare executemany {median(bare):,.0f} rows/s")
    target(f"import_{label}_{name}_ratio", median(bare) / median(ours), AIMS[label])


def measure(label: str, database_url: str, options: argparse.Namespace) -> None:
    sample = ROOT / "sample" / "kunhe"
    with install(database_url) as env, tempfile.TemporaryDirectory() as scratch:
        shiliu("import", str(sample), env=env)
        codes = articles(sample)

        def folders_of_reads() -> Iterator[Path]:
            for round_ in range(options.repeat):
                folder = Path(scratch) / f"reads{round_}"
                folder.mkdir()
                write_reads(folder, options.rows // 20, 2100 + 20 * round_, codes)
                yield folder

        def folders_of_requests() -> Iterator[Path]:
            for round_ in range(options.repeat):
                folder = Path(scratch) / f"requests{round_}"
                folder.mkdir()
                write_requests(folder, options.rows // 100, round_)
                yield folder

        compare(label, "reads", "channel_reads", env, folders_of_reads())
        compare(label, "requests", "requests_request", env, folders_of_requests())
        peaks = []
        for first_year, n in ((2300, options.rows // 10), (3000, options.rows)):
            folder = Path(scratch) / f"long{n}"
            folder.mkdir()
            write_reads(folder, n, first_year, codes)
            it = run(env, "import", str(folder))
            peaks.append(it["peak_mb"])
            print(f"{label}: {n:,} reads in {it['seconds']:.0f} s, peak memory {it['peak_mb']:.0f} MB")
        target(f"import_{label}_memory_growth", peaks[1] / peaks[0], 1.15)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the long import")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--part", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        name, argument = options.part
        answer = {"import": part_import, "bare": part_bare, "mark": mark}[name](argument)
        print(json.dumps(answer or {}))
        return
    measure("sqlite", "", options)
    from tools.postgres import running

    with running() as url:
        measure("postgresql", url, options)


if __name__ == "__main__":
    main()
