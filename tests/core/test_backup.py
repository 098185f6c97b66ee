"""Backup and restore: everything comes back as it was at one moment, or nothing is touched."""

import contextlib
import hashlib
import json
import os
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
from django.core.management import CommandError, call_command
from pyrage.x25519 import Identity

from shiliu import keyring
from shiliu.core.access import System
from shiliu.core.backup import Unusable, archive, postgres
from shiliu.core.backup.engines import engine, work_folder, work_path
from shiliu.core.backup.making import create
from shiliu.core.backup.manifest import Manifest
from shiliu.core.backup.restoring import restore
from tests import factories

HALF_YEAR = ("report", "--from", "2023-01-01", "--to", "2023-06-30", "--format", "json")
PICTURES = {"images/红石榴.jpg": b"\xff\xd8" + bytes(range(256)) * 50, "documents/empty.txt": b""}

# Two rows in each transaction, one after the other, until told to stop; says how far it came.
WRITER = """
import itertools, django
django.setup()
from django.db import transaction
from shiliu.core.models import Submission
for n in itertools.count(1):
    with transaction.atomic():
        for half in "ab":
            Submission.objects.create(key=f"writer-{n:06}-{half}", kind="test", public_id="x", digest="x")
    print(n, flush=True)
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
    """The sample township with two pictures and a recovery key; tests only read it."""
    install = new_install(of=prepared)
    run(install, "sample")
    for name, content in PICTURES.items():
        path = folder(install) / "media" / name
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


def media_of(install: dict[str, str]) -> dict[str, bytes]:
    root = folder(install) / "media"
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


@contextlib.contextmanager
def writing(install: dict[str, str]) -> Iterator[Any]:
    """Another process that writes as fast as it can; `progress()` is how many transactions it has made."""
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
    assert digests(theirs) == digests(ours)
    assert sum(map(len, theirs.values())) > 1000
    assert run(target, *HALF_YEAR).stdout == report
    assert json.loads(report)["figures"]["volunteers.people"]["value"] > 0
    assert media_of(target) == PICTURES
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

    for path in (keyring.field_path, keyring.secret_path, keyring.recipient_path):
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


# Refusals of restore: nothing is touched ------------------------------------------------------------------


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


@pytest.fixture
def here(tmp_path, settings, monkeypatch) -> Path:
    """The data folder of this process's own install, which is empty, and which nobody else uses."""
    monkeypatch.setattr(engine(), "used_by_others", lambda: False)  # it lets go of the test's connection
    settings.DATA = tmp_path / "data"
    settings.MEDIA_ROOT = settings.DATA / "media"
    settings.MEDIA_ROOT.mkdir(parents=True)
    return settings.DATA


KEY = Identity.generate()
BY = System("test")


def refused(path: Path, key: Identity = KEY) -> str:
    with pytest.raises(Unusable) as refusal:
        restore(path, key, by=BY)
    return str(refusal.value)


def forged(path: Path, *, without: str = "", **changed: Any) -> Path:
    """A backup of nothing much, whose manifest says what the test wants."""
    manifest = json.loads(Manifest.of_now(database="", rows={}).as_json()) | changed
    members = {
        archive.MANIFEST: json.dumps(manifest),
        engine().MEMBER: "no database",
        archive.SECRET_KEY: "secret\n",
        archive.FIELD_KEYS: "key\n",
    }
    with archive.writing(path, str(KEY.to_public())) as writer:
        for name, text in members.items():
            if name != without:
                writer.add_text(name, text)
    return path


@pytest.mark.django_db
def test_install_that_is_not_empty_is_refused(here, backup, places):
    assert "not empty: it has areas on record" in refused(backup)


@pytest.mark.django_db
def test_install_with_a_user_is_not_empty(here, backup):
    factories.person("somebody")

    assert "not empty: it has users on record" in refused(backup)


@pytest.mark.django_db
def test_wrong_key_is_refused(here, backup):
    assert "This key does not open" in refused(backup, Identity.generate())
    assert not keyring.folder(here).exists()


@pytest.mark.django_db
def test_flipped_byte_is_refused(here, backup, town, tmp_path):
    key = keyring.read_identity(Path(key_of(town)))
    content = backup.read_bytes()
    for place in (30, len(content) // 3, len(content) // 2, len(content) - 1):
        spoilt = tmp_path / "spoilt.age"
        spoilt.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert "damaged" in refused(spoilt, key)
    assert not keyring.folder(here).exists()
    assert list((here / "media").iterdir()) == []


@pytest.mark.django_db
def test_other_kind_of_database_is_refused(here, tmp_path, on_postgres):
    other = "sqlite" if on_postgres else "postgresql"

    assert "Set DATABASE_URL to the same kind" in refused(forged(tmp_path / "a.age", vendor=other))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "newer",
    [{"shiliu": "99.1"}, {"format": 99, "shiliu": "99.1"}, {"migrations": ["core.9999_x"], "shiliu": "0.1"}],
)
def test_backup_of_a_newer_version_is_refused(here, tmp_path, newer):
    assert f"made by Shiliu {newer['shiliu']}" in refused(forged(tmp_path / "a.age", **newer))


