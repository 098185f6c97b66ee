"""Making a backup: the database first, as of one moment, then files and keys."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from shiliu import keyring
from shiliu.core import access
from shiliu.core.access import Actor
from shiliu.core.backup import BACKED_UP, Unusable, archive, record
from shiliu.core.backup.engines import engine, work_folder
from shiliu.core.backup.manifest import Manifest


@dataclass(frozen=True)
class Backup:
    """A file that was written: where, its size in bytes, its SHA-256, and what it says about itself."""

    path: Path
    size: int
    sha256: str
    manifest: Manifest


def create(path: Path, *, by: Actor) -> Backup:
    """Write everything into one new file at `path`, and its checksum beside it.

    Others go on reading and writing meanwhile. Raises Unusable or KeyRefused with a sentence, and OSError;
    then there is no file.
    """
    access.require(by, "core.backup", "")
    _require_new(path)
    recipient = keyring.recipient(settings.DATA)
    it = engine()
    with work_folder(settings.DATA) as work, it.snapshot(work) as (database, rows):
        manifest = Manifest.of_now(database=it.version(), rows=rows)
        with archive.writing(path, recipient) as writer:
            _fill(writer, manifest, database)
    backup = Backup(path, writer.size, writer.sha256, manifest)
    sums_path(path).write_text(f"{backup.sha256}  {path.name}\n", "utf-8")
    record(BACKED_UP, path, by=by, sha256=backup.sha256, size=backup.size)
    return backup


def sums_path(path: Path) -> Path:
    """Beside the backup, for `sha256sum -c`: a copy elsewhere is checked without any key."""
    return path.with_name(f"{path.name}.sha256")


def _require_new(path: Path) -> None:
    if path.is_dir():
        raise Unusable(_("%s is a folder. Give the name of a file in it.") % path)
    for existing in (path, sums_path(path)):
        if existing.exists():
            raise Unusable(
                _("%s exists already, and a backup overwrites nothing. Give another name.") % existing
            )
    if not path.absolute().parent.is_dir():
        raise Unusable(_("The folder %s does not exist. Make it, or give another one.") % path.parent)
    if path.resolve().is_relative_to(Path(settings.MEDIA_ROOT).resolve()):
        raise Unusable(_("%s lies in the folder that the site shows to everybody. Give another one.") % path)
    if path.resolve().is_relative_to(Path(settings.PRIVATE_ROOT).resolve()):
        raise Unusable(_("%s lies in a folder that is backed up itself. Give another one.") % path)


def _fill(writer: archive.Writer, manifest: Manifest, database: Path) -> None:
    writer.add_text(archive.MANIFEST, manifest.as_json())
    with database.open("rb") as source:
        writer.add(database.name, source)
    for prefix, root in ((archive.MEDIA, settings.MEDIA_ROOT), (archive.PRIVATE, settings.PRIVATE_ROOT)):
        for path in files_below(root):
            try:
                source = path.open("rb")
            except FileNotFoundError:  # deleted meanwhile
                continue
            with source:
                writer.add(prefix + path.relative_to(root).as_posix(), source)
    # From the settings, since they can come from variables: with its keys a backup is complete.
    writer.add_text(archive.SECRET_KEY, f"{settings.SECRET_KEY}\n")
    writer.add_text(archive.FIELD_KEYS, "".join(f"{key}\n" for key in settings.FIELD_KEYS))
    with suppress(keyring.KeyRefused):  # an install that signs no report may have none
        keys = keyring.report_keys(settings.REPORT_KEYS, settings.DATA)
        writer.add_text(archive.REPORT_KEYS, "".join(f"{key.private_bytes_raw().hex()}\n" for key in keys))


def files_below(root: Path) -> Iterator[Path]:
    """Every file below a folder, also behind links, each folder once."""
    seen = set()
    for folder, folders, names in os.walk(root, followlinks=True):
        status = Path(folder).stat()
        if (status.st_dev, status.st_ino) in seen:
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders.sort()
        yield from (path for name in sorted(names) if (path := Path(folder, name)).is_file())
