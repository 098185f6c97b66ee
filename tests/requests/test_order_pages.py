"""The desk's page for work orders: look at a file, take it in, hand the answers back."""

import io
import re
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.utils import timezone, translation
from django.utils.html import escape

from shiliu.core.models import AuditEntry
from shiliu.requests import actions
from shiliu.requests.models import Request, State
from shiliu.requests.orders import answers, intake, tables
from shiliu.requests.views import orders as views
from tests import factories
from tests.requests.order_files import FIRST, HEADER, SECOND, csv_file, xlsx_file

PAGE = "/console/requests/orders/"


@pytest.fixture(autouse=True)
def _private_files(settings, tmp_path):
    options = {"BACKEND": "shiliu.core.storage.PrivateStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"private": options}


@pytest.fixture
def categories(places):
    factories.category(code="lamp", name="路灯")
    factories.category(code="other", name="其他", is_fallback=True)


@pytest.fixture
def hotline_desk(client, staff, categories):
    """The coordinator of the town, signed in."""
    client.force_login(staff.town_coordinator)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def upload(client, content: bytes, name: str = "工单.csv") -> Any:
    return client.post(f"{PAGE}look/", {"file": SimpleUploadedFile(name, content)})


def take(client, looked: Any) -> Any:
    token = re.search(r'name="token" value="(\w+)"', looked.text)[1]
    return client.post(f"{PAGE}take/", {"token": token, "name": "工单.csv"})


def counts(response: Any) -> dict[str, int]:
    return dict(response.context["counts"])


def test_looking_shows_what_would_come_and_stores_no_request(hotline_desk):
    response = upload(hotline_desk, csv_file(FIRST, SECOND, "3,,,,,,,,"))

    assert response.status_code == 200
    assert counts(response) == {"new": 2, "refused": 1}
    assert "工单.csv, line 4, column 诉求内容: What it is about is missing." in response.text
    assert "Take 2 orders in" in response.text
    assert [str(each.due_until) for each in response.context["new"]] == [
        "2024-06-20 17:30:00+08:00",
        "2024-06-21",  # not the midnight after
    ]
    assert not Request.objects.exists()


def test_taking_in_and_the_same_file_again(hotline_desk, places):
    looked = upload(hotline_desk, csv_file(FIRST, SECOND))
    response = take(hotline_desk, looked)

    assert counts(response) == {"new": 2}
    first, second = Request.objects.order_by("pk")
    assert (first.order_number, first.area, first.category.code) == ("20240612001", places.east, "lamp")
    assert (first.address, first.contact_name) == ("三号楼前", "甲某某")
    assert timezone.localtime(first.due_at) == factories.moment(datetime(2024, 6, 20).date(), 17, 30)  # noqa: DTZ001
    assert (second.area, second.category.code, second.address) == (places.town, "other", "不清楚")
    assert "Category in the work order: 民政" in second.messages.get().words

    again = upload(hotline_desk, csv_file(FIRST, SECOND))
    assert counts(again) == {"known": 2}
    assert "Nothing in this file is new." in again.text
    assert not again.context["token"]  # nothing is kept of a file that brings nothing
    assert Request.objects.count() == 2
    assert AuditEntry.objects.filter(kind="requests.request").count() == 2


def test_second_click_finds_that_it_is_done(hotline_desk):
    looked = upload(hotline_desk, csv_file(FIRST))
    take(hotline_desk, looked)
    again = take(hotline_desk, looked)

    assert (again.status_code, again.headers["Location"]) == (302, PAGE)
    assert "no longer here" in hotline_desk.get(PAGE).text
    assert Request.objects.count() == 1


def test_file_of_somebody_else_is_not_found(hotline_desk, staff):
    looked = upload(hotline_desk, csv_file(FIRST))
    hotline_desk.force_login(staff.coordinator)
    assert take(hotline_desk, looked).status_code == 302
    assert not Request.objects.exists()


def test_long_file_goes_on_with_the_next_button(hotline_desk, monkeypatch):
    looked = upload(hotline_desk, csv_file(*[f"{n},,漏水,,,,,," for n in range(5)]))
    ticks = iter([0.0, 0.0, 30.0, 30.0, 30.0, 30.0, 30.0])
    monkeypatch.setattr(intake.time, "monotonic", lambda: next(ticks))
    response = take(hotline_desk, looked)
    assert (counts(response), response.context["report"].left) == ({"new": 1}, 4)
    assert "4 orders are left" in response.text

    monkeypatch.undo()
    response = take(hotline_desk, looked)
    assert counts(response) == {"known": 1, "new": 4}
    assert Request.objects.count() == 5


def test_changes_are_foreseen_and_made(hotline_desk):
    take(hotline_desk, upload(hotline_desk, csv_file(FIRST)))
    later = FIRST.replace("2024-06-20", "2024-06-25").replace("路灯不亮", "路灯不亮 又坏了")
    looked = upload(hotline_desk, csv_file(later))
    assert counts(looked) == {"changed": 1}
    assert counts(take(hotline_desk, looked)) == {"changed": 1}

    it = Request.objects.get()
    assert timezone.localdate(it.due_at).day == 25
    assert it.messages.get(kind="from_resident").words == "又坏了"


def test_coordinator_of_a_community_takes_in_only_what_lies_there(hotline_desk, staff, places):
    hotline_desk.force_login(staff.coordinator)
    response = take(hotline_desk, upload(hotline_desk, csv_file(FIRST, SECOND)))

    assert counts(response) == {"new": 1, "refused": 1}
    assert "You may not file for 测试town" in response.text
    assert Request.objects.get().area == places.east


def test_same_number_twice_in_a_file_is_read_once(hotline_desk):
    response = upload(hotline_desk, csv_file(FIRST, FIRST.replace("路灯不亮", "漏水")))
    assert counts(response) == {"new": 1, "refused": 1}
    assert "This number stands on line 2 already" in response.text


def test_spreadsheet_comes_in_too(hotline_desk):
    content = xlsx_file(HEADER.split(","), FIRST.split(","), [7, None, '=HYPERLINK("x")'])
    response = take(hotline_desk, upload(hotline_desk, content, "工单.xlsx"))
    assert counts(response) == {"new": 1, "refused": 1}
    assert "There is a formula here." in response.text


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "x.csv", "This file is empty"),
        (b"\x89PNG\xff", "x.png", "letters of this file cannot be read"),
        (b"a,b", "x.csv", "No header was found"),
        (csv_file(FIRST), "长" * 101 + ".csv", "too long"),
        (b"x" * 10_000_001, "x.csv", "larger than 10 MB"),
    ],
)
def test_bad_file_is_refused_with_a_sentence(hotline_desk, content, name, sentence):
    response = upload(hotline_desk, content, name)
    assert response.status_code == 422
    assert sentence in response.text


