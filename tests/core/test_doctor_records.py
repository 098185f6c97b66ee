"""`shiliu doctor` about records and what goes on by itself: each check is made to fail once."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from shiliu.core import doctor
from shiliu.core.access import System
from shiliu.core.backup import BACKED_UP, engines, postgres, record
from shiliu.core.doctor import Finding, Level, records, running
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
