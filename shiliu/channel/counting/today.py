"""The file of the day: one for all processes of this machine, in memory, gone when the day is.

It holds a random salt, for each reader of an article a digest with the time of the read that counted, and
counts that are not in the database yet. A digest cannot be made without the salt, and the salt is nowhere
else: when the file is deleted, nobody can tell whose the digests were. SQLite keeps it whole when a
process is killed; it is in no backup, being neither in the database nor among the media.
"""

import hashlib
import json
import os
import secrets
import sqlite3
import stat
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from shiliu.channel.counting import seen
from shiliu.channel.counting.seen import View

AGAIN = 30 * 60  # seconds in which the same reader counts once
MEMORY = Path("/dev/shm")  # noqa: S108 (a folder of our own in it, and nobody else's is taken)
WAIT = 10  # seconds for another process to finish
_TABLES = """
CREATE TABLE IF NOT EXISTS salt (id INTEGER PRIMARY KEY CHECK (id = 1), value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS reader (digest TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS count (
    batch TEXT NOT NULL, article INTEGER NOT NULL, link TEXT NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (batch, article, link)) WITHOUT ROWID;
"""
# A batch is four statements, however long it is: each gives up Python's lock, and gets it back late while
# other threads answer readers.
_CAME = (
    "CREATE TEMP TABLE came AS SELECT value ->> 0 AS digest, value ->> 1 AS at, value ->> 2 AS article, "
    "value ->> 3 AS link FROM json_each(?)"
)
_TOO_SOON = (
    "DELETE FROM came WHERE EXISTS "
    "(SELECT 1 FROM reader WHERE reader.digest = came.digest AND came.at - reader.at < ?)"
)
_KNOW = (
    "INSERT INTO reader (digest, at) SELECT digest, MAX(at) FROM came WHERE true GROUP BY digest "
    "ON CONFLICT (digest) DO UPDATE SET at = excluded.at"
)
_ADD = (
    "INSERT INTO count (batch, article, link, n) "
    "SELECT '', article, link, COUNT(*) FROM came WHERE true GROUP BY article, link "
    "ON CONFLICT (batch, article, link) DO UPDATE SET n = n + excluded.n"
)
Counts = list[tuple[int, str, int]]  # article, link, reads


def folder() -> Path:
    """Only this account's, and one for each data folder. In memory where there is such a place."""
    name = hashlib.sha256(str(settings.DATA).encode()).hexdigest()[:16]
    for place in (MEMORY / f"shiliu-{os.getuid()}-{name}", settings.DATA / "today"):
        try:
            place.mkdir(mode=0o700, exist_ok=True)
            found = place.lstat()
        except OSError:
            continue
        if stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077:
            return place
    return Path(tempfile.mkdtemp(prefix="shiliu-"))  # counts still, by this process alone


def days() -> list[date]:
    """Those of which there is a file."""
    return sorted(date.fromisoformat(path.stem) for path in folder().glob("????-??-??.sqlite3"))


@contextmanager
def opened(day: date) -> Iterator[sqlite3.Connection]:
    """One transaction on the file of a day."""
    path = folder() / f"{day}.sqlite3"
    with closing(sqlite3.connect(path, timeout=WAIT, isolation_level=None)) as file:
        file.execute("PRAGMA synchronous=OFF")  # the machine's own crash takes the memory with it anyway
        file.execute("PRAGMA temp_store=MEMORY")
        file.execute("BEGIN IMMEDIATE")
        try:
            if not file.execute("SELECT 1 FROM sqlite_master WHERE name = 'count'").fetchone():
                for statement in _TABLES.split(";"):
                    file.execute(statement)
                file.execute("INSERT OR IGNORE INTO salt VALUES (1, ?)", [secrets.token_bytes(32)])
            yield file
        except BaseException:
            file.execute("ROLLBACK")
            raise
        file.execute("COMMIT")


def take(views: Iterable[View]) -> int:
    """Count those that are reads; how many were. All of a day in one transaction: kept, or not there."""
    once: dict[tuple[Any, ...], View] = {}
    for view in views:  # a burst's many views by the same reader are looked at as one
        once.setdefault((view.article, view.at // AGAIN, *view.who), view)
    by_day: dict[date, list[View]] = {}
    for view in once.values():
        if not seen.is_bot(view.agent):
            day = timezone.datetime.fromtimestamp(view.at, timezone.get_default_timezone()).date()
            by_day.setdefault(day, []).append(view)
    return sum(_take(day, found) for day, found in by_day.items())


def _take(day: date, views: list[View]) -> int:
    with opened(day) as file:
        (salt,) = file.execute("SELECT value FROM salt").fetchone()
        file.execute(_CAME, [json.dumps(_rows(views, salt))])
        file.execute(_TOO_SOON, [AGAIN])
        file.execute(_KNOW)
        file.execute(_ADD)
        return int(file.execute("SELECT COUNT(*) FROM came").fetchone()[0])


def _rows(views: list[View], salt: bytes) -> list[tuple[str, float, int, str]]:
    """Digest, time, article and link of each reader's first view, and of those half an hour after it."""
    last: dict[str, float] = {}
    rows = []
    for view in sorted(views, key=lambda view: view.at):
        address = seen.address(view.remote, view.forwarded)
        who = f"{view.article}\0{address}\0{view.agent}".encode("utf-8", "surrogateescape")
        digest = hashlib.blake2b(who, digest_size=12, key=salt).hexdigest()
        if view.at - last.get(digest, -AGAIN) >= AGAIN:
            last[digest] = view.at
            rows.append((digest, view.at, view.article, view.link))
    return rows


# Handing counts over --------------------------------------------------------------------------------------


def batch(day: date) -> tuple[str, Counts]:
    """Counts that wait, under a name: the same ones under the same name until `done` is told."""
    with opened(day) as file:
        row = file.execute("SELECT batch FROM count WHERE batch > '' LIMIT 1").fetchone()
        name = row[0] if row else uuid.uuid4().hex
        if not row:
            file.execute("UPDATE count SET batch = ? WHERE batch = ''", [name])
        counts = file.execute("SELECT article, link, n FROM count WHERE batch = ?", [name]).fetchall()
    return name, counts


def done(day: date, name: str) -> None:
    """The counts of that batch are in the database."""
    with opened(day) as file:
        file.execute("DELETE FROM count WHERE batch = ?", [name])


def forget(day: date) -> None:
    """Delete the file of a day that is over, with its salt, once nothing in it waits."""
    with opened(day) as file:
        if file.execute("SELECT 1 FROM count LIMIT 1").fetchone():
            return
    for path in folder().glob(f"{day}.sqlite3*"):
        path.unlink(missing_ok=True)


def forget_old_readers(now: float) -> None:
    """Those whose half hour is over count anew anyway."""
    day = timezone.datetime.fromtimestamp(now, timezone.get_default_timezone()).date()
    if day in days():
        with opened(day) as file:
            file.execute("DELETE FROM reader WHERE at <= ?", [now - AGAIN])
