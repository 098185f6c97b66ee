"""What a file may look like; what cannot be read is refused where it stands, and stops nothing else."""

from pathlib import Path

import pytest

from shiliu.venues.models import Venue
from tests import factories
from tests.exchange.sheets import VENUE, load, sheet, venue, venues, write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _places() -> None:
    factories.places()


def names() -> list[str]:
    return list(Venue.objects.order_by("code").values_list("name", flat=True))


@pytest.mark.parametrize(
    "header",
    [
        "code,name,kind,area,valid_from",
        "编码,名称,类别,区域编码,启用日期",
        "编码,name,类别,AREA, valid_from ",
        "ｃｏｄｅ,名称,Kind,区域编码,启用日期",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_headers_encodings_and_line_ends(tmp_path: Path, header: str, encoding: str, end: str) -> None:
    text = sheet(header, venue("V1", name="东家"), venue("V2", name="西家"))
    done = load(write(tmp_path, venues=text.replace("\n", end).encode(encoding)))
    assert (done.problems, done.of("venues"), names()) == ([], (2, 0, 0, 0), ["东家", "西家"])


def test_columns_come_in_any_order_and_last_line_needs_no_end(tmp_path: Path) -> None:
    text = "area,valid_from,kind,code,name\n990001100001,2020-01-01,other,V1,东家"
    assert load(write(tmp_path, venues=text)).problems == []
    assert names() == ["东家"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "venues.csv, line 1: This file is empty."),
        ("\ufeff", "venues.csv, line 1: This file is empty."),
        (
            "code,name,colour,area,valid_from\n",
            "venues.csv, line 1, column colour: Column 3, “colour”, is not one of venues. The columns are:",
        ),
        ("code,name,kind,area,valid_from,\n", "venues.csv, line 1: Column 6, “”, is not one of venues."),
        (
            "code,name,kind,area,valid_from,名称\n",
            "venues.csv, line 1, column 名称: Column 6 is 名称 (name) a second time. Delete one of the two.",
        ),
        (
            "code,name,area,valid_from\n",
            "venues.csv, line 1, column 类别: The column 类别 (kind) is missing. Take the header from the",
        ),
        ('"code,name\n', "venues.csv, line 1: The quotation marks are broken, or a cell is far too long"),
        (
            "code,name,kind,area,valid_from\nV1,测试家园,other,990001100001,2020-01-01\n".encode("gbk"),
            "venues.csv, line 2: This is not UTF-8. In a spreadsheet, save it as “CSV UTF-8”.",
        ),
        (
            "编码,名称,类别,区域编码,启用日期\n".encode("gbk"),
            "venues.csv, line 1: This is not UTF-8. In a spreadsheet, save it as “CSV UTF-8”.",
        ),
        (venues(venue()).encode("utf-16"), "venues.csv, line 1: This is not UTF-8."),
        (b"code,name\nV1,\xe4\xb8", "venues.csv, line 2: This is not UTF-8."),
    ],
)
def test_file_that_cannot_be_read_is_refused_and_the_others_are_read(
    tmp_path: Path, content: str | bytes, said: str, english: None
) -> None:
    lecturers = sheet("code,name,area,valid_from", ["L1", "甲某", "990001100001", "2020-01-01"])
    done = load(write(tmp_path, venues=content, lecturers=lecturers))
    assert len(done.problems) == 1
    assert done.problems[0].startswith(said)
    assert done.of("venues") == (0, 0, 0, 1)
    assert done.of("lecturers") == (1, 0, 0, 0)


def test_nothing_of_a_file_in_another_encoding_is_stored(tmp_path: Path, english: None) -> None:
    good = [venue(f"V{n:04}", name="home") for n in range(2500)]
    content = venues(*good).encode() + "V9,测试家园,other,990001100001,2020-01-01\n".encode("gbk")
    done = load(write(tmp_path, venues=content))
    assert done.problems == [
        "venues.csv, line 2502: This is not UTF-8. In a spreadsheet, save it as “CSV UTF-8”."
    ]
    assert names() == []


def test_header_alone_is_no_problem(tmp_path: Path) -> None:
    done = load(write(tmp_path, venues=venues()))
    assert (done.problems, done.of("venues")) == ([], (0, 0, 0, 0))


@pytest.mark.parametrize("name", ["venue.csv", "venues.CSV", "Venues.csv", "场所.csv"])
def test_file_that_no_kind_reads_is_named(tmp_path: Path, name: str, english: None) -> None:
    (tmp_path / name).write_text(venues(venue()))
    done = load(tmp_path)
    assert len(done.problems) == 1
    assert done.problems[0].startswith(
        f"{name}: No file is read that has this name. The names are: activities.csv、areas.csv、"
    )
    assert done.counts[name].refused == 1
    assert names() == []


def test_folder_in_the_place_of_a_file(tmp_path: Path, english: None) -> None:
    (tmp_path / "venues.csv").mkdir()
    assert load(tmp_path).problems == ["venues.csv: Is a directory"]