def test_no_file_is_refused_with_a_sentence(hotline_desk):
    for given in ({}, {"file": "text"}):
        response = hotline_desk.post(f"{PAGE}look/", given)
        assert response.status_code == 422
        assert "Choose the file first." in response.text


@pytest.mark.parametrize("name", ["../../x.csv", '<script>"x".csv', "‮gpj.csv", "x\r\ny.csv"])
def test_hostile_names_of_files_do_no_harm(hotline_desk, name):
    response = upload(hotline_desk, csv_file(FIRST), name)
    assert response.status_code in (200, 422)
    assert "<script>" not in response.text.partition("<main")[2]
    response = hotline_desk.post(f"{PAGE}take/", {"token": "x", "name": name})
    assert response.status_code == 302


# Answers --------------------------------------------------------------------------------------------------


@pytest.fixture
def answered(places, staff, grid_team):
    """answered(number): an order that was solved, with what was reported."""
    lamp = factories.category(name="井盖")

    def make(number: str, words: str = "已换好", **values: Any) -> Request:
        given = {"order_source": "12345", "order_number": number} | values
        it = factories.request(places.east_1, lamp, **given)
        by = staff.town_coordinator
        actions.accept(it, by=by, seen=1)
        actions.assign(it, to=grid_team, by=by, seen=2)
        actions.report(it, by=by, seen=3, note=words)
        return actions.close(it, by=by, seen=4, note="内部")

    return make


def sheet(response: Any) -> list[list[str]]:
    book = openpyxl.load_workbook(io.BytesIO(response.content), read_only=True)
    return [["" if cell is None else cell for cell in row] for row in book.active.values]


