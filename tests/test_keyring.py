"""The keys: made once, whole, for their owner only; never made anew over what they have encrypted."""

import os
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from pyrage.x25519 import Identity

from shiliu import keyring
from shiliu.env import SettingError

pytestmark = pytest.mark.once


@pytest.fixture
def data(tmp_path, monkeypatch) -> Path:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path / "data"


@pytest.fixture
def install(data, settings) -> Path:
    """The data folder of an install that the commands of this process work on, with a recovery key."""
    settings.DATA = data
    keyring.make_recovery(data)
    return data


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# Files ----------------------------------------------------------------------------------------------------


def test_key_file_is_for_its_owner_only(data):
    keyring.field_keys([], data, production=False)

    assert stat.S_IMODE(keyring.field_path(data).stat().st_mode) == 0o600
    assert stat.S_IMODE(keyring.folder(data).stat().st_mode) == 0o700
    assert keyring.readable_by_others(data) == []


def test_write_private_keeps_what_is_there(tmp_path):
    keyring.write_private(tmp_path / "key", "first")
    keyring.write_private(tmp_path / "key", "second")

    assert (tmp_path / "key").read_text() == "first"
    assert names(tmp_path) == {"key"}


def test_replace_private_replaces(tmp_path):
    keyring.write_private(tmp_path / "key", "first")
    keyring.replace_private(tmp_path / "key", "second")

    assert (tmp_path / "key").read_text() == "second"
    assert names(tmp_path) == {"key"}


@pytest.mark.parametrize("write", [keyring.write_private, keyring.replace_private])
def test_key_file_is_never_seen_half_written(tmp_path, monkeypatch, write):
    seen = []
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (seen.append((tmp_path / "key").exists()), fsync(handle)))

    write(tmp_path / "key", "content")

    assert seen == [False, True]  # before the file's own sync it is not there; then its folder is synced


def test_failed_write_leaves_nothing(tmp_path, monkeypatch):
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="No space"):
        keyring.write_private(tmp_path / "key", "content")
    assert names(tmp_path) == set()


def test_starts_at_once_agree_on_the_key(data):
    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(lambda _: tuple(keyring.field_keys([], data, production=False)), range(64)))

    assert len(found) == 1


def test_readable_by_others_names_the_file(data):
    keyring.secret_key("", data, production=False)
    keyring.secret_path(data).chmod(0o640)

    assert keyring.readable_by_others(data) == [keyring.secret_path(data)]


# The settings' keys ---------------------------------------------------------------------------------------


def test_keys_are_made_once(data):
    secret = keyring.secret_key("", data, production=False)
    fields = keyring.field_keys([], data, production=False)

    assert keyring.secret_key("", data, production=False) == secret
    assert keyring.field_keys([], data, production=True) == fields


def test_given_keys_need_no_file(data):
    key = Fernet.generate_key().decode()

    assert keyring.field_keys([key], data, production=True) == [key]
    assert keyring.secret_key("0123456789" * 6, data, production=True) == "0123456789" * 6
    assert not data.exists()


@pytest.mark.parametrize("weak", ["short", "a" * 60, "django-insecure-" + "0123456789" * 6])
def test_weak_secret_is_refused(data, weak):
    with pytest.raises(SettingError, match="SHILIU_SECRET_KEY is too weak"):
        keyring.secret_key(weak, data, production=False)


def test_field_key_that_is_none_is_refused(data):
    with pytest.raises(SettingError, match="not a Fernet key"):
        keyring.field_keys(["nonsense"], data, production=False)


def test_empty_key_file_is_refused(data):
    keyring.write_private(keyring.field_path(data), "\n")

    with pytest.raises(SettingError, match=r"field\.keys is empty"):
        keyring.field_keys([], data, production=False)


def test_production_does_not_make_keys_by_itself(data):
    with pytest.raises(SettingError, match=r"SHILIU_SECRET_KEY is not set.*`shiliu keys make`"):
        keyring.secret_key("", data, production=True)
    with pytest.raises(SettingError, match=r"SHILIU_FIELD_KEYS is not set.*`shiliu keys make`"):
        keyring.field_keys([], data, production=True)
    assert not data.exists()


def test_production_makes_keys_when_told_to(data, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["shiliu", "keys", "make"])

    made = keyring.field_keys([], data, production=True)

    monkeypatch.setattr(sys, "argv", ["shiliu", "serve"])
    assert keyring.field_keys([], data, production=True) == made


