"""Which side of the database there is, and the folder where it is taken out and put back."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from django.db import connection
from django.utils.translation import gettext as _

from shiliu.core.backup import Unusable, postgres, sqlite


class Engine(Protocol):
    """What `sqlite` and `postgres` offer alike. A folder holds the database under the name `MEMBER`."""

    MEMBER: str

    def version(self) -> str: ...
    def require_tools(self) -> None: ...
    def snapshot(self, folder: Path) -> AbstractContextManager[tuple[Path, dict[str, int]]]: ...
    def rows(self) -> dict[str, int]: ...
    def used_by_others(self) -> bool: ...
    def check(self, folder: Path) -> None: ...
    def install(self, folder: Path) -> None: ...


def engine() -> Engine:
    engines: dict[str, Engine] = {"sqlite": sqlite, "postgresql": postgres}
    return engines[connection.vendor]


def work_path(data: Path) -> Path:
    return data / ".backup"


@contextmanager
def work_folder(data: Path) -> Iterator[Path]:
    """A private folder inside SHILIU_DATA for one backup or restore at a time, empty before and after.

    A plain copy of the database lies here for a while, where the database itself is anyway. What a killed
    run left is removed by the next one.
    """
    path = work_path(data)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the kernel frees it if we are killed
    except BlockingIOError:
        os.close(handle)
        raise Unusable(
            _("Another backup or restore of this install is running. Wait until it is finished.")
        ) from None
    try:
        _empty(path)
        yield path
    finally:
        _empty(path)
        os.close(handle)


def is_working(data: Path) -> bool:
    """Whether a backup or restore is running."""
    handle = os.open(work_path(data), os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _empty(path: Path) -> None:
    for left in path.iterdir():
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()
