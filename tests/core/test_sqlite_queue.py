"""Writers of SQLite in turn: threads first come, first served; processes by locks that a kill frees."""

import contextlib
import os
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from shiliu.core.models import ClockJob
from shiliu.core.sqlite.queue import FairLock, QueueTimeout, WriterQueue, queue_for
from tests.factories import moment
from tests.helpers import wait_for
from tests.processes import Remote

pytestmark = pytest.mark.once


@pytest.fixture
def queues(tmp_path) -> tuple[WriterQueue, WriterQueue]:
    """The queues of two processes before one database: file locks know open files, not processes."""
    return tuple(WriterQueue(str(tmp_path / "some.sqlite3")) for _process in range(2))


def start(work, *arguments) -> threading.Thread:
    thread = threading.Thread(target=work, args=arguments, daemon=True)
    thread.start()
    return thread


# The lock of threads --------------------------------------------------------------------------------------


def test_waiters_are_served_in_the_order_of_their_coming():
    lock, served = FairLock(), []

    def take_turn(n: int) -> None:
        assert lock.acquire(10)
        served.append(n)
        lock.release()

    lock.acquire(1)
    threads = []
    for n in range(6):
        threads.append(start(take_turn, n))
        wait_for(lambda expected=n + 1: len(lock._waiting) == expected)
    lock.release()
    for thread in threads:
        thread.join(10)
    assert served == [0, 1, 2, 3, 4, 5]


def test_released_lock_is_handed_to_the_waiter_before_a_newcomer():
    """The releasing thread itself cannot snatch it back, which is how a busy writer starves others."""
    lock, got = FairLock(), threading.Event()
    lock.acquire(1)
    start(lambda: lock.acquire(10) and got.set())
    wait_for(lambda: lock._waiting)
    lock.release()
    assert not lock.acquire(0.05)
    assert got.is_set()


def test_who_gave_up_waiting_is_passed_over():
    lock = FairLock()
    lock.acquire(1)
    assert not lock.acquire(0.01)
    lock.release()
    assert lock.acquire(0)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.floats(0, 0.002), min_size=2, max_size=6))
def test_lock_is_held_by_one_at_a_time_and_never_lost(pauses):
    """Also where waiters give up at the very moment at which their turn comes."""
    lock, inside, at_once = FairLock(), [], []

    def work(pause: float) -> None:
        for _again in range(5):
            if lock.acquire(pause):
                inside.append(1)
                at_once.append(len(inside))
                time.sleep(pause / 4)
                inside.pop()
                lock.release()

    for thread in [start(work, pause) for pause in pauses]:
        thread.join(10)
    assert set(at_once) <= {1}
    assert lock.acquire(0)


# The turnstile of processes -------------------------------------------------------------------------------


def test_other_process_waits_until_the_first_leaves(queues):
    mine, theirs = queues
    mine.enter(1)
    with pytest.raises(QueueTimeout):
        theirs.enter(0.05)
    mine.leave()
    theirs.enter(1)
    theirs.leave()


def test_turn_that_came_too_late_leaves_the_queue_usable(queues):
    mine, theirs = queues
    mine.enter(1)
    for _again in range(2):
        with pytest.raises(QueueTimeout):
            theirs.enter(0.01)
    mine.leave()
    for each in (theirs, mine):
        each.enter(1)
        each.leave()


def test_waiting_process_goes_before_the_busy_one(queues):
    """Who leaves and comes back at once stands behind who waited meanwhile."""
    mine, theirs = queues
    order = []

    def wait_for_turn() -> None:
        theirs.enter(10)
        order.append("theirs")
        theirs.leave()

    mine.enter(1)
    waiting = start(wait_for_turn)
    time.sleep(0.05)  # the waiting one holds the turnstile by now
    mine.leave()
    mine.enter(10)
    order.append("mine")
    mine.leave()
    waiting.join(10)
    assert order == ["theirs", "mine"]


def test_database_in_memory_queues_threads_only():
    in_memory = WriterQueue(None)
    in_memory.enter(1)
    with pytest.raises(QueueTimeout):
        in_memory.enter(0.01)
    in_memory.leave()


def test_one_queue_per_database_however_it_is_named(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path)
    same = {queue_for(str(tmp_path / name), in_memory=False) for name in ("a", "x/../a", "link/a")}
    assert len(same) == 1
    assert queue_for(str(tmp_path / "b"), in_memory=False) not in same


