"""`shiliu keys …`"""

import argparse
import hashlib
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext as _

from shiliu import keyring
from shiliu.core import rotation
from shiliu.core.access import System
from shiliu.core.backup.engines import engine
from shiliu.env import Environment

BY = System("keys")
TAIL = 6  # characters of the recovery key that prove that it was copied


class Command(BaseCommand):
    help = (
        "Show, make and rotate the keys of this install, which are in SHILIU_DATA/keys. Without an action: "
        "which there are, as fingerprints. docs/guide/operations.md says what each is for and what its loss "
        "means."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", metavar="ACTION")
        actions.add_parser("make", help="make the keys that are missing; the others stay. Also in production")
        actions.add_parser("show-recovery", help="print the recovery key, and what to do with it")
        actions.add_parser(
            "rotate-reports", help="sign reports with a new key from now on; those signed before stay valid"
        )
        saved = actions.add_parser("saved", help="note that the recovery key was copied away")
        saved.add_argument(
            "--remove",
            action="store_true",
            help=f"and delete it here, after you typed its last {TAIL} characters from your copy",
        )
        rotate = actions.add_parser(
            "rotate-fields",
            help="write all contact details under a new key; can be interrupted and repeated",
        )
        rotate.add_argument(
            "--drop-old",
            action="store_true",
            help="instead, take the old keys out of use, once nothing is under them",
        )

    def handle(self, *args: Any, action: str | None, **options: Any) -> None:
        actions = {
            None: self._show,
            "make": self._make,
            "show-recovery": self._show_recovery,
            "saved": self._saved,
            "rotate-reports": self._rotate_reports,
            "rotate-fields": self._drop_old if options.get("drop_old") else self._rotate,
        }
        try:
            actions[action](**options)
        except keyring.KeyRefused as refusal:
            raise CommandError(str(refusal)) from None

    def _show(self, **options: Any) -> None:
        fields = " ".join(map(_fingerprint, settings.FIELD_KEYS))
        rows = [
            ("secret.key", _fingerprint(settings.SECRET_KEY), _source("SHILIU_SECRET_KEY")),
            ("field.keys", fields, _source("SHILIU_FIELD_KEYS")),
        ]
        try:
            signing = keyring.report_keys(settings.REPORT_KEYS, settings.DATA)
            prints = "; ".join(keyring.fingerprint(keyring.public_half(key)) for key in signing)
            rows.append(("report.keys", prints, _source("SHILIU_REPORT_KEYS")))
        except keyring.KeyRefused:
            rows.append(("report.keys", "–", _("missing: `shiliu keys make` makes it")))
        if keyring.recipient_path(settings.DATA).exists():
            rows.append(("recovery.pub", keyring.recipient(settings.DATA), self._recovery_standing()))
        else:
            rows.append(("recovery.pub", "–", _("missing: `shiliu keys make` makes it")))
        for name, fingerprint, note in rows:
            self.stdout.write(f"{name:<14}{fingerprint}  {note}")

    def _recovery_standing(self) -> str:
        saved = keyring.recovery_is_saved(settings.DATA)
        parts = [_("copied away") if saved else _("not known to be copied away")]
        if keyring.identity_path(settings.DATA).exists():
            parts.append(_("private half on this machine"))
        return ", ".join(parts)

    def _make(self, **options: Any) -> None:
        # The settings have made the others when they were read.
        if not settings.REPORT_KEYS:
            keyring.make_report_key(settings.DATA)
        if keyring.make_recovery(settings.DATA) and options["verbosity"]:
            self.stdout.write(
                _("A recovery key for backups was made. `shiliu keys show-recovery` says what to do with it.")
            )
        if options["verbosity"]:
            self._show()

    def _show_recovery(self, **options: Any) -> None:
        path = keyring.identity_path(settings.DATA)
        if not path.exists():
            recipient = keyring.recipient(settings.DATA)
            raise CommandError(
                _("The recovery key is not on this machine. It is the one whose public half is %s.")
                % recipient
            )
        self.stdout.write(str(keyring.read_identity(path)))
        self.stderr.write(
            _(
                "This line opens every backup of this install, and nothing else does. Keep it in two places "
                "away from this machine: on paper in the safe, in a password manager. Whoever has it and a "
                "backup reads everything. Then type: shiliu keys saved"
            )
        )

    def _saved(self, *, remove: bool, **options: Any) -> None:
        path = keyring.identity_path(settings.DATA)
        keyring.recipient(settings.DATA)
        if remove and path.exists():
            self._require_copy(path)
        keyring.note_recovery_saved(settings.DATA)
        self.stdout.write(_("Noted that the recovery key is kept elsewhere."))
        if remove:
            path.unlink(missing_ok=True)
            self.stdout.write(_("It is no longer on this machine; backups go on being made."))
        elif path.exists():
            self.stdout.write(
                _("It is still here too, where no backup needs it: `shiliu keys saved --remove` deletes it.")
            )

    def _require_copy(self, path: Path) -> None:
        self.stdout.write(_("Type the last %d characters of the key from your copy:") % TAIL)
        try:
            typed = input()
        except EOFError:
            typed = ""
        if typed.strip().upper() != str(keyring.read_identity(path))[-TAIL:].upper():
            raise CommandError(_("That is not how this key ends. It stays here; compare your copy with it."))

    def _rotate(self, **options: Any) -> None:
        if not self._readable_standing().older:  # else an earlier rotation was interrupted, and goes on
            self._add_key()
        written = rotation.reencrypt(by=BY)
        self.stdout.write(_("%d values were written under the newest key.") % written)

    def _add_key(self) -> None:
        new = Fernet.generate_key().decode()
        if Environment()["SHILIU_FIELD_KEYS"]:
            raise CommandError(
                _(
                    "SHILIU_FIELD_KEYS gives the keys, and all values are under the first of them. For a new "
                    "one put this in front, with a comma, restart every process, and repeat: %s"
                )
                % new
            )
        self._require_standstill()
        keys = [new, *settings.FIELD_KEYS]
        keyring.replace_private(keyring.field_path(settings.DATA), "".join(f"{key}\n" for key in keys))
        settings.FIELD_KEYS = keys

    def _drop_old(self, **options: Any) -> None:
        self._require_standstill()
        if older := self._readable_standing().older:
            raise CommandError(
                _("%d values are still under an old key. Run `shiliu keys rotate-fields` first.") % older
            )
        renewed = rotation.renew_digests(by=BY)
        if Environment()["SHILIU_FIELD_KEYS"]:
            self.stdout.write(_("Now leave only the first key in SHILIU_FIELD_KEYS, then start Shiliu."))
        else:
            keyring.replace_private(keyring.field_path(settings.DATA), f"{settings.FIELD_KEYS[0]}\n")
        self.stdout.write(_("Only the newest key is in use; %d digests were computed from it.") % renewed)

    def _rotate_reports(self, **options: Any) -> None:
        if Environment()["SHILIU_REPORT_KEYS"]:
            raise CommandError(
                _(
                    "SHILIU_REPORT_KEYS gives the keys. For a new one put this in front, with a comma, and "
                    "restart every process: %s"
                )
                % keyring.new_report_key()
            )
        keyring.add_report_key(settings.DATA)
        (newest, *_before) = keyring.report_keys([], settings.DATA)
        self.stdout.write(
            _("Reports are signed with a new key from now on: %s. Make a backup.")
            % keyring.fingerprint(keyring.public_half(newest))
        )

    def _readable_standing(self) -> rotation.Standing:
        standing = rotation.standing()
        if standing.unreadable:
            raise CommandError(
                _(
                    "%d values cannot be read with any key that is here. Put the key back that they were "
                    "written with: it is in the backups of that time."
                )
                % standing.unreadable
            )
        return standing

    def _require_standstill(self) -> None:
        if engine().used_by_others():
            raise CommandError(
                _("Stop Shiliu first: a process that runs with the present keys cannot read under others.")
            )


def _fingerprint(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def _source(variable: str) -> str:
    return _("from %s") % variable if Environment()[variable] else ""
