"""Personal data whose term is over comes in by no door, and goes out by none."""

import csv
from datetime import date
from pathlib import Path

import pytest

from shiliu.core import retention
from shiliu.core.access import System
from shiliu.core.exchange.dump import dump
from shiliu.core.exchange.load import Import
from shiliu.core.models import AuditEntry
from shiliu.venues.models import Lecturer
from tests import factories

pytestmark = pytest.mark.django_db
HEADER = "code,name,area,topics,valid_from,valid_to\n"


def load(folder: Path, rows: str) -> Import:
    (folder / "lecturers.csv").write_text(HEADER + rows, "utf-8")
    it = Import(folder, by=System("test"))
    it.problems = [str(problem) for problem in it.run()]
    return it


@pytest.fixture
def area() -> str:
    return factories.area("990001100").code


def test_name_whose_term_is_over_is_not_stored(tmp_path: Path, area: str) -> None:
    it = load(tmp_path, f"X1,甲某,{area},,2010-01-01,2012-01-01\nX2,乙某,{area},,2010-01-01,\n")
    assert it.problems == []
    assert dict(Lecturer.objects.values_list("code", "name")) == {"X1": "", "X2": "乙某"}


def test_erased_name_does_not_come_back(tmp_path: Path, area: str) -> None:
    rows = f"X1,甲某,{area},,2010-01-01,2024-01-01\n"
    Lecturer.objects.create(
        code="X1", name="甲某", area_id=area, valid_from=date(2010, 1, 1), valid_to=date(2024, 1, 1)
    )
    assert retention.erase(date(2026, 1, 1)) == 1
    before = AuditEntry.objects.count()

    it = load(tmp_path, rows)

    assert it.counts["lecturers"].unchanged == 1
    assert Lecturer.objects.get().name == ""
    assert AuditEntry.objects.count() == before


def test_erased_name_does_not_come_back_with_a_file_that_has_no_last_day(tmp_path: Path, area: str) -> None:
    load(tmp_path, f"X1,甲某,{area},,2010-01-01,2012-01-01\n")
    (tmp_path / "lecturers.csv").write_text(
        f"code,name,area,valid_from\nX1,甲某,{area},2010-01-01\n", "utf-8"
    )
    it = Import(tmp_path, by=System("test"))
    assert list(it.run()) == []
    assert it.counts["lecturers"].unchanged == 1
    assert Lecturer.objects.get().name == ""


def test_name_that_is_still_needed_must_be_there(tmp_path: Path, area: str) -> None:
    it = load(tmp_path, f"X1,,{area},,2010-01-01,\nX2,,{area},,2010-01-01,2012-01-01\n")
    assert len(it.problems) == 1
    assert "2" in it.problems[0]
    assert list(Lecturer.objects.values_list("code", flat=True)) == ["X2"]


def test_export_leaves_out_what_the_clock_would_erase_tonight(tmp_path: Path, area: str) -> None:
    Lecturer.objects.create(
        code="X1", name="甲某", area_id=area, valid_from=date(2010, 1, 1), valid_to=date(2012, 1, 1)
    )
    dump(tmp_path, by=System("test"), language="en")
    with (tmp_path / "lecturers.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["name"] for row in csv.DictReader(file)] == [""]
