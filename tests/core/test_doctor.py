"""`shiliu doctor`, and its checks of what surrounds the records: each is made to fail once."""

import json
import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from pyrage.x25519 import Identity

from shiliu import keyring
from shiliu.core import audit, doctor
from shiliu.core.backup import engines
from shiliu.core.doctor import Finding, Level, install


def one(examination) -> Finding:
    """The only finding of a check."""
    (finding,) = list(examination())
    return finding


def levels(examination) -> list[Level]:
    return [finding.level for finding in examination()]


@pytest.fixture
def data(tmp_path, settings) -> Path:
    settings.DATA, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    settings.PRIVATE_ROOT = tmp_path / "private"
    settings.MEDIA_ROOT.mkdir()
    settings.PRIVATE_ROOT.mkdir()
    return tmp_path


# The command ----------------------------------------------------------------------------------------------


def said(found: list[Finding], capsys, monkeypatch, *options: str) -> tuple[str, int]:
    """What the command prints about these findings, and its exit status."""
    monkeypatch.setattr("shiliu.core.management.commands.doctor.examine", lambda: found)
    status = 0
    try:
        call_command("doctor", "--language", "en", *options)
    except SystemExit as end:
        status = int(str(end.code))
    return capsys.readouterr().out, status


GOOD, DOUBTFUL, BAD = doctor.ok("Good."), doctor.warning("Doubtful."), doctor.problem("Bad.")


def test_problems_stand_last_and_make_the_status(capsys, monkeypatch):
    text, status = said([BAD, GOOD, DOUBTFUL, GOOD], capsys, monkeypatch)

    assert status == 1
    assert text.splitlines() == [
        "In order (2)", "  ✓ Good.", "  ✓ Good.",
        "To be looked after (1)", "  ! Doubtful.",
        "Wrong (1)", "  ✗ Bad.",
    ]  # fmt: skip


def test_warnings_alone_are_no_failure(capsys, monkeypatch):
    assert said([GOOD, DOUBTFUL], capsys, monkeypatch)[1] == 0


def test_json_names_check_level_and_sentence(capsys, monkeypatch):
    text, status = said(
        [Finding(Level.PROBLEM, "坏了。", "core.cache")], capsys, monkeypatch, "--format", "json"
    )

    assert json.loads(text) == {
        "findings": [{"check": "core.cache", "level": "problem", "sentence": "坏了。"}]
    }
    assert status == 1


@pytest.mark.django_db
def test_check_that_breaks_down_is_a_finding(monkeypatch):
    monkeypatch.setattr(doctor, "CHECKS", {})

    @doctor.check()
    def broken() -> Iterator[Finding]:
        raise ValueError("no such thing")
        yield

    (finding,) = doctor.findings_of("app.broken", doctor.Check(broken, doctor.NOTHING))
    assert (finding.level, finding.check) == (Level.PROBLEM, "app.broken")
    assert "ValueError: no such thing" in finding.sentence


def test_every_app_has_its_checks_asked(prepared_install, shiliu):
    done = shiliu(prepared_install, "doctor", "--format", "json")

    found = {finding["check"] for finding in json.loads(done.stdout)["findings"]}
    # These speak only of trouble, or of production.
    assert set(doctor.CHECKS) - found <= {
        "core.leftovers", "core.static_files", "core.tasks", "core.backup_tools", "core.soundness"
    }  # fmt: skip
    assert "grid.administrators" in found


def test_empty_install_is_wrong_and_stays_empty(empty_install, shiliu, on_postgres):
    done = shiliu(empty_install, "doctor", "--format", "json", check=False)

    found = json.loads(done.stdout)["findings"]
    wrong = {finding["check"] for finding in found if finding["level"] == "problem"}
    assert done.returncode == 1
    if on_postgres:
        assert {"core.migrations", "core.shared_cache"} <= wrong
    else:
        assert "core.database" in wrong
        assert "core.migrations" not in {finding["check"] for finding in found}
        assert not (Path(empty_install["SHILIU_DATA"]) / "shiliu.sqlite3").exists()


def test_database_out_of_reach_is_wrong(prepared_install, shiliu, on_postgres):
    elsewhere = "postgresql://nobody@127.0.0.1:9/none" if on_postgres else "sqlite:////proc/none.sqlite3"
    done = shiliu(prepared_install | {"DATABASE_URL": elsewhere}, "doctor", "--format", "json", check=False)

    found = json.loads(done.stdout)["findings"]
    assert done.returncode == 1
    assert [finding["check"] for finding in found if finding["level"] == "problem"] == ["core.database"]


# What surrounds the records -------------------------------------------------------------------------------


@pytest.fixture
def production(settings):
    settings.PRODUCTION = True
    settings.BASE_URL, settings.ALLOWED_HOSTS = "https://shiliu.example.org", ["shiliu.example.org"]
    settings.PROXIES = 1
    return settings


