"""What backup and restore refuse, in a sentence, and that nothing was touched then."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pyrage.x25519 import Identity

from shiliu import keyring
from shiliu.core.access import NotPermitted, Resident, System
from shiliu.core.backup import Unusable, archive, postgres
from shiliu.core.backup.engines import engine, work_folder
from shiliu.core.backup.making import create, files_below
from shiliu.core.backup.manifest import Manifest
from shiliu.core.backup.restoring import restore
from tests import factories

KEY = Identity.generate()
BY = System("test")


@pytest.fixture
def here(tmp_path, settings, monkeypatch) -> Path:
    """The data folder of this process's own install, which is empty, and which nobody else uses."""
    monkeypatch.setattr(engine(), "used_by_others", lambda: False)  # it lets go of the test's connection
    settings.DATA = tmp_path / "data"
    settings.MEDIA_ROOT = settings.DATA / "media"
    settings.PRIVATE_ROOT = settings.DATA / "private"
    settings.MEDIA_ROOT.mkdir(parents=True)
    settings.PRIVATE_ROOT.mkdir()
    return settings.DATA


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


@pytest.fixture
def backup(db, tmp_path) -> Path:
    return forged(tmp_path / "backup.age")


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
def test_flipped_byte_is_refused(here, backup, tmp_path):
    content = backup.read_bytes()
    for place in (30, len(content) // 3, len(content) // 2, len(content) - 1):
        spoilt = tmp_path / "spoilt.age"
        spoilt.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert "damaged" in refused(spoilt)
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
@pytest.mark.parametrize("given", ["another", "key,another"])
def test_keys_of_a_variable_that_do_not_fit_are_refused(here, backup, monkeypatch, given):
    monkeypatch.setattr(engine(), "check", lambda folder: None)
    monkeypatch.setenv("SHILIU_FIELD_KEYS", given)

    assert "SHILIU_FIELD_KEYS is set and lacks keys" in refused(backup)
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
        ("data/private/x.age", "is backed up itself"),
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
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk/a.jpg").write_bytes(b"x")
    (here / "media/images").symlink_to(tmp_path / "disk")
    (tmp_path / "disk/back").symlink_to(here / "media")
    (here / "media/gone.jpg").symlink_to(tmp_path / "nowhere")

    assert [path.relative_to(here / "media").as_posix() for path in files_below(here / "media")] == [
        "images/a.jpg"
    ]


@pytest.mark.django_db
def test_create_wants_the_right(here):
    with pytest.raises(NotPermitted):
        create(here / "x.age", by=Resident())
    with pytest.raises(NotPermitted):
        restore(here / "x.age", KEY, by=Resident())


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

    ((command, environment),) = seen
    password = connection.settings_dict["PASSWORD"]
    assert environment["PGPASSWORD"] == password
    assert environment["PGDATABASE"] == connection.settings_dict["NAME"]
    assert password not in " ".join(command)


def test_failing_program_is_a_sentence(server):
    with pytest.raises(Unusable, match=r"pg_restore: .*none"):
        postgres._run([postgres.program("pg_restore"), "--list", "none"])
