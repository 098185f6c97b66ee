"""The worker and the clock: nothing lost, nothing twice at a time, whenever which process is killed."""

import os
import signal
import threading
from datetime import datetime, time, timedelta
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker as DatabaseWorker
from django_tasks_db.models import DBTaskResult

from shiliu.core import work
from shiliu.core.models import ClockJob, SearchDocument, WorkerBeat
from shiliu.core.work import ATTEMPTS, FAILED, JOBS, READY, RUNNING, SILENCE, Job, Worker, recover, tick
from tests import factories, tasks
from tests.factories import moment
from tests.helpers import wait_for

SUCCESSFUL = "SUCCESSFUL"
IN_A_WHILE = SILENCE + timedelta(seconds=1)


def drain() -> None:
    """Run what is ready, on this connection (which it would close) and without the clock beside it."""
    with patch(f"{DatabaseWorker.__module__}.close_old_connections"):
        DatabaseWorker.run(Worker(until_idle=True))


def only() -> DBTaskResult:
    return DBTaskResult.objects.get()


def claimed(*workers: str, ago: timedelta = IN_A_WHILE) -> DBTaskResult:
    """A task that the last of these workers has been on since then."""
    tasks.note.enqueue("/dev/null", "x")
    started = timezone.now() - ago
    DBTaskResult.objects.update(status=RUNNING, started_at=started, worker_ids=list(workers))
    return only()


# Tasks and transactions -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_task_of_a_transaction_that_was_taken_back_never_runs(tmp_path):
    with transaction.atomic():
        tasks.note.enqueue(str(tmp_path / "ran"), "no")
        transaction.set_rollback(True)
    tasks.note.enqueue(str(tmp_path / "ran"), "yes")
    drain()
    assert (tmp_path / "ran").read_text() == "yes\n"


@pytest.mark.django_db
def test_finished_task_is_not_run_again(tmp_path):
    tasks.note.enqueue(str(tmp_path / "ran"), "once")
    for _twice in range(2):
        drain()
        recover(timezone.now() + timedelta(days=2))
    assert (only().status, (tmp_path / "ran").read_text()) == (SUCCESSFUL, "once\n")


# Failing --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_failed_task_is_tried_again_after_growing_pauses_then_given_up(tmp_path):
    tasks.fail.enqueue(str(tmp_path / "ran"))
    pauses = []
    for attempt in range(1, ATTEMPTS + 1):
        now = timezone.now()
        drain()
        assert len((tmp_path / "ran").read_text().splitlines()) == attempt
        if only().status == READY:
            pauses.append(round((only().run_after - now).total_seconds(), -1))
            DBTaskResult.objects.update(run_after=timezone.now())
    assert pauses == [10, 40, 160, 640]
    assert (only().status, only().exception_class_path) == (FAILED, "builtins.ZeroDivisionError")

    recover(timezone.now() + timedelta(days=1))
    drain()
    assert only().status == FAILED


@pytest.mark.django_db
def test_waiting_task_holds_up_no_other(tmp_path):
    tasks.fail.enqueue("/dev/null")
    drain()
    tasks.note.enqueue(str(tmp_path / "ran"), "next")
    drain()
    assert (tmp_path / "ran").read_text() == "next\n"


@pytest.mark.django_db
@pytest.mark.parametrize(("attempts", "status"), [(1, READY), (ATTEMPTS - 1, READY), (ATTEMPTS, FAILED)])
def test_failed_task_whose_worker_died_before_giving_it_back_is_tried_again(attempts, status):
    """Between “failed” and “again later” are two writes; a kill may fall between them."""
    claimed(*[f"w{n}" for n in range(attempts)])
    DBTaskResult.objects.update(status=FAILED, finished_at=timezone.now() - IN_A_WHILE)
    recover()
    assert only().status == status


@pytest.mark.django_db
def test_task_that_has_just_failed_is_left_to_its_worker():
    claimed("w")
    DBTaskResult.objects.update(status=FAILED, finished_at=timezone.now())
    assert recover() == 0
    assert only().status == FAILED


