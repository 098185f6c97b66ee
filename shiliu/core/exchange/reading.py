"""A CSV file as rows with line numbers, and rows as values: everything that needs no database write."""

import codecs
import csv
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from shiliu.core.exchange import cells
from shiliu.core.exchange.kinds import Column, Kind, Values
from shiliu.core.fields import EncryptedTextField

csv.field_size_limit(1_000_000)


@dataclass(frozen=True)
class Problem:
    """Why a row, or (line 1, or 0 where no line can be named) a file, was refused, and what to do."""

    file: str
    line: int
    column: str
    sentence: str

    def __str__(self) -> str:
        where = _("%(file)s, line %(line)d") % {"file": self.file, "line": self.line}
        if not self.line:
            where = self.file
        if self.column:
            where += _(", column %s") % self.column
        return f"{where}: {self.sentence}"


class UnreadableFile(Exception):
    """A file of which nothing more can be read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(eq=False, slots=True)
class Row:
    """One row of a file, which begins on `line`: its values, and what is wrong with it.

    A value that refers to a row is first the text that names it, then that row. `raw` holds the values as the
    database's columns do, with those that were derived.
    """

    line: int
    values: Values
    problem: Problem | None = None
    raw: Values = field(default_factory=dict)


class File:
    """One CSV file of a kind. Iterating gives rows one by one, in constant memory."""

    def __init__(self, path: Path, kind: Kind) -> None:
        self.path = path
        self.kind = kind
        self.name = path.name
        self._titles: dict[str, str] = {}

    def problem(self, line: int, column: str, sentence: str) -> Problem:
        """`column`: the name of one of the kind's, told by the header that this file gives it, or ""."""
        return Problem(self.name, line, self.title(column), sentence)

    def title(self, column: str) -> str:
        """What this file calls a column; its Chinese name where the file does not have it."""
        known = {col.name: col.zh for col in self.kind.columns} | self._titles
        return known.get(column, column)

    def __iter__(self) -> Iterator[Row]:
        try:
            self._refuse_other_encodings()
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                yield from self._rows(csv.reader(file, strict=True))
        except OSError as error:
            raise self._unreadable(0, "", error.strerror or str(error)) from None

    def _unreadable(self, line: int, column: str, sentence: str) -> UnreadableFile:
        return UnreadableFile(self.problem(line, column, sentence))

    def _refuse_other_encodings(self) -> None:
        """Look through the whole file first, so that of a file in another encoding nothing is imported."""
        decoder = codecs.getincrementaldecoder("utf-8")()
        line = 1
        with self.path.open("rb") as file:
            try:
                while chunk := file.read(1 << 20):
                    decoder.decode(chunk)
                    line += chunk.count(b"\n")
                decoder.decode(b"", final=True)
            except UnicodeDecodeError as error:
                line += error.object.count(b"\n", 0, error.start)
                sentence = _("This is not UTF-8. In a spreadsheet, save it as “CSV UTF-8”.")
                raise self._unreadable(line, "", sentence) from None

    def _rows(self, lines: Any) -> Iterator[Row]:
        try:
            header = next(lines, None)
        except csv.Error as error:
            raise self._unreadable(1, "", self._broken(error)) from None
        if header is None:
            sentence = _(
                "This file is empty. Take the header from the template (`shiliu export --templates`)."
            )
            raise self._unreadable(1, "", sentence)
        parsers = [(col.name, parser(self.kind, col)) for col in self._columns(header)]
        while True:
            first = lines.line_num + 1
            try:
                texts = next(lines, None)
            except csv.Error as error:
                # The reader begins anew with the next line: what is broken stops nothing else.
                yield Row(first, {}, self.problem(first, "", self._broken(error, first, lines.line_num)))
                continue
            if texts is None:
                return
            if any(text.strip() for text in texts):
                yield self._row(first, texts, parsers)

    @staticmethod
    def _broken(error: csv.Error, first: int = 1, last: int = 1) -> str:
        said = _("The quotation marks are broken, or a cell is far too long (%s).") % error
        if last > first:
            said += " " + _("Nothing was read from line %(first)d to line %(last)d.") % {
                "first": first,
                "last": last,
            }
        return said + " " + _("Correct it in the spreadsheet and save it as CSV again.")

    def _row(self, line: int, texts: list[str], parsers: list[tuple[str, Callable[[str], Any]]]) -> Row:
        row = Row(line, {})
        if len(texts) != len(parsers):
            sentence = _("There are %(n)d cells here, but %(m)d columns. Check the commas and quotes.")
            row.problem = self.problem(line, "", sentence % {"n": len(texts), "m": len(parsers)})
            return row
        for (name, parse), text in zip(parsers, texts, strict=True):
            try:
                row.values[name] = parse(text)
            except cells.BadCell as error:
                row.problem = self.problem(line, name, str(error))
                break
        return row

    def _columns(self, header: list[str]) -> list[Column]:
        known = {cells.narrow(name).lower(): col for col in self.kind.columns for name in (col.name, col.zh)}
        found = []
        for number, title in enumerate(header, 1):
            col = known.get(cells.narrow(title).lower())
            if col is None or col in found:
                raise self._unreadable(1, cells.shortened(title), self._no_column(title, number, col))
            found.append(col)
            self._titles[col.name] = title.strip()
        for col in self.kind.columns:
            if col not in found and self.kind.required(col):
                sentence = _("The column %(zh)s (%(name)s) is missing. Take the header from the template.")
                raise self._unreadable(1, col.name, sentence % {"zh": col.zh, "name": col.name})
        return found

    def _no_column(self, title: str, number: int, col: Column | None) -> str:
        if col is not None:
            sentence = _("Column %(number)d is %(title)s a second time. Delete one of the two.")
            return sentence % {"number": number, "title": f"{col.zh} ({col.name})"}
        sentence = _("Column %(number)d, “%(title)s”, is not one of %(kind)s. The columns are: %(all)s.")
        names = "、".join(f"{c.zh} ({c.name})" for c in self.kind.columns)
        data = {"number": number, "title": cells.shortened(title), "kind": self.kind.name, "all": names}
        return sentence % data


