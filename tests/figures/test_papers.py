"""The report as a file: in every form it says what the town's account says."""

import io
import json
import re
import sys
from decimal import Decimal

import openpyxl
import pytest
from django.utils import translation
from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from pypdf import PdfReader

from shiliu.core.figures import FIGURES
from shiliu.figures import papers
from shiliu.figures.charts import asking
from shiliu.figures.papers.content import paper
from shiliu.figures.papers.drafting import NAME, SENTENCES
from shiliu.figures.report import compute
from shiliu.grid.models import Area
from tests.figures.test_account import ACCOUNT, PERIOD, agrees, kunhe  # noqa: F401 (a fixture)

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def labels() -> dict[str, str]:
    return {str(figure.label): key for key, figure in FIGURES.items()}


@pytest.fixture
def of_kunhe(kunhe):  # noqa: F811
    town = Area.objects.get(code="150203100")
    report = compute(PERIOD, town, compared=True)
    return paper(report, frozenset(), charts=asking.all_charts(PERIOD, town))


def numbers(cells: dict[str, str]) -> dict[str, object]:
    """The figures of a table whose cells are “3,550 reads”."""
    found, known = {}, labels()
    for label, cell in cells.items():
        match = re.match(r"[0-9,.]+", cell)
        if label in known and match:
            found[known[label]] = Decimal(match[0].replace(",", ""))
    return found


def in_docx(content: bytes) -> dict[str, object]:
    tables = Document(io.BytesIO(content)).tables
    return numbers({row.cells[0].text: row.cells[1].text for table in tables for row in table.rows})


def in_xlsx(content: bytes) -> dict[str, object]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    rows = [row for sheet in book.worksheets[:-1] for row in sheet.iter_rows(min_row=2, values_only=True)]
    return {row[-1]: Decimal(str(row[1])) for row in rows if isinstance(row[1], int | float)}


def in_pdf(content: bytes) -> dict[str, object]:
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    cells = {}
    for label in labels():
        if match := re.search(rf"^{re.escape(label)}\s+([0-9,.]+)", text, re.M):
            cells[label] = match[1]
    return numbers(cells)


def in_json(content: bytes) -> dict[str, object]:
    told = json.loads(content)["figures"]
    return {key: Decimal(str(it["value"])) for key, it in told.items() if it["value"] is not None}


READERS = {"docx": in_docx, "xlsx": in_xlsx, "pdf": in_pdf, "json": in_json}


def test_there_is_a_reader_for_every_form():
    assert READERS.keys() == papers.FORMS.keys()


@pytest.mark.parametrize("form", papers.FORMS)
def test_file_says_what_the_account_says(of_kunhe, form):
    with translation.override("zh-hans"):  # whose names of figures stand on one line
        found = READERS[form](papers.FORMS[form].content(of_kunhe))
    for key, claim in ACCOUNT["figures"].items():
        assert agrees(found[key], claim), (key, found[key], claim)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_paragraphs_hold_the_figures_live(of_kunhe, language):
    with translation.override(language):
        told = json.loads(papers.FORMS["json"].content(of_kunhe))["text"]
    words = " ".join(told.values())
    for number in ("3,550", "7,755.42", "24,320", "24,000", "781", "176"):
        assert number in words
    assert not re.search(r"[{}]", words)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_sentence_names_figures_that_there_are(language):
    with translation.override(language):
        for sentences in SENTENCES.values():
            for sentence in map(str, sentences):
                assert {key for key, _bare in NAME.findall(sentence)} <= set(FIGURES), sentence
                assert NAME.search(sentence), sentence
                assert not re.search(r"[{}]", NAME.sub("", sentence)), sentence


def test_towns_own_template_is_taken(of_kunhe, settings, tmp_path):
    settings.DATA = tmp_path
    (tmp_path / "templates").mkdir()
    own = Document()
    own.sections[0].header.paragraphs[0].text = "测试镇文件"
    own.save(tmp_path / "templates" / "report.docx")
    made = Document(io.BytesIO(papers.FORMS["docx"].content(of_kunhe)))
    assert made.sections[0].header.paragraphs[0].text == "测试镇文件"
    assert made.tables


def test_pictures_are_looked_at_as_strictly_as_before(of_kunhe):
    from PIL import ImageFile

    papers.FORMS["pdf"].content(of_kunhe)
    assert not ImageFile.LOAD_TRUNCATED_IMAGES


def test_paper_asks_nothing_of_any_host(of_kunhe, monkeypatch):
    from shiliu.figures.papers import pdf

    asked = []
    monkeypatch.setattr(pdf, "_nothing", lambda url, **how: asked.append(url))
    papers.FORMS["pdf"].content(of_kunhe)
    assert asked == []


