"""The thread that counts in each web process: five times a second into the day's file, every second on."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from multiprocessing.util import Finalize

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from shiliu.channel.counting import actions, today
from shiliu.channel.counting.seen import WAITING, View

log = logging.getLogger("shiliu.reads")

TAKE = 0.2  # seconds; what a killed process can lose
STORE = 1.0
TIDY = 60.0
A_TIME = 1000  # views in one transaction
LAST = (0.0, 0.1, 0.3, 1.0, 3.0)  # seconds before each try when the server ends; less than it waits for us
GRACE = timedelta(minutes=1)  # after midnight, for views of the last moment


def take() -> int:
    """Count what this process noted; how many reads it were."""
    count = 0
    while WAITING:
        views: list[View] = []
        while WAITING and len(views) < A_TIME:
            views.append(WAITING.popleft())
        try:
            count += today.take(views)
        except Exception:
            WAITING.extendleft(reversed(views))
            raise
    return count


def store() -> None:
    """Move the counts of all days there are into the database.

    Until nothing waits: the first batch may be one that another process has named, and holds none of ours.
    """
    for day in today.days():
        name, counts = today.batch(day)
        while counts:
            actions.store(day, name, counts)
            today.done(day, name)
            name, counts = today.batch(day)


def tidy(now: datetime) -> None:
    """Drop what belongs to days that are over, and readers whose half hour is."""
    over = timezone.localtime(now - GRACE).date()
    for day in today.days():
        if day < over:
            today.forget(day)
    today.forget_old_readers(now.timestamp())


def settle() -> None:
    """All that was noted, in the database."""
    take()
    store()


class Collector:
    """Runs until `stop`, which leaves nothing behind that was noted before."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reads", daemon=True)

    def start(self) -> None:
        self._thread.start()
        # The server's processes are forked and leave past `atexit`; this is called in them and everywhere.
        Finalize(self, self.stop, exitpriority=0)

    def stop(self) -> None:
        if self._stopped.is_set():
            return
        self._stopped.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        stored = tidied = 0.0
        counted = True  # of an earlier process, perhaps
        while True:
            stopping = self._stopped.wait(TAKE)
            now = time.monotonic()
            if stopping:
                self._finish()
                break
            counted = bool(self._try(take)) or counted
            if counted and now - stored >= STORE:
                stored = now
                counted = self._try(_stored) is None
            if now - tidied >= TIDY:
                tidied, counted = now, True  # what another process left when it was killed
                self._try(_tidied)
        connection.close()

    def _finish(self) -> None:
        """All that was noted, also by a killed process. There is no next turn, so it is tried again."""
        for pause in LAST:
            time.sleep(pause)
            if self._try(take) is not None and self._try(_stored) is not None:
                return
        log.warning("reads stay in the day's file until the next start")

    def _try(self, work: Callable[[], int]) -> int | None:
        """None where it failed: tried again at the next turn, nothing that was counted is lost with it."""
        try:
            return work()
        except DatabaseError:
            log.warning("reads wait for the database")
            connection.close()
        except Exception:
            log.exception("reads could not be counted; it is tried again")
        return None


def _stored() -> int:
    close_old_connections()
    store()
    return 0


def _tidied() -> int:
    tidy(timezone.now())
    return 0
