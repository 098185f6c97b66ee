"""The monthly bulletin as a file for spreadsheets, and how any table becomes one."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shiliu.core.exchange.cells import escaped
from shiliu.figures.bulletin.table import COLUMNS, Bulletin, Row
from shiliu.figures.report import exact

Cells = list[str | int | Decimal | date | None]


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
    return csv_of(_table(it))


def as_xlsx(it: Bulletin, title: str) -> bytes:
    return xlsx_of(title, _table(it), _definitions(it))


# Any table ------------------------------------------------------------------------------------------------


def csv_of(rows: Iterable[Cells]) -> bytes:
    """UTF-8 with the mark by which spreadsheets know it."""
    out = io.StringIO()
    writer = csv.writer(out)
    for cells in rows:
        writer.writerow([escaped(cell) if isinstance(cell, str) else _plain(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def _plain(cell: Any) -> Any:
    return cell.isoformat() if isinstance(cell, date) else exact(cell)


def xlsx_of(title: str, rows: Iterable[Cells], meaning: Iterable[list[str]]) -> bytes:
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
    for cells in rows:
        table.append([safe(cell) for cell in cells])
    meant = book.create_sheet(_("What the numbers mean"))
    meant.column_dimensions["A"].width = 24
    meant.column_dimensions["B"].width = 100
    for texts in meaning:
        meant.append([safe(text) for text in texts])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
