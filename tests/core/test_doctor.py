"""`shiliu doctor`: each check is made to fail once, and says so in a sentence."""

import json
import shutil
import socket
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pyrage.x25519 import Identity

from shiliu import keyring
from shiliu.core import audit, doctor
from shiliu.core.access import System
from shiliu.core.backup import BACKED_UP, engines, postgres, record
from shiliu.core.doctor import Finding, Level, install, records, running
from shiliu.core.models import AuditEntry, ClockJob
from shiliu.core.tasks import sweep
from shiliu.core.work import JOBS
from shiliu.grid import doctor as grid
from tests import factories

BY = System("test")


def one(examination) -> Finding:
    """The only finding of a check."""
    (finding,) = list(examination())
    return finding


def levels(examination) -> list[Level]:
    return [finding.level for finding in examination()]


@pytest.fixture
def data(tmp_path, settings) -> Path:
    settings.DATA, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
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
    assert levels(install.folders) == [Level.OK, Level.OK]

    (data / "media").rmdir()
    assert levels(install.folders) == [Level.OK, Level.PROBLEM]


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


# What keeps the records -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_database_that_answers():
    finding = one(records.database)

    assert finding.level == Level.OK
    assert engines.engine().version() in finding.sentence


@pytest.mark.django_db
def test_soundness_of_the_database(on_postgres, monkeypatch):
    assert Level.PROBLEM not in levels(records.soundness)
    if on_postgres:
        monkeypatch.setattr(postgres, "major_version", lambda: 14)
    else:
        monkeypatch.setattr(records, "_pragma", lambda name: "delete" if name == "journal_mode" else "ok")

    assert next(iter(records.soundness())).level == Level.PROBLEM


@pytest.mark.django_db
def test_migration_that_is_missing():
    assert one(records.migrations).level == Level.OK

    MigrationRecorder(connection).record_unapplied("sessions", "0001_initial")
    finding = one(records.migrations)
    assert (finding.level, "1 migrations are missing" in finding.sentence) == (Level.PROBLEM, True)
    assert "tables" not in set(doctor._there())


@pytest.fixture
def cache_table(settings, db) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "core_cache"}
    }
    call_command("createcachetable")


def test_cache_table(cache_table, settings):
    assert one(records.shared_cache).level == Level.OK

    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "no_such_table"}}
    with transaction.atomic():
        finding = one(records.shared_cache)
        transaction.set_rollback(True)
    assert (finding.level, "shiliu setup" in finding.sentence) == (Level.PROBLEM, True)


def test_cache_server_out_of_reach(settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:9/0",
        }
    }

    finding = one(records.shared_cache)
    assert (finding.level, "SHILIU_CACHE_URL" in finding.sentence) == (Level.PROBLEM, True)


