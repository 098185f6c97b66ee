"""The sample township's files: the same bytes when made again, plain, invented, adding up to the account."""

import csv
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

import chinese_calendar
import pytest

from shiliu.core import links, receipts, worktime
from shiliu.core.exchange import KINDS
from shiliu.core.personal import normal_phone, scan_personal

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "sample"
FOLDER = SAMPLE / "kunhe"
FIGURES = ROOT / "tests" / "figures" / "kunhe-2023h1.toml"
ACCOUNT = tomllib.loads(FIGURES.read_text("utf-8"), parse_float=Decimal)
START, END = str(ACCOUNT["period"]["start"]), str(ACCOUNT["period"]["end"])

Row = dict[str, str]


def rows(name: str) -> list[Row]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def on_last_day(name: str) -> list[Row]:
    return [r for r in rows(name) if r["valid_from"] <= END and (r["valid_to"] or END) >= END]


def within(name: str, day: str) -> list[Row]:
    return [r for r in rows(name) if START <= r[day][:10] <= END]


def until_end(name: str, day: str) -> list[Row]:
    return [r for r in rows(name) if r[day] <= END]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_script_run_again_writes_the_same_bytes(tmp_path: Path) -> None:
    # A hash seed of its own: nothing may depend on the order of a set.
    environment = os.environ | {"PYTHONHASHSEED": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    script = SAMPLE / "make_kunhe.py"
    subprocess.run([sys.executable, str(script), "made"], cwd=tmp_path, env=environment, check=True)
    made = {path.name: path.read_bytes() for path in (tmp_path / "made").iterdir()}
    assert made == {path.name: path.read_bytes() for path in FOLDER.glob("*.csv")}


def test_every_kind_of_record_has_a_file_with_its_columns() -> None:
    headers = {path.stem: path.read_text("utf-8").partition("\n")[0] for path in FOLDER.glob("*.csv")}
    assert headers == {kind.name: ",".join(c.name for c in kind.columns) for kind in KINDS.values()}


def test_files_are_plain_utf8_with_unix_lines() -> None:
    for path in FOLDER.glob("*.csv"):
        content = path.read_bytes()
        assert not content.startswith(b"\xef\xbb\xbf"), path.name
        assert b"\r" not in content, path.name
        assert content.endswith(b"\n"), path.name


def _homes(kind: str) -> int:
    return sum(home["kind"] == kind for home in on_last_day("venues"))


def _residents_reached() -> int:
    alive = {group["code"] for group in on_last_day("groups")}
    sizes = sorted(until_end("group_sizes", "day"), key=lambda size: size["day"])
    latest = {size["group"]: int(size["members"]) for size in sizes}
    return sum(members for group, members in latest.items() if group in alive)


def _accepted(kind: str) -> Decimal:
    items = {item["code"] for item in rows("items") if item["kind"] == kind}
    accepted = within("measurements", "accepted_on")
    return sum((Decimal(m["accepted"]) for m in accepted if m["item"] in items), Decimal(0))


def _reads() -> int:
    return sum(int(row["reads"]) for name in ("reads", "group_reads") for row in until_end(name, "day"))


def _sums() -> dict[str, int | Decimal]:
    """The account's figures from the rows alone, without the platform."""
    paid = [p for p in within("payments", "paid_on") if p["state"] == "paid"]
    opened = until_end("columns", "opened_on")
    return {
        "venues.united_front_homes": _homes("united_front_home"),
        "venues.red_pomegranate_homes": _homes("red_pomegranate_home"),
        "venues.lecturers": len(on_last_day("lecturers")),
        "venues.lecturer_awards": len(until_end("awards", "awarded_on")),
        "channel.columns": sum(not c["closed_on"] or c["closed_on"] >= END for c in opened),
        "channel.articles": len(until_end("articles", "published_on")),
        "channel.reads": _reads(),
        "channel.grid_groups": len(on_last_day("groups")),
        "channel.residents_reached": _residents_reached(),
        "volunteers.teams": len(on_last_day("teams")),
        "volunteers.people": len({m["volunteer"] for m in on_last_day("memberships")}),
        "aid.paid": sum((Decimal(p["amount"]) for p in paid), Decimal(0)),
        "works.sewer_laid": _accepted("sewer"),
        "works.street_paved": _accepted("street_paving"),
    }


def test_rows_add_up_to_the_account() -> None:
    sums = _sums()
    assert sums.keys() == ACCOUNT["figures"].keys()
    for key, figure in ACCOUNT["figures"].items():
        if figure.get("more_than"):
            assert sums[key] > figure["value"], key
        else:
            assert sums[key] == figure["value"], key


@pytest.mark.parametrize(
    ("name", "since", "until"),
    [
        ("venues", "valid_from", "valid_to"),
        ("lecturers", "valid_from", "valid_to"),
        ("groups", "valid_from", "valid_to"),
        ("teams", "valid_from", "valid_to"),
        ("memberships", "valid_from", "valid_to"),
    ],
)
def test_dates_leave_something_out_of_each_stock(name: str, since: str, until: str) -> None:
    assert any(r[until] and r[until] < END for r in rows(name))
    assert len(on_last_day(name)) < len(rows(name))


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("articles", "published_on"),
        ("reads", "day"),
        ("group_sizes", "day"),
        ("talks", "held_on"),
        ("payments", "paid_on"),
        ("measurements", "accepted_on"),
        ("requests", "received_at"),
        ("meetings", "held_on"),
    ],
)
def test_something_happened_before_and_after_the_period(name: str, day: str) -> None:
    days = [r[day][:10] for r in rows(name) if r[day]]
    assert min(days) < START
    assert max(days) > END


