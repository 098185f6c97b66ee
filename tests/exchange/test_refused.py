"""Rows that cannot be: each is refused alone, with a sentence, and leaves nothing behind."""

from datetime import date
from pathlib import Path

import pytest

from shiliu.aid.models import Payment
from shiliu.core import access
from shiliu.core.exchange import load as engine
from shiliu.core.exchange.kinds import KINDS
from shiliu.core.exchange.load import Import
from shiliu.core.models import AuditEntry
from shiliu.requests.models import Request
from shiliu.venues.models import Venue
from shiliu.works.models import Project
from tests import factories
from tests.exchange.sheets import (
    EAST,
    PAID,
    PAYMENT,
    REQUEST,
    entries,
    everything,
    load,
    payment,
    request,
    sheet,
    venue,
    venues,
    write,
)
from tests.factories import Places

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", sorted(name for name, kind in KINDS.items() if kind.frozen))
def test_frozen_columns_are_columns(kind: str) -> None:
    assert set(KINDS[kind].frozen) <= {col.name for col in KINDS[kind].columns}


def test_frozen_column_of_an_existing_record_is_refused(tmp_path: Path, at: Places, english: None) -> None:
    header = "编码,名称,区域编码,建立日期"
    load(write(tmp_path, groups=sheet(header, f"G1,甲群,{EAST},2020-01-01", f"G2,乙群,{EAST},2020-01-01")))
    before = everything()
    done = load(
        write(tmp_path, groups=sheet(header, "G1,丙,990001100002,2020-01-01", f"G2,乙群,{EAST},2020-01-01"))
    )
    said = "This cannot be changed on a record that exists. End it and make a new one."
    assert done.problems == [f"groups.csv, line 2, column 区域编码: {said}"]
    assert done.of("groups") == (0, 0, 1, 1)
    assert everything() == before


def test_row_that_a_constraint_refuses_among_a_thousand(
    tmp_path: Path, programme: None, english: None
) -> None:
    rows = [payment(f"P{n:04}") for n in range(1000)]
    rows[137] = payment("P0137", "-5")
    rows[863] = payment("P0863", "100", "approved", "2023-05-10", "2023-05-09")
    done = load(write(tmp_path, payments=sheet(PAYMENT, *rows)))
    assert done.problems == [
        "payments.csv, line 139: A payment is more than 0; only a reversal is less.",
        "payments.csv, line 865: It was approved before it was proposed. Correct one of the days.",
    ]
    assert done.of("payments") == (998, 0, 0, 2)
    assert Payment.objects.count() == entries("core.load")[0].data["created"] == 998


def test_change_that_a_constraint_refuses_among_others(
    tmp_path: Path, programme: None, english: None
) -> None:
    rows = [payment(f"P{n:04}") for n in range(100)]
    load(write(tmp_path, payments=sheet(PAYMENT, *rows)))
    rows = [payment(f"P{n:04}", "100", "approved", "2023-05-10", "2023-05-11") for n in range(100)]
    rows[42][7] = "2023-05-09"
    done = load(write(tmp_path, payments=sheet(PAYMENT, *rows)))
    assert done.problems == [
        "payments.csv, line 44: It was approved before it was proposed. Correct one of the days."
    ]
    assert done.of("payments") == (0, 99, 0, 1)
    changed = Payment.objects.filter(approved_on=date(2023, 5, 11), version=2)
    assert changed.count() == len(entries("core.correct")) == 99
    assert {entry.version for entry in entries("core.correct")} == {2}
    assert Payment.objects.values_list("state", "version").get(code="P0042") == ("proposed", 1)


def test_paid_sum_does_not_change(tmp_path: Path, programme: Places, english: None) -> None:
    load(write(tmp_path, payments=sheet(PAYMENT, payment("P1", "100", *PAID), payment("P2"))))
    before = Payment.objects.values().get(code="P1")
    again = [payment("P1", "100", "approved", *PAID[1:3]), payment("P2", "100", "approved", *PAID[1:3])]
    done = load(write(tmp_path, payments=sheet(PAYMENT, *again)))
    said = "A sum that was paid out does not change. Add a row that takes it back."
    assert done.problems == [f"payments.csv, line 2: {said}"]
    assert done.of("payments") == (0, 1, 0, 1)
    assert Payment.objects.values().get(code="P1") == before


def test_value_that_has_to_be_unique_is_named(tmp_path: Path, at: Places, english: None) -> None:
    team, who = (
        factories.team(at.east, factories.strand(), code="T1"),
        factories.volunteer(at.east, code="F1"),
    )
    factories.membership(team, who, code="M1")
    text = sheet("编码,team,志愿者编码,valid_from", "M2,T1,F1,2020-01-01", "M3,T1,F1,2021-01-01")
    done = load(write(tmp_path, memberships=text))
    said = "There is another record already with the same team、志愿者编码、valid_from."
    assert done.problems == [f"memberships.csv, line 2: {said} Correct this one or that one."]
    assert done.of("memberships") == (1, 0, 0, 1)


