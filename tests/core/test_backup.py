"""Backup and restore: everything comes back as it was at one moment, or nothing is touched."""

import contextlib
import hashlib
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from shiliu import keyring
from shiliu.core.backup.engines import work_path

HALF_YEAR = ("report", "--from", "2023-01-01", "--to", "2023-06-30", "--format", "json")
FILES = {
    "media/images/红石榴.jpg": b"\xff\xd8" + bytes(range(256)) * 50,
    "media/documents/empty.txt": b"",
    "private/photos/2023/甲.jpg": b"\xff\xd8" + bytes(range(256)) * 20,
}

# Two rows in each transaction, one after the other, until told to stop; says how far it came.
WRITER = """
import itertools, time, django
django.setup()
from django.db import transaction
from shiliu.core.models import Submission
for n in itertools.count(1):
    with transaction.atomic():
        for half in "ab":
            Submission.objects.create(key=f"writer-{n:06}-{half}", kind="test", public_id="x", digest="x")
    print(n, flush=True)
    time.sleep(0.005)  # leaves a processor to the backup
"""


# Installs beside each other -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def new_install(_prepared, databases, tmp_path_factory):
    """new_install() has no tables, new_install(of=other) is a copy of a database nobody is connected to."""

    def make(of: dict[str, str] | None = None) -> dict[str, str]:
        install = _prepared | {"SHILIU_DATA": str(tmp_path_factory.mktemp("install") / "data")}
        if of is not None:
            shutil.copytree(of["SHILIU_DATA"], install["SHILIU_DATA"])
        if databases is not None:
            original = urlsplit(of["DATABASE_URL"]).path.strip("/") if of else "template0"
            install["DATABASE_URL"] = databases.make(copy_of=original)
        return install

    return make


@pytest.fixture(scope="module")
def prepared(_prepared) -> dict[str, str]:
    """An install after `shiliu setup`, which tests only read."""
    return _prepared


@pytest.fixture(scope="module")
def town(prepared, new_install, run) -> dict[str, str]:
    """The sample township with some files and a recovery key; tests only read it."""
    install = new_install(of=prepared)
    run(install, "sample")
    for name, content in FILES.items():
        path = folder(install) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    keyring.make_recovery(folder(install))
    return install


@pytest.fixture(scope="module")
def run():
    def start(install: dict[str, str], *arguments: str, check: bool = True) -> Any:
        command = [sys.executable, "-m", "shiliu", *arguments]
        done = subprocess.run(command, env=install, capture_output=True, text=True, check=False)
        assert done.returncode == 0 or not check, done.stdout + done.stderr
        return done

    return start


def folder(install: dict[str, str]) -> Path:
    return Path(install["SHILIU_DATA"])


def key_of(install: dict[str, str]) -> str:
    return str(keyring.identity_path(folder(install)))