def _numbers(texts: list[str]) -> set[Decimal]:
    found = set()
    for text in texts:
        try:
            found.add(Decimal(text.replace(",", "")))
        except InvalidOperation:
            continue
    return found


def test_no_total_stands_in_a_cell_or_in_the_recipe() -> None:
    totals = {Decimal(value) for value in _sums().values() if value >= 100}
    cells = [cell for path in FOLDER.glob("*.csv") for row in rows(path.stem) for cell in row.values()]
    sources = [path for path in SAMPLE.rglob("*") if path.suffix in (".py", ".toml")]
    assert len(sources) > 10
    recipe = [n for path in sources for n in re.findall(r"\d[\d,.]*\d", path.read_text("utf-8"))]
    assert len(totals) == 8
    assert not totals & _numbers(cells)
    assert not totals & _numbers(recipe)


def test_paid_sums_hold_one_mistake_that_is_reversed() -> None:
    payments = {p["code"]: p for p in rows("payments")}
    (reversal,) = (p for p in payments.values() if p["reverses"])
    mistake = payments[reversal["reverses"]]
    assert Decimal(reversal["amount"]) == -Decimal(mistake["amount"])
    assert mistake["paid_on"] < reversal["paid_on"]
    assert {p["state"] for p in payments.values()} == {"proposed", "approved", "rejected", "paid"}


def test_grids_are_about_104_and_one_ended_in_another() -> None:
    areas = {a["code"]: a for a in rows("areas")}
    assert list(areas) == sorted(areas)
    grids = [a for a in on_last_day("areas") if len(a["code"]) == 15]
    assert len(grids) == 104
    assert sum(g["kind"] == "special" for g in grids) == 7
    (succession,) = rows("successions")
    assert areas[succession["predecessor"]]["valid_to"] < succession["day"] < START
    for name in ("groups", "teams", "projects"):
        assert succession["predecessor"] in {r["area"] for r in rows(name)}, name


def test_every_team_has_one_leader_and_a_member_on_the_last_day() -> None:
    members = on_last_day("memberships")
    leaders = Counter(m["team"] for m in members if m["role"] == "leader")
    assert leaders == Counter(team["code"] for team in on_last_day("teams"))
    assert set(leaders) == {m["team"] for m in members if m["role"] == "member"}
    teams_of = Counter(m["volunteer"] for m in members)
    assert Counter(teams_of.values())[2] == 25
    assert max(teams_of.values()) == 2


def test_dates_lie_within_those_of_what_they_belong_to() -> None:
    teams = {t["code"]: t for t in rows("teams")}
    people = {v["code"]: v for v in rows("volunteers")}
    for m in rows("memberships"):
        for whole in (teams[m["team"]], people[m["volunteer"]]):
            assert whole["valid_from"] <= m["valid_from"], m
            assert not whole["valid_to"] or (m["valid_to"] and m["valid_to"] <= whole["valid_to"]), m
    homes, lecturers = ({r["code"]: r for r in rows(name)} for name in ("venues", "lecturers"))
    for talk in rows("talks"):
        for whole in filter(None, (homes.get(talk["venue"]), lecturers[talk["lecturer"]])):
            assert whole["valid_from"] <= talk["held_on"] <= (whole["valid_to"] or talk["held_on"]), talk


