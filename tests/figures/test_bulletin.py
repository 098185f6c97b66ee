"""The monthly bulletin: its columns, rows and definitions, whose it is, and as a file."""

import csv
import html
import io
import re
from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from openpyxl import load_workbook

from shiliu.core.figures import FIGURES
from shiliu.figures.bulletin import sheets, table
from shiliu.figures.periods import parse
from shiliu.figures.report import exact
from shiliu.requests.models import State
from tests import factories
from tests.factories import moment

URL = "/report/requests/2023-05/"
MAY = parse("2023-05")
TITLES = [
    "Received", "Dispatched", "Closed on time", "Closed late", "Open", "Closing %", "On-time %",
    "Dissatisfied", "Dissatisfied %",
]  # fmt: skip


def text(response) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()))


@pytest.fixture
def busy(places):
    """A company closes three, one of them late; East's team one; three are open, of which one has nobody."""
    lamp = factories.category()
    company = factories.unit(places.town, code="U-2", name="乙供水公司")
    factories.unit(places.town, code="U-1", name="甲供电公司")
    factories.unit(places.other_town, code="U-3", name="远处公司")
    team = factories.team(places.east_1, factories.strand())
    own = factories.team(places.town, factories.strand())
    post = factories.post("grid_worker", places.west_1)
    answers = [{"solved": True, "satisfied": True}, {"solved": True, "satisfied": False}, {}]
    for n, answer in enumerate(answers):
        due = moment(date(2023, 5, 12 if n == 2 else 25))
        factories.closed_request(
            places.east_1, lamp, closed_at=moment(date(2023, 5, 20)), due_at=due, unit=company, **answer
        )
    factories.closed_request(
        places.west_1,
        lamp,
        closed_at=moment(date(2023, 5, 11)),
        team=team,
        received_at=moment(date(2023, 4, 30)),
    )
    factories.request(places.west_1, lamp, state=State.ASSIGNED, post=post)
    factories.request(places.town, lamp, state=State.ASSIGNED, team=own)
    factories.request(places.east_2, lamp)
    factories.request(places.far_1, lamp)
    return places


def told(it: table.Bulletin) -> dict[str, list]:
    """Every row by its section and label."""
    found = {"all": values(it.total)}
    for section in it.sections:
        found |= {f"{section.title}: {row.label}": values(row) for row in section.rows}
    return found


def test_rows_are_by_who_has_it_and_by_where_it_is(busy):
    per = Decimal
    units, teams, where = (
        "Offices and companies",
        "Teams and grid workers, by community",
        "Where the matter is, by community",
    )
    nothing = [0, 0, 0, 0, 0, None, None, 0, None]
    assert told(table.compute(MAY, busy.town)) == {
        "all": [6, 5, 3, 1, 3, per("57.1"), per("75.0"), 1, per("50.0")],
        f"{units}: 甲供电公司": nothing,
        f"{units}: 乙供水公司": [3, 3, 2, 1, 0, per("100.0"), per("66.7"), 1, per("50.0")],
        f"{teams}: 测试town (the town's own)": [1, 1, 0, 0, 1, per("0.0"), None, 0, None],
        f"{teams}: 测试east": [0, 0, 1, 0, 0, per("100.0"), per("100.0"), 0, None],
        f"{teams}: 测试west": [1, 1, 0, 0, 1, per("0.0"), None, 0, None],
        f"{teams}: With nobody yet": [1, 0, 0, 0, 1, per("0.0"), None, 0, None],
        f"{where}: 测试town (in no community)": [1, 1, 0, 0, 1, per("0.0"), None, 0, None],
        f"{where}: 测试east": [4, 3, 2, 1, 1, per("75.0"), per("66.7"), 1, per("50.0")],
        f"{where}: 测试west": [1, 1, 1, 0, 1, per("50.0"), per("100.0"), 0, None],
    }


def test_each_partition_makes_the_whole(busy):
    it = table.compute(MAY, busy.town)
    units, teams, where = (section.rows for section in it.sections)
    for rows in ([*units, *teams], where):
        for n, cell in enumerate(it.total.cells):
            parts = [row.cells[n].value for row in rows]
            assert sum(part.records for part in parts) == cell.value.records
            if cell.value.denominator is not None:
                assert sum(part.numerator for part in parts) == cell.value.numerator


def test_rows_stand_in_the_order_of_codes_whatever_their_rates(busy):
    (units, *_others) = table.compute(MAY, busy.town).sections
    assert [row.label for row in units.rows] == ["甲供电公司", "乙供水公司"]


def test_community_has_its_own_bulletin(busy):
    it = table.compute(MAY, busy.east)
    assert told(it)["all"] == [4, 3, 2, 1, 1, Decimal("75.0"), Decimal("66.7"), 1, Decimal("50.0")]
    assert [row.label for row in it.sections[2].rows] == ["测试east"]


def test_page_has_the_columns_of_a_county_bulletin(busy, staff, client):
    client.force_login(staff.town_coordinator)
    page = client.get(URL, headers={"Accept-Language": "en"})
    heads = re.findall(r'<th scope="col" class="number">([^<]*)</th>', text(page))
    assert heads == TITLES
    for key in (*table.RATES, *(column.key for column in table.COLUMNS)):
        assert str(FIGURES[f"requests.{key}"].meaning) in text(page)
    assert "1 of 2, 2 left out" in text(page)


