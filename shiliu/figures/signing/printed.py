"""What stands printed in a file of a signed report, read back and compared with what was signed."""

import io
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from shiliu.figures.signing.seal import Document
from shiliu.figures.signing.telling import plain, told, words_of

LANGUAGES = ("zh-hans", "en")


@dataclass
class Printed:
    """How many figures agree; those that do not as (label, printed); what could not be read; paragraphs."""

    agree: int = 0
    differ: list[tuple[str, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)  # parts whose paragraph is not as it was signed
    exact: bool = True  # whether what is missing was taken out, and not only not found


def squeezed(text: str) -> str:
    """Without spaces and line breaks, and with the characters of a ligature one by one."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def compared(file: bytes, form: str, document: Document) -> Printed | None:
    """None for JSON, in which nothing is printed beside what is signed."""
    readers: dict[str, Callable[[bytes, Document], Printed]] = {
        "docx": _docx, "xlsx": _xlsx, "pdf": _pdf
    }  # fmt: skip
    return readers[form](file, document) if form in readers else None


def _language(document: Document, text: str) -> str:
    """That in which most of the figures' names stand in a text."""
    names = document.named("definition").values()
    return max(LANGUAGES, key=lambda code: sum(squeezed(it["label"][code]) in text for it in names))


def _paragraphs(document: Document, language: str, text: str) -> list[str]:
    """The parts whose paragraph does not stand in a text as it was signed."""
    wrong = []
    for name, content in document.named("text").items():
        part, _slash, code = name.partition("/")
        if code == language:
            words = squeezed(plain(told(content, words_of(part, language, document.content))))
            if words not in text:
                wrong.append(content["title"])
    return wrong


NONE = "–"


def _past(document: Document, key: str) -> list[str]:
    """What stands beside a value: before, and a year ago."""
    kept = (document.content(f"{name}/{key}") for name in ("before", "year_ago"))
    return [NONE if it is None else it["number"] for it in kept]


def _docx(file: bytes, document: Document) -> Printed:
    from docx import Document as Word

    word = Word(io.BytesIO(file))
    rows: dict[str, list[str]] = {}
    for table in word.tables:
        for row in table.rows:
            label, *cells = [squeezed(cell.text) for cell in row.cells]
            rows.setdefault(label, cells)
    language = _language(document, " ".join(rows))
    found = Printed()
    for key, value in document.named("value").items():
        label = _label(document, key, language)
        signed = [squeezed(words) for words in (value["words"][language], *_past(document, key))]
        if (cells := rows.get(squeezed(label))) is None:
            found.missing.append(label)
        elif cells == signed:
            found.agree += 1
        else:
            found.differ.append((label, " | ".join(cells)))
    text = squeezed("".join(paragraph.text for paragraph in word.paragraphs))
    found.paragraphs = _paragraphs(document, language, text)
    return found


def _label(document: Document, key: str, language: str) -> str:
    definition: Mapping[str, Any] | None = document.content(f"definition/{key}")
    return definition["label"][language] if definition else key


def _number(value: Any) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None


def _xlsx(file: bytes, document: Document) -> Printed:
    from openpyxl import load_workbook

    rows: dict[str, list[Decimal | None]] = {}
    values = document.named("value")
    for sheet in load_workbook(io.BytesIO(file), read_only=True).worksheets:
        for row in sheet.iter_rows(values_only=True):
            if len(row) == 7 and isinstance(row[1], int | float | None) and row[6] in values:
                rows.setdefault(str(row[6]), [_number(row[n]) for n in (1, 3, 4, 5)])
    found = Printed()
    for key, value in values.items():
        label = _label(document, key, LANGUAGES[0])
        past = (document.content(f"{name}/{key}") for name in ("before", "year_ago"))
        signed = [value["value"], value["records"], *(it and it["value"] for it in past)]
        if key not in rows:
            found.missing.append(label)
        elif rows[key] == list(map(_number, signed)):
            found.agree += 1
        else:
            found.differ.append((label, " | ".join(str(NONE if it is None else it) for it in rows[key])))
    return found


def _pdf(file: bytes, document: Document) -> Printed:
    from pypdf import PdfReader

    text = squeezed("".join(page.extract_text() for page in PdfReader(io.BytesIO(file)).pages))
    language = _language(document, text)
    found = Printed(exact=False)
    for key, value in document.named("value").items():
        label = _label(document, key, language)
        words = value["words"][language]
        if squeezed("".join([label, words, *_past(document, key)])) in text:
            found.agree += 1
        elif (other := re.search(rf"{re.escape(squeezed(label))}([0-9][0-9,.]*)", text)) and not squeezed(
            words
        ).startswith(other[1]):
            found.differ.append((label, other[1]))
        else:
            found.missing.append(label)
    found.missing += _paragraphs(document, language, text)  # the end of a page may stand within one
    return found
