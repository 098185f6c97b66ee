"""Writing everything out as CSV files, the same that `load` reads."""

import csv
import os
from pathlib import Path
from typing import IO

from shiliu.core import access
from shiliu.core.access import Actor
from shiliu.core.exchange.kinds import KINDS, Kind
from shiliu.core.snapshot import read_snapshot

CHUNK = 2000


def _open_private(path: Path) -> IO[str]:
    """UTF-8 with a byte-order mark, which spreadsheets need; only its owner reads it."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    return os.fdopen(handle, "w", encoding="utf-8-sig", newline="")


def _header(kind: Kind, language: str) -> list[str]:
    return [col.zh if language == "zh" else col.name for col in kind.columns]


def templates(folder: Path, *, language: str = "zh") -> list[Path]:
    """A file per kind with its header alone."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for kind in KINDS.values():
        paths.append(folder / f"{kind.name}.csv")
        with _open_private(paths[-1]) as file:
            csv.writer(file, lineterminator="\n").writerow(_header(kind, language))
    return paths


def dump(folder: Path, *, by: Actor, language: str = "zh") -> dict[str, int]:
    """Write every kind as of one moment; the number of rows of each. Contact details are written too."""
    access.require(by, "core.export", "")
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    with read_snapshot():
        for kind in KINDS.values():
            with _open_private(folder / f"{kind.name}.csv") as file:
                out = csv.writer(file, lineterminator="\n")
                out.writerow(_header(kind, language))
                written[kind.name] = 0
                for obj in kind.rows().iterator(chunk_size=CHUNK):
                    out.writerow([kind.cell(obj, col) for col in kind.columns])
                    written[kind.name] += 1
    return written