def test_answers_are_handed_back_as_a_file(hotline_desk, answered, staff):
    it = answered("20240612000000000001", "=已换好")
    factories.request_in(
        State.IN_PROGRESS, it.area, it.category, it.team, order_source="12345", order_number="2"
    )
    assert "1 answer waits" in hotline_desk.get(PAGE).text
    response = hotline_desk.post(f"{PAGE}answers/", {"source": "12345", "format": "xlsx"})

    it.refresh_from_db()
    ended = timezone.localtime(it.closed_at).strftime("%Y-%m-%d %H:%M")
    assert "attachment" in response.headers["Content-Disposition"]
    assert sheet(response) == [
        ["工单编号", "办理状态", "办理结果", "办结时间", "是否联系", "办理单位"],
        ["20240612000000000001", it_state(), "=已换好", ended, "是", "东一格暖心队"],
    ]
    assert it.order_answered_at is not None
    assert AuditEntry.objects.filter(verb="requests.hand_back", actor=staff.town_coordinator).count() == 1
    assert "No answer waits." in hotline_desk.get(PAGE).text


def it_state() -> str:
    with translation.override("zh-hans"):
        return str(State.CLOSED.label)


def test_csv_holds_no_formula_and_nothing_of_the_person(hotline_desk, answered):
    it = answered("1", "=HYPERLINK(1)")
    text = hotline_desk.post(f"{PAGE}answers/", {"source": "12345", "format": "csv"}).content.decode(
        "utf-8-sig"
    )

    assert "'=HYPERLINK(1)" in text
    for secret in (it.code, it.contact_name, it.contact_phone, "内部", it.words):
        assert secret not in text


def test_second_handing_back_finds_nothing_and_the_file_can_be_had_again(hotline_desk, answered):
    answered("1")
    first = hotline_desk.post(f"{PAGE}answers/", {"source": "12345", "format": "csv"}).content
    again = hotline_desk.post(f"{PAGE}answers/", {"source": "12345", "format": "csv"})
    assert again.status_code == 302

    entries = AuditEntry.objects.count()
    today = timezone.localdate().isoformat()
    response = hotline_desk.get(f"{PAGE}answers/again/?first={today}&last={today}&format=csv")
    assert response.content == first
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", "Please fill this in."),
        ("first=2024-01-01&last=2024-01-02&format=csv", "Nothing was handed back on these days"),
        ("first=2024-01-02&last=2024-01-01&format=csv", "The last day is before the first"),
        ("first=x&last=2024-01-01&format=csv", "Enter a valid date"),
        ("first=2024-01-01&last=2024-01-01&format=exe", "Select a valid choice"),
    ],
)
def test_downloading_again_with_bad_days_says_so(hotline_desk, query, sentence):
    response = hotline_desk.get(f"{PAGE}answers/again/?{query}")
    assert response.status_code == 422
    assert sentence in response.text


def test_merged_order_is_answered_when_the_other_one_ends(hotline_desk, staff, places):
    lamp, by = factories.category(name="积水"), staff.town_coordinator
    other = factories.request(places.east_1, lamp)
    it = factories.request(places.east_1, lamp, order_source="12345", order_number="9")
    since = timezone.now()
    actions.merge(it, into=other, by=by, seen=1)
    assert (answers.waiting(by), answers.ended(by, "12345", since)) == ([], [])
    actions.refuse(other, by=by, seen=1, note="请找供电公司")
    (due,) = answers.waiting(by)
    assert answers.ended(by, "12345", since) == [due] == [it]
    (answer,) = answers.answers_to([due])
    assert (answer.result.endswith("请找供电公司"), answer.ended_at) == (True, other.closed_at)
    assert actions.hand_back([due], where=places.town, by=by) == [it]
    assert answers.waiting(by) == []


def test_answer_says_what_the_person_was_told(hotline_desk, answered, staff, places):
    by = staff.town_coordinator
    main = answered("1", "已换好")
    other = factories.category(name="积水")

    def ordered(number: str, **values: Any) -> Request:
        return factories.request(places.east_1, other, order_source="12345", order_number=number, **values)

    ended = {"closed_at": timezone.now()}
    merged = ordered("2", state=State.MERGED, merged_into=main, **ended)
    withdrawn = ordered("3", state=State.WITHDRAWN, **ended)
    refused = ordered("4")
    actions.refuse(refused, by=by, seen=1, note="请找供电公司")
    rows = [main, merged, withdrawn, refused]
    fresh = Request.objects.filter(pk__in=[it.pk for it in rows]).order_by("order_number")

    results = [each.result for each in answers.answers_to(list(fresh))]
    assert results[0] == "已换好"
    assert results[1].endswith("已换好")
    assert len(results[1]) > len("已换好")
    assert results[2]
    assert results[3] == "请找供电公司"