@pytest.mark.parametrize("argv", [["shiliu", "serve"], ["shiliu", "keys", "make"]])
@pytest.mark.parametrize("found", ["shiliu.sqlite3", "keys/recovery.pub", "elsewhere.sqlite3"])
def test_missing_field_key_is_never_made_anew_over_records(data, monkeypatch, found, argv):
    monkeypatch.setattr(sys, "argv", argv)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{data / 'elsewhere.sqlite3'}")
    keyring.write_private(data / found, "records")

    with pytest.raises(SettingError, match=rf"{found} is there.*put field\.keys back"):
        keyring.field_keys([], data, production=False)
    assert not keyring.field_path(data).exists()


def test_empty_database_file_is_no_record(data):
    keyring.write_private(data / "shiliu.sqlite3", "")

    assert keyring.field_keys([], data, production=False)


def test_keys_make_prepares_production(data, shiliu):
    install = {"PATH": os.environ["PATH"], "SHILIU_DATA": str(data), "SHILIU_ENV": "production"}
    install |= {"SHILIU_HOSTS": "shiliu.example.org", "PYTHONPATH": str(Path(__file__).parents[1])}

    before = shiliu(install, "check", check=False)
    shiliu(install, "keys", "make")
    again = shiliu(install, "keys", "make")
    shiliu(install, "check")

    assert before.returncode == 2
    assert names(keyring.folder(data)) == {
        "secret.key",
        "field.keys",
        "report.keys",
        "recovery.key",
        "recovery.pub",
    }
    assert keyring.recipient(data) in again.stdout


# The recovery key -----------------------------------------------------------------------------------------


def test_recovery_key_is_made_once(data):
    assert keyring.make_recovery(data)
    made = keyring.recipient(data)

    assert not keyring.make_recovery(data)
    assert keyring.recipient(data) == made
    assert str(keyring.read_identity(keyring.identity_path(data)).to_public()) == made


def test_recovery_key_made_at_once_is_one(data):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: keyring.make_recovery(data), range(8)))

    assert str(keyring.read_identity(keyring.identity_path(data)).to_public()) == keyring.recipient(data)


def test_recipient_that_is_missing_or_none_is_a_sentence(data):
    with pytest.raises(keyring.KeyRefused, match="`shiliu keys make` makes one"):
        keyring.recipient(data)

    keyring.write_private(keyring.recipient_path(data), "nonsense\n")
    with pytest.raises(keyring.KeyRefused, match=r"recovery\.pub holds no key"):
        keyring.recipient(data)


@pytest.mark.parametrize("content", ["", "nonsense\n", "# only a comment\n", "two\nlines\n"])
def test_identity_file_without_key_is_refused(tmp_path, content):
    (tmp_path / "key").write_text(content)

    with pytest.raises(keyring.KeyRefused, match="AGE-SECRET-KEY-1"):
        keyring.read_identity(tmp_path / "key")


def test_saved_counts_for_the_present_key_only(data):
    keyring.make_recovery(data)
    assert not keyring.recovery_is_saved(data)

    keyring.note_recovery_saved(data)
    assert keyring.recovery_is_saved(data)

    keyring.replace_private(keyring.recipient_path(data), f"{Identity.generate().to_public()}\n")
    assert not keyring.recovery_is_saved(data)


def test_adopt_keeps_a_copy_of_what_was_there(data):
    old = keyring.field_keys([], data, production=False)
    keyring.make_recovery(data)
    private = keyring.identity_path(data).read_text()
    restored = Identity.generate()
    new = [Fernet.generate_key().decode() for _ in range(2)]

    aside = keyring.adopt(data, secret="s" * 60, fields=new, identity=restored)

    assert keyring.field_keys([], data, production=True) == new
    assert keyring.secret_path(data).read_text() == "s" * 60 + "\n"
    assert keyring.recipient(data) == str(restored.to_public())
    assert keyring.recovery_is_saved(data)
    assert not keyring.identity_path(data).exists()
    assert (aside / "field.keys").read_text().split() == old
    assert (aside / "recovery.key").read_text() == private


def test_adopt_leaves_the_private_half_where_it_was_used_from(data):
    keyring.make_recovery(data)
    identity = keyring.read_identity(keyring.identity_path(data))

    keyring.adopt(data, secret="s" * 60, fields=[], identity=identity)

    assert keyring.identity_path(data).exists()
    assert not keyring.recovery_is_saved(data)


