"""The report on paper and for other programs: its text with its figures, as Word, PDF, XLSX and JSON."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from shiliu.figures.papers.content import Paper


class CannotMake(Exception):
    """This machine lacks what a paper needs; the message is a sentence."""


@dataclass(frozen=True)
class Form:
    """A kind of file. Its maker is loaded with the first one that is asked for: some take a second."""

    content_type: str
    content: Callable[[Paper], bytes]


def _docx(paper: Paper) -> bytes:
    from shiliu.figures.papers.word import as_docx

    return as_docx(paper)


def _xlsx(paper: Paper) -> bytes:
    from shiliu.figures.papers.workbook import as_xlsx

    return as_xlsx(paper)


def _pdf(paper: Paper) -> bytes:
    from shiliu.figures.papers.pdf import as_pdf

    return as_pdf(paper)


def _json(paper: Paper) -> bytes:
    from shiliu.figures.papers.program import as_json

    if paper.signed:
        return paper.signed
    return json.dumps(as_json(paper), ensure_ascii=False, indent=2).encode()


_OFFICE = "application/vnd.openxmlformats-officedocument."
FORMS = {
    "docx": Form(f"{_OFFICE}wordprocessingml.document", _docx),
    "pdf": Form("application/pdf", _pdf),
    "xlsx": Form(f"{_OFFICE}spreadsheetml.sheet", _xlsx),
    "json": Form("application/json", _json),
}