def rows_of(install: dict[str, str]) -> dict[str, list[str]]:
    """Every row of every table as a text, sorted."""
    if url := install.get("DATABASE_URL"):
        import psycopg

        with psycopg.connect(url) as database:
            names = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            read = 'SELECT t::text FROM "{}" t'.format
            every = {name: database.execute(read(name)).fetchall() for (name,) in names}
    else:
        with contextlib.closing(sqlite3.connect(folder(install) / "shiliu.sqlite3")) as database:
            names = database.execute(
                "SELECT name FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            ).fetchall()
            read = 'SELECT * FROM "{}"'.format
            every = {name: database.execute(read(name)).fetchall() for (name,) in names}
    return {name: sorted(map(repr, rows)) for name, rows in every.items()}


def digests(rows: dict[str, list[str]]) -> dict[str, str]:
    """A digest of each table, without what backup and restore themselves add to the audit."""
    return {
        name: hashlib.sha256("\n".join(row for row in lines if "core.backup" not in row).encode()).hexdigest()
        for name, lines in rows.items()
    }


def files_of(install: dict[str, str]) -> dict[str, bytes]:
    root = folder(install)
    found = [path for name in ("media", "private") for path in (root / name).rglob("*") if path.is_file()]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


@contextlib.contextmanager
def writing(install: dict[str, str]) -> Iterator[Any]:
    """Another process that writes all the time; `progress()` is how many transactions it has made."""
    environment = install | {"DJANGO_SETTINGS_MODULE": "shiliu.settings"}
    log = folder(install) / "writer.log"
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-c", WRITER], env=environment, stdout=output)

    def progress() -> int:
        return log.read_bytes().count(b"\n")

    try:
        wait_for(lambda: progress() > 20)
        yield progress
    finally:
        process.terminate()
        process.wait(20)


def wait_for(condition: Any, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


# The whole way --------------------------------------------------------------------------------------------


def test_backup_taken_while_others_write_comes_back_whole(town, new_install, run, tmp_path):
    source, target = new_install(of=town), new_install()
    file = tmp_path / "busy.age"
    report = run(source, *HALF_YEAR).stdout

    with writing(source) as progress:
        before = progress()
        made = run(source, "backup", str(file))
        after = progress()
    restored = run(target, "restore", str(file), "--identity", key_of(source))

    assert after > before + 2, "the writer was kept waiting"
    ours, theirs = rows_of(source), rows_of(target)
    pairs = [row for row in theirs["core_submission"] if "writer-" in row]
    assert 2 * before <= len(pairs) <= 2 * (after + 1)
    # As of one moment: the first so many transactions, each of them whole, and none after.
    assert pairs == [row for row in ours["core_submission"] if "writer-" in row][: len(pairs)]
    assert len(pairs) % 2 == 0
    ours["core_submission"] = theirs["core_submission"]
    # Filled anew, its token is another one: whoever holds reference data reads it again.
    for tokens in ("core_referencestate", "channel_pagesstate"):
        ours[tokens] = theirs[tokens]
    assert digests(theirs) == digests(ours)
    assert sum(map(len, theirs.values())) > 1000
    assert run(target, *HALF_YEAR).stdout == report
    assert json.loads(report)["figures"]["volunteers.people"]["value"] > 0
    assert files_of(target) == FILES
    told = Path(f"{file}.sha256").read_text()
    assert told == f"{hashlib.sha256(file.read_bytes()).hexdigest()}  busy.age\n"
    assert told.split()[0] in made.stdout
    assert f"{sum(map(len, theirs.values())) - 1:,}" in restored.stdout  # without the entry of the restore
    assert list(work_path(folder(source)).iterdir()) == list(work_path(folder(target)).iterdir()) == []


@pytest.fixture(scope="module")
def backup(town, run, tmp_path_factory) -> Path:
    """A backup of the town, made at rest."""
    file = tmp_path_factory.mktemp("backup") / "town.age"
    run(town, "backup", str(file))
    return file


def test_backup_is_recorded_and_overwrites_nothing(town, backup, run):
    content = backup.read_bytes()

    again = run(town, "backup", str(backup), check=False)

    (entry,) = [row for row in rows_of(town)["core_auditentry"] if "core.backup" in row]
    assert hashlib.sha256(content).hexdigest() in entry
    assert "system:backup" in entry
    assert again.returncode == 1
    assert "town.age" in again.stderr
    assert backup.read_bytes() == content
    assert {path.name for path in backup.parent.iterdir()} == {"town.age", "town.age.sha256"}


def test_restore_brings_the_keys_and_keeps_those_that_were_here(town, backup, new_install, run):
    target = new_install()
    keyring.secret_key("", folder(target), production=False)
    keyring.field_keys([], folder(target), production=False)
    old = keyring.field_path(folder(target)).read_text()

    run(target, "restore", str(backup), "--identity", key_of(town))

    for path in (keyring.field_path, keyring.secret_path, keyring.report_path, keyring.recipient_path):
        assert path(folder(target)).read_text() == path(folder(town)).read_text()
    assert [path.read_text() for path in folder(target).glob("keys/replaced-*/field.keys")] == [old]
    assert keyring.recovery_is_saved(folder(target))
    assert not keyring.identity_path(folder(target)).exists()
    found = json.loads(run(target, "doctor", "--format", "json", "--language", "en").stdout)["findings"]
    assert {f["level"] for f in found if f["check"] == "core.contact_details"} == {"ok"}


def test_older_backup_replaces_empty_tables_and_is_brought_up_to_date(prepared, new_install, run, tmp_path):
    """The backup knows no sessions; the install that it comes into has a table of them."""
    source, target = new_install(of=prepared), new_install(of=prepared)
    keyring.make_recovery(folder(source))
    run(source, "migrate", "sessions", "zero")
    run(source, "backup", str(tmp_path / "old.age"))

    run(target, "restore", str(tmp_path / "old.age"), "--identity", key_of(source))

    assert "django_session" not in rows_of(source)
    assert rows_of(target)["django_session"] == []


@pytest.mark.once
@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGTERM])
def test_interrupted_backup_leaves_no_file(town, new_install, run, tmp_path, stop):
    install, file = new_install(of=town), tmp_path / "town.age"
    with (folder(install) / "media/film.bin").open("wb") as film:
        film.truncate(20 << 30)  # zeros that take no room, but time

    process = subprocess.Popen([sys.executable, "-m", "shiliu", "backup", str(file)], env=install)
    wait_for(lambda: (tmp_path / "town.age.part").exists() and (tmp_path / "town.age.part").stat().st_size)
    process.send_signal(stop)
    status = process.wait(30)

    if stop == signal.SIGTERM:
        assert status == 143
        assert list(tmp_path.iterdir()) == []
        assert list(work_path(folder(install)).iterdir()) == []
        return
    assert [path.name for path in tmp_path.iterdir()] == ["town.age.part"]
    (folder(install) / "media/film.bin").unlink()
    run(install, "backup", str(file))  # a killed one stands in nobody's way, and is cleared away
    assert {path.name for path in tmp_path.iterdir()} == {"town.age", "town.age.sha256"}
    assert list(work_path(folder(install)).iterdir()) == []