def test_forked_child_gets_a_queue_of_its_own(tmp_path, monkeypatch):
    before = queue_for(str(tmp_path / "a"), in_memory=False)
    monkeypatch.setattr("os.getpid", lambda: -1)
    assert queue_for(str(tmp_path / "a"), in_memory=False) is not before


# The backend ----------------------------------------------------------------------------------------------


@pytest.fixture
def sqlite_only(on_postgres, transactional_db):
    if on_postgres:
        pytest.skip("PostgreSQL locks rows")


@pytest.fixture
def turn(sqlite_only, monkeypatch) -> WriterQueue:
    """The queue before the test database, with short patience."""
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.1)
    return queue_for(str(connection.settings_dict["NAME"]), in_memory=False)


@contextmanager
def somebody_writes(turn: WriterQueue) -> Iterator[None]:
    turn.enter(1)
    try:
        yield
    finally:
        turn.leave()


def write(name: str) -> None:
    with transaction.atomic():
        ClockJob.objects.create(name=name, due=moment())


def test_writer_waits_for_its_turn_and_gives_up_with_a_sentence(turn):
    told = "the writers' queue did not move in time"
    with somebody_writes(turn), pytest.raises(OperationalError, match=told):
        write("late")
    write("late")


def is_free(turn: WriterQueue) -> bool:
    try:
        turn.enter(0)
    except QueueTimeout:
        return False
    turn.leave()
    return True


@pytest.mark.parametrize("end", ["commit", "rollback", "error"])
def test_turn_ends_with_the_transaction(turn, end):
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        ClockJob.objects.create(name="x", due=moment())
        with transaction.atomic():  # a savepoint is no turn of its own
            pass
        assert not is_free(turn)
        if end == "rollback":
            transaction.set_rollback(True)
        if end == "error":
            raise ZeroDivisionError
    assert is_free(turn)
    assert ClockJob.objects.count() == (end == "commit")


def test_turn_ends_with_the_connection(turn):
    unfinished = transaction.atomic()
    unfinished.__enter__()
    connection.close()
    assert is_free(turn)
    with contextlib.suppress(DatabaseError):
        unfinished.__exit__(None, None, None)


def test_begin_that_fails_gives_the_turn_back(turn):
    """Somebody who does not queue, say the sqlite3 shell, holds the database."""
    connection.close()  # the next connection has short patience too
    with contextlib.closing(sqlite3.connect(connection.settings_dict["NAME"])) as shell:
        shell.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="database is locked"):
            write("late")
        assert is_free(turn)
    connection.close()


WRITE = """
import threading
from django.db import connection
from tests.core.test_sqlite_queue import write
def write_on(mark):
    try:
        for n in range(25):
            write(f"{mark}-{n}")
    except Exception as error:
        errors.append(str(error))
    finally:
        connection.close()
def four(process):
    threads = [threading.Thread(target=write_on, args=(f"{process}-{n}",)) for n in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return errors
errors = []
"""


def test_eight_writers_in_two_processes_never_find_it_locked(sqlite_only, start_process):
    processes = [start_process() for _n in range(2)]
    for n, process in enumerate(processes):
        process.tell(WRITE, f"four({n})")
    assert [process.answer() for process in processes] == [[], []]
    assert ClockJob.objects.count() == 2 * 4 * 25


def test_killed_writer_frees_the_queue_and_leaves_nothing(sqlite_only, start_process):
    victim = start_process()
    victim.ask(
        "from django.db import transaction",
        "from tests.core.test_sqlite_queue import write",
        "transaction.atomic().__enter__()",
        "write('unfinished')",
    )
    waiting = start(lambda: (write("next"), connection.close()))
    time.sleep(0.1)
    assert waiting.is_alive()
    victim.kill()
    waiting.join(5)
    assert not waiting.is_alive()
    assert list(ClockJob.objects.values_list("name", flat=True)) == ["next"]


def test_other_process_hears_the_same_sentence(sqlite_only, start_process):
    other = start_process()
    other.ask(
        "from django.conf import settings",
        "from tests.core.test_sqlite_queue import write",
        "settings.DATABASES['default']['OPTIONS'].update(timeout=0.1)",
    )
    with transaction.atomic():
        other.tell("write('late')")
        with pytest.raises(Remote, match="OperationalError: database is locked: the writers' queue"):
            other.answer()


def test_program_started_while_somebody_writes_does_not_keep_the_lock(queues):
    mine, theirs = queues
    mine.enter(1)
    with subprocess.Popen(["sleep", "9"], close_fds=False) as other:  # the file handles close on exec
        os.close(mine._door)  # as when this process is killed
        mine._door = -1
        theirs.enter(1)
        theirs.leave()
        other.kill()
