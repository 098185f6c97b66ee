"""The report as a Word document, in the layout of Chinese official documents.

After GB/T 9704-2012 as it is generally used (a township may bring its own template): A4, margins of 37,
35, 28 and 26 mm; the title in 小标宋 22 pt; headings 一、 in 黑体 and （一） in 楷体, text in 仿宋 16 pt
on lines of 28 pt; page numbers at the foot. The document names what stands in for fonts that a machine lacks.
"""

import io
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from shiliu.figures.charts.asking import Shown
from shiliu.figures.charts.pictures import as_png
from shiliu.figures.papers import CannotMake, word_fonts
from shiliu.figures.papers.content import Paper, Part, numbered
from shiliu.figures.papers.drafting import Draft
from shiliu.figures.signing.carrying import in_office

TITLE, HEADING, SUBHEADING, TEXT, FOOT = "方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312", "宋体"
LATIN = "Times New Roman"
TITLE_SIZE, SIZE, TABLE_SIZE, FOOT_SIZE = Pt(22), Pt(16), Pt(12), Pt(14)
PITCH, TITLE_PITCH, TABLE_PITCH = Pt(28), Pt(36), Pt(20)
WIDTHS = (0.36, 0.26, 0.19, 0.19)  # of the text: label, value, before, a year ago


def as_docx(paper: Paper) -> bytes:
    """The whole report: paragraphs, tables, and the definitions as an annex."""
    document = _document()
    _heading(document, paper.title, TITLE, TITLE_SIZE, align=WD_ALIGN_PARAGRAPH.CENTER)
    _paragraph(document, [paper.dated], font=SUBHEADING, align=WD_ALIGN_PARAGRAPH.CENTER, space_after=PITCH)
    for n, (chapter, parts) in enumerate(paper.chapters()):
        _heading(document, numbered(n, chapter), HEADING)
        for m, part in enumerate(parts):
            _heading(document, numbered(m, part.title, inner=True), SUBHEADING)
            _part(document, paper, part)
    _closing(document, paper)
    _annex(document, paper)
    for note in paper.notes():
        _paragraph(document, [note])
    content = io.BytesIO()
    document.save(content)
    return in_office(content.getvalue(), paper.signed) if paper.signed else content.getvalue()


def _closing(document: Any, paper: Paper) -> None:
    """That there is an annex, then whose document it is, and of which day: never on a page without text."""
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    _paragraph(document, [_("Annex: what each figure means")], space_after=PITCH)
    for words in paper.closing:
        _paragraph(document, [words], align=WD_ALIGN_PARAGRAPH.RIGHT)
        document.paragraphs[-1].paragraph_format.right_indent = SIZE * 4
    for paragraph in document.paragraphs[-3:-1]:
        paragraph.paragraph_format.keep_with_next = True


def _annex(document: Any, paper: Paper) -> None:
    first = document.add_paragraph()
    _pitch(first)
    first.paragraph_format.page_break_before = True
    _run(first, _("Annex"), HEADING, SIZE)
    title = pgettext("annex", "What each figure means")
    _heading(document, title, TITLE, TITLE_SIZE, align=WD_ALIGN_PARAGRAPH.CENTER)
    document.paragraphs[-1].paragraph_format.space_after = PITCH
    for it in paper.definitions():
        _paragraph(document, [], size=TABLE_SIZE, pitch=TABLE_PITCH)
        paragraph = document.paragraphs[-1]
        label = pgettext("annex", "%(label)s: ") % {"label": it.figure.label}
        _run(paragraph, label, HEADING, TABLE_SIZE)
        _run(paragraph, paper.explained(it), TEXT, TABLE_SIZE)


