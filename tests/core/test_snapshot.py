"""Reading as of one moment, without keeping writers waiting."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from shiliu.core.models import ClockJob
from shiliu.core.snapshot import read_snapshot
from tests.factories import moment

pytestmark = pytest.mark.django_db(transaction=True)


def write(name: str) -> None:
    ClockJob.objects.create(name=name, due=moment())


def elsewhere(work) -> None:
    """Do it on another connection, and wait until it is done."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    assert not thread.is_alive(), "it waits for the reader"


def test_reads_are_as_of_the_first_and_a_writer_does_not_wait():
    write("before")
    with read_snapshot():
        assert ClockJob.objects.count() == 1
        elsewhere(lambda: write("meanwhile"))
        assert ClockJob.objects.count() == 1
    assert ClockJob.objects.count() == 2


def test_reader_does_not_wait_for_a_writer():
    with transaction.atomic():
        write("unfinished")
        seen = []

        def read() -> None:
            with read_snapshot():
                seen.append(ClockJob.objects.count())

        elsewhere(read)
    assert seen == [0]


def test_inside_a_transaction_its_own_view_is_all_there_is():
    with transaction.atomic():
        write("mine")
        with read_snapshot():
            assert ClockJob.objects.count() == 1


@pytest.mark.parametrize("opened", [True, False])
def test_writers_mode_is_as_before(on_postgres, opened):
    """Also where the snapshot is the first that a connection does: its next writer queues like any other."""
    connection.close()
    if opened:
        connection.ensure_connection()
    with read_snapshot():
        assert ClockJob.objects.count() == 0
    if not on_postgres:
        assert connection.transaction_mode == "IMMEDIATE"
    write("after")
    assert ClockJob.objects.count() == 1


def test_snapshot_that_failed_leaves_the_connection_as_it_was(on_postgres):
    with pytest.raises(ZeroDivisionError), read_snapshot():
        raise ZeroDivisionError
    if not on_postgres:
        assert connection.transaction_mode == "IMMEDIATE"
    write("after")


def test_writing_inside_is_refused(on_postgres):
    if not on_postgres:
        pytest.skip("SQLite has no read-only transaction")
    with pytest.raises(DatabaseError, match="read-only"), read_snapshot():
        write("no")
