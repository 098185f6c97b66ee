"""Writing everything out as CSV files, the same that `load` reads."""

import csv
import os
from collections.abc import Iterable
from pathlib import Path

from shiliu.core import access
from shiliu.core.access import Actor
from shiliu.core.exchange import beside
from shiliu.core.exchange.kinds import KINDS, Kind
from shiliu.core.snapshot import read_snapshot


def _header(kind: Kind, language: str) -> list[str]:
    return [col.zh if language == "zh" else col.name for col in kind.columns]


def _write(path: Path, header: list[str], rows: Iterable[list[str]]) -> int:
    """UTF-8 with a byte-order mark, which spreadsheets need; only its owner reads it. The number of rows.

    It takes the place of an earlier file when it is complete: a file that stands there is a whole one. Lines
    end in CR LF (RFC 4180), without which Python's writer would leave a lone CR in a cell unquoted.
    """
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, lineterminator="\r\n")
        out.writerow(header)
        written = 0
        for row in rows:
            out.writerow(row)
            written += 1
    unfinished.replace(path)
    return written


def templates(folder: Path, *, language: str = "zh") -> list[Path]:
    """A file per kind with its header alone."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for kind in KINDS.values():
        paths.append(folder / f"{kind.name}.csv")
        _write(paths[-1], _header(kind, language), [])
    return paths


def dump(folder: Path, *, by: Actor, language: str = "zh") -> dict[str, int]:
    """Write every kind as of one moment; the number of rows of each. Contact details are written too."""
    access.require(by, "core.export", "")
    folder.mkdir(parents=True, exist_ok=True)
    with read_snapshot(), beside.standing_in(folder):
        return {
            kind.name: _write(folder / f"{kind.name}.csv", _header(kind, language), kind.rows())
            for kind in KINDS.values()
        }