NUL = "There is a character here that cannot be stored (NUL). Delete it."
BROKEN = "The quotation marks are broken, or a cell is far too long"
BAD = {
    "too many cells": (",".join([*venue("V2"), "", ""]), "", "There are 7 cells here, but 5 columns."),
    "too few cells": ("V2,东家", "", "There are 2 cells here, but 5 columns."),
    "NUL": (venue("V2", name="东\0家"), "名称", NUL),
    "NUL in a key": (venue("V\0"), "编码", NUL),
    "NUL in a reference": (venue("V2", area="9900\0"), "区域编码", NUL),
    "too long": (venue("V2", name="东" * 81), "名称", "Ensure this value has at most 80 characters"),
    "huge": (venue("V2", name="东" * 1_000_001), "", BROKEN),
    "huge choice": (
        venue("V2", kind="x" * 900_000),
        "类别",
        f"“{'x' * 40}…” is not known here. Write one of:",
    ),
    "quote within": ('V2,"东"家,other,990001100001,2020-01-01', "", BROKEN),
    "empty name": (venue("V2", name=" "), "名称", "This must not be empty."),
    "empty key": (venue(" "), "编码", "This must not be empty."),
    "no choice": (
        venue("V2", kind="palace"),
        "类别",
        "“palace” is not known here. Write one of: united_front",
    ),
    "no area": (
        venue("V2", area="990001100009"),
        "区域编码",
        "“990001100009” is not known. Import it first,",
    ),
    "no day": (venue("V2", valid_from="2020-02-30"), "启用日期", "“2020-02-30” is not a day. Write it like"),
}


@pytest.mark.parametrize("header", ["code,name,kind,area,valid_from", "编码,名称,类别,区域编码,启用日期"])
@pytest.mark.parametrize(("row", "column", "said"), BAD.values(), ids=BAD)
def test_refused_row_names_line_and_column_and_stops_nothing_else(
    tmp_path: Path, header: str, row: list[str] | str, column: str, said: str, english: None
) -> None:
    text = sheet(header, venue("V1", name="三\n行\r\n字"), "", row, venue("V3"))
    done = load(write(tmp_path, venues=text))
    titles = dict(zip(["编码", "名称", "类别", "区域编码", "启用日期"], header.split(","), strict=True))
    where = f", column {titles[column]}" if column else ""
    (problem,) = done.problems
    assert problem.startswith(f"venues.csv, line 6{where}: {said}")
    assert len(problem) < 400
    assert done.of("venues") == (2, 0, 0, 1)
    assert names() == ["三\n行\r\n字", "测试家园"]


def test_line_numbers_are_those_of_an_editor(tmp_path: Path, english: None) -> None:
    text = sheet(
        VENUE,
        venue("V1", name="a\n\nb"),  # lines 2 to 4
        ["V2", "", "other", "990001100001", "2020-01-01"],  # 5
        "\n",  # 6 and 7
        ["V3", "c\r\nd", "?", "990001100001", "2020-01-01"],  # 8 and 9: a row is where it begins
        venue("V4", valid_from="?"),  # 10
        venue("V4"),  # 11
        venue("V1"),  # 12
    )
    told = [problem.split(":")[0] for problem in load(write(tmp_path, venues=text)).problems]
    assert told == [
        "venues.csv, line 5, column name",
        "venues.csv, line 8, column kind",
        "venues.csv, line 10, column valid_from",
        "venues.csv, line 12, column code",
    ]


def test_quotation_mark_that_is_never_closed(tmp_path: Path, english: None) -> None:
    text = venues(venue("V1"), 'V2,"东家,other,990001100001,2020-01-01', venue("V3"), venue("V4"))
    done = load(write(tmp_path, venues=text))
    assert len(done.problems) == 1
    assert done.problems[0].startswith("venues.csv, line 3: The quotation marks are broken")
    assert "Nothing was read from line 3 to line 5." in done.problems[0]
    assert done.of("venues") == (1, 0, 0, 1)


def test_quotation_mark_that_is_closed_too_late(tmp_path: Path, english: None) -> None:
    broken = ['V2,"东家,other,990001100001,2020-01-01', 'V3,"西家",other,990001100001,2020-01-01']
    done = load(write(tmp_path, venues=venues(venue("V1"), *broken, venue("V4"))))
    assert len(done.problems) == 1
    assert "Nothing was read from line 3 to line 4." in done.problems[0]
    assert done.of("venues") == (2, 0, 0, 1)


def test_rows_before_a_broken_one_are_stored_with_their_batch(tmp_path: Path) -> None:
    rows = [venue(f"V{n:04}") for n in range(1500)]
    done = load(write(tmp_path, venues=venues(*rows, 'V9,"a"b,other,990001100001,2020-01-01')))
    assert done.of("venues") == (1500, 0, 0, 1)


def test_repeated_key_names_the_first_line(tmp_path: Path, english: None) -> None:
    rows = [venue(f"V{n:04}") for n in range(1200)]
    done = load(write(tmp_path, venues=venues(*rows, venue("V0003"), venue(" V１199 "), venue("V9999"))))
    told = (
        "venues.csv, line %d, column code: The same code stands in line %d already. Keep one of the two rows."
    )
    assert done.problems == [told % (1202, 5), told % (1203, 1201)]
    assert done.of("venues") == (1201, 0, 0, 2)


def test_repeated_compound_key(tmp_path: Path, english: None) -> None:
    factories.group(factories.area("990001100003"), code="G1")
    rows = [["G1", "2023-05-01", "30"], ["G1", "2023/5/2", "30"], ["G1", "2023年5月1日", "31"]]
    done = load(write(tmp_path, group_sizes=sheet("群编码,日期,人数", *rows)))
    assert done.problems == [
        "group_sizes.csv, line 4, column 群编码、日期: The same 群编码、日期 stands in line 2 already. "
        "Keep one of the two rows."
    ]
    assert done.of("group_sizes") == (2, 0, 0, 1)