def test_two_rows_of_one_file_that_exclude_each_other(tmp_path: Path, programme: None, english: None) -> None:
    rows = [
        payment("P1", "100", *PAID),
        payment("P2", "-100", *PAID, "P1"),
        payment("P3", "-100", *PAID, "P1"),
    ]
    done = load(write(tmp_path, payments=sheet(PAYMENT, *rows)))
    assert done.problems == [
        "payments.csv, line 4: There is another record already with the same reverses. "
        "Correct this one or that one."
    ]
    assert done.of("payments") == (2, 0, 0, 1)


@pytest.mark.parametrize(
    ("header", "cell", "said"),
    [
        (
            "联系电话",
            "12",
            "column 联系电话: “12” is not a telephone number here. Give a mobile number of 11",
        ),
        (
            "首次联系时间",
            "2023-05-10 08:59",
            "column 首次联系时间: The first contact was before it was received.",
        ),
        (
            "结束时间",
            "2023-05-10 12:00",
            "A request that has ended has the time of it; no other has.",
        ),
        ("状态", "assigned", "An assigned request names its team, unit or post."),
        (
            "内容",
            "水" * 4001,
            "column 内容: This has 4001 characters. At most 4000 are possible: shorten it.",
        ),
    ],
)
def test_request_that_cannot_be(
    tmp_path: Path, lamp: Places, header: str, cell: str, said: str, english: None
) -> None:
    columns = dict(zip(REQUEST.split(","), request(), strict=True)) | {header: cell}
    done = load(
        write(
            tmp_path,
            requests=sheet(
                ",".join(columns),
                list(columns.values()),
            ),
        )
    )
    where = ", " if said.startswith("column") else ": "
    assert len(done.problems) == 1
    assert done.problems[0].startswith(f"requests.csv, line 2{where}{said}")
    assert not Request.objects.exists()


@pytest.mark.parametrize("name", ["project_dates", "no_message"])
def test_constraint_without_a_sentence_of_its_own_still_says_what_to_do(
    tmp_path: Path, at: Places, name: str, english: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    dates = next(it for it in Project._meta.constraints if it.name == "project_dates")
    if name == "no_message":
        monkeypatch.setattr(dates, "violation_error_message", dates.default_violation_error_message)
    header = "code,name,area,started_on,finished_on"
    done = load(write(tmp_path, projects=sheet(header, f"G1,改造,{EAST},2023-05-10,2023-05-09")))
    assert len(done.problems) == 1
    assert done.problems[0].startswith("projects.csv, line 2: ")
    assert "is violated" not in done.problems[0]
    assert "orrect" in done.problems[0]


def test_evidence_of_an_unknown_kind(tmp_path: Path, at: Places, english: None) -> None:
    post = factories.post("coordinator", at.town)
    factories.task(factories.decision(factories.meeting(at.town)), post, code="K1")
    done = load(
        write(
            tmp_path,
            evidence=sheet("编码,任务编码,记录类别,记录编码", "E1,K1,palace,X", "E2,K1,venues.venue,X"),
        )
    )
    assert len(done.problems) == 1
    assert done.problems[0].startswith(
        "evidence.csv, line 2, column 记录类别: “palace” cannot be linked. Use one of:"
    )
    assert done.of("evidence") == (1, 0, 0, 1)


def test_changed_by_a_colleague_meanwhile(
    tmp_path: Path, at: Places, monkeypatch: pytest.MonkeyPatch, english: None
) -> None:
    load(write(tmp_path, venues=venues(venue("V1"), venue("V2"))))
    read = engine.existing_rows

    def and_then_a_colleague(kind, rows):  # type: ignore[no-untyped-def]
        found = read(kind, rows)
        Venue.objects.filter(code="V1").update(name="同事改的", version=2)
        return found

    monkeypatch.setattr(engine, "existing_rows", and_then_a_colleague)
    done = load(write(tmp_path, venues=venues(venue("V1", name="新名"), venue("V2", name="新名"))))
    assert done.problems == [
        "venues.csv, line 2: A colleague is changing this record just now. Import it once more."
    ]
    assert list(Venue.objects.order_by("code").values_list("name", "version")) == [
        ("同事改的", 2),
        ("新名", 2),
    ]
    assert [entry.public_id for entry in entries("core.correct")] == ["V2"]


def test_actor_without_the_right_is_refused(tmp_path: Path, at: Places) -> None:
    folder = write(tmp_path, venues=venues(venue()))
    staff = factories.staff(at)
    for actor in (staff.nobody, staff.administrator, staff.leader, access.Resident()):
        with pytest.raises(access.NotPermitted):
            list(Import(folder, by=actor).run())
    assert not Venue.objects.exists()
    assert not AuditEntry.objects.exists()