@pytest.mark.django_db
@pytest.mark.parametrize("changed", [{"format": 1, "rows": {}, "more": 1}, {"migrations": 5}])
def test_manifest_that_makes_no_sense_is_refused(here, tmp_path, changed):
    assert "manifest cannot be read" in refused(forged(tmp_path / "a.age", **changed))


@pytest.mark.django_db
@pytest.mark.parametrize("name", [archive.MANIFEST, archive.SECRET_KEY, archive.FIELD_KEYS])
def test_incomplete_backup_is_refused(here, tmp_path, name):
    assert f"{name} is missing" in refused(forged(tmp_path / "a.age", without=name))


@pytest.mark.django_db
def test_unsound_database_is_refused(here, tmp_path):
    assert refused(forged(tmp_path / "a.age"))
    assert not keyring.folder(here).exists()


@pytest.mark.django_db
def test_keys_of_a_variable_that_do_not_fit_are_refused(here, backup, town, monkeypatch):
    monkeypatch.setenv("SHILIU_FIELD_KEYS", "another-key")

    assert "SHILIU_FIELD_KEYS" in refused(backup, keyring.read_identity(Path(key_of(town))))
    assert not keyring.folder(here).exists()


@pytest.mark.django_db
def test_second_one_at_a_time_is_refused(here, backup):
    with work_folder(here):
        assert "Another backup or restore" in refused(backup)


def test_missing_key_file_is_a_sentence(here, backup):
    with pytest.raises(CommandError, match=r"recovery\.key: No such file"):
        call_command("restore", str(backup))


# Refusals of backup ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("there.age", "exists already"),
        ("checked.age", r"checked\.age\.sha256 exists already"),
        ("", "is a folder"),
        ("none/x.age", "none does not exist"),
        ("data/media/x.age", "shows to everybody"),
        ("x.age", "`shiliu keys make` makes one"),
    ],
)
def test_backup_that_cannot_be_made_is_a_sentence(here, tmp_path, name, sentence):
    (tmp_path / "there.age").write_text("a backup")
    (tmp_path / "checked.age.sha256").write_text("its checksum")

    with pytest.raises(CommandError, match=sentence):
        call_command("backup", str(tmp_path / name))
    assert (tmp_path / "there.age").read_text() == "a backup"
    assert not (tmp_path / "x.age").exists()


def test_media_behind_links_is_in_it_once(here, tmp_path):
    from shiliu.core.backup.making import _media_files

    (tmp_path / "disk").mkdir()
    (tmp_path / "disk/a.jpg").write_bytes(b"x")
    (here / "media/images").symlink_to(tmp_path / "disk")
    (tmp_path / "disk/back").symlink_to(here / "media")
    (here / "media/gone.jpg").symlink_to(tmp_path / "nowhere")

    assert [path.relative_to(here / "media").as_posix() for path in _media_files()] == ["images/a.jpg"]


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


# PostgreSQL's programs ------------------------------------------------------------------------------------


@pytest.fixture
def server(on_postgres, db) -> int:
    if not on_postgres:
        pytest.skip("about PostgreSQL's programs")
    return postgres.major_version()


def pretend(folder: Path, version: str) -> Path:
    folder.mkdir()
    program = folder / "pg_dump"
    program.write_text(f'#!/bin/sh\necho "pg_dump (PostgreSQL) {version}"\n')
    program.chmod(0o755)
    return folder


def test_program_of_the_servers_version_is_taken(server, tmp_path, monkeypatch):
    folders = [
        pretend(tmp_path / name, version)
        for name, version in [
            ("new", f"{server + 2}beta1"),
            ("old", f"{server - 1}.9"),
            ("same", f"{server}.3"),
        ]
    ]
    monkeypatch.setattr(postgres, "_DEBIAN", tmp_path / "none")

    monkeypatch.setenv("PATH", os.pathsep.join(map(str, folders)))
    assert postgres.program("pg_dump") == str(tmp_path / "same/pg_dump")
    monkeypatch.setenv("PATH", os.pathsep.join(map(str, folders[:2])))
    assert postgres.program("pg_dump") == str(tmp_path / "new/pg_dump")
    monkeypatch.setenv("PATH", str(folders[1]))
    with pytest.raises(Unusable, match=f"postgresql-client-{server}"):
        postgres.program("pg_dump")


def test_password_goes_by_the_environment(server, here, monkeypatch):
    seen = []

    def note(command: list[str], *, env: dict[str, str], **options: Any) -> Any:
        seen.append((command, env))
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", note)
    postgres._run(["pg_dump"])

    from django.db import connection

    ((command, environment),) = seen
    password = connection.settings_dict["PASSWORD"]
    assert environment["PGPASSWORD"] == password
    assert environment["PGDATABASE"] == connection.settings_dict["NAME"]
    assert password not in " ".join(command)


def test_failing_program_is_a_sentence(server):
    with pytest.raises(Unusable, match=r"pg_restore: .*none"):
        postgres._run([postgres.program("pg_restore"), "--list", "none"])


@pytest.mark.django_db
def test_create_wants_the_right(here):
    from shiliu.core.access import NotPermitted, Resident

    with pytest.raises(NotPermitted):
        create(here / "x.age", by=Resident())
    with pytest.raises(NotPermitted):
        restore(here / "x.age", KEY, by=Resident())
