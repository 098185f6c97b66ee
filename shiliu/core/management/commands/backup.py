"""`shiliu backup FILE`"""

import argparse
import signal
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext as _

from shiliu import keyring
from shiliu.core.access import System
from shiliu.core.backup import Unusable
from shiliu.core.backup.making import create, sums_path


def stop(*_: object) -> NoReturn:
    """On SIGTERM: leave in order, so that nothing half and no plain copy stays behind."""
    raise SystemExit(128 + signal.SIGTERM)


class Command(BaseCommand):
    help = (
        "Write database, media and keys into one new file: as of one moment, compressed, encrypted for the "
        "recovery key, with a checksum in FILE.sha256. Works while Shiliu serves. Only the recovery key "
        "opens it (`shiliu keys show-recovery`): copy that key away from this machine, and the file too."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, metavar="FILE", help="a new file, such as /backups/shiliu-2023-06-30.age"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, stop)
        try:
            made = create(options["file"], by=System("backup"))
        except (Unusable, keyring.KeyRefused) as refusal:
            raise CommandError(str(refusal)) from None
        except OSError as error:
            raise CommandError(f"{error.filename or options['file']}: {error.strerror}.") from None
        self.stdout.write(
            _("%(path)s holds everything as of %(made_at)s: %(rows)s rows, %(size)s bytes.")
            % {
                "path": made.path,
                "made_at": made.manifest.made_at,
                "rows": f"{sum(made.manifest.rows.values()):,}",
                "size": f"{made.size:,}",
            }
        )
        self.stdout.write(f"sha256 {made.sha256}  ({sums_path(made.path).name})")
        if not keyring.recovery_is_saved(settings.DATA):
            self.stderr.write(
                _(
                    "The recovery key that opens it is not known to be kept anywhere else. "
                    "`shiliu keys show-recovery` says what to do."
                )
            )