# The keys that sign reports --------------------------------------------------------------------------------


def test_report_key_is_made_once_and_for_its_owner_only(data):
    keyring.make_report_key(data)
    first = keyring.report_path(data).read_text()
    keyring.make_report_key(data)
    assert keyring.report_path(data).read_text() == first
    assert stat.S_IMODE(keyring.report_path(data).stat().st_mode) == 0o600


def test_new_report_key_comes_first_and_the_old_one_stays(data):
    keyring.make_report_key(data)
    [old] = keyring.report_keys([], data)
    keyring.add_report_key(data)
    new, kept = map(keyring.public_half, keyring.report_keys([], data))
    assert kept == keyring.public_half(old) != new


def test_given_report_keys_need_no_file(data):
    [key] = keyring.report_keys(["ab" * 32], data)
    assert key.private_bytes_raw() == b"\xab" * 32
    assert not keyring.folder(data).exists()


@pytest.mark.parametrize("content", ["", "ab", "zz" * 32, "é"])
def test_report_key_that_is_missing_or_none_is_a_sentence(data, content):
    if content:
        keyring.write_private(keyring.report_path(data), content)
    with pytest.raises(keyring.KeyRefused, match=r"keys make|64 hexadecimal digits"):
        keyring.report_keys([], data)


def test_adopt_brings_the_report_keys_of_a_backup_and_keeps_those_without(data):
    keyring.make_report_key(data)
    old = keyring.report_path(data).read_text()
    identity = Identity.generate()
    keyring.adopt(data, secret="s" * 60, fields=[], identity=identity)
    assert keyring.report_path(data).read_text() == old  # an older backup has none
    aside = keyring.adopt(data, secret="s" * 60, fields=[], identity=identity, reports=["cd" * 32])
    assert keyring.report_path(data).read_text() == "cd" * 32 + "\n"
    assert (aside / "report.keys").read_text() == old


def test_rotate_reports_signs_with_a_new_key(install, settings, capsys):
    settings.REPORT_KEYS = []
    keyring.make_report_key(install)
    call_command("keys", "rotate-reports")
    newest, old = keyring.report_keys([], install)
    said = capsys.readouterr().out
    assert keyring.fingerprint(keyring.public_half(newest)) in said
    assert keyring.public_half(old) not in said


# `shiliu keys` --------------------------------------------------------------------------------------------


def test_keys_shows_no_secret(install, capsys, settings):
    call_command("keys")

    said = capsys.readouterr().out
    assert keyring.recipient(install) in said
    assert "not known to be copied away, private half on this machine" in said
    assert settings.SECRET_KEY not in said
    assert settings.FIELD_KEYS[0] not in said
    assert settings.REPORT_KEYS[0] not in said
    assert "AGE-SECRET-KEY" not in said


def test_show_recovery_prints_the_key_and_what_to_do(install, capsys):
    call_command("keys", "show-recovery")

    said = capsys.readouterr()
    identity = keyring.read_identity(keyring.identity_path(install))
    assert said.out == f"{identity}\n"
    assert "shiliu keys saved" in said.err


def test_saved_notes_it_and_keeps_the_key(install, capsys):
    call_command("keys", "saved")

    assert keyring.recovery_is_saved(install)
    assert keyring.identity_path(install).exists()
    assert "--remove" in capsys.readouterr().out


def test_saved_remove_wants_proof_of_the_copy(install, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda: "ABCDEF")

    with pytest.raises(CommandError, match="not how this key ends"):
        call_command("keys", "saved", "--remove")
    assert keyring.identity_path(install).exists()
    assert not keyring.recovery_is_saved(install)


def test_saved_remove_deletes_the_private_half(install, monkeypatch):
    ending = str(keyring.read_identity(keyring.identity_path(install)))[-6:]
    monkeypatch.setattr("builtins.input", lambda: f" {ending.lower()} ")

    call_command("keys", "saved", "--remove")

    assert keyring.recovery_is_saved(install)
    assert not keyring.identity_path(install).exists()
    with pytest.raises(CommandError, match=f"public half is {keyring.recipient(install)}"):
        call_command("keys", "show-recovery")


def test_saved_without_recovery_key_is_a_sentence(data, settings):
    settings.DATA = data

    with pytest.raises(CommandError, match="`shiliu keys make` makes one"):
        call_command("keys", "saved")