def _document() -> Any:
    """The town's own template (`templates/report.docx` in the data folder), or the usual page."""
    own = settings.DATA / "templates" / "report.docx"
    if own.exists():
        return Document(str(own))
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin = Mm(37), Mm(35)
    page.left_margin, page.right_margin = Mm(28), Mm(26)
    # The number stands outside: at the right of odd pages, at the left of even ones, one letter in.
    document.settings.odd_and_even_pages_header_footer = True
    _page_number(page.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(page.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)
    word_fonts.name_stand_ins(document)
    return document


def _part(document: Any, paper: Paper, part: Part) -> None:
    if part.drafted:
        _paragraph(document, part.drafted)
    table = document.add_table(rows=1, cols=4, style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, share in zip(table.columns, WIDTHS, strict=True):  # LibreOffice asks these, Word the cells
        column.width = int(_text_width(document) * share)
    titles = (_("Figure"), _("Value"), _("Before"), _("A year ago"))
    _row(table.rows[0], titles, _text_width(document), font=HEADING, align=WD_ALIGN_PARAGRAPH.CENTER)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # again on each page
    last = len(part.lines) - 1
    for n, line in enumerate(part.lines):
        together = n in (0, last - 1)  # no line alone on a page
        words = (str(line.figure.label), *paper.cells(line))
        _row(table.add_row(), words, _text_width(document), together=together)
    _paragraph(document, [], size=TABLE_SIZE, pitch=Pt(10))
    for it in part.charts:
        _chart(document, paper, it)


def _chart(document: Any, paper: Paper, it: Shown) -> None:
    """A picture as wide as the text, its caption under it. None where the machine cannot make one."""
    try:
        content = as_png(it, titled=False)
    except CannotMake:
        return
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_before = Pt(8)
    picture = paragraph.add_run().add_picture(io.BytesIO(content), width=_text_width(document))
    picture._inline.docPr.set("descr", f"{it.chart.title}: {it.chart.explain}")
    caption = document.add_paragraph()
    caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
    caption.paragraph_format.space_after = Pt(8)
    _run(caption, paper.caption(it), HEADING, TABLE_SIZE)


def _text_width(document: Any) -> int:
    section = document.sections[-1]
    return int(section.page_width - section.left_margin - section.right_margin)


def _heading(document: Any, words: str, font: str, size: Any = SIZE, align: Any = None) -> Any:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    _pitch(paragraph, PITCH if align is None else TITLE_PITCH)
    paragraph.paragraph_format.keep_with_next = True
    if align is None:
        paragraph.paragraph_format.first_line_indent = SIZE * 2
    _run(paragraph, words, font, size)
    return paragraph


def _paragraph(
    document: Any,
    drafted: Draft,
    *,
    font: str = TEXT,
    size: Any = SIZE,
    pitch: Any = PITCH,
    align: Any = None,
    space_after: Any = None,
) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    _pitch(paragraph, pitch, space_after)
    if align is None:
        paragraph.paragraph_format.first_line_indent = size * 2
    for each in drafted:
        _run(paragraph, each if isinstance(each, str) else each.words, font, size)


def _row(
    row: Any, words: Sequence[str], width: int, *, font: str = TEXT, align: Any = None, together: bool = True
) -> None:
    """One line of a table. together: with the next one on a page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for n, (cell, each) in enumerate(zip(row.cells, words, strict=True)):
        cell.width = int(width * WIDTHS[n])
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        paragraph = cell.paragraphs[0]
        paragraph.alignment = align if n == 0 or align is not None else WD_ALIGN_PARAGRAPH.RIGHT
        _pitch(paragraph, TABLE_PITCH)
        paragraph.paragraph_format.keep_with_next = together
        _run(paragraph, each, font, TABLE_SIZE)


def _pitch(paragraph: Any, pitch: Any = PITCH, space_after: Any = None) -> None:
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    paragraph.paragraph_format.line_spacing = pitch
    paragraph.paragraph_format.space_after = space_after or Pt(0)


def _run(paragraph: Any, words: str, font: str, size: Any) -> None:
    run = paragraph.add_run(words)
    run.font.size, run.font.name = size, LATIN
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _page_number(paragraph: Any, align: Any) -> None:
    """— 1 —"""
    paragraph.alignment = align
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = FOOT_SIZE
    _run(paragraph, "— ", FOOT, FOOT_SIZE)
    _run(paragraph, "", FOOT, FOOT_SIZE)
    run = paragraph.runs[-1]
    for kind, instruction in (("begin", ""), ("", " PAGE "), ("end", "")):
        element = OxmlElement("w:instrText" if instruction else "w:fldChar")
        if instruction:
            element.text = instruction
        else:
            element.set(qn("w:fldCharType"), kind)
        run._element.append(element)
    _run(paragraph, " —", FOOT, FOOT_SIZE)