# Refusals of whole commands -------------------------------------------------------------------------------


def test_database_that_others_use_is_refused(town, backup, prepared, new_install, run):
    install = new_install(of=prepared)
    with contextlib.closing(connected(install)):
        done = run(install, "restore", str(backup), "--identity", key_of(town), check=False)

    assert done.returncode == 1
    assert not list(folder(install).glob("keys/replaced-*"))
    assert rows_of(install)["grid_area"] == []


def connected(install: dict[str, str]) -> Any:
    """Another program that has the database open, and does nothing."""
    if url := install.get("DATABASE_URL"):
        import psycopg

        return psycopg.connect(url)
    other = sqlite3.connect(folder(install) / "shiliu.sqlite3")
    other.execute("SELECT 1 FROM django_migrations").fetchall()
    return other


@pytest.mark.once  # a damaged file is SQLite's trouble
def test_damaged_database_makes_no_backup(town, new_install, run, tmp_path):
    install = new_install(of=town)
    damage(folder(install) / "shiliu.sqlite3")

    done = run(install, "backup", str(tmp_path / "x.age"), check=False)
    examined = run(install, "doctor", "--format", "json", "--language", "en", check=False)

    assert done.returncode == 1
    assert list(tmp_path.iterdir()) == []
    found = json.loads(examined.stdout)["findings"]
    assert examined.returncode == 1
    assert [f["check"] for f in found if f["level"] == "problem"] == ["core.soundness"]


def damage(path: Path) -> None:
    """Overwrite the first page of an index that nothing here reads."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        (size,) = database.execute("PRAGMA page_size").fetchone()
        (page,) = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'request_by_receipt'"
        ).fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
