"""Tasks for the worker's tests. Files tell what happened: they are there whatever becomes of the process."""

import os
import time
from pathlib import Path

from django.utils import timezone
from django_tasks import task

from shiliu.core import search


@task()
def note(path: str, words: str) -> None:
    """Add one line."""
    with Path(path).open("a") as file:
        file.write(f"{words}\n")


@task()
def begin_and_hang_once(folder: str) -> None:
    """The first to run this says so and hangs; whoever comes later finishes it."""
    first = not (Path(folder) / "begun").exists()
    (Path(folder) / "begun").touch()
    if first:
        time.sleep(60)
    (Path(folder) / "finished").write_text(str(os.getpid()))


@task()
def alone(folder: str, name: str, seconds: float) -> None:
    """Fails if somebody else is at the same task, and leaves a line for each time that it ran."""
    lock = Path(folder) / f"{name}.running"
    lock.touch(exist_ok=False)
    time.sleep(seconds)
    lock.unlink()
    note.call(str(Path(folder) / "ran"), name)


@task()
def fail(path: str) -> None:
    note.call(path, "tried")
    raise ZeroDivisionError("always")


@task()
def make_findable(code: str) -> None:
    """Safe to run twice: the second time stores what is there."""
    search.index("requests.request", code, at=timezone.now(), text=code)