def test_mode_of_development():
    assert one(install.mode).level == Level.OK


def test_mode_of_production(production):
    assert levels(install.mode) == [Level.OK]


def test_mode_with_an_address_that_is_not_answered(production):
    production.ALLOWED_HOSTS = ["other.example.org"]

    assert next(iter(install.mode())).level == Level.PROBLEM


def test_mode_without_https(production):
    production.BASE_URL = "http://shiliu.example.org"

    assert levels(install.mode) == [Level.WARNING, Level.OK]


def test_mode_with_https_and_no_proxy(production):
    production.PROXIES = 0

    finding = next(iter(install.mode()))
    assert finding.level == Level.WARNING
    assert "SHILIU_PROXIES" in finding.sentence


def test_system_tells_of_a_start_up_check_that_fails(monkeypatch):
    assert one(install.system).level == Level.OK

    monkeypatch.setitem(audit.VERBS, "x.y", audit.Verb("x.y", "did", "x.unknown", frozenset()))
    assert one(install.system).level == Level.PROBLEM


def test_folder_that_cannot_be_written(data):
    assert levels(install.folders) == [Level.OK, Level.OK, Level.OK]

    (data / "media").rmdir()
    (data / "private").rmdir()
    assert levels(install.folders) == [Level.OK, Level.PROBLEM, Level.PROBLEM]


@pytest.mark.parametrize(("free", "level"), [(100, Level.PROBLEM), (1000, Level.WARNING), (50_000, Level.OK)])
def test_disk_by_its_free_space(data, monkeypatch, free, level):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free << 20))

    assert one(install.disk).level == level


def test_leftover_of_an_interrupted_backup(data):
    assert levels(install.leftovers) == []
    with engines.work_folder(data) as work:
        (work / "database.sqlite3").touch()
        assert levels(install.leftovers) == []  # it is being made
        kept = shutil.copytree(work, data / "kept")
    shutil.copytree(kept, work, dirs_exist_ok=True)

    assert one(install.leftovers).level == Level.WARNING


def test_keys_that_others_can_read(data):
    keyring.secret_key("", data, production=False)
    assert one(install.keys).level == Level.OK

    keyring.secret_path(data).chmod(0o644)
    finding = one(install.keys)
    assert finding.level == Level.PROBLEM
    assert "secret.key" in finding.sentence


def test_recovery_key_missing_made_and_saved(data):
    assert (one(install.recovery).level, "keys make" in one(install.recovery).sentence) == (
        Level.WARNING,
        True,
    )

    keyring.make_recovery(data)
    finding = one(install.recovery)
    assert (finding.level, "show-recovery" in finding.sentence) == (Level.WARNING, True)

    keyring.note_recovery_saved(data)
    assert one(install.recovery).level == Level.OK


@pytest.fixture
def smtp(settings) -> Iterator[socket.socket]:
    """A server that greets one client and takes its leave, on the port that the settings name."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.getsockname()
        yield server


def greet(server: socket.socket) -> None:
    client, _address = server.accept()
    with client, client.makefile("rw", newline="\r\n") as lines:
        for answer in ("220 ready", "250 hello", "221 bye"):
            print(answer, file=lines, flush=True)
            lines.readline()


def test_mail_server_that_answers(smtp):
    thread = threading.Thread(target=greet, args=[smtp])
    thread.start()

    assert one(install.outgoing_mail).level == Level.OK
    thread.join(10)


def test_mail_server_out_of_reach(smtp):
    smtp.close()

    assert one(install.outgoing_mail).level == Level.PROBLEM


def test_mail_that_is_only_logged(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert one(install.outgoing_mail).level == Level.OK

    settings.PRODUCTION = True
    assert one(install.outgoing_mail).level == Level.WARNING


def test_static_files_that_are_not_collected(production, tmp_path):
    assert levels(install.static_files) != []
    source = tmp_path / "source"
    source.mkdir()
    (source / "one.css").write_text("a {}")
    production.STATICFILES_DIRS, production.STATIC_ROOT = [source], tmp_path / "static"
    production.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    production.STORAGES = production.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }
    assert one(install.static_files).level == Level.PROBLEM

    call_command("collectstatic", verbosity=0, interactive=False)
    production.STORAGES = dict(production.STORAGES)  # the manifest is read anew
    assert one(install.static_files).level == Level.OK

    (source / "two.css").write_text("b {}")
    finding = one(install.static_files)
    assert (finding.level, "two.css" in finding.sentence) == (Level.PROBLEM, True)


def test_recovery_key_of_another_is_not_saved(data):
    keyring.make_recovery(data)
    keyring.note_recovery_saved(data)
    keyring.replace_private(keyring.recipient_path(data), f"{Identity.generate().to_public()}\n")

    assert one(install.recovery).level == Level.WARNING
