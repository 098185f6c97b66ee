"""Files that stand beside the CSV files of an export or an import: in `files/` of the folder, by kind.

A cell names such a file by its name alone. Only its owner reads what is exported, as with the CSV files.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path, PurePath
from typing import Any

_folder: ContextVar[Path | None] = ContextVar("exchange_folder", default=None)


@contextmanager
def standing_in(folder: Path) -> Iterator[None]:
    """While an export writes to, or an import reads from, a folder."""
    mark = _folder.set(folder)
    try:
        yield
    finally:
        _folder.reset(mark)


def found(place: str, name: str) -> Path | None:
    """The file that a cell names, if it is there. A name is no path: nothing outside the folder is read."""
    folder = _folder.get()
    if folder is None or not name or name in (".", "..") or PurePath(name).name != name or "\\" in name:
        return None
    path = folder / "files" / place / name
    return path if path.is_file() and not path.is_symlink() else None


def put(place: str, name: str, stored: Any) -> None:
    """In an export, write a stored file beside the CSV files. What the storage has lost is left out."""
    folder = _folder.get()
    if folder is None:
        return
    path = folder / "files" / place / name
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        with stored.storage.open(stored.name) as source:
            handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as target:
                shutil.copyfileobj(source, target)
    except FileNotFoundError:
        return
    unfinished.replace(path)
