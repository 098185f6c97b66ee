"""What is filtered, as a file and on paper: which rows, in which order, without contacts, and on record."""

import csv
import gc
import html
import io
import re
import tracemalloc
from datetime import timedelta

import openpyxl
import pytest
from django.utils import timezone

from shiliu.core import search
from shiliu.core.exchange import workbook
from shiliu.core.models import AuditEntry
from shiliu.requests.desk import export
from shiliu.requests.models import Message, Request, State
from tests import factories

LIST = "/console/requests/"


def taken(client, form: str, query: str = "show=open"):
    return client.post(f"{LIST}file/{form}/", {"list": query})


def content(response) -> bytes:
    return b"".join(response.streaming_content)


def table(client, query: str = "show=open") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content(taken(client, "csv", query)).decode("utf-8-sig"))))


def codes(rows: list[list[str]]) -> list[str]:
    return [row[0].replace("-", "") for row in rows[1:]]


@pytest.fixture
def add(places, lamp):
    def make(code: str, hours: float = 24, **values) -> Request:
        now = timezone.now()
        given = {"due_at": now + timedelta(hours=hours), "received_at": now - timedelta(days=1)} | values
        return factories.request(given.pop("area", places.east_1), lamp, code=code, **given)

    return make


def test_file_holds_what_the_list_shows_in_its_order(desk, places, add, grid_team):
    add("BBB", 48)
    add("AAA", 2, words='一行\n两行，"引号"', is_urgent=True, order_number="12345-7", order_source="12345")
    add("FAR", 1, area=places.far_1)
    add("CLOSED", state=State.CLOSED, closed_at=timezone.now(), team=grid_team, solved=True, satisfied=False)
    rows = table(desk)
    assert codes(rows) == ["AAA", "BBB"]
    assert dict(zip(rows[0], rows[1], strict=True)) | {"received at": "", "due at": ""} == {
        "code": "AAA--", "received at": "", "area": "测试east_1", "category": "路灯", "state": "received",
        "lead": "", "due at": "", "first contact at": "", "closed at": "", "on time": "",
        "solved, says the resident": "", "satisfied, says the resident": "", "urgent": "yes",
        "number of the work order": "12345-7", "where exactly": "",
        "what it is about": "一行\n两行，\"引号\"",
    }  # fmt: skip
    now = timezone.now()
    done = {"due_at": now - timedelta(hours=1), "done_at": now - timedelta(hours=2)}
    Request.objects.filter(code="CLOSED").update(**done)
    ended = table(desk, "show=ended")
    assert ended[1][4:6] + ended[1][9:12] == ["closed", "东一格暖心队", "yes", "yes", "no"]


def test_file_is_what_spreadsheets_open(desk, add):
    add("ONE")
    response = taken(desk, "csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(
        r'attachment; filename="open-\d{4}-\d\d-\d\d.csv"', response.headers["Content-Disposition"]
    )
    assert content(response).startswith("\ufeffcode,".encode())
    sheet = taken(desk, "xlsx")
    assert sheet.headers["Content-Type"] == workbook.TYPE
    rows = openpyxl.load_workbook(io.BytesIO(content(sheet)), read_only=True).active.iter_rows(
        values_only=True
    )
    assert [row[0] for row in rows] == ["code", "ONE--"]


def test_file_that_is_not_all_of_the_list_says_so(desk, add, monkeypatch):
    add("ONE", 1)
    assert codes(table(desk)) == ["ONE"]
    monkeypatch.setattr(export, "MOST", 1)
    assert codes(table(desk)) == ["ONE"]
    add("TWO", 2)
    rows = table(desk)
    assert (rows[1][0], len(rows)) == ("ONE--", 3)
    assert rows[2] == ["The list goes on: a file holds at most 1 rows. Narrow the list for the rest."]
    entry = AuditEntry.objects.filter(verb="requests.export").last()
    assert (entry.data["number"], entry.data["filter"]) == (1, "Open · the list has more")
    assert "At most 100,000 rows" in desk.get(LIST).content.decode()


@pytest.mark.parametrize("words", ["=1+1", "+86", "-1", "@SUM(A1)", "＝1", "\tx", "'x"])
def test_no_cell_is_a_formula(desk, add, words):
    add("ONE", words=words, address=words)
    row = table(desk)[1]
    assert row[-2:] == [f"'{words}", f"'{words}"]
    cell = openpyxl.load_workbook(io.BytesIO(content(taken(desk, "xlsx")))).active["P2"]
    assert (cell.data_type, cell.value) == ("s", words)


@pytest.mark.parametrize("words", ["\x00\x01 \x1f", "<b>&amp;]]>", "𠮷 ᠮᠣᠩᠭᠣᠯ ئۇيغۇر", "x" * 40_000])
def test_any_text_fits_into_a_cell(words):
    with workbook.write([["what"], [words]]) as file:
        value = openpyxl.load_workbook(file).active["A2"].value
    kept = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "", words)[: workbook.MOST_CHARACTERS]
    assert value == kept


def test_contact_details_are_in_no_file(desk, add):
    add("ONE")
    sheet = openpyxl.load_workbook(io.BytesIO(content(taken(desk, "xlsx")))).active
    held = str(list(sheet.values)) + str(table(desk))
    assert "甲某某" not in held
    assert "13900000001" not in held