def parser(kind: Kind, col: Column) -> Callable[[str], Any]:
    """How a cell of this column becomes a value, or raises BadCell.

    A reference stays the text that names a row, to be looked up per batch.
    """
    field = kind.field(col.name)
    is_text = isinstance(field, models.CharField | models.TextField) and not field.flatchoices
    if kind.reference(col):
        read: Callable[[str], Any] = cells.read_name
    else:
        read = partial(_read_checked, field, _reader(kind, col, field))
    if col.past:
        read = partial(_read_past, read)
    if kind.required(col) and not isinstance(field, EncryptedTextField):  # see Batch._forget
        parse = partial(_parse_required, read)
    else:
        blank = str if is_text else str.strip
        parse = partial(_parse_optional, read, blank, None if field.null else field.get_default)
    # Days, choices and the like come again and again; texts and codes do not.
    return parse if is_text else lru_cache(maxsize=4096)(parse)


def _reader(kind: Kind, col: Column, field: models.Field) -> Callable[[str], Any]:
    reader = cells.reader_of(field)
    return cells.read_name if col.name in kind.key and reader is cells.unescaped else reader


def _read_checked(field: models.Field, read: Callable[[str], Any], text: str) -> Any:
    return cells.checked(field, read(text))


def _read_past(read: Callable[[str], Any], text: str) -> Any:
    value = read(text)
    cells.refuse_future(value)
    return value


def _parse_required(read: Callable[[str], Any], text: str) -> Any:
    if not text.strip():
        raise cells.BadCell(_("This must not be empty."))
    return read(text)


def _parse_optional(
    read: Callable[[str], Any],
    blank: Callable[[str], str],
    default: Callable[[], Any] | None,
    text: str,
) -> Any:
    """A text of spaces is a text; for anything else it is an empty cell."""
    if not blank(text):
        return default() if default else None
    return read(text)


class SeenKeys:
    """The keys of a file so far, kept on disk: a second row of the same key is refused."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("")  # SQLite's temporary database, which spills to disk by itself
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID")

    def repeated(self, keys: list[tuple[str, int]]) -> dict[int, int]:
        """Of these keys with their lines, the lines whose key came before, with the line where it did."""
        before = self._db.total_changes
        self._db.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", keys)
        if self._db.total_changes - before == len(keys):
            return {}
        first = "SELECT line FROM seen WHERE key = ?"
        lines = ((line, self._db.execute(first, (key,)).fetchone()[0]) for key, line in keys)
        return {line: earlier for line, earlier in lines if earlier != line}

    def close(self) -> None:
        self._db.close()
