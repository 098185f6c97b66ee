"""The report as a Word document, in the layout of Chinese official documents.

After GB/T 9704-2012 as it is generally used (a township may bring its own template): A4, margins of 37,
35, 28 and 26 mm; the title in 小标宋 22 pt; headings 一、 in 黑体 and （一） in 楷体, text in 仿宋 16 pt
on lines of 28 pt; page numbers at the foot. A machine without these fonts shows what stands in for them.
"""

import io
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from shiliu.figures.papers.content import Paper, Part, numbered
from shiliu.figures.papers.drafting import Draft
from shiliu.figures.signing.carrying import in_office

TITLE, HEADING, SUBHEADING, TEXT = "方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312"
LATIN = "Times New Roman"
TITLE_SIZE, SIZE, TABLE_SIZE, PITCH = Pt(22), Pt(16), Pt(12), Pt(28)


def as_docx(paper: Paper) -> bytes:
    """The whole report: paragraphs, tables, and the definitions as an annex."""
    document = _document()
    _heading(document, paper.title, TITLE, TITLE_SIZE, align=WD_ALIGN_PARAGRAPH.CENTER)
    for n, (chapter, parts) in enumerate(paper.chapters()):
        _heading(document, numbered(n, chapter), HEADING)
        for m, part in enumerate(parts):
            _heading(document, numbered(m, part.title, inner=True), SUBHEADING)
            _part(document, paper, part)
    _heading(document, _("Annex: what each figure means"), HEADING)
    for it in paper.definitions():
        _paragraph(document, [f"{it.figure.label}: {it.figure.meaning} ({it.time}; {it.answers})"])
    for note in paper.notes():
        _paragraph(document, [note])
    content = io.BytesIO()
    document.save(content)
    return in_office(content.getvalue(), paper.signed) if paper.signed else content.getvalue()


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
    _page_number(page.footer.paragraphs[0])
    return document


def _part(document: Any, paper: Paper, part: Part) -> None:
    if part.drafted:
        _paragraph(document, part.drafted)
    table = document.add_table(rows=1, cols=4, style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for cell, words in zip(
        table.rows[0].cells, (_("Figure"), _("Value"), _("Before"), _("A year ago")), strict=True
    ):
        _cell(cell, words)
    for line in part.lines:
        cells = table.add_row().cells
        _cell(cells[0], str(line.figure.label))
        for cell, words in zip(cells[1:], paper.cells(line), strict=True):
            _cell(cell, words, align=WD_ALIGN_PARAGRAPH.RIGHT)


def _heading(document: Any, words: str, font: str, size: Any = SIZE, align: Any = None) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    _pitch(paragraph)
    paragraph.paragraph_format.keep_with_next = True
    if align is None:
        paragraph.paragraph_format.first_line_indent = SIZE * 2
    _run(paragraph, words, font, size)


def _paragraph(document: Any, drafted: Draft) -> None:
    paragraph = document.add_paragraph()
    _pitch(paragraph)
    paragraph.paragraph_format.first_line_indent = SIZE * 2
    for each in drafted:
        _run(paragraph, each if isinstance(each, str) else each.words, TEXT, SIZE)


def _cell(cell: Any, words: str, align: Any = None) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = align
    _run(paragraph, words, TEXT, TABLE_SIZE)


def _pitch(paragraph: Any) -> None:
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    paragraph.paragraph_format.line_spacing = PITCH
    paragraph.paragraph_format.space_after = Pt(0)


def _run(paragraph: Any, words: str, font: str, size: Any) -> None:
    run = paragraph.add_run(words)
    run.font.size, run.font.name = size, LATIN
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _page_number(paragraph: Any) -> None:
    """— 1 —"""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run("— ")
    run = paragraph.add_run()
    for kind, instruction in (("begin", ""), ("", " PAGE "), ("end", "")):
        element = OxmlElement("w:instrText" if instruction else "w:fldChar")
        if instruction:
            element.text = instruction
        else:
            element.set(qn("w:fldCharType"), kind)
        run._element.append(element)
    paragraph.add_run(" —")
