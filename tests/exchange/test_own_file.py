"""Rows that refer to rows of their own file, or of one that was read before."""

from pathlib import Path

import pytest

from shiliu.aid.models import Payment
from shiliu.core.exchange import load as engine
from shiliu.core.exchange.dump import dump
from shiliu.core.exchange.kinds import KINDS
from shiliu.grid.models import Area
from shiliu.venues.models import Talk
from tests.exchange.sheets import AREA, BY, EAST, PAID, PAYMENT, TREE, area, load, payment, sheet, write
from tests.factories import Places

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", KINDS)
def test_files_are_read_after_those_that_they_refer_to(name: str) -> None:
    kind, order = KINDS[name], list(KINDS)
    for col in kind.columns:
        if reference := kind.reference(col):
            (other,) = (known.name for known in KINDS.values() if known.model is reference[0])
            assert order.index(other) <= order.index(name), col.name


@pytest.fixture(params=[1000, 2])
def batch(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """The usual batch, and one that ends in the middle of each file."""
    monkeypatch.setattr(engine, "BATCH", request.param)
    return int(request.param)


def test_areas_find_their_parents(tmp_path: Path, batch: int) -> None:
    folder = write(tmp_path, areas=sheet(AREA, *map(area, TREE)))
    assert load(folder).of("areas") == (6, 0, 0, 0)
    assert set(Area.objects.values_list("code", "parent_id")) == {
        (c, c[:-3] if c[6:] else None) for c in TREE
    }
    assert load(folder).of("areas") == (0, 0, 6, 0)


def test_areas_in_any_order_within_a_batch(tmp_path: Path) -> None:
    assert load(write(tmp_path, areas=sheet(AREA, *map(area, reversed(TREE))))).of("areas") == (6, 0, 0, 0)


def test_area_without_its_parent_is_refused_alone(tmp_path: Path, english: None) -> None:
    codes = ["880001", "880001100", "880001300001", "880001300001001", "880001100001"]
    done = load(write(tmp_path, areas=sheet(AREA, *map(area, codes))))
    assert done.problems == [
        f"areas.csv, line {line}, column code: The area {parent}, in which this one lies, is not known. "
        "Put it above this row."
        for line, parent in ((4, "880001300"), (5, "880001300001"))
    ]
    assert done.of("areas") == (3, 0, 0, 2)


def test_town_stands_without_its_county_until_that_comes(tmp_path: Path) -> None:
    town = [area("880001100"), area("880001100001")]
    load(write(tmp_path, areas=sheet(AREA, *town)))
    assert load(tmp_path).of("areas") == (0, 0, 2, 0)
    done = load(write(tmp_path, areas=sheet(AREA, *town, area("880001"))))
    assert done.of("areas") == (1, 1, 1, 0)
    assert Area.objects.get(code="880001100").parent_id == "880001"


@pytest.mark.parametrize("code", ["88000", "8800011", "88000l", "", "880001100001001001"])
def test_area_code_of_another_form(tmp_path: Path, code: str) -> None:
    assert load(write(tmp_path, areas=sheet(AREA, area(code)))).of("areas") == (0, 0, 0, 1)


def test_reversal_finds_its_payment_in_the_same_file(tmp_path: Path, programme: None, batch: int) -> None:
    rows = [payment("P2", "100", *PAID), payment("P1", "-100", *PAID, "P2"), payment("P3")]
    folder = write(tmp_path, payments=sheet(PAYMENT, *rows))
    assert load(folder).of("payments") == (3, 0, 0, 0)
    assert Payment.objects.get(code="P1").reverses.code == "P2"
    assert load(folder).of("payments") == (0, 0, 3, 0)


def test_export_puts_what_is_referred_to_first(
    tmp_path: Path, programme: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over batches too, where a row cannot wait for another."""
    rows = [payment("P2", "100", *PAID), payment("P1", "-100", *PAID, "P2"), payment("P0")]
    load(write(tmp_path / "in", payments=sheet(PAYMENT, *rows)))
    dump(tmp_path / "out", by=BY, language="en")
    Payment.objects.filter(code="P1").delete()
    Payment.objects.all().delete()
    monkeypatch.setattr(engine, "BATCH", 1)
    done = load(tmp_path / "out")
    assert (done.problems, done.of("payments")) == ([], (3, 0, 0, 0))


def test_reversals_in_a_circle_are_refused(tmp_path: Path, programme: None, english: None) -> None:
    rows = [
        payment("P1", "-1", *PAID, "P2"),
        payment("P2", "-1", *PAID, "P1"),
        payment("P3", "-1", *PAID, "P3"),
        payment("P4"),
    ]
    done = load(write(tmp_path, payments=sheet(PAYMENT, *rows)))
    assert done.problems == [
        f"payments.csv, line {line}, column reverses: “{other}” is not known. Import it first, or correct it."
        for line, other in ((2, "P2"), (3, "P1"), (4, "P3"))
    ]
    assert done.of("payments") == (1, 0, 0, 3)


def test_code_that_looks_like_a_formula_is_found_by_reference(tmp_path: Path, at: Places) -> None:
    lecturers = sheet(
        "编码,姓名,区域编码,起始日期", f"'=L1,甲某,{EAST},2020-01-01", f"+L2,甲某,{EAST},2020-01-01"
    )
    header = "编码,区域编码,宣讲员编码,题目,日期,听讲人次"
    talks = [
        f"T{n},{EAST},{code},题,2023-05-10,1" for n, code in enumerate(["'=L1", "=L1", "＝L1", "'+L2", "+L2"])
    ]
    done = load(write(tmp_path, lecturers=lecturers, talks=sheet(header, *talks)))
    assert (done.problems, done.of("talks")) == ([], (5, 0, 0, 0))
    codes = Talk.objects.order_by("code").values_list("lecturer__code", flat=True)
    assert list(codes) == ["=L1", "=L1", "=L1", "+L2", "+L2"]


def test_articles_around_a_refused_one(tmp_path: Path, at: Places, english: None) -> None:
    """A refused page takes the others of its batch back, and each comes again at its place in the tree."""
    columns = sheet("code,title,area,opened_on", "news,新闻,990001100,2020-01-01")
    rows = [f"a{n},news,990001100,标题{n},2023-05-10" for n in range(5)]
    rows.insert(3, "A1,news,990001100,同名,2023-05-10")  # its address would be that of a1
    done = load(
        write(tmp_path, columns=columns, articles=sheet("code,column,area,title,published_on", *rows))
    )
    assert len(done.problems) == 1
    assert done.problems[0].startswith("articles.csv, line 5")
    assert done.of("articles") == (5, 0, 0, 1)
    assert load(tmp_path).of("articles") == (0, 0, 5, 1)
