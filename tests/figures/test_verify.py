"""`shiliu report verify`: whatever is changed in a signed file is found, and told in sentences."""

import base64
import gettext
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from docx import Document as Word
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from shiliu.figures.papers import FORMS
from shiliu.figures.signing import carrying, reading, seal, verify
from shiliu.figures.signing.seal import NotSigned
from shiliu.figures.signing.verify import CHANGED, INTACT, UNREADABLE
from tests import factories
from tests.figures.test_signing import sign

pytestmark = pytest.mark.once
KEY = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
ROOT = Path(__file__).resolve().parents[2]

# The seal, without a database ------------------------------------------------------------------------------

ABOUT = {
    "code": "K7Q3MN84TD",
    "area": {"code": "990001100", "name": "测试镇"},
    "period": {"start": "2023-01-01", "end": "2023-06-30"},
    "scope": ["990001100"],
    "signed_at": "2023-07-03T10:20:00+08:00",
    "post": "镇长",
}
CONTENTS = {
    "value/a.b": {"value": "1.50", "records": 3, "few": False},
    "value/a.c": {"value": 2, "records": 2, "few": True},
    "definition/a.b": {"label": {"en": "sewer laid", "zh-hans": "污水管"}},
}
DOCUMENT = seal.sealed(ABOUT, CONTENTS, KEY)


def said(content: bytes, path: Path, **how: object) -> tuple[int, str]:
    path.write_bytes(content)
    status, sentences = verify.verified(path, "en", gettext.NullTranslations(), **how)  # type: ignore[arg-type]
    return status, "\n".join(sentences)


def test_sealed_document_is_intact():
    it = seal.read(DOCUMENT)
    assert (it.intact, it.signed, it.changed, it.left_out) == (True, True, (), ())
    assert it.content("value/a.b") == CONTENTS["value/a.b"]
    assert it.fingerprint == seal.fingerprint(seal.public_half(KEY))


@settings(max_examples=300, deadline=None)
@given(at=st.integers(0, len(DOCUMENT) - 1), byte=st.integers(0, 255))
def test_no_byte_can_be_changed(at, byte):
    altered = DOCUMENT[:at] + bytes([byte]) + DOCUMENT[at + 1 :]
    try:
        found = seal.read(altered)
    except NotSigned:
        return
    assert found.intact is (altered == DOCUMENT)


@pytest.mark.parametrize("name", ["signature", "public_key"])
def test_digits_in_capitals_are_not_what_was_written(name):
    altered = json.loads(DOCUMENT)
    altered[name] = altered[name].upper()
    assert not seal.read(seal.canonical(altered)).intact


@settings(max_examples=100, deadline=None)
@given(at=st.integers(1, len(DOCUMENT) - 1), bits=st.binary(max_size=4), gone=st.integers(0, 3))
def test_nothing_can_be_put_in_or_taken_out(at, bits, gone):
    altered = DOCUMENT[:at] + bits + DOCUMENT[at + gone :]
    try:
        found = seal.read(altered)
    except NotSigned:
        return
    assert found.intact is (altered == DOCUMENT)


@pytest.mark.parametrize("gone", [["value/a.c"], ["value/a.b", "definition/a.b"], list(CONTENTS)])
def test_copy_that_lacks_parts_is_intact_and_says_which(gone):
    it = seal.read(seal.without(DOCUMENT, lambda name, part: name in gone))
    assert (it.intact, sorted(it.left_out)) == (True, sorted(gone))
    assert all(it.content(name) is None for name in gone)
    assert b"1.50" not in seal.without(DOCUMENT, lambda name, part: name == "value/a.b")


def altered(change) -> bytes:
    found = json.loads(DOCUMENT)
    change(found)
    return seal.canonical(found)


CHANGES = {
    "value: sewer laid": lambda it: it["parts"]["value/a.b"]["content"].update(value="2.50"),
    "definition: sewer laid": lambda it: it["parts"]["definition/a.b"]["content"]["label"].update(en="x"),
    "value: a.c": lambda it: it["parts"]["value/a.c"].update(salt="00"),
    "value: a.d": lambda it: it["parts"].update({"value/a.d": {"content": {}, "salt": ""}}),
    "The signature does not fit": lambda it: it["statement"].update(post="书记"),
}


