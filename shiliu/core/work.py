"""Background work: a worker that survives being killed at any step, and the clock.

Tasks are rows that were written with the change they belong to. django-tasks-db claims and runs them; what
it lacks is here: a worker says now and then that it is alive while it is on a task, the tasks of a silent
worker go back to the queue, and a task that failed is tried again later. So each task runs at least once,
and must be safe to run twice.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import close_old_connections, connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks.base import Task
from django_tasks_db.management.commands.db_worker import Worker as DatabaseWorker
from django_tasks_db.models import DBTaskResult

from shiliu.core.models import ClockJob, WorkerBeat

log = logging.getLogger("shiliu.work")

BEAT = 5  # seconds between signs of life
SILENCE = timedelta(seconds=30)  # after which a worker counts as dead
ATTEMPTS = 5
READY, RUNNING, FAILED = "READY", "RUNNING", "FAILED"


# The clock ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Job:
    """A regular task: every `every`, or daily at `at` (local time) where that is given."""

    task: Task
    every: timedelta = timedelta(days=1)
    at: time | None = None

    def next(self, now: datetime) -> datetime:
        if self.at is None:
            return now + self.every
        local = timezone.localtime(now)
        today = timezone.make_aware(datetime.combine(local.date(), self.at))
        return today if today > now else today + timedelta(days=1)


JOBS: dict[str, Job] = {}


def regularly(*, every: timedelta = timedelta(days=1), at: time | None = None) -> Callable[[Task], Task]:
    """Decorate a task that the clock is to enqueue: `@regularly(at=time(3, 30))` above `@task()`."""

    def register(task: Task) -> Task:
        JOBS[task.module_path] = Job(task, every, at)
        return task

    return register


def tick(now: datetime | None = None) -> list[str]:
    """Enqueue each job that is due; the names of those enqueued.

    Moving `due` on and enqueueing are one transaction, so of many clocks one enqueues; after a pause of
    days a job comes once, not once for each day missed.
    """
    now = now or timezone.now()
    enqueued = []
    for name, job in JOBS.items():
        ClockJob.objects.get_or_create(name=name, defaults={"due": now})
        with transaction.atomic():
            mine = ClockJob.objects.filter(name=name, due__lte=now).update(due=job.next(now), enqueued_at=now)
            if mine:
                job.task.enqueue()
                enqueued.append(name)
    return enqueued


# The worker -----------------------------------------------------------------------------------------------


def recover(now: datetime | None = None) -> int:
    """Give back the tasks of workers that fell silent, and those that failed but may be tried again.

    Returns how many tasks went back to the queue. A task that took `ATTEMPTS` workers down stays failed.
    """
    now = now or timezone.now()
    alive = set(WorkerBeat.objects.filter(at__gt=now - SILENCE).values_list("worker", flat=True))
    back = 0
    for task in DBTaskResult.objects.filter(status=RUNNING, started_at__lt=now - SILENCE).iterator():
        if task.worker_ids and task.worker_ids[-1] in alive:
            continue
        # Conditional, so that of two recovering workers one wins, and a task just finished stays finished.
        same = DBTaskResult.objects.filter(pk=task.pk, status=RUNNING, started_at=task.started_at)
        if len(task.worker_ids) < ATTEMPTS:
            back += same.update(status=READY)
        else:
            same.update(
                status=FAILED, finished_at=now, traceback="Given up: every worker that ran this died."
            )
    # A worker gives its failed task back at once; one that is failed still was left so by a kill.
    for task in DBTaskResult.objects.filter(status=FAILED, finished_at__lt=now - SILENCE).iterator():
        if len(task.worker_ids) < ATTEMPTS:
            back += DBTaskResult.objects.filter(pk=task.pk, status=FAILED).update(status=READY)
    WorkerBeat.objects.filter(at__lt=now - timedelta(days=1)).delete()
    return back


class Worker(DatabaseWorker):
    """django-tasks-db's worker, with a sign of life, recovery, retries and the clock beside it."""

    def __init__(self, *, until_idle: bool = False, interval: float = 0.5) -> None:
        super().__init__(
            queue_names=["*"],
            excluded_queue_names=[],
            interval=interval,
            batch=until_idle,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
        )
        self._busy = threading.Event()
        self._stopped = threading.Event()

    def run(self) -> None:
        side = threading.Thread(target=self._beside, name="clock", daemon=True)
        side.start()
        try:
            super().run()
        finally:
            self._stopped.set()
            side.join(timeout=BEAT)

    def run_task(self, db_task_result: DBTaskResult) -> None:
        self._busy.set()
        try:
            super().run_task(db_task_result)
        finally:
            self._busy.clear()
        if db_task_result.status == FAILED:
            self._retry_later(db_task_result)

    @staticmethod
    def _retry_later(result: DBTaskResult) -> None:
        attempts = len(result.worker_ids)
        log.error(
            "task %s failed, attempt %d of %d: %s", result.task_path, attempts, ATTEMPTS, result.traceback
        )
        if attempts < ATTEMPTS:
            pause = timedelta(seconds=10 * 4 ** (attempts - 1))
            DBTaskResult.objects.filter(pk=result.pk, status=FAILED).update(
                status=READY, run_after=timezone.now() + pause
            )

    def _beside(self) -> None:
        """The second thread: signs of life while a task runs, recovery and the clock every now and then."""
        beats = 0
        while True:
            try:
                if self._busy.is_set():
                    WorkerBeat.objects.update_or_create(
                        worker=self.worker_id, defaults={"at": timezone.now()}
                    )
                if beats % 2 == 0:
                    recover()
                    tick()
            except DatabaseError:
                log.exception("the clock could not reach the database; it tries again")
                connection.close()
            beats += 1
            if self._stopped.wait(BEAT):
                break
            close_old_connections()
        connection.close()