# Recovery -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_task_of_a_silent_worker_goes_back(tmp_path):
    claimed("dead")
    assert recover() == 1
    assert only().status == READY
    drain()
    assert (only().status, only().worker_ids[0], len(only().worker_ids)) == (SUCCESSFUL, "dead", 2)


@pytest.mark.django_db
def test_task_of_a_worker_that_lives_stays():
    claimed("alive", ago=timedelta(hours=3))
    WorkerBeat.objects.create(worker="alive", at=timezone.now() - timedelta(seconds=10))
    assert recover() == 0
    assert only().status == RUNNING


@pytest.mark.django_db
def test_earlier_workers_life_does_not_count():
    claimed("alive", "dead")
    WorkerBeat.objects.create(worker="alive", at=timezone.now())
    assert recover() == 1


@pytest.mark.django_db
def test_task_that_was_just_claimed_is_left_alone():
    claimed("new", ago=timedelta(seconds=1))
    assert recover() == 0


@pytest.mark.django_db
def test_task_that_kills_every_worker_is_given_up():
    claimed(*[f"w{n}" for n in range(ATTEMPTS)])
    assert recover() == 0
    assert (only().status, only().traceback) == (FAILED, "Given up: every worker that ran this died.")


@pytest.mark.django_db
def test_old_signs_of_life_are_swept():
    for worker, days in (("old", 2), ("new", 0)):
        WorkerBeat.objects.create(worker=worker, at=timezone.now() - timedelta(days=days))
    recover()
    assert list(WorkerBeat.objects.values_list("worker", flat=True)) == ["new"]


# The clock ------------------------------------------------------------------------------------------------


@pytest.fixture
def job(monkeypatch, tmp_path) -> Job:
    """The only regular task there is: hourly."""
    it = Job(tasks.note, every=timedelta(hours=1))
    monkeypatch.setattr(work, "JOBS", {"tests.note": it})
    return it


@pytest.mark.django_db
def test_clock_enqueues_what_is_due_once(job):
    start = moment()
    assert tick(start) == ["tests.note"]
    assert tick(start) == tick(start + timedelta(minutes=59)) == []
    assert tick(start + timedelta(hours=1)) == ["tests.note"]
    assert DBTaskResult.objects.count() == 2


@pytest.mark.django_db
def test_clock_makes_up_for_a_pause_of_days_once(job):
    tick(moment())
    later = moment() + timedelta(days=3)
    assert tick(later) == ["tests.note"]
    assert tick(later + timedelta(minutes=59)) == []
    assert ClockJob.objects.get().enqueued_at == later


@pytest.mark.django_db
def test_turn_that_fails_is_not_lost(job, monkeypatch):
    monkeypatch.setattr(work, "JOBS", {"tests.note": Job(None)})
    with pytest.raises(AttributeError):
        tick(moment())
    monkeypatch.setattr(work, "JOBS", {"tests.note": job})
    assert tick(moment()) == ["tests.note"]


@pytest.mark.django_db(transaction=True)
def test_of_many_clocks_one_enqueues(job):
    gate, enqueued = threading.Barrier(4), []

    def clock() -> None:
        gate.wait(10)
        for _again in range(3):
            enqueued.extend(tick(moment()))
        connection.close()

    threads = [threading.Thread(target=clock) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert enqueued == ["tests.note"]
    assert DBTaskResult.objects.count() == 1


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (moment(hour=2), moment(hour=3)),
        (moment(hour=3), moment(hour=3) + timedelta(days=1)),
        (moment(hour=23, minute=59), moment(hour=3) + timedelta(days=1)),
    ],
)
def test_daily_job_is_at_its_local_time(now: datetime, expected: datetime):
    assert Job(tasks.note, at=time(3)).next(now) == expected