def test_every_form_compares_with_the_period_before_and_a_year_ago(of_kunhe):
    """Requests received: 76 in the second half of 2022, none in the first."""
    with translation.override("zh-hans"):
        made = {form: papers.FORMS[form].content(of_kunhe) for form in papers.FORMS}
        label = str(FIGURES["requests.received"].label)
        past = of_kunhe.past(of_kunhe.report.lines["requests.received"])
    [row] = [
        [cell.text for cell in row.cells]
        for table in Document(io.BytesIO(made["docx"])).tables
        for row in table.rows
        if row.cells[0].text == label
    ]
    assert row[2:] == [str(past[0]), str(past[1])]
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(made["pdf"])).pages)
    assert re.search(rf"^{label}\s+602件\s+{past[0]}\s+{past[1]}$", text, re.M)
    book = openpyxl.load_workbook(io.BytesIO(made["xlsx"]))
    rows = [row for sheet in book for row in sheet.iter_rows(values_only=True) if row[0] == label]
    assert list(rows[0][4:6]) == list(past)
    told = json.loads(made["json"])["figures"]["requests.received"]
    assert (told["before"], told["year_ago"]) == past
    assert past[0] > 0


def test_charts_stand_in_every_form_with_their_titles(of_kunhe):
    titles = [str(it.chart.title) for it in of_kunhe.charts]
    assert len(titles) == 7
    document = Document(io.BytesIO(papers.FORMS["docx"].content(of_kunhe)))
    assert len(document.inline_shapes) == 7
    width = document.sections[0].page_width - document.sections[0].left_margin
    assert all(shape.width <= width - document.sections[0].right_margin for shape in document.inline_shapes)
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    pdf = PdfReader(io.BytesIO(papers.FORMS["pdf"].content(of_kunhe)))
    printed = "\n".join(page.extract_text() for page in pdf.pages)
    book = openpyxl.load_workbook(io.BytesIO(papers.FORMS["xlsx"].content(of_kunhe)))
    told = json.loads(papers.FORMS["json"].content(of_kunhe))["charts"]
    for n, title in enumerate(titles, 1):
        assert f"Figure {n}: {title}" in text
        assert f"Figure {n}: {title}" in printed
        assert title[:31] in book.sheetnames
    quarters = [row[1] for row in book["aid by quarter"].iter_rows(min_row=2, values_only=True)]
    assert quarters[-1] == sum(quarters[:-1]) == 24000
    assert sum(told["channel.by_column"]["panels"][0]["values"]) == 3550
    assert not any(page.images for page in pdf.pages)  # drawn, not pasted


def test_word_names_the_fonts_of_official_documents_and_what_stands_in(of_kunhe):
    document = Document(io.BytesIO(papers.FORMS["docx"].content(of_kunhe)))
    fonts = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE).blob.decode()
    used = {
        run._element.rPr.rFonts.get(qn("w:eastAsia"))
        for it in document.paragraphs
        for run in it.runs
        if run.text
    }
    assert used == {"方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312"}
    for font in used:
        assert f'w:name="{font}"><w:altName' in fonts
    assert document.settings.odd_and_even_pages_header_footer


def test_machine_without_a_drawer_makes_word_without_pictures(of_kunhe, monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    document = Document(io.BytesIO(papers.FORMS["docx"].content(of_kunhe)))
    assert (len(document.inline_shapes), len(document.tables) > 5) == (0, True)


def test_word_ends_as_documents_end(of_kunhe):
    """That there is an annex; whose it is and of which day, never alone on a page; the annex by itself."""
    with translation.override("zh-hans"):
        made = Document(io.BytesIO(papers.FORMS["docx"].content(of_kunhe)))
        place, day = of_kunhe.closing
    said = [paragraph.text for paragraph in made.paragraphs]
    at = said.index("附件：指标解释")
    assert said[at : at + 5] == ["附件：指标解释", place, day, "附件", "指标解释"]
    assert [made.paragraphs[at + n].paragraph_format.keep_with_next for n in (-1, 0, 1)] == [True] * 3
    assert made.paragraphs[at + 3].paragraph_format.page_break_before
    annex = said[at + 5 :]
    assert len(annex) == len(of_kunhe.report.lines)
    assert annex[0].startswith("网格：期末在用的网格")
    assert annex[0].endswith("责任岗位：管理员）")
    assert not any(re.search(r"[():;,]", words) for words in annex)


def test_table_of_word_is_as_wide_in_its_columns_as_in_its_cells(of_kunhe):
    for table in Document(io.BytesIO(papers.FORMS["docx"].content(of_kunhe))).tables:
        assert [column.width for column in table.columns] == [cell.width for cell in table.rows[0].cells]
