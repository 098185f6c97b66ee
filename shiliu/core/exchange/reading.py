"""A CSV file as rows with line numbers, and rows as values: everything that needs no database write."""

import csv
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from shiliu.core.exchange import cells
from shiliu.core.exchange.kinds import Column, Kind, Values

csv.field_size_limit(1_000_000)


@dataclass(frozen=True)
class Problem:
    """Why a row, or (line 1 or 0) a file, was refused, and what to do."""

    file: str
    line: int
    column: str
    sentence: str

    def __str__(self) -> str:
        where = _("%(file)s, line %(line)d") % {"file": self.file, "line": self.line}
        if self.column:
            where += _(", column %s") % self.column
        return f"{where}: {self.sentence}"


class UnreadableFile(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass
class Row:
    """One row of a file: its texts, then its values, and what is wrong with it."""

    line: int
    texts: dict[str, str]
    values: Values
    problem: Problem | None = None


class File:
    """One CSV file of a kind. Iterating gives rows one by one, in constant memory."""

    def __init__(self, path: Path, kind: Kind) -> None:
        self.path = path
        self.kind = kind
        self.name = path.name

    def problem(self, line: int, column: str, sentence: str) -> Problem:
        return Problem(self.name, line, column, sentence)

    def __iter__(self) -> Iterator[Row]:
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                lines = csv.reader(file, strict=True)
                yield from self._rows(lines)
        except UnicodeDecodeError:
            sentence = _("This is not UTF-8. In a spreadsheet, save it as “CSV UTF-8”.")
            raise UnreadableFile(self.problem(1, "", sentence)) from None
        except csv.Error as error:
            sentence = (
                _("The quotation marks or commas are broken (%s). Save the sheet as CSV again.") % error
            )
            raise UnreadableFile(self.problem(lines.line_num, "", sentence)) from None
        except OSError as error:
            raise UnreadableFile(self.problem(0, "", str(error.strerror))) from None

    def _rows(self, lines: Any) -> Iterator[Row]:
        header = next(lines, None)
        if header is None:
            return
        columns = self._columns(header)
        last = lines.line_num
        for cells_ in lines:
            line, last = last + 1, lines.line_num
            if not any(cell.strip() for cell in cells_):
                continue
            if len(cells_) != len(columns):
                sentence = _("There are %(n)d cells here, but %(m)d columns. Check the commas and quotes.")
                bad = self.problem(line, "", sentence % {"n": len(cells_), "m": len(columns)})
                yield Row(line, {}, {}, bad)
            else:
                texts = {col.name: cell for col, cell in zip(columns, cells_, strict=True)}
                yield self._parsed(Row(line, texts, {}))

    def _columns(self, header: list[str]) -> list[Column]:
        known = {name: col for col in self.kind.columns for name in (col.name, col.zh)}
        found = []
        for title in header:
            col = known.get(title.strip())
            if col is None or col in found:
                sentence = _(
                    "“%(title)s” is not a column of %(kind)s, or stands twice. The columns are: %(all)s."
                )
                names = "、".join(f"{c.zh} ({c.name})" for c in self.kind.columns)
                data = {"title": title, "kind": self.kind.name, "all": names}
                raise UnreadableFile(self.problem(1, title, sentence % data))
            found.append(col)
        for col in self.kind.columns:
            if self.kind.required(col) and col not in found:
                sentence = _("The column %(zh)s (%(name)s) is missing. Take the header from the template.")
                raise UnreadableFile(self.problem(1, col.zh, sentence % {"zh": col.zh, "name": col.name}))
        return found

    def _parsed(self, row: Row) -> Row:
        for col in self.kind.columns:
            if col.name not in row.texts:
                continue
            try:
                row.values[col.name] = self._value(col, row.texts[col.name])
            except cells.BadCell as error:
                row.problem = self.problem(row.line, col.zh, str(error))
                break
        return row

    def _value(self, col: Column, text: str) -> Any:
        """A cell's value; a reference stays the text that names it, to be looked up per batch."""
        field = self.kind.field(col.name)
        if (text if field.empty_strings_allowed else text.strip()) == "":
            if self.kind.required(col):
                raise cells.BadCell(_("This must not be empty."))
            return "" if field.empty_strings_allowed else None if field.null else field.get_default()
        if self.kind.reference(col):
            return text.strip()
        value = self.kind.reader(col.name)(text)
        if col.name in self.kind.key and isinstance(value, str):
            value = value.strip()
        return cells.checked(field, value)


class SeenKeys:
    """The keys of a file so far, kept on disk: a second row of the same key is refused."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("")  # SQLite's temporary database, which spills to disk by itself
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID")

    def first_line(self, key: str, line: int) -> int:
        """The line on which this key came first, which is `line` when it is new."""
        row = self._db.execute(
            "INSERT INTO seen VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET line = line RETURNING line",
            (key, line),
        ).fetchone()
        return int(row[0])

    def close(self) -> None:
        self._db.close()