def test_every_regular_task_is_known_by_its_own_name():
    assert sorted(JOBS) == [
        "shiliu.channel.counting.tasks.forget_batches",
        "shiliu.channel.groups.tasks.look_at_deliveries",
        "shiliu.channel.official.tasks.fetch_official_reads",
        "shiliu.channel.tasks.publish_scheduled",
        "shiliu.channel.tasks.tell_of_stale_columns",
        "shiliu.console.tasks.sync_admin",
        "shiliu.core.tasks.erase_expired",
        "shiliu.core.tasks.reindex",
        "shiliu.core.tasks.settle_sums",
        "shiliu.core.tasks.sweep",
        "shiliu.figures.signing.tasks.give_up_signings",
        "shiliu.requests.tasks.forget",
        "shiliu.requests.tasks.look_at_the_clock",
        "shiliu.requests.tasks.send_what_waits",
        "shiliu.requests.tasks.wind_up",
    ]
    assert all(name == job.task.module_path for name, job in JOBS.items())


# Processes that are killed --------------------------------------------------------------------------------

WORK = (
    "import time",
    "from datetime import timedelta",
    "from pathlib import Path",
    "from django_tasks_db.models import DBTaskResult",
    "from shiliu.core import search, work",
    "work.JOBS.clear()",
)
STEPS = {
    "right after the claim": "work.Worker.run_task",
    "in the middle of the task": "search.index",
    "after the effect, before it is told": "DBTaskResult.set_successful",
}


@pytest.mark.parametrize("step", STEPS)
def test_killed_workers_task_is_finished_by_another(start_process, tmp_path, step):
    """SIGKILL of a real process; the effect, a search document, is there exactly once."""
    request = factories.request(factories.area("990001100"), factories.category())
    tasks.make_findable.enqueue(request.code)
    victim, mark = start_process(), tmp_path / "reached"
    hang = f"{STEPS[step]} = lambda *_, **__: (Path({str(mark)!r}).touch(), time.sleep(60))"
    victim.tell(*WORK, hang, "work.Worker().run()")
    wait_for(mark.exists)
    victim.kill()

    assert only().status == RUNNING
    assert recover() == 0, "it may still be alive"
    assert recover(timezone.now() + IN_A_WHILE) == 1
    drain()

    assert (only().status, len(only().worker_ids)) == (SUCCESSFUL, 2)
    assert SearchDocument.objects.filter(public_id=request.code).count() == 1


HASTY = (*WORK, "work.BEAT, work.SILENCE = 0.1, timedelta(seconds=1.5)")


def test_workers_take_over_by_themselves_and_never_share_a_task(start_process, tmp_path):
    """One of three is killed on its task, another finishes that; a long task stays with its worker."""
    folder = str(tmp_path)
    tasks.begin_and_hang_once.enqueue(folder)
    victim = start_process()
    victim.tell(*HASTY, "work.Worker().run()")
    wait_for((tmp_path / "begun").exists)
    tasks.alone.enqueue(folder, "long", 4)
    for n in range(12):
        tasks.alone.enqueue(folder, f"short{n}", 0.02)
    for _n in range(2):
        start_process().tell(*HASTY, "work.Worker(interval=0.05).run()")
    victim.kill()

    wait_for(lambda: not DBTaskResult.objects.exclude(status=SUCCESSFUL).exists(), seconds=60)

    ran = (tmp_path / "ran").read_text().split()
    assert sorted(ran) == sorted(["long", *(f"short{n}" for n in range(12))])
    assert (tmp_path / "finished").read_text() != str(victim.pid)
    workers = {
        f"{r.task_path.rpartition('.')[2]} {r.args_kwargs['args'][1:2]}": len(r.worker_ids)
        for r in DBTaskResult.objects.all()
    }
    assert workers.pop("begin_and_hang_once []") == 2
    assert set(workers.values()) == {1}


def test_worker_stops_when_told_after_the_task_at_hand(start_process, tmp_path):
    tasks.alone.enqueue(str(tmp_path), "last", 0.5)
    tasks.alone.enqueue(str(tmp_path), "not begun", 0)
    process = start_process()
    process.tell(*WORK, "w = work.Worker()", "w.configure_signals()", "w.run()")
    wait_for((tmp_path / "last.running").exists)
    os.kill(process.pid, signal.SIGTERM)
    process.answer()
    assert (tmp_path / "ran").read_text() == "last\n"
    assert sorted(DBTaskResult.objects.values_list("status", flat=True)) == [READY, SUCCESSFUL]
