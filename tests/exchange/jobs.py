"""Runs a job again and again, each time in a new process, for tests that kill that process.

    python -m tests.exchange.jobs import DIR [DIR …]
    python -m tests.exchange.jobs ask

A line on stdin starts the job with that line's words, or ends this program where it is empty. It prints
“began PID”, what the job prints, and “ended STATUS” (negative: the signal). Django is loaded once, and the
new process is a fork of one that has no connection to the database: seconds less for each turn.
"""

import os
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "shiliu.settings"
django.setup()

from django.db import connections  # noqa: E402

from shiliu.core.access import System  # noqa: E402
from shiliu.core.exchange import load  # noqa: E402
from shiliu.core.exchange.dump import dump  # noqa: E402
from shiliu.core.exchange.load import Import  # noqa: E402
from shiliu.requests import actions  # noqa: E402
from shiliu.requests.models import Category, State  # noqa: E402
from shiliu.volunteers.models import Team  # noqa: E402

BY = System("test")


def say(*words: object) -> None:
    print(*words, flush=True)


def import_(folder: str, batch: str = "1000") -> None:
    """Import a folder in batches of so many rows; a line for each problem and each kind."""
    load.BATCH = int(batch)
    it = Import(Path(folder), by=BY)
    for problem in it.run():
        say("refused", problem)
    for name, n in it.counts.items():
        say("counts", name, n.created, n.changed, n.unchanged, n.refused)


def export(folder: str) -> None:
    dump(Path(folder), by=BY, language="en")


def measure(folder: str) -> None:
    """Import a folder and tell the most memory that Python's objects took, in bytes."""
    tracemalloc.start()
    import_(folder)
    say("peak", tracemalloc.get_traced_memory()[1])


def ask(first: str, last: str) -> None:
    """What clients do who repeat until they are answered: requests `first` to `last`, each by its own key.

    Each step is told after its action has returned.
    """
    team = Team.objects.get()
    sent = {"by": BY, "category": Category.objects.get(), "area": team.area, "words": "路灯不亮"}
    for n in range(int(first), int(last)):
        request = actions.ask(**sent, key=f"key-{n}")
        say("ask", n, request.code)
        if request.state == State.RECEIVED:
            actions.accept(request, by=BY, seen=request.version)
        say("accept", n, request.code)
        if request.state == State.ACCEPTED:
            actions.assign(request, to=team, by=BY, seen=request.version)
        say("assign", n, request.code)


JOBS: dict[str, Callable[..., None]] = {"import": import_, "export": export, "measure": measure, "ask": ask}


def main() -> None:
    for line in sys.stdin:
        name, *words = line.split()
        assert not any(connection.connection for connection in connections.all(initialized_only=True))
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            say("began", os.getpid())
            JOBS[name](*words)
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        say("ended", status)


if __name__ == "__main__":
    main()