def test_each_number_opens_the_records_that_it_counts(busy, staff, client):
    client.force_login(staff.town_coordinator)
    page = client.get(URL).content.decode()
    address_of = r'href="(/report/2023-05/requests\.[a-z_]+/\?[^"]+(?:lead|place)=[^"]+)">([\d.]+)'
    links = re.findall(address_of, page)
    assert len(links) > 20
    for address, shown in links:
        records = text(client.get(html.unescape(address)))
        assert f">{shown}</b>" in records, address
    company = client.get("/report/2023-05/requests.received/?lead=unit-U-2")
    assert "乙供水公司" in text(company)
    assert company.content.decode().count("<tr>") == 1 + 3


def test_records_of_a_group_are_for_staff_and_page_by_page(busy, staff, client, monkeypatch):
    from shiliu.figures import rows

    monkeypatch.setattr(rows, "PAGE", 2)
    address = "/report/2023-05/requests.received/?place=in-990001100001"
    assert client.get(address).status_code == 404
    client.force_login(staff.coordinator)
    assert client.get(f"{address}&area=990001100001").status_code == 200
    assert client.get("/report/2023-05/requests.received/?lead=somebody").status_code == 404
    client.force_login(staff.town_coordinator)
    more = re.search(r'rel="next"[^>]* href="([^"]+)"', client.get(address).content.decode())
    assert "place=in-990001100001&after=" in html.unescape(more[1])


def test_months_lead_to_each_other(busy, staff, client):
    client.force_login(staff.town_coordinator)
    page = client.get(URL).content.decode()
    assert 'rel="prev" href="/report/requests/2023-04/?area=990001100"' in page
    assert 'rel="next" href="/report/requests/2023-06/?area=990001100"' in page
    assert client.get("/report/requests/").url == "/report/requests/2023-05/?area=990001100"
    typed = client.get("/report/requests/", {"month": "2023-02", "area": "990001100001"})
    assert typed.url == "/report/requests/2023-02/?area=990001100001"
    for odd in ("2023", "2023Q1", "13"):
        assert client.get("/report/requests/", {"month": odd}).status_code in (302, 404)
    for path in ("2023H1/", "2023/", "2023-05-01..2023-05-30/"):
        assert client.get(f"/report/requests/{path}").status_code == 404
    assert client.get("/report/requests/1900-01/").status_code == 200
    assert client.get("/report/requests/2999-12/").status_code == 200


@pytest.mark.parametrize(
    ("who", "area", "status"),
    [
        ("coordinator", "", 200),
        ("coordinator", "990001100001", 200),
        ("coordinator", "990001100001001", 200),
        ("coordinator", "990001100", 404),
        ("coordinator", "990001100002", 404),
        ("coordinator", "999999999", 404),
        ("coordinator", "x", 404),
        ("town_coordinator", "990001100002", 200),
        ("worker", "", 200),
        ("nobody", "", 403),
    ],
)
def test_whose_bulletin(busy, staff, client, who, area, status):
    client.force_login(getattr(staff, who))
    for path in (URL, f"{URL}csv/"):
        assert client.get(path, {"area": area} if area else {}).status_code == status


def test_files_hold_what_the_page_shows(busy, staff, client):
    client.force_login(staff.town_coordinator)
    with translation.override("en"):
        it = table.compute(MAY, busy.town)
        wanted = [
            ["Unit", *TITLES],
            *(
                row
                for section in it.sections
                for row in ([str(section.title)], *([each.label, *values(each)] for each in section.rows))
            ),
            [it.total.label, *values(it.total)],
        ]
    answer = client.get(f"{URL}csv/", headers={"Accept-Language": "en"})
    assert answer["Content-Disposition"] == 'attachment; filename="requests-990001100-2023-05.csv"'
    found = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert found == [[as_text(cell) for cell in row] for row in wanted]

    book = load_workbook(io.BytesIO(client.get(f"{URL}xlsx/", headers={"Accept-Language": "en"}).content))
    first, second = book.worksheets
    cells = list(map(list, first.iter_rows(values_only=True)))
    assert [row[: len(want)] for row, want in zip(cells, wanted, strict=True)] == [
        [float(cell) if isinstance(cell, Decimal) else cell for cell in row] for row in wanted
    ]
    assert second.max_row == len(table.RATES) + len(table.COLUMNS)
    assert client.get(f"{URL}pdf/").status_code == 404


def as_text(cell) -> str:
    return "" if cell is None else str(exact(cell)) if not isinstance(cell, str) else cell


def values(row: table.Row) -> list:
    return [cell.value.value for cell in row.cells]


def test_name_that_begins_like_a_formula_is_text(busy, staff):
    factories.unit(busy.town, code="U-0", name="=1+1")
    made = sheets.as_csv(table.compute(MAY, busy.town)).decode("utf-8-sig")
    assert "'=1+1," in made


@pytest.mark.parametrize("n", [1, 3])
def test_bulletin_costs_the_same_whatever_there_is(places, n, django_assert_num_queries):
    lamp = factories.category()
    for number in range(n):
        unit = factories.unit(places.town, code=f"U-{number}")
        factories.closed_request(places.east_1, lamp, closed_at=moment(hour=12), unit=unit)
        factories.request(places.west_1, lamp)
    with django_assert_num_queries(34):
        assert len(table.compute(MAY, places.town).sections[0].rows) == n