def test_what_was_reopened_waits_again_when_it_has_ended_again(hotline_desk, answered, staff):
    it = answered("1")
    hotline_desk.post(f"{PAGE}answers/", {"source": "12345", "format": "csv"})
    it.refresh_from_db()
    by = staff.town_coordinator
    actions.reopen(it, by=by, seen=it.version, note="没修好")
    assert "No answer waits." in hotline_desk.get(PAGE).text
    actions.report(it, by=by, seen=it.version, note="这次修好了")
    actions.close(it, by=by, seen=it.version)

    text = hotline_desk.post(f"{PAGE}answers/", {"source": "12345", "format": "csv"}).content.decode()
    assert "这次修好了" in text
    assert "已换好" not in text


def test_only_ones_own_areas_and_only_who_closes(hotline_desk, answered, staff):
    answered("1")
    hotline_desk.force_login(staff.far_coordinator)
    assert "No answer waits." in hotline_desk.get(PAGE).text
    assert hotline_desk.post(f"{PAGE}answers/", {"source": "12345", "format": "csv"}).status_code == 302
    assert Request.objects.get().order_answered_at is None
    hotline_desk.force_login(staff.worker)  # who may file, and does not close
    assert "Hand answers back" not in hotline_desk.get(PAGE).text
    assert hotline_desk.post(f"{PAGE}answers/", {"source": "12345", "format": "csv"}).status_code == 403


def test_sources_have_files_of_their_own(hotline_desk, answered):
    answered("1")
    answered("1", order_source="county")
    response = hotline_desk.post(f"{PAGE}answers/", {"source": "county", "format": "xlsx"})
    assert len(sheet(response)) == 2
    assert Request.objects.get(order_source="12345").order_answered_at is None


# How much it costs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 3])
def test_page_asks_as_much_for_one_answer_as_for_three(hotline_desk, answered, django_assert_num_queries, n):
    for number in range(n):
        answered(str(number))
    hotline_desk.get(PAGE)
    with django_assert_num_queries(8):
        hotline_desk.get(PAGE)


@pytest.mark.parametrize("n", [1, 3])
def test_looking_asks_as_much_for_one_order_as_for_three(
    hotline_desk, staff, answered, django_assert_num_queries, n
):
    for number in range(n):
        answered(str(number))
    table = tables.read("x", csv_file(*[f"{number},,漏水,,,,,," for number in range(n + 1)]))
    with django_assert_num_queries(7):
        report = intake.look(table, by=staff.town_coordinator)
    assert report.counts() == {"new": 1, "changed": n}


@pytest.mark.parametrize("n", [1, 3])
def test_answers_again_ask_as_much_for_one_as_for_three(hotline_desk, answered, django_assert_num_queries, n):
    for number in range(n):
        answered(str(number))
    hotline_desk.post(f"{PAGE}answers/", {"source": "12345", "format": "csv"})
    today = timezone.localdate().isoformat()
    with django_assert_num_queries(7):
        hotline_desk.get(f"{PAGE}answers/again/?first={today}&last={today}&format=csv")


def test_waiting_answers_come_from_their_index(hotline_desk, staff, places, monkeypatch):
    """Few of many requests are orders whose answer waits: an index holds just these."""
    lamp, ended = factories.category(name="积水"), {"state": State.CLOSED, "closed_at": timezone.now()}
    given = {"area": places.east_1, "category": lamp, "received_at": factories.moment()}
    given |= {"words": "x", "due_at": factories.moment()}
    Request.objects.bulk_create([Request(**given, **ended) for _n in range(3000)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE requests_request")
        if connection.vendor == "postgresql":  # so few rows are sorted as fast as they are read in order
            cursor.execute("SET LOCAL enable_sort = off")
    plans = []
    fetch = models.QuerySet._fetch_all

    def explained(self):
        if self.model is Request and self._result_cache is None:
            plans.append(self._chain().explain())
        fetch(self)

    monkeypatch.setattr(models.QuerySet, "_fetch_all", explained)
    answers.waiting(staff.town_coordinator)
    day = timezone.localdate()
    answers.handed_back(staff.town_coordinator, "12345", day - timedelta(days=1), day)
    assert "request_answer_due" in plans[0]
    assert "request_answered" in plans[1]


def test_shown_rows_are_bounded(hotline_desk, monkeypatch):
    monkeypatch.setattr(views, "SHOWN", 2)
    response = upload(hotline_desk, csv_file(*[f"{n},,漏水{n},,,,,," for n in range(4)]))
    assert response.text.count(escape("漏水")) == 2
    assert "Only the first 2 are shown." in response.text
