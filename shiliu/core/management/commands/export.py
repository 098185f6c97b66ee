"""`shiliu export DIR`"""

import argparse
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from shiliu.core.access import System
from shiliu.core.exchange.documented import columns
from shiliu.core.exchange.dump import dump, templates
from shiliu.core.fields import UnreadableField


class Command(BaseCommand):
    help = (
        "Write everything as CSV files, one per kind, in the columns that `shiliu import` reads, as of one "
        "moment. The files hold contact details in plain text and only you can read them: keep them safe, "
        "delete them afterwards. Accounts are written without passwords."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "folder", type=Path, nargs="?", metavar="DIR", help="the folder to write to; made if missing"
        )
        parser.add_argument("--templates", action="store_true", help="only the headers, to be filled in")
        parser.add_argument(
            "--columns", action="store_true", help="only say what stands in each column, as in the guide"
        )
        parser.add_argument(
            "--headers", choices=["zh", "en"], default="zh", help="their language (default: zh)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder, language = options["folder"], options["headers"]
        if options["columns"]:
            with translation.override("zh-hans" if language == "zh" else "en"):
                self.stdout.write(columns())
            return
        if folder is None:
            raise CommandError(_("Give the folder to write to."))
        try:
            if options["templates"]:
                templates(folder, language=language)
                self.stdout.write(_("Empty templates are in %s.") % folder)
                return
            written = dump(folder, by=System("export"), language=language)
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from None
        except UnreadableField as error:
            raise CommandError(str(error)) from None
        for name, rows in written.items():
            self.stdout.write(f"{name:<16}{rows:>10}")
