"""A hotline's file as lines: whatever its form, and a sentence for whatever else comes in."""

import contextlib
import csv
import io
import re
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shiliu.core.exchange.reading import UnreadableFile
from shiliu.requests.orders import columns, tables
from tests.requests.order_files import FIRST, HEADER, SECOND, csv_file, repacked, xlsx_file

pytestmark = pytest.mark.once
TITLES = HEADER.split(",")
MORNING = datetime(2024, 6, 12, 9, 10)  # noqa: DTZ001 (spreadsheets know no zones)


def read(content: bytes) -> tables.Table:
    return tables.read("工单.csv", content)


def refused(content: bytes) -> str:
    with pytest.raises(UnreadableFile) as raised:
        read(content)
    return str(raised.value.problem)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_the_encodings_that_come(encoding):
    table = read(csv_file(FIRST, SECOND, encoding=encoding))

    assert [line.number for line in table.lines] == [2, 3]
    assert table.lines[0].cells["words"] == "路灯不亮"
    assert table.lines[1].cells == {
        "number": "20240612002", "words": "想问低保怎么办", "category": "民政", "place": "",
        "address": "不清楚", "contact_name": "乙某某", "contact_phone": "", "due": "2024-06-21",
        "called": "2024-06-12 10:00",
    }  # fmt: skip
    assert table.unread == []


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_other_separators(delimiter):
    content = csv_file(FIRST.replace(",", delimiter), header=HEADER.replace(",", delimiter))
    assert read(content).lines[0].cells["contact_name"] == "甲某某"


def test_title_above_the_header_and_columns_that_nobody_reads():
    content = csv_file("1,漏水,某人", header="测试市热线工单,,\n\n* 工单编号 ,反映内容（必填）,身份证号")
    table = read(content)

    assert table.lines[0].cells == {"number": "1", "words": "漏水"}
    assert table.lines[0].number == 4
    assert table.unread == ["身份证号"]


def test_several_columns_of_the_place_are_read_together():
    table = read(csv_file("1,漏水,东社区,第三网格", header="工单编号,诉求内容,所属社区,所属网格"))
    assert table.lines[0].cells["place"] == "东社区 第三网格"


def test_xlsx_with_days_numbers_and_empty_lines():
    content = xlsx_file(
        ["测试市热线工单"], [], TITLES,
        [20240612001, MORNING, "路灯不亮", None, "", None, "甲某某", 13900000001.0,
         MORNING.replace(day=20, hour=0, minute=0)],
        [None] * 9,
        ["2", None, "漏水"],
    )  # fmt: skip
    table = read(content)

    assert [line.number for line in table.lines] == [4, 6]
    cells = table.lines[0].cells
    assert (cells["number"], cells["contact_phone"]) == ("20240612001", "13900000001")
    assert (cells["called"], cells["due"]) == ("2024-06-12 09:10:00", "2024-06-20 00:00:00")
    assert table.lines[1].cells["words"] == "漏水"


@pytest.mark.parametrize(
    "number", ["2.02406E+19", '="2.02406E+19"', 20240612001000000001, 2.0240612001e19, "1e5"]
)
def test_number_that_a_spreadsheet_rounded_is_refused(number):
    line = read(xlsx_file(TITLES, [number, None, "漏水"])).lines[0]
    # In openpyxl's file “="…"” is a formula, which is refused as one.
    assert "rounded" in line.problem.sentence or "formula" in line.problem.sentence
    assert (line.problem.line, line.problem.column) == (2, "工单编号")


def test_number_kept_as_text_in_the_ways_that_programs_have():
    table = read(csv_file('"=""20240612001000000001""",,漏水', "'-1,,漏水", "\t7,,漏水", header=TITLES_3))
    assert [line.cells["number"] for line in table.lines] == ["20240612001000000001", "-1", "7"]


TITLES_3 = "工单编号,来电时间,诉求内容"


def test_formula_is_refused_with_its_place():
    line = read(xlsx_file(TITLES_3.split(","), ["1", None, '=WEBSERVICE("http://x")'])).lines[0]
    assert str(line.problem).startswith("工单.csv, line 2, column 诉求内容: There is a formula here.")