def test_deadlines_are_those_of_the_working_time_of_the_platform() -> None:
    exceptions = {day: False for day in chinese_calendar.holidays if day.year in (2022, 2023)}
    exceptions |= {day: True for day in chinese_calendar.workdays if day.year in (2022, 2023)}
    calendar = worktime.Calendar(2022, 2023, exceptions)
    categories = {c["code"]: c for c in rows("categories")}
    assert {c["due_unit"] for c in categories.values()} == set(worktime.Unit.values)
    for r in rows("requests"):
        category = categories[r["category"]]
        unit = worktime.Unit(category["due_unit"])
        due = worktime.deadline(moment(r["received_at"]), int(category["due_amount"]), unit, calendar)
        assert moment(r["due_at"]) == due.at, r["code"]


def test_requests_go_a_plausible_way() -> None:
    for r in rows("requests"):
        times = [moment(r[name]) for name in ("received_at", "contacted_at", "closed_at") if r[name]]
        assert times == sorted(times), r["code"]
        assert bool(r["closed_at"]) == (r["state"] in ("closed", "refused")), r["code"]
        assert bool(r["team"] or r["unit"]) == (r["state"] in ("assigned", "done", "closed")), r["code"]
        assert bool(r["contacted_at"]) == (r["state"] != "received"), r["code"]
        assert not r["solved"] or r["state"] == "closed", r["code"]
        assert not r["satisfied"] or r["solved"], r["code"]
    assert 550 <= len(within("requests", "received_at")) <= 650
    states = Counter(r["state"] for r in rows("requests"))
    assert states.keys() == {"received", "accepted", "assigned", "done", "closed", "refused"}
    closed = [r for r in within("requests", "closed_at") if r["state"] == "closed"]
    on_time = sum(moment(r["closed_at"]) <= moment(r["due_at"]) for r in closed)
    assert 0.85 <= on_time / len(closed) <= 0.95


def test_evidence_leads_to_records() -> None:
    files = {kind.model._meta.label_lower: kind.name for kind in KINDS.values()}
    evidence = rows("evidence")
    assert len({e["kind"] for e in evidence}) >= 6
    for e in evidence:
        assert e["kind"] in links.KINDS
        assert e["public_id"] in {r["code"] for r in rows(files[e["kind"]])}, e


def test_request_codes_are_receipt_codes() -> None:
    codes = [r["code"] for r in rows("requests")]
    assert all(receipts.read(code) == code for code in codes)
    assert len(set(codes)) == len(codes)


def test_people_are_plainly_invented() -> None:
    phones = [r["phone"] for r in rows("volunteers")] + [r["contact_phone"] for r in rows("requests")]
    for phone in filter(None, phones):
        assert re.fullmatch(r"169000[01]\d{4}", normal_phone(phone))
    stems = "[甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥]"
    for name, column, pattern in (
        ("volunteers", "name", f"志愿者{stems}\\d{{3}}"),
        ("lecturers", "name", f"宣讲员{stems}"),
        ("people", "name", f"(网格员{stems}\\d\\d|[\u4e00-\u9fff]{{2,5}}{stems})"),
        ("payments", "recipient", f"{stems}{{1,2}}某"),
        ("requests", "contact_name", f"({stems}某)?"),
    ):
        for r in rows(name):
            assert re.fullmatch(pattern, r[column]), (name, r[column])


def test_texts_hold_no_numbers_about_persons() -> None:
    texts = [r["words"] for r in rows("requests")] + [a["body"] for a in rows("articles")]
    texts += [r["agenda"] for r in rows("meetings")] + [r["text"] for r in rows("decisions")]
    assert not [found for text in texts for found in scan_personal(text)]


def test_articles_are_worth_reading() -> None:
    for article in rows("articles"):
        paragraphs = article["body"].split("\n\n")
        assert 3 <= len(paragraphs) <= 5, article["code"]
        assert min(map(len, paragraphs)) > 30, article["code"]
        assert article["summary"], article["code"]


def test_read_counts_begin_with_the_article() -> None:
    published = {a["code"]: a["published_on"] for a in rows("articles")}
    assert all(published[r["article"]] <= r["day"] and int(r["reads"]) > 0 for r in rows("reads"))