def test_cache_that_forgets(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

    assert one(records.shared_cache).level == Level.PROBLEM


@pytest.mark.django_db
def test_contact_details_whose_key_is_gone(places, settings):
    factories.request(places.east_1, factories.category())
    assert one(records.contact_details).level == Level.OK

    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    found = list(records.contact_details())
    assert {finding.level for finding in found} == {Level.PROBLEM}
    assert "requests.Request.contact_name" in found[0].sentence


@pytest.mark.django_db
def test_contact_details_of_which_the_newest_alone_cannot_be_read(places, settings):
    kind = factories.category()
    keys = list(settings.FIELD_KEYS)
    for n in range(3):
        settings.FIELD_KEYS = keys if n < 2 else [Fernet.generate_key().decode()]
        factories.request(places.east_1, kind)
    settings.FIELD_KEYS = keys

    assert Level.PROBLEM in levels(records.contact_details)


@pytest.mark.django_db
def test_contact_details_that_are_not_found_by_their_number(places, settings):
    factories.request(places.east_1, factories.category())

    settings.FIELD_KEYS = [*settings.FIELD_KEYS, Fernet.generate_key().decode()]
    finding = one(records.contact_details)
    assert (finding.level, "--drop-old" in finding.sentence) == (Level.PROBLEM, True)


# What should go on by itself ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_clock_that_never_ran_is_late_or_on_time():
    assert one(running.clock).level == Level.WARNING

    name = next(iter(JOBS))
    job = ClockJob.objects.create(name=name, due=timezone.now() + timedelta(hours=1))
    assert one(running.clock).level == Level.OK

    ClockJob.objects.filter(pk=job.pk).update(due=timezone.now() - timedelta(hours=1))
    assert one(running.clock).level == Level.PROBLEM


def task(**values) -> DBTaskResult:
    result = DBTaskResult.objects.get(pk=sweep.enqueue().id)
    DBTaskResult.objects.filter(pk=result.pk).update(**values)
    return result


@pytest.fixture
def queue(settings, db) -> None:
    """Tasks are rows, and a clock has run."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
    ClockJob.objects.create(name="x", due=timezone.now())


def test_tasks_that_wait(queue):
    long_ago = timezone.now() - timedelta(hours=1)
    task()
    task(enqueued_at=long_ago, run_after=timezone.now() + timedelta(hours=1))
    task(enqueued_at=long_ago, run_after=timezone.now() - timedelta(seconds=5))
    assert levels(running.tasks) == []  # new ones, and those that were put off

    task(enqueued_at=long_ago)
    finding = one(running.tasks)
    assert (finding.level, finding.sentence[:1]) == (Level.PROBLEM, "1")


def test_tasks_that_wait_before_the_first_start(queue, settings):
    ClockJob.objects.all().delete()
    task(enqueued_at=timezone.now() - timedelta(hours=1))
    assert levels(running.tasks) == []

    settings.PRODUCTION = True
    assert levels(running.tasks) == [Level.PROBLEM]


def test_task_that_runs_too_long(queue):
    task(status="RUNNING", started_at=timezone.now() - timedelta(hours=2))

    assert one(running.tasks).level == Level.WARNING


def test_task_that_was_given_up(queue):
    task(status="FAILED", finished_at=timezone.now() - timedelta(days=60))
    assert levels(running.tasks) == []

    task(status="FAILED", finished_at=timezone.now(), traceback="Traceback…\nValueError: no such lamp")
    finding = one(running.tasks)
    assert finding.level == Level.WARNING
    assert "shiliu.core.tasks.sweep" in finding.sentence
    assert "no such lamp" in finding.sentence


@pytest.mark.django_db
def test_backup_tools_that_are_missing(on_postgres, monkeypatch, tmp_path):
    assert levels(running.backup_tools) == []
    if on_postgres:
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(postgres, "_DEBIAN", tmp_path)

        assert one(running.backup_tools).level == Level.PROBLEM


@pytest.mark.django_db
def test_last_backup_by_its_age(monkeypatch):
    assert one(running.last_backup).level == Level.WARNING

    record(BACKED_UP, Path("new.age"), by=BY)
    assert one(running.last_backup).level == Level.OK

    at = AuditEntry.objects.get(verb=BACKED_UP).at
    monkeypatch.setattr(running.timezone, "now", lambda: at + timedelta(days=8))
    assert one(running.last_backup).level == Level.WARNING


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("today", "missing"),
    [
        (date(2023, 5, 10), []),
        (date(2023, 12, 1), []),
        (date(2039, 9, 30), ["2039"]),
        (date(2039, 10, 1), ["2039", "2040"]),
    ],
)
def test_holidays_of_the_year_and_from_october_of_the_next(monkeypatch, today, missing):
    monkeypatch.setattr(running.timezone, "localdate", lambda: today)

    found = list(running.holidays())
    assert [finding.level for finding in found] == [Level.WARNING] * len(missing) or [Level.OK]
    for finding, year in zip(found, missing, strict=False):
        assert year in finding.sentence


# Who may appoint others -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_administrators_before_the_import():
    assert one(grid.administrators).level == Level.WARNING


def test_administrators_without_a_post(places):
    assert one(grid.administrators).level == Level.PROBLEM


def test_administrator_who_can_sign_in(places):
    factories.tenure(factories.person("wu", password=factories.PASSWORD), "administrator", places.town)
    assert one(grid.administrators).level == Level.OK

    factories.post("administrator", places.other_town, title="空缺")
    finding = one(grid.administrators)
    assert (finding.level, "空缺" in finding.sentence) == (Level.WARNING, True)


@pytest.mark.parametrize("why", ["password", "inactive", "ended"])
def test_administrator_who_cannot_sign_in(places, why):
    user = factories.person("wu", password=None if why == "password" else factories.PASSWORD)
    held = factories.tenure(user, "administrator", places.town)
    if why == "inactive":
        user.is_active = False
        user.save()
    if why == "ended":
        type(held).objects.filter(pk=held.pk).update(valid_to=timezone.localdate() - timedelta(days=1))

    assert one(grid.administrators).level == Level.PROBLEM


def test_recovery_key_of_another_is_not_saved(data):
    keyring.make_recovery(data)
    keyring.note_recovery_saved(data)
    keyring.replace_private(keyring.recipient_path(data), f"{Identity.generate().to_public()}\n")

    assert one(install.recovery).level == Level.WARNING