def test_numbers_in_a_work_order_are_on_no_paper_and_in_no_file(desk, add, places):
    text = {"words": "灯不亮，打 13900000002", "address": "三号楼，13900000003"}
    it = add("ONE", order_number="12345-7", order_source="12345", **text)
    Message.objects.create(
        request=it, kind=Message.Kind.FROM_RESIDENT, words="又来电 13900000004", at=timezone.now()
    )
    held = str(table(desk))
    for page in ("paper/", "ONE/paper/"):
        held += desk.get(f"{LIST}{page}").content.decode()
    assert held.count("灯不亮，打 •••") == held.count("三号楼，•••") == 3
    assert "1390000000" not in held
    asked_themselves = add("TWO", words="打 13900000005")
    assert asked_themselves.words_for_others == "打 13900000005"  # and they left it there


def test_each_file_is_on_record_with_its_filter_and_its_number(desk, staff, places, add):
    add("ONE")
    content(taken(desk, "csv", f"show=late&area={places.east_1.code}&q=水管"))
    content(taken(desk, "xlsx"))
    content(taken(desk, "csv", "show=all&q=139 0000 0001"))
    entries = AuditEntry.objects.filter(verb="requests.export").order_by("id")
    assert [(each.actor, each.public_id, each.data) for each in entries] == [
        (staff.coordinator, "coordinator", {"number": 0, "filter": "Overdue · 测试east_1 · “水管”"}),
        (staff.coordinator, "coordinator", {"number": 1, "filter": "Open"}),
        (staff.coordinator, "coordinator", {"number": 1, "filter": "All · “•••”"}),
    ]


def test_words_narrow_the_file_too(desk, add):
    for code, words in (("WET", "楼道漏水"), ("DRY", "路灯不亮")):
        made = add(code, words=words)
        search.index("requests.request", code, at=made.received_at, text=words, area=made.area_id)
    assert codes(table(desk, "show=all&q=漏水")) == ["WET"]


def test_file_of_several_areas_is_in_one_order(client, staff, places, add):
    factories.tenure(staff.coordinator, "coordinator", places.west_1)
    for n, where in enumerate((places.east_1, places.west_1, places.east_2, places.west_1)):
        add(f"R{n}", n + 1, area=where)
    client.force_login(staff.coordinator)
    assert codes(table(client)) == ["R0", "R1", "R2", "R3"]
    assert codes(table(client, "show=all")) == sorted(
        ("R0", "R1", "R2", "R3"), key=lambda code: Request.objects.get(code=code).received_at, reverse=True
    )


@pytest.mark.parametrize("n", [1, 3])
def test_file_costs_the_same_whatever_there_is(desk, add, n, django_assert_num_queries):
    for number in range(n):
        add(f"R{number}")
    with django_assert_num_queries(10):
        content(taken(desk, "csv"))


def test_memory_does_not_grow_with_the_rows(desk, staff, places, lamp, monkeypatch):
    """Twice the rows, a megabyte more of words; what grows is their numbers, eight bytes each."""
    monkeypatch.setattr(export, "CHUNK", 50)

    def more(n: int) -> None:
        now = timezone.now()
        Request.objects.bulk_create(
            Request(category=lamp, area=places.east_1, words="甲" * 500, received_at=now, due_at=now)
            for _row in range(n)
        )

    def peak(form: str) -> int:
        gc.collect()
        tracemalloc.start()
        for _piece in taken(desk, form).streaming_content:
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    more(1000)
    [peak(form) for form in ("csv", "xlsx")]  # what is loaded once
    few = [peak(form) for form in ("csv", "xlsx")]
    more(1000)
    many = [peak(form) for form in ("csv", "xlsx")]
    assert all(after - before < 400_000 for before, after in zip(few, many, strict=True)), (few, many)


def test_file_is_a_post(desk):
    assert desk.get(f"{LIST}file/csv/").status_code == 405
    assert taken(desk, "pdf").status_code == 404


@pytest.mark.parametrize("who", ["nobody", "finance"])
def test_files_and_paper_are_for_those_who_see_requests(client, staff, who):
    client.force_login(getattr(staff, who))
    assert taken(client, "csv").status_code == 403
    assert client.get(f"{LIST}paper/").status_code == 403
    assert not AuditEntry.objects.filter(verb="requests.export").exists()


# On paper -------------------------------------------------------------------------------------------------


def test_list_on_paper(desk, add):
    add("AAA", 2, words="<b>厨房</b>水管漏水", address="3号楼")
    shown = desk.get(f"{LIST}paper/?show=open").content.decode()
    assert "AAA" in shown
    assert "&lt;b&gt;厨房" in shown
    assert "3号楼" in shown
    assert "甲某某" not in shown


@pytest.mark.parametrize("n", [1, 3])
def test_paper_costs_the_same_whatever_there_is(desk, add, n, django_assert_num_queries):
    for number in range(n):
        add(f"R{number}")
    with django_assert_num_queries(7):
        desk.get(f"{LIST}paper/")
    with django_assert_num_queries(16):
        desk.get(f"{LIST}R0/paper/")


def test_request_on_paper_has_the_story_and_no_contact(desk, asked):
    shown = html.unescape(desk.get(f"{LIST}{asked.code}/paper/").content.decode())
    assert "三号楼前的路灯不亮" in shown
    assert "The resident asked for this" in shown
    assert "甲某某" not in shown
    assert "13900000001" not in shown
