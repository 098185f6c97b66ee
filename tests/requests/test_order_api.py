"""Work orders by API: the same as by file."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shiliu.core.models import AuditEntry
from shiliu.requests import actions
from shiliu.requests.models import Request
from shiliu.requests.orders import api
from tests import factories

pytestmark = pytest.mark.urls("tests.requests.order_urls")
ORDERS, ANSWERS = "/alone/orders", "/alone/orders/answers"
ONE = {"number": "1", "words": "路灯不亮", "place": "测试east", "category": "路灯", "due_at": "2024-06-20"}


@pytest.fixture
def program(client, staff, places):
    """A program in the name of the town's coordinator."""
    factories.category(code="lamp", name="路灯")
    factories.category(code="other", name="其他", is_fallback=True)
    client.force_login(staff.town_coordinator)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def post(client, address: str, body: Any) -> Any:
    return client.post(address, body, content_type="application/json")


def test_order_comes_in_once(program, places):
    response = post(program, ORDERS, ONE)

    it = Request.objects.get()
    assert response.status_code == 200
    assert response.json() == {
        "number": "1", "outcome": "new", "code": it.code, "state": "received",
        "due_at": "2024-06-20T16:00:00Z", "field": "", "detail": "",
    }  # fmt: skip
    assert (it.area, it.category.code, it.order_source) == (places.east, "lamp", "12345")
    assert post(program, ORDERS, ONE).json()["outcome"] == "known"
    assert post(program, ORDERS, ONE | {"words": "路灯不亮，很急"}).json()["outcome"] == "changed"
    assert Request.objects.count() == 1


def test_list_tells_of_each_and_one_refused_stops_no_other(program):
    response = post(program, ORDERS, [ONE, {"number": "2"}, {"number": "3", "words": "漏水", "due_at": "x"}])

    told = [(each["number"], each["outcome"], each["field"]) for each in response.json()]
    assert told == [("1", "new", ""), ("2", "refused", "words"), ("3", "refused", "due")]
    assert Request.objects.count() == 1


def test_order_that_is_refused_says_why(program, staff):
    response = post(program, ORDERS, {"number": "1"})
    assert (response.status_code, response.json()["detail"]) == (
        422,
        "What it is about is missing. Write it here.",
    )
    program.force_login(staff.coordinator)
    response = post(program, ORDERS, ONE | {"place": "测试west"})
    assert response.status_code == 403
    assert "You may not file for 测试west" in response.json()["detail"]
    program.force_login(staff.editor)
    assert post(program, ORDERS, ONE).status_code == 403
    program.logout()
    assert post(program, ORDERS, ONE).status_code == 401
    assert not Request.objects.exists()


@pytest.mark.parametrize("body", [None, 5, {"number": 5}, [5], [[]], {"words": "x"}, [{}]])
def test_body_of_another_shape_is_refused(program, body):
    assert post(program, ORDERS, body).status_code == 422
    assert not Request.objects.exists()


def test_too_many_at_once_are_refused(program, monkeypatch):
    monkeypatch.setattr(api, "MOST", 1)
    assert post(program, ORDERS, [ONE, ONE]).status_code == 422


@pytest.fixture
def refused(program, staff):
    """refused(number): an order whose answer waits."""

    def make(number: str = "1") -> Request:
        post(program, ORDERS, ONE | {"number": number})
        it = Request.objects.get(order_number=number)
        return actions.refuse(it, by=staff.town_coordinator, seen=it.version, note="请找供电公司")

    return make


def test_answer_waits_until_it_is_handed_back(program, refused):
    it = refused()
    (answer,) = program.get(ANSWERS).json()
    assert (answer["number"], answer["state"], answer["result"]) == ("1", "refused", "请找供电公司")
    assert answer["handed_back_at"] is None
    assert it.code not in str(answer)

    response = post(program, f"{ANSWERS}/1/handed", {"seen": answer["version"]})
    assert response.json()["handed_back_at"]
    assert program.get(ANSWERS).json() == []
    assert AuditEntry.objects.filter(public_id=it.code, verb="requests.order_answered").count() == 1
    assert post(program, f"{ANSWERS}/1/handed", {"seen": answer["version"]}).status_code == 409
    assert post(program, f"{ANSWERS}/1/handed", {"seen": answer["version"] + 1}).status_code == 422


def test_since_gives_what_was_handed_back_too(program, refused):
    it = refused()
    post(program, f"{ANSWERS}/1/handed", {"seen": it.version})
    ago, ahead = timezone.now() - timedelta(hours=1), timezone.now() + timedelta(hours=1)

    assert len(program.get(ANSWERS, {"since": ago.isoformat()}).json()) == 1
    assert program.get(ANSWERS, {"since": ahead.isoformat()}).json() == []
    assert program.get(ANSWERS, {"since": ago.isoformat(), "source": "county"}).json() == []
    assert program.get(ANSWERS, {"since": "x"}).status_code == 422


def test_nobody_elses_answer_is_handed_back(program, refused, staff):
    it = refused()
    body = {"seen": it.version}
    assert post(program, f"{ANSWERS}/2/handed", body).status_code == 404
    program.force_login(staff.far_coordinator)
    assert program.get(ANSWERS).json() == []
    assert post(program, f"{ANSWERS}/1/handed", body).status_code == 404
    program.force_login(staff.worker)
    assert program.get(ANSWERS).status_code == post(program, f"{ANSWERS}/1/handed", body).status_code == 403
    assert Request.objects.get().order_answered_at is None


@pytest.mark.parametrize("n", [1, 3])
def test_answers_ask_as_much_for_one_as_for_three(program, refused, django_assert_num_queries, n):
    for number in range(n):
        refused(str(number))
    with django_assert_num_queries(7):
        assert len(program.get(ANSWERS).json()) == n
