"""SQLite's side of a backup: a copy taken while others write, and a file put in place when nobody does."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext as _

from shiliu import keyring
from shiliu.core.backup import Unusable

MEMBER = "database.sqlite3"
_PAGES = 2000  # copied at a time; in between, a signal can stop the backup


def version() -> str:
    return f"SQLite {sqlite3.sqlite_version}"


def require_tools() -> None:
    """Python brings all that is needed."""


def file() -> Path:
    return Path(connection.settings_dict["NAME"])


@contextmanager
def snapshot(folder: Path) -> Iterator[tuple[Path, dict[str, int]]]:
    """A copy of the database as of one moment in `folder`, and the number of rows of each table."""
    _require_space(folder)
    copy = folder / MEMBER
    with closing(_open(file())) as source, closing(_open(copy)) as target:
        # An open reader's snapshot stays as it is while others write. Without it, each write by another
        # process would start the copy anew.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(target, pages=_PAGES, sleep=0)
        source.rollback()
        target.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        _require_sound(target)
        counted = _rows(target)
    yield copy, counted


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, timeout=20)


def _require_space(folder: Path) -> None:
    needed, free = file().stat().st_size, shutil.disk_usage(folder).free
    if needed > free:
        raise Unusable(
            _(
                "The backup copies the database to %(folder)s first, which takes %(needed)d MB; "
                "%(free)d MB are free."
            )
            % {"needed": needed >> 20, "free": free >> 20, "folder": folder.parent}
        )


def _require_sound(database: sqlite3.Connection) -> None:
    """A damaged database must not become the backup that replaces a good one."""
    try:
        (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict != "ok":
        raise Unusable(
            _("The database is damaged (%s). Keep its file, and restore the newest backup that is sound.")
            % verdict
        )


def _rows(database: sqlite3.Connection) -> dict[str, int]:
    names = database.execute(
        "SELECT name FROM pragma_table_list "
        "WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    ).fetchall()
    count = 'SELECT count(*) FROM "{}"'.format  # the names are the database's own
    return {name: database.execute(count(name)).fetchone()[0] for (name,) in names}


def rows() -> dict[str, int]:
    """The number of rows of each table of the present database."""
    with closing(_open(file())) as database:
        return _rows(database)


def check(folder: Path) -> None:
    """Raise Unusable unless an unpacked backup can be put in place."""
    with closing(_open(folder / MEMBER)) as database:
        _require_sound(database)


def used_by_others() -> bool:
    """Whether another connection is open: Shiliu serves, or another program looks at the file."""
    connection.close()
    if not file().exists():
        return False
    with closing(sqlite3.connect(file(), isolation_level=None, timeout=0.5)) as alone:
        return not _seize(alone)


def _seize(database: sqlite3.Connection) -> bool:
    """Leave WAL, which only the one connection to a database can do: each other one holds a lock.

    Django's next connection returns to WAL.
    """
    try:
        database.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError:  # database is locked
        return False
    return True


def install(folder: Path) -> None:
    """Put an unpacked database in the place of the present, empty one. Nobody else may use that."""
    connection.close()
    target = file()
    staged = _beside(folder / MEMBER, target)
    with closing(sqlite3.connect(target, isolation_level=None, timeout=0.5)) as old:
        if not _seize(old):
            raise Unusable(_("Something opened the database meanwhile. Stop Shiliu, then restore again."))
        old.execute("BEGIN EXCLUSIVE")  # nobody gets in while the file changes
        staged.replace(target)
    keyring.sync_folder(target.parent)


def _beside(source: Path, target: Path) -> Path:
    """`source` in the folder of `target`, where it can be put in place in one step."""
    target.parent.mkdir(parents=True, exist_ok=True)
    staged = target.with_name(f"{target.name}.restoring")
    shutil.move(source, staged)
    handle = os.open(staged, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return staged
