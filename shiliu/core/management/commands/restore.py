"""`shiliu restore FILE`"""

import argparse
import signal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext as _

from shiliu import keyring
from shiliu.core.access import System
from shiliu.core.backup import Unusable
from shiliu.core.backup.restoring import Restored, restore
from shiliu.core.management.commands.backup import stop


class Command(BaseCommand):
    help = (
        "Bring a backup back into an empty install: database, media and keys. Everything in the file is "
        "checked before anything is touched. Shiliu must not be running. A backup of an older Shiliu is "
        "brought up to date; one of a newer is refused. Exit status 1 if the rows that came back are not "
        "those that the backup counted."
    )
    requires_system_checks: list[str] = []  # of tables that are not there yet

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="what `shiliu backup` wrote")
        parser.add_argument(
            "--identity",
            type=Path,
            metavar="KEYFILE",
            help="the file with the recovery key (default: recovery.key in SHILIU_DATA/keys)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, stop)
        key_file = options["identity"] or keyring.identity_path(settings.DATA)
        try:
            restored = restore(options["file"], keyring.read_identity(key_file), by=System("restore"))
        except (Unusable, keyring.KeyRefused) as refusal:
            raise CommandError(str(refusal)) from None
        except OSError as error:
            raise CommandError(f"{error.filename or options['file']}: {error.strerror}.") from None
        self._tell(restored)
        if restored.differing:
            raise SystemExit(1)

    def _tell(self, restored: Restored) -> None:
        for table, (kept, found) in restored.differing.items():
            self.stderr.write(
                _("%(table)s: the backup counted %(kept)d rows, %(found)d came back.")
                % {"table": table, "kept": kept, "found": found}
            )
        if not restored.differing:
            self.stdout.write(
                _(
                    "Restored as of %(made_at)s: %(rows)s rows in %(tables)d tables, as the backup counted "
                    "them, and %(media)d files."
                )
                % {
                    "made_at": restored.manifest.made_at,
                    "rows": f"{restored.rows:,}",
                    "tables": len(restored.manifest.rows),
                    "media": restored.files,
                }
            )
        self.stdout.write(_("The keys that were here before are in %s.") % restored.replaced_keys)
