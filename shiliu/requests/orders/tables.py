"""A hotline's file as lines of cells: CSV in whatever encoding, or XLSX. Bounded, whatever comes in.

A file of which nothing can be read raises `UnreadableFile`, with a sentence.
"""

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from shiliu.core.exchange import cells
from shiliu.core.exchange.reading import Problem, UnreadableFile
from shiliu.requests.orders import columns

MB = 1_000_000
MAX_BYTES = 10 * MB
MAX_ROWS = 5_000
MAX_LINES = 50_000  # with the empty ones, of which a spreadsheet can hold a million
MAX_COLUMNS = 60
MAX_UNPACKED = 60 * MB  # an XLSX is a ZIP file: some are small and unpack to gigabytes
HEADER_WITHIN = 10  # lines: above the header a title may stand
ROUNDED = re.compile(r"\d+(?:\.\d+)?[eE]\+?\d+")
QUOTED = re.compile(r'="([^"]*)"')  # how some programs write a number that is to stay a text
EXACT = 10**15  # whole numbers of more digits are rounded in a spreadsheet


@dataclass
class Line:
    """One order as the file has it: its cells by our own names, or what is wrong with one of them."""

    number: int
    cells: dict[str, str] = field(default_factory=dict)
    problem: Problem | None = None


@dataclass
class Table:
    """A file's orders, and what its columns are called. unread: titles of the columns that nobody reads."""

    name: str
    lines: list[Line]
    titles: dict[str, str]
    unread: list[str]

    def problem(self, line: int, column: str, sentence: str) -> Problem:
        return Problem(self.name, line, self.titles.get(column, column), sentence)


Row = tuple[int, list[Any]]


def read(name: str, content: bytes) -> Table:
    """The orders of a file. Raises UnreadableFile."""
    name = cells.shortened(name)
    if len(content) > MAX_BYTES:
        _unreadable(name, _("This file is larger than %d MB. Divide it into several.") % (MAX_BYTES // MB))
    if not content.strip():
        _unreadable(name, _("This file is empty. Export it from the hotline again."))
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        _unreadable(
            name,
            _("This is an old or a locked spreadsheet. Save it as “.xlsx” without a password, or as CSV."),
        )
    rows = _of_workbook(name, content) if content.startswith(b"PK") else _of_csv(name, content)
    return _table(name, rows)


def _unreadable(name: str, sentence: str, line: int = 0) -> NoReturn:
    raise UnreadableFile(Problem(name, line, "", sentence))


def _table(name: str, rows: Iterator[Row]) -> Table:
    where: dict[str, list[int]] | None = None
    table = Table(name, [], {}, [])
    for number, row in rows:
        if number > MAX_LINES:
            _unreadable(name, _("This file has more than %d lines. Delete the empty ones.") % MAX_LINES)
        if where is None and number > HEADER_WITHIN:
            break
        if not any(str(value).strip() for value in row if value is not None):
            continue
        if where is None:
            if where := columns.found(header := [_text(value) for value in row]):
                table.titles = {key: header[places[0]] for key, places in where.items()}
                table.unread = columns.unread(header, where)
            continue
        if len(table.lines) == MAX_ROWS:
            _unreadable(name, _("This file has more than %d orders. Divide it into several.") % MAX_ROWS)
        table.lines.append(_line(table, number, row, where))
    if where is None:
        _unreadable(
            name, _("No header was found. It needs the columns 工单编号 and 诉求内容, by these names.")
        )
    if not table.lines:
        _unreadable(name, _("There is no order beneath the header. Export the file again."))
    return table


def _line(table: Table, number: int, row: list[Any], where: dict[str, list[int]]) -> Line:
    line = Line(number)
    for key, places in where.items():
        try:
            texts = [_cell(row[place], key) for place in places if place < len(row)]
        except cells.BadCell as error:
            line.problem = table.problem(number, key, str(error))
            return line
        line.cells[key] = " ".join(dict.fromkeys(text for text in texts if text))
    return line


class Formula(str):
    """A cell that a spreadsheet computes."""


def _cell(value: Any, key: str) -> str:
    if isinstance(value, Formula):
        raise cells.BadCell(_("There is a formula here. Copy the column and paste it as values."))
    text = _text(value)
    cells.refuse_nul(text)
    is_rounded = isinstance(value, int | float) and abs(value) >= EXACT
    if key in ("number", "contact_phone") and (is_rounded or ROUNDED.fullmatch(text)):
        raise cells.BadCell(
            _("The spreadsheet has rounded “%s”. Give the column the format “text” and export it again.")
            % cells.shortened(text)
        )
    return text


def _text(value: Any) -> str:
    """A cell as somebody would type it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        value = int(value)
    text = str(value).strip()
    quoted = QUOTED.fullmatch(text)
    return quoted[1].strip() if quoted else cells.unescaped(text)


# CSV --------------------------------------------------------------------------------------------------------


def _of_csv(name: str, content: bytes) -> Iterator[Row]:
    text = _decoded(name, content)
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for row in reader:
            yield number + 1, row[:MAX_COLUMNS]
            number = reader.line_num
    except csv.Error:
        sentence = _(
            "From here on the quotation marks are broken, or a cell is far too long. Correct it in the "
            "spreadsheet and save it as CSV again."
        )
        _unreadable(name, sentence, number + 1)


def _decoded(name: str, content: bytes) -> str:
    """The text in the encoding that it is in: UTF-8, UTF-16 with its mark, or that of a Chinese Windows."""
    encodings = ["utf-8-sig", "gb18030"]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    _unreadable(name, _("The letters of this file cannot be read. In a spreadsheet, save it as “CSV UTF-8”."))


# XLSX -------------------------------------------------------------------------------------------------------


def _of_workbook(name: str, content: bytes) -> Iterator[Row]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            unpacked = sum(each.file_size for each in package.infolist())
    except (zipfile.BadZipFile, ValueError, OSError):
        _broken(name)
    if unpacked > MAX_UNPACKED:
        _unreadable(
            name,
            _("This spreadsheet is far too large inside. Copy the orders into a new one, or save it as CSV."),
        )
    try:
        yield from _rows(content)
    except UnreadableFile:
        raise
    except Exception:  # whatever a file that somebody broke on purpose makes of the reader
        _broken(name)


def _broken(name: str) -> NoReturn:
    _unreadable(name, _("This spreadsheet cannot be read. Open it, and save it as “.xlsx” or CSV again."))


def _rows(content: bytes) -> Iterator[Row]:
    """The rows of the first sheet that has a header."""
    import openpyxl  # it takes a while, and only who brings a spreadsheet waits for it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about what it leaves out, such as print settings
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        try:
            sheets = [sheet for sheet in book.worksheets if _has_header(sheet)] or book.worksheets[:1]
            for sheet in sheets[:1]:
                yield from enumerate(_values(sheet), 1)
        finally:
            book.close()


def _has_header(sheet: Any) -> bool:
    rows = _values(sheet, HEADER_WITHIN)
    return any(columns.found([_text(value) for value in row]) for row in rows)


def _values(sheet: Any, most: int | None = None) -> Iterator[list[Any]]:
    sheet.reset_dimensions()  # a file may say anything about its size
    for row in sheet.iter_rows(max_row=most, max_col=MAX_COLUMNS):
        yield [_value(cell) for cell in row]


def _value(cell: Any) -> Any:
    kind = getattr(cell, "data_type", "n")
    if kind == "f":
        return Formula(cell.value)
    return None if kind == "e" else cell.value
