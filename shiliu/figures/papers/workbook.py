"""The report as a workbook: a sheet per part, and one with what each figure means."""

import io
import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shiliu.core.exchange.cells import escaped
from shiliu.figures.charts.asking import Shown
from shiliu.figures.papers.content import Paper
from shiliu.figures.report import Line
from shiliu.figures.signing.carrying import in_office

NAME_LENGTH = 31  # a sheet's name, by the format
FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


def as_xlsx(paper: Paper) -> bytes:
    from openpyxl import Workbook  # only here: it takes a while to load

    book = Workbook(write_only=True)
    for _chapter, parts in paper.chapters():
        for part in parts:
            sheet = book.create_sheet(FORBIDDEN.sub(" ", str(part.title))[:NAME_LENGTH])
            sheet.column_dimensions["A"].width = 40
            sheet.append(
                [_("Figure"), _("Value"), _("Unit"), _("Records"), _("Before"), _("A year ago"), _("Key")]
            )
            for line in part.lines:
                sheet.append(_row(paper, line))
    for it in paper.charts:
        _chart(book, it)
    sheet = book.create_sheet(_("Definitions"))
    for column, width in {"A": 40, "C": 80, "D": 60}.items():
        sheet.column_dimensions[column].width = width
    what = (
        _("What counts"),
        _("What does not"),
        pgettext("of a figure", "Time"),
        _("Measure"),
        _("Answers for it"),
    )
    sheet.append([_("Figure"), _("Unit"), *what, _("Key")])
    for it in paper.definitions():
        without = f"{it.figure.without} {it.moves}".strip()
        words = [it.figure.label, it.unit, it.figure.explain, without]
        row = [*words, it.time, it.measure, it.answers, it.figure.key]
        sheet.append([escaped(str(each)) for each in row])
    for note in paper.notes():
        sheet.append([escaped(note)])
    content = io.BytesIO()
    book.save(content)
    return in_office(content.getvalue(), paper.signed) if paper.signed else content.getvalue()


def _chart(book: Any, it: Shown) -> None:
    """A chart's table: a row for each panel, or for each bar where there is one panel alone."""
    sheet = book.create_sheet(FORBIDDEN.sub(" ", str(it.chart.title))[:NAME_LENGTH])
    sheet.column_dimensions["A"].width = 40
    heads, whole = [head.long for head in it.heads], _("all together")
    if len(it.series) > 1:
        sheet.append(["", _("Unit"), *map(escaped, heads), whole])
        for series in it.series:
            cells = [*series.cells, series.whole]
            sheet.append([escaped(str(series.label)), str(series.unit), *(each.number for each in cells)])
            if series.past:
                label = f"{series.label} ({pgettext('a chart', 'a year ago')})"
                sheet.append([escaped(label), str(series.unit), *(each.number for each in series.past)])
        return
    [series] = it.series
    sheet.append(["", str(series.unit), *([pgettext("a chart", "a year ago")] if series.past else [])])
    for n, head in enumerate(heads):
        past = [series.past[n].number] if series.past else []
        sheet.append([escaped(head), series.cells[n].number, *past])
    sheet.append([whole, series.whole.number])


def _row(paper: Paper, line: Line) -> list[Any]:
    """Numbers as numbers, decimals too: a spreadsheet knows them no other way."""
    label, unit, key = escaped(str(line.figure.label)), str(line.unit), line.figure.key
    if not paper.shows(line):
        return [label, _("few: not shown"), unit, None, None, None, key]
    return [label, line.value.value, unit, line.value.records, *paper.past(line), key]
