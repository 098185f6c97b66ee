"""The monthly bulletin as a file for spreadsheets."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shiliu.core.exchange.cells import escaped
from shiliu.figures.bulletin.table import COLUMNS, Bulletin, Row
from shiliu.figures.report import exact

Cells = list[str | int | Decimal | None]


def _table(it: Bulletin) -> Iterator[Cells]:
    """Titles, then each section under its name, then the whole."""
    yield [pgettext("bulletin", "Unit"), *(str(column.title) for column in COLUMNS)]
    for section in it.sections:
        yield [str(section.title)]
        yield from map(_cells, section.rows)
    yield _cells(it.total)


def _cells(row: Row) -> Cells:
    return [row.label, *(cell.value.value for cell in row.cells)]


def _definitions(it: Bulletin) -> Iterator[list[str]]:
    for line in (*it.rates, *it.whole):
        yield [str(line.figure.label), str(line.figure.meaning), line.parts]


def as_csv(it: Bulletin) -> bytes:
    """UTF-8 with the mark by which spreadsheets know it."""
    out = io.StringIO()
    writer = csv.writer(out)
    for cells in _table(it):
        writer.writerow([escaped(cell) if isinstance(cell, str) else exact(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(it: Bulletin, title: str) -> bytes:
    """One sheet with the table, one with what each number means."""
    from openpyxl import Workbook  # only here: it takes a while to load
    from openpyxl.cell import WriteOnlyCell

    def safe(cell: Any) -> Any:
        """Text as text, whatever it begins with; it needs no mark as in CSV."""
        if not isinstance(cell, str):
            return cell
        it = WriteOnlyCell(book.worksheets[0], cell)
        it.data_type = "s"
        return it

    book = Workbook(write_only=True)
    table = book.create_sheet(title)
    table.column_dimensions["A"].width = 32
    for cells in _table(it):
        table.append([safe(cell) for cell in cells])
    meaning = book.create_sheet(_("What the numbers mean"))
    meaning.column_dimensions["A"].width = 24
    meaning.column_dimensions["B"].width = 100
    for texts in _definitions(it):
        meaning.append([safe(text) for text in texts])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
