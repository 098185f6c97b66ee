"""Restoring a backup into an empty install. Nothing is touched before everything in it has been checked.

The database comes last, in one step: until then the install counts as empty, and an interrupted restore is
simply done again.
"""

import errno
import io
import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.models import Model
from django.utils.translation import gettext as _
from pyrage.x25519 import Identity

from shiliu import keyring
from shiliu.core import access
from shiliu.core.access import Actor
from shiliu.core.backup import RESTORED, Unusable, archive, record
from shiliu.core.backup.engines import engine, work_folder
from shiliu.core.backup.manifest import Manifest
from shiliu.core.exchange import KINDS
from shiliu.core.models import User
from shiliu.env import Environment


@dataclass(frozen=True)
class Restored:
    """What came back: rows as the backup counted them, and the tables where fewer or more came."""

    manifest: Manifest
    rows: int
    files: int
    differing: dict[str, tuple[int, int]]
    replaced_keys: Path


def restore(path: Path, identity: Identity, *, by: Actor) -> Restored:
    """Bring database, files and keys back into this empty install, and bring it up to date.

    Raises Unusable with a sentence, and OSError.
    """
    access.require(by, "core.restore", "")
    _require_empty()
    it = engine()
    if it.used_by_others():
        raise Unusable(
            _("Something is using this database. Stop Shiliu and other programs, then restore again.")
        )
    with work_folder(settings.DATA) as work:
        manifest = _unpack(path, identity, work)
        it.check(work)
        replaced = _adopt_keys(work, identity)
        files = _put(work / "media", settings.MEDIA_ROOT) + _put(work / "private", settings.PRIVATE_ROOT)
        it.install(work)
    differing = _differences(manifest.rows, it.rows())
    call_command("setup", verbosity=0, stdout=io.StringIO())
    record(RESTORED, path, by=by, made_at=manifest.made_at)
    return Restored(manifest, sum(manifest.rows.values()), files, differing, replaced)


def _require_empty() -> None:
    """An install is empty while it holds no record that could be imported, and nobody who signs in."""
    tables = set(connection.introspection.table_names())
    models: list[type[Model]] = [User, *(kind.model for kind in KINDS.values())]
    for model in models:
        if model._meta.db_table in tables and model._base_manager.exists():
            raise Unusable(
                _(
                    "This install is not empty: it has %(what)s on record. Restore into a new one: set "
                    "SHILIU_DATA to a new folder, and DATABASE_URL, where it is set, to a new database."
                )
                % {"what": model._meta.verbose_name_plural}
            )


def _unpack(path: Path, identity: Identity, work: Path) -> Manifest:
    """Everything in the backup, checked, in the work folder."""
    manifest = None
    with closing(archive.extract(path, identity, work)) as names:
        for name in names:
            if name == archive.MANIFEST:
                manifest = Manifest.from_json((work / name).read_text("utf-8"))
                manifest.require_fitting()
    for name in (archive.MANIFEST, engine().MEMBER, archive.SECRET_KEY, archive.FIELD_KEYS):
        if manifest is None or not (work / name).is_file():
            raise Unusable(
                _("%(path)s is no complete backup: %(name)s is missing.") % {"path": path, "name": name}
            )
    assert manifest is not None  # noqa: S101  the first of the names
    return manifest


def _adopt_keys(work: Path, identity: Identity) -> Path:
    secret = (work / archive.SECRET_KEY).read_text("utf-8").strip()
    fields = (work / archive.FIELD_KEYS).read_text("utf-8").split()
    given = Environment()["SHILIU_FIELD_KEYS"]
    # All of them, to read; the last of them, since digests of telephone numbers are derived from it.
    if given and not (set(fields) <= set(given) and fields[-1:] == given[-1:]):
        raise Unusable(
            _(
                "SHILIU_FIELD_KEYS is set and lacks keys of this backup: contact details could not be read. "
                "Unset it; the keys are in the backup, and come into SHILIU_DATA/keys."
            )
        )
    kept = work / archive.REPORT_KEYS
    reports = kept.read_text("utf-8").split() if kept.is_file() else []
    replaced = keyring.adopt(settings.DATA, secret=secret, fields=fields, identity=identity, reports=reports)
    settings.FIELD_KEYS = given or fields  # this process was started with the keys of an empty install
    return replaced


def _put(staged: Path, root: Path) -> int:
    """Move the files into their folder, which may be a mount of its own; how many."""
    files = [path for path in staged.rglob("*") if path.is_file()]
    for path in files:
        target = root / path.relative_to(staged)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            path.replace(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            shutil.copyfile(path, target)
    return len(files)


def _differences(kept: dict[str, int], found: dict[str, int]) -> dict[str, tuple[int, int]]:
    """Tables whose number of rows is not what the manifest says: (manifest, here)."""
    return {
        name: (kept.get(name, 0), found.get(name, 0))
        for name in sorted(kept.keys() | found.keys())
        if kept.get(name, 0) != found.get(name, 0)
    }