@pytest.mark.parametrize("told", CHANGES)
def test_changed_part_is_named(told, tmp_path):
    status, words = said(altered(CHANGES[told]), tmp_path / "x.json")
    assert status == CHANGED
    assert "CHANGED" in words
    # A definition that was changed names nothing any more.
    assert (told if told != "definition: sewer laid" else "definition: a.b") in words


def test_other_spelling_of_the_same_is_told(tmp_path):
    status, words = said(json.dumps(json.loads(DOCUMENT), indent=1).encode(), tmp_path / "x.json")
    assert (status, "not written as Shiliu writes it" in words) == (CHANGED, True)
    assert said(DOCUMENT + b"\n", tmp_path / "x.json")[0] == INTACT


def test_document_signed_anew_with_another_key_has_another_fingerprint(tmp_path):
    other = seal.sealed(ABOUT, CONTENTS, Ed25519PrivateKey.generate())
    assert said(other, tmp_path / "x.json")[0] == INTACT
    ours = seal.read(DOCUMENT).fingerprint
    status, words = said(other, tmp_path / "x.json", expected=ours)
    assert (status, "ANOTHER KEY" in words) == (CHANGED, True)
    assert said(DOCUMENT, tmp_path / "x.json", expected=ours.replace(" ", "").upper())[0] == INTACT


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[1]", b"PK\x03\x04", b"%PDF-1.7 nothing", b'{"format":1.5}', b'{"a":1,"a":2}', b"\xff"],
)
def test_file_that_is_none_is_told_so(content, tmp_path):
    status, words = said(content, tmp_path / "x")
    assert (status, "holds no signed report" in words) == (UNREADABLE, True)


def test_file_that_is_not_there_is_told_so(tmp_path):
    status, [sentence] = verify.verified(tmp_path / "gone", "en", gettext.NullTranslations())
    assert (status, "No such file" in sentence) == (UNREADABLE, True)


