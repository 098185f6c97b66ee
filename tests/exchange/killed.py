"""An install whose jobs are killed, and its database as it is found afterwards."""

import contextlib
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg

REPOSITORY = Path(__file__).resolve().parents[2]
KILLED = -signal.SIGKILL


class Runner:
    """`tests.exchange.jobs` on an install, for as long as the `with` lasts."""

    def __init__(self, install: dict[str, str]) -> None:
        self.install = install

    def __enter__(self) -> "Runner":
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.exchange.jobs"],
            cwd=REPOSITORY,
            env=self.install,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *error: object) -> None:
        self._process.stdin.close()  # type: ignore[union-attr]
        assert self._process.wait(30) == 0
        self._process.stdout.close()  # type: ignore[union-attr]

    def start(self, *words: object) -> int:
        """Begin a job; the id of its process."""
        self._process.stdin.write(" ".join(map(str, words)) + "\n")  # type: ignore[union-attr]
        self._process.stdin.flush()  # type: ignore[union-attr]
        word, pid = self._process.stdout.readline().split()  # type: ignore[union-attr]
        assert word == "began"
        return int(pid)

    def lines(self) -> Iterator[str]:
        """What the job says, up to its end."""
        while True:
            line = self._process.stdout.readline().rstrip("\n")  # type: ignore[union-attr]
            assert line, "the jobs' own process has ended"
            yield line
            if line.startswith("ended "):
                return

    def run(self, *words: object) -> list[str]:
        """A job to its good end; what it said."""
        self.start(*words)
        *said, ended = self.lines()
        assert ended == "ended 0", said
        return said

    def kill(self, seconds: float, *words: object) -> list[str] | None:
        """Kill a job after so many seconds of its processor time, which a busy machine does not shorten.

        What it had said; None if it was over before.
        """
        pid = self.start(*words)
        with contextlib.suppress(psutil.NoSuchProcess):
            job = psutil.Process(pid)
            while job.status() != psutil.STATUS_ZOMBIE and sum(job.cpu_times()[:2]) < seconds:
                time.sleep(0.002)
            job.kill()
        *said, ended = self.lines()
        assert ended in (f"ended {KILLED}", "ended 0"), said
        return said if ended == f"ended {KILLED}" else None


def stored(install: dict[str, str], statement: str) -> list[tuple[Any, ...]]:
    """Rows as they stand in the database, asked for by nothing of Shiliu's or Django's."""
    if "DATABASE_URL" in install:
        with psycopg.connect(install["DATABASE_URL"]) as server:
            return server.execute(statement).fetchall()  # type: ignore[call-overload]
    file = sqlite3.connect(Path(install["SHILIU_DATA"]) / "shiliu.sqlite3")
    try:
        return file.execute(statement).fetchall()
    finally:
        file.close()
