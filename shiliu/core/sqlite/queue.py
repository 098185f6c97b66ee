"""One writer at a time, in turn, over threads and processes.

SQLite lets one connection write; the others poll, and a poller can starve for seconds behind busy
neighbours. So writers of one process queue on a lock, and processes take turns at a turnstile: who waits
for the database holds the turnstile, and so is next. The kernel frees both when a process is killed.
"""

import fcntl
import os
import random
import threading
import time
from collections import deque
from pathlib import Path

_queues: dict[str, "WriterQueue"] = {}
_guard = threading.Lock()


class QueueTimeout(Exception):
    """The turn did not come in time."""


class FairLock:
    """A mutex whose waiters are served in the order of their coming; may be released by another thread."""

    def __init__(self) -> None:
        self._inner = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Event] = deque()

    def acquire(self, timeout: float) -> bool:
        with self._inner:
            if not self._held:
                self._held = True
                return True
            turn = threading.Event()
            self._waiting.append(turn)
        if turn.wait(timeout):
            return True
        with self._inner:
            if turn.is_set():  # the turn came while time ran out
                return True
            self._waiting.remove(turn)
            return False

    def release(self) -> None:
        with self._inner:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False


class WriterQueue:
    """The queue before one database: `enter` before BEGIN, `leave` after COMMIT or ROLLBACK."""

    def __init__(self, database: str | None) -> None:
        """`database`: the file's path, or None for a database in memory (threads only)."""
        self._threads = FairLock()
        self._pid = os.getpid()
        self._turnstile = self._door = -1
        if database is not None:
            self._turnstile, self._door = (_open(f"{database}.{name}") for name in ("turnstile", "writer"))

    def enter(self, timeout: float) -> None:
        """Wait for the turn, at most `timeout` seconds; raises QueueTimeout."""
        deadline = time.monotonic() + timeout
        if not self._threads.acquire(timeout):
            raise QueueTimeout
        if self._door < 0:
            return
        try:
            _lock(self._turnstile, deadline)
            try:
                _lock(self._door, deadline)
            finally:
                fcntl.flock(self._turnstile, fcntl.LOCK_UN)
        except BaseException:
            self._threads.release()
            raise

    def leave(self) -> None:
        if self._door >= 0:
            fcntl.flock(self._door, fcntl.LOCK_UN)
        self._threads.release()


def _open(path: str) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)


def _lock(handle: int, deadline: float) -> None:
    began = time.monotonic()
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            now = time.monotonic()
            if now > deadline:
                raise QueueTimeout from None
            # A turn takes a few milliseconds, and whoever sleeps past its end makes all wait that long.
            pause = min(max((now - began) / 20, 0.0001), 0.002)
            time.sleep(random.uniform(pause / 2, pause))  # noqa: S311  jitter, no secret


def queue_for(database: str, *, in_memory: bool) -> WriterQueue:
    """The process's one queue for a database; a forked child gets its own."""
    key = database if in_memory else str(Path(database).resolve())
    with _guard:
        queue = _queues.get(key)
        if queue is None or queue._pid != os.getpid():
            queue = _queues[key] = WriterQueue(None if in_memory else key)
        return queue
