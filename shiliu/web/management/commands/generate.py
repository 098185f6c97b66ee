"""`shiliu generate`"""

import argparse
import random
import secrets
import shutil
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from shiliu import keyring
from shiliu.core import worktime
from shiliu.core.access import System
from shiliu.core.areas import TOWN
from shiliu.core.exchange.load import Import
from shiliu.grid.models import Area
from shiliu.requests.models import Category, Request
from shiliu.web.generating import bulk, places, reading, sending
from shiliu.web.generating.asking import TABLES, Asking
from shiliu.web.management.commands.sample import FOLDER


class Command(BaseCommand):
    help = (
        "Fill an empty install with an invented county of any size: areas, posts, people, teams, and what "
        "was asked there over three years. The same seed and time give the same county. To measure on and to "
        "try things out; not for an install that holds a real township."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--towns", type=int, default=30, help=f"1 to {places.MOST_TOWNS}; default 30")
        parser.add_argument("--requests", type=int, default=10_000, help="how many; default 10,000")
        parser.add_argument(
            "--reads", type=int, default=0, help="rows of reads of articles, one a day and source; default 0"
        )
        parser.add_argument("--deliveries", type=int, default=0, help="of articles to groups; default 0")
        parser.add_argument(
            "--reads-total", type=int, default=0, help="what these rows add up to; default: as it falls"
        )
        parser.add_argument(
            "--articles", type=int, default=0, help="how many have them; default: as few as can"
        )
        parser.add_argument(
            "--groups", action="store_true", help="a chat group for each grid, which opens the articles"
        )
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--now", default="", help="the time it is made for (ISO 8601); default: now")

    def handle(self, *args: Any, **options: Any) -> None:
        now, towns = _time(options["now"]), options["towns"]
        reads = reading.Wanted(
            options["reads"], options["reads_total"], options["articles"], options["groups"]
        )
        self._refuse(towns, options["requests"], reads)
        if options["deliveries"] < 0:
            raise CommandError("--deliveries takes at least 0.")
        began = time.perf_counter()
        chance = random.Random(options["seed"])  # noqa: S311
        with transaction.atomic():
            sign_ins = self._fill(options["requests"], reads, towns, now, chance)
            if options["deliveries"]:
                sending.run(options["deliveries"], now, chance)
        path = Path(settings.DATA) / "generated-sign-ins.txt"
        keyring.write_private(path, sign_ins)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        if options["verbosity"]:
            self.stdout.write(f"Made in {time.perf_counter() - began:.0f} s. Sign-ins: {path}")

    def _refuse(self, towns: int, requests: int, reads: reading.Wanted) -> None:
        if settings.PRODUCTION:
            raise CommandError("An invented county has no place in production.")
        if not 1 <= towns <= places.MOST_TOWNS or requests < 1 or reads.rows < 0:
            raise CommandError(
                f"--towns takes 1 to {places.MOST_TOWNS}, --requests at least 1, --reads at least 0."
            )
        if min(reads.total, reads.articles) < 0 or reads.articles * reading.MOST < reads.rows * bool(
            reads.articles
        ):
            raise CommandError(
                "--reads-total and --articles are at least 0, and an article has at most "
                f"{reading.MOST} rows."
            )
        if Area._meta.db_table not in connection.introspection.table_names():
            raise CommandError("There are no tables yet. Run `shiliu setup` first.")
        if Area.objects.exists() or Request.objects.exists() or Category.objects.exists():
            raise CommandError("This install holds records already. A county goes into an empty one only.")
        if not FOLDER.is_dir():
            raise CommandError(f"The categories are those of the sample, and {FOLDER} is missing.")

    def _fill(
        self, requests: int, reads: reading.Wanted, towns: int, now: datetime, chance: random.Random
    ) -> str:
        """All in one transaction: it is there whole, or not at all."""
        worktime.seed()
        with transaction.atomic():
            _categories()
            county = places.make(towns, chance)
            categories = list(Category.objects.filter(is_offered=True).order_by("code"))
            asking = Asking(county, categories, now, chance)
            with bulk.filling(*TABLES):
                for number in asking.run(requests):
                    self.stderr.write(f"{number:,}", ending="\r") if requests >= 100_000 else None
            if reads.rows:
                for articles in reading.run(reads, _towns(), timezone.localdate(now), chance):
                    self.stderr.write(
                        f"{articles:,} articles", ending="\r"
                    ) if reads.rows >= 100_000 else None
            return _sign_ins(county)


def _towns() -> list[Area]:
    return list(Area.objects.filter(code__length=TOWN).order_by("code"))


def _time(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text) if text else timezone.now()
    except ValueError:
        raise CommandError(f"“{text}” is no time. It accepts one like 2026-11-27T10:00+08:00.") from None
    return (found if found.tzinfo else timezone.make_aware(found)).replace(microsecond=0)


def _categories() -> None:
    """Those of the sample, through the import door."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(FOLDER / "categories.csv", folder)
        for problem in (loading := Import(Path(folder), by=System("generate"), strict=True)).run():
            raise CommandError(str(problem))
    assert not loading.taken_back  # noqa: S101


def _sign_ins(county: places.County) -> str:
    """Passwords for a few of the people; the others have none."""
    lines = ["Sign-ins of the invented county (user name, password):\n"]
    for user in county.shown.values():
        password = "-".join(secrets.token_hex(2) for _ in range(4))
        user.set_password(password)
        user.save(update_fields=["password"])
        lines.append(f"  {user.username:<16} {password}\n")
    return "".join(lines)
