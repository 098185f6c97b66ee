"""`shiliu export-boundaries FILE`"""

import argparse
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext as _

from shiliu.core.access import System
from shiliu.grid import boundaries
from shiliu.grid.models import Boundary


class Command(BaseCommand):
    help = (
        "Write the boundaries of all areas into one GeoJSON file, in WGS-84, as `shiliu import-boundaries` "
        "reads it (with --system wgs84)."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="a new file")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open("x", encoding="utf-8") as file:
                file.writelines(boundaries.dump(by=System("export-boundaries")))
        except FileExistsError:
            raise CommandError(_("%s is there already. Give a new file.") % path) from None
        self.stdout.write(
            _("%(file)s holds %(n)s boundaries.") % {"file": path, "n": Boundary.objects.count()}
        )
