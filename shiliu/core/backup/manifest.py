"""What a backup says about itself, first of all its members."""

import json
import re
from collections.abc import Set
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

import shiliu
from shiliu.core.backup import Unusable

FORMAT = 1


@dataclass(frozen=True)
class Manifest:
    """The shape is a promise: a later Shiliu reads it.

    format: of the whole file. made_at: ISO 8601, UTC. vendor: sqlite or postgresql. database: its version.
    migrations: those applied, as app.name. rows: of each table.
    """

    format: int
    shiliu: str
    made_at: str
    vendor: str
    database: str
    migrations: list[str]
    rows: dict[str, int]

    @classmethod
    def of_now(cls, *, database: str, rows: dict[str, int]) -> "Manifest":
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        applied = MigrationRecorder(connection).applied_migrations()
        migrations = sorted(f"{app}.{name}" for app, name in applied)
        return cls(FORMAT, shiliu.__version__, made_at, connection.vendor, database, migrations, rows)

    def as_json(self) -> str:
        return json.dumps(asdict(self), indent=2)

    @classmethod
    def from_json(cls, text: str) -> "Manifest":
        """Raises Unusable for what this version cannot read."""
        try:
            values = json.loads(text)
            if values["format"] != FORMAT:
                raise _too_new(values["shiliu"])
            manifest = cls(**values)
            if not (isinstance(manifest.migrations, list) and isinstance(manifest.rows, dict)):
                raise TypeError
            return manifest
        except (ValueError, TypeError, LookupError):
            raise Unusable(_("The backup's manifest cannot be read. Use another backup.")) from None

    def require_fitting(self) -> None:
        """Raise Unusable unless this program, on this kind of database, can go on from the backup."""
        if self.vendor != connection.vendor:
            raise Unusable(
                _(
                    "The backup is of a %(theirs)s database, this install has a %(ours)s one. Set "
                    "DATABASE_URL to the same kind; to change it, use `shiliu export` and `shiliu import`."
                )
                % {"theirs": _NAMES.get(self.vendor, self.vendor), "ours": _NAMES[connection.vendor]}
            )
        newer = _numbers(self.shiliu) > _numbers(shiliu.__version__)
        if newer or set(self.migrations) - _known_migrations():
            raise _too_new(self.shiliu)


_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def _too_new(version: str) -> Unusable:
    return Unusable(
        _("The backup was made by Shiliu %(theirs)s, this is %(ours)s. Install that version, then restore.")
        % {"theirs": version, "ours": shiliu.__version__}
    )


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


def _known_migrations() -> Set[str]:
    """Those of the programs installed here, and those that they replaced."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    replaced = {one for migration in loader.disk_migrations.values() for one in migration.replaces}
    return {f"{app}.{name}" for app, name in set(loader.disk_migrations) | replaced}