def test_command_needs_neither_settings_nor_database(tmp_path):
    """In an environment in which nothing else of Shiliu would start, and it leaves nothing behind."""
    (tmp_path / "x.json").write_bytes(DOCUMENT)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "SHILIU_ENV": "production"}
    for language, word in (("zh-hans", "完好"), ("en", "INTACT")):
        done = subprocess.run(
            [sys.executable, "-m", "shiliu", "report", "verify", "x.json", "--language", language],
            cwd=tmp_path,
            env=environment | {"PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, word in done.stdout) == (0, True), done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]


# The four forms --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def files(django_db_setup, django_db_blocker) -> dict[str, bytes]:
    """One report, signed, in every form; as the town's leader gets it."""
    from django.db import transaction
    from django.utils import translation

    with django_db_blocker.unblock(), transaction.atomic(), translation.override("en"):
        places = factories.places()
        leader = factories.staff(places).leader
        factories.half_year(places.east_1)
        it = reading.signed(sign(places.town, leader), leader)
        made = {form: it_makes.content(reading.paper(it)) for form, it_makes in FORMS.items()}
        transaction.set_rollback(True)
    return made


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_intact_and_its_figures_agree(files, form, tmp_path):
    status, words = said(files[form], tmp_path / f"x.{form}")
    assert status == INTACT, words
    if form != "json":
        assert "agree with those signed: 43" in words
        assert "Could not be read back" not in words


def test_other_number_in_word_is_told(files, tmp_path):
    word = Word(io.BytesIO(files["docx"]))
    [cell] = [row.cells[1] for it in word.tables for row in it.rows if row.cells[0].text == "sewer laid"]
    cell.paragraphs[0].runs[0].text = "99.05 m"
    word.save(tmp_path / "x.docx")
    status, words = said((tmp_path / "x.docx").read_bytes(), tmp_path / "x.docx")
    assert (status, "Printed otherwise than it was signed: sewer laid: 99.05m" in words) == (CHANGED, True)


def test_row_taken_out_of_word_and_other_sentence_are_told(files, tmp_path):
    word = Word(io.BytesIO(files["docx"]))
    [row] = [row for it in word.tables for row in it.rows if row.cells[0].text == "sewer laid"]
    row._tr.getparent().remove(row._tr)
    [paragraph] = [it for it in word.paragraphs if "meetings were held" in it.text]
    paragraph.runs[0].text = "7"
    word.save(tmp_path / "x.docx")
    status, words = said((tmp_path / "x.docx").read_bytes(), tmp_path / "x.docx")
    assert status == CHANGED
    assert "Signed, and not printed in this file: sewer laid" in words
    assert "The paragraph is not printed as it was signed: Plan, meetings, grid" in words


@pytest.mark.parametrize("column", [2, 4, 5, 6])
def test_other_number_in_a_workbook_is_told(files, tmp_path, column):
    book = load_workbook(io.BytesIO(files["xlsx"]))
    [row] = [
        row for sheet in book.worksheets for row in sheet.iter_rows() if row[-1].value == "plan.meetings"
    ][:1]
    row[column - 1].value = 77
    book.save(tmp_path / "saved.xlsx")
    carried = carrying.in_office(
        (tmp_path / "saved.xlsx").read_bytes(), carrying.document_in(files["xlsx"], "xlsx")
    )  # openpyxl drops the part that Excel keeps
    status, words = said(carried, tmp_path / "x.xlsx")
    assert (status, "Printed otherwise than it was signed" in words) == (CHANGED, True)


def test_other_number_in_pdf_is_told(files, tmp_path):
    """The text of a PDF is compressed; what is printed is compared with another document that is carried."""
    from pypdf import PdfReader, PdfWriter

    document = carrying.document_in(files["pdf"], "pdf")
    found = json.loads(document)
    about = {name: it for name, it in found["statement"].items() if name not in ("key", "parts")}
    contents = {name: part["content"] for name, part in found["parts"].items()}
    contents["value/works.sewer_laid"]["words"]["en"] = "80.05 m"
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(files["pdf"])))
    del writer.root_object["/Names"]
    writer.add_attachment(carrying.NAME, seal.sealed(about, contents, KEY))
    writer.write(tmp_path / "x.pdf")
    status, words = said((tmp_path / "x.pdf").read_bytes(), tmp_path / "x.pdf")
    assert (status, "Printed otherwise than it was signed: sewer laid: 90.05" in words) == (CHANGED, True)


@pytest.mark.parametrize("form", ["docx", "xlsx"])
def test_changed_document_inside_an_office_file_is_told(files, form, tmp_path):
    document = carrying.document_in(files[form], form).replace(b"90.05", b"99.05")
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(files[form])) as before, zipfile.ZipFile(made, "w") as after:
        for info in before.infolist():
            if info.filename != carrying.PART:
                after.writestr(info.filename, before.read(info))
        inside = base64.b64encode(document).decode()
        after.writestr(carrying.PART, f'<report xmlns="{carrying.SPACE}">{inside}</report>')
    status, words = said(made.getvalue(), tmp_path / f"x.{form}")
    assert (status, "Changed: value: sewer laid" in words) == (CHANGED, True)


@pytest.mark.parametrize("form", ["docx", "pdf", "xlsx"])
def test_file_of_a_report_that_is_not_signed_is_told_so(form, tmp_path, places):
    from shiliu.figures.papers.content import paper
    from shiliu.figures.report import compute
    from tests.strategies import HALF_YEAR

    made = FORMS[form].content(paper(compute(HALF_YEAR, places.town, compared=True), frozenset()))
    assert said(made, tmp_path / f"x.{form}")[0] == UNREADABLE


@pytest.mark.parametrize("form", ["docx", "xlsx"])
def test_office_file_names_the_part_that_it_carries(files, form):
    """Else Word and Excel would drop it when they save, or call the file damaged."""
    holder = {kind: name for name, kind in carrying.HOLDERS.items()}[form]
    with zipfile.ZipFile(io.BytesIO(files[form])) as archive:
        assert f'Target="../{carrying.PART}"'.encode() in archive.read(holder)
        assert b'Extension="xml"' in archive.read("[Content_Types].xml")
