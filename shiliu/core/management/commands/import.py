"""`shiliu import DIR`"""

import argparse
import gc
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext as _

from shiliu.core.access import System
from shiliu.core.exchange.load import Import


class Command(BaseCommand):
    help = (
        "Read a folder of CSV files, one per kind of record (areas.csv, venues.csv, …; docs/guide/import.md, "
        "or `shiliu export --templates DIR` for empty ones). A row that cannot be read is named with file, "
        "line, column and what to do, and stops nothing else. Importing the same files again changes "
        "nothing; an import that was interrupted goes on when it is started again. Exit status 1 if a row "
        "was refused."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="the folder with the CSV files")
        parser.add_argument(
            "--dry-run", action="store_true", help="only show what would be created, changed, refused"
        )
        parser.add_argument("--strict", action="store_true", help="one refused row, and nothing is imported")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if not folder.is_dir():
            raise CommandError(_("%s is not a folder. Give the folder that holds the CSV files.") % folder)
        gc.freeze()  # what is loaded now stays: walking it again and again would cost a fifth of the time
        it = Import(folder, by=System("import"), dry_run=options["dry_run"], strict=options["strict"])
        for problem in it.run():
            self.stderr.write(str(problem))
        if not it.counts:
            raise CommandError(
                _("%s holds no CSV file. `shiliu export --templates DIR` writes empty ones.") % folder
            )
        self._summary(it)
        if any(counts.refused for counts in it.counts.values()):
            raise SystemExit(1)

    def _summary(self, it: Import) -> None:
        self.stdout.write(
            f"{'':<16}{_('created'):>10}{_('changed'):>10}{_('unchanged'):>12}{_('refused'):>10}"
        )
        for name, n in it.counts.items():
            self.stdout.write(f"{name:<16}{n.created:>10}{n.changed:>10}{n.unchanged:>12}{n.refused:>10}")
        if it.taken_back:
            self.stdout.write(
                _("Dry run: nothing was written.")
                if it.dry_run
                else _("Nothing was imported, since rows were refused.")
            )
