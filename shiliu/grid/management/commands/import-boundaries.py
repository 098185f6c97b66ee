"""`shiliu import-boundaries FILE`"""

import argparse
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext as _

from shiliu.core.access import System
from shiliu.core.door import Refused
from shiliu.grid import boundaries
from shiliu.grid.models import Boundary


class Command(BaseCommand):
    help = (
        "Read the boundaries of areas from a GeoJSON file: polygons, each with the area's code as its "
        "property “code”. All of the file is imported or, if a feature is refused, nothing; each refused one "
        "is named. Importing the same file again changes nothing. See docs/guide/boundaries.md."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="a GeoJSON file")
        parser.add_argument(
            "--system",
            choices=Boundary.System.values,
            required=True,
            help="what the coordinates are in: wgs84 (GPS, map programs) or gcj02 (Chinese map services)",
        )
        parser.add_argument("--source", required=True, metavar="TEXT", help="who drew them, and when")
        parser.add_argument(
            "--code-property", default="code", metavar="NAME", help="the property that holds the area's code"
        )
        parser.add_argument("--dry-run", action="store_true", help="only show what would be done")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            features = boundaries.read_file(options["file"])
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        outcome = boundaries.load(
            features,
            system=options["system"],
            source=options["source"],
            by=System("import-boundaries"),
            code_property=options["code_property"],
            dry_run=options["dry_run"],
        )
        for sentence in outcome.refused:
            self.stderr.write(sentence)
        for name, n in (
            (_("created"), outcome.created),
            (_("changed"), outcome.changed),
            (_("unchanged"), outcome.unchanged),
            (_("refused"), len(outcome.refused)),
        ):
            self.stdout.write(f"{name} {n}")
        if outcome.refused:
            self.stdout.write(_("Nothing was imported, since features were refused."))
            raise SystemExit(1)
        if options["dry_run"]:
            self.stdout.write(_("Dry run: nothing was written."))