def test_formula_in_a_column_that_nobody_reads_does_no_harm():
    assert (
        read(xlsx_file([*TITLES_3.split(","), "备注"], ["1", None, "漏水", "=1+1"])).lines[0].problem is None
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty"),
        (b" \r\n ", "This file is empty"),
        (b"\xef\xbb\xbf", "No header was found"),
        (b"a,b\n1,2\n", "No header was found"),
        (csv_file(), "no order beneath the header"),
        (b"\xff" * 30, "letters of this file"),
        (b"\xff\xfe\x00", "letters of this file"),
        (csv_file('1,,"漏水'), "line 2: From here on the quotation marks are broken"),
        (csv_file('1,,"漏"水"x'), "line 2: From here on the quotation marks are broken"),
        (csv_file(f"1,,{'x' * 1_000_001}"), "a cell is far too long"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "old or a locked spreadsheet"),
        (b"PK\x03\x04 not really", "cannot be read"),
        (b"PK", "cannot be read"),
        (b"%PDF-1.7 \xe2\xe3", "No header was found"),
        (csv_file(*["1,,x"] * 5001), "more than 5000 orders"),
        (csv_file(*["1,,x"], "\n" * 50_001, "2,,y"), "more than 50000 lines"),
        (b"x" * 10_000_001, "larger than 10 MB"),
    ],
    ids=lambda it: it if isinstance(it, str) else "",
)  # fmt: skip
def test_file_that_cannot_be_read_gets_a_sentence(content, sentence):
    assert sentence in refused(content)


GOOD = xlsx_file(TITLES_3.split(","), ["1", None, "漏水"])
ROWS = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'


@pytest.mark.parametrize(
    ("sheet", "sentence"),
    [
        (b"no XML at all", "cannot be read"),
        (b"<worksheet>", "cannot be read"),
        (ROWS % (b'<row r="9999999999"><c r="A1"><v>1</v></c></row>'), "No header was found"),
        (ROWS % (b'<row r="x"><c r="A1"><v>1</v></c></row>'), "cannot be read"),
        (ROWS % (b'<row r="1"><c r="ZZZZZZZ1" t="s"><v>999999</v></c></row>'), "cannot be read"),
        (b" " * 70_000_000, "far too large inside"),
        (b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
            b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
        ) + b"]>" + ROWS % b'<row r="1"><c r="A1" t="str"><v>&j;</v></c></row>', "cannot be read"),
        (b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
         + ROWS % b'<row r="1"><c r="A1" t="str"><v>&f;</v></c></row>', ""),
    ],
    ids=["text", "unfinished", "far row", "no row", "no column", "bomb", "entities", "outside"],
)  # fmt: skip
def test_hostile_spreadsheet_gets_a_sentence(sheet, sentence):
    assert sentence in refused(repacked(GOOD, sheet=sheet))


def test_row_far_below_ends_at_the_limit():
    rows = b'<row r="1">%s</row><row r="9999999"><c r="A9" t="str"><v>x</v></c></row>'
    header = b"".join(
        b'<c r="%s1" t="str"><v>%s</v></c>' % (column, title.encode())
        for column, title in ((b"A", "工单编号"), (b"B", "诉求内容"))
    )
    assert "more than 50000 lines" in refused(repacked(GOOD, sheet=ROWS % (rows % header)))


@given(st.binary(max_size=400))
def test_any_bytes_give_a_table_or_a_sentence(content):
    for start in (b"", b"PK\x03\x04", csv_file(FIRST), GOOD[:200]):
        with contextlib.suppress(UnreadableFile):
            assert tables.read("x", start + content).lines


@given(st.lists(st.text(max_size=30), min_size=3, max_size=3))
def test_any_text_in_a_cell_gives_a_line(texts):
    out = io.StringIO(newline="")
    csv.writer(out).writerows([TITLES_3.split(","), ["1", "", "x"], texts])
    try:
        content = out.getvalue().encode()
    except UnicodeEncodeError:
        return
    table = read(content)
    assert table.lines[0].cells["number"] == "1"


def test_guide_lists_the_titles_that_are_read():
    guide = (Path(__file__).parents[2] / "docs" / "guide" / "hotline.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| [^|]* \| ([^|]*) \|$", guide, re.MULTILINE))
    assert {name: tuple(rows[name].split("、")) for name in columns.TITLES} == columns.TITLES
