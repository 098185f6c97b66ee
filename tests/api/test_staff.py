"""The JSON API for staff: who comes in, what one sees, and the desk's own steps behind it."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from shiliu.api import actions as keys
from shiliu.api.models import AccessToken
from shiliu.api.staff import api
from shiliu.core.models import AuditEntry, User
from shiliu.requests import actions
from shiliu.requests.models import Request, State
from tests import factories


def said(response, status: int = 200) -> dict:
    assert response.status_code == status, response.content.decode()
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert "no-store" in response.headers["Cache-Control"]
    return json.loads(response.content)


def problem(response, status: int) -> dict:
    """The answer is an error of RFC 9457 with this status, and nothing else."""
    assert response.status_code == status, response.content.decode()
    assert response.headers["Content-Type"] == "application/problem+json"
    it = json.loads(response.content)
    assert {"type", "title", "status", "detail"} <= it.keys() <= {
        "type", "title", "status", "detail", "errors", "version", "since",
    }  # fmt: skip
    assert (it["type"], it["status"]) == ("about:blank", status)
    assert it["title"]
    assert it["detail"]
    return it


@pytest.fixture
def asked(places, lamp) -> Request:
    from shiliu.core.access import Resident

    return actions.ask(
        by=Resident(), category=lamp, area=places.east_1, words="三号楼前的路灯不亮", contact_name="甲某某",
        contact_phone="13900000001",
    )  # fmt: skip


# Who comes in ---------------------------------------------------------------------------------------------


def test_token_gives_what_its_users_posts_give_and_no_more(asking, staff, asked):
    assert said(asking(staff.coordinator, "get", f"requests/{asked.code}"))["words"] == asked.words
    problem(asking(staff.far_coordinator, "get", f"requests/{asked.code}"), 404)
    staff.coordinator.tenures.update(valid_to=timezone.localdate() - timedelta(days=1))
    problem(asking(staff.coordinator, "get", f"requests/{asked.code}"), 404)
    root = factories.person("root", is_superuser=True)
    problem(asking(root, "get", f"requests/{asked.code}"), 404)


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer x", f"Bearer slt_{'a' * 43}", "Basic eDp5", "slt_x", "Bearer 灯"]
)
def test_no_good_token_is_401(client, staff, header):
    client.force_login(staff.coordinator)  # a session counts for nothing
    sent = {"authorization": header.encode().decode("latin-1")} if header else {}
    response = client.get("/api/v1/requests", headers=sent)
    problem(response, 401)
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_token_that_expired_was_taken_back_or_is_of_nobody_any_more(asking, staff):
    def status() -> int:
        return asking(staff.coordinator, "get", "areas").status_code

    assert status() == 200
    today = timezone.localdate()
    AccessToken.objects.update(expires_on=today)
    assert status() == 200  # the last day counts
    AccessToken.objects.update(expires_on=today - timedelta(days=1))
    assert status() == 401
    AccessToken.objects.update(expires_on=today)
    User.objects.filter(pk=staff.coordinator.pk).update(is_active=False)
    assert status() == 401
    User.objects.filter(pk=staff.coordinator.pk).update(is_active=True)
    keys.revoke_token(AccessToken.objects.get(), by=staff.coordinator, seen=1)
    assert status() == 401


def test_use_is_noted_by_the_day_and_leaves_no_entry(asking, staff):
    asking(staff.coordinator, "get", "areas")
    entries = AuditEntry.objects.count()
    asking(staff.coordinator, "get", "areas")
    assert AccessToken.objects.get().last_used_on == timezone.localdate()
    assert AuditEntry.objects.count() == entries


def test_each_token_has_a_limit(asking, staff, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"token": (2, 60)}
    statuses = [asking(staff.coordinator, "get", "areas").status_code for _n in range(3)]
    assert statuses == [200, 200, 429]
    problem(asking(staff.coordinator, "get", "areas"), 429)
    assert asking(staff.worker, "get", "areas").status_code == 200


# Lists ----------------------------------------------------------------------------------------------------


def test_lists_are_the_desks(asking, staff, places, lamp, asked):
    factories.request(places.west_1, lamp)
    done = factories.closed_request(places.east_1, lamp, closed_at=timezone.now())
    page = said(asking(staff.coordinator, "get", "requests"))
    assert [it["code"] for it in page["items"]] == [asked.code]
    assert page["items"][0] | {"due_at": "", "received_at": ""} == {
        "code": asked.code,
        "version": 1,
        "state": "received",
        "state_name": "received",
        "category": "lamp",
        "category_name": "路灯",
        "area": places.east_1.code,
        "area_name": "测试east_1",
        "words": asked.words,
        "lead": None,
        "is_urgent": False,
        "received_at": "",
        "due_at": "",
        "is_late": False,
        "closed_at": None,
        "wrote_at": None,
        "order_source": "",
        "order_number": "",
    }
    assert (page["next"], page["previous"]) == (None, None)
    ended = said(asking(staff.coordinator, "get", "requests?show=ended"))
    assert [it["code"] for it in ended["items"]] == [done.code]
    found = said(asking(staff.town_coordinator, "get", f"requests?area={places.east.code}&category=lamp"))
    assert [it["code"] for it in found["items"]] == [asked.code]
    assert said(asking(staff.coordinator, "get", "requests?category=road"))["items"] == []
    assert "1390000" not in json.dumps(page)


def test_pages_follow_each_other(asking, staff, places, lamp):
    made = [
        factories.request(places.east_1, lamp, due_at=timezone.now() + timedelta(hours=n)) for n in range(45)
    ]
    first = said(asking(staff.coordinator, "get", "requests"))
    second = said(asking(staff.coordinator, "get", f"requests{first['next']}"))
    codes = [it["code"] for it in first["items"] + second["items"]]
    assert codes == [it.code for it in made]
    assert second["next"] is None
    back = said(asking(staff.coordinator, "get", f"requests{second['previous']}"))
    assert back["items"] == first["items"]


@pytest.mark.parametrize("query", ["show=nothing", "after=x", "before=1"])
def test_question_that_makes_no_sense_is_told(asking, staff, query):
    assert (
        query.split("=")[0] in problem(asking(staff.coordinator, "get", f"requests?{query}"), 422)["errors"]
    )


def test_leader_of_a_team_sees_what_went_to_it(asking, places, lamp):
    chief = factories.person("chief")
    team = factories.led_team(places.east, chief)
    it = factories.request(places.west_1, lamp, state=State.ASSIGNED, team=team)
    assert [row["code"] for row in said(asking(chief, "get", "requests"))["items"]] == [it.code]
    problem(asking(chief, "get", "requests?show=open"), 403)
    said(asking(chief, "post", f"requests/{it.code}/steps/take", {"seen": 1}))
    answer = said(
        asking(chief, "post", f"requests/{it.code}/steps/return", {"seen": 2, "note": "不是我们的"})
    )
    assert answer["request"] is None  # no longer theirs to see
    again = asking(chief, "post", f"requests/{it.code}/steps/return", {"seen": 2, "note": "不是我们的"})
    assert said(again) == answer
    other = {"seen": 2, "note": "别的"}
    problem(asking(chief, "post", f"requests/{it.code}/steps/return", other), 404)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("path", "queries"), [("requests", 6), ("requests/ONE", 7), ("categories", 5)])
def test_reading_costs_the_same_however_many(
    asking, staff, places, lamp, rows, path, queries, django_assert_num_queries, settings
):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    for n in range(rows):
        it = factories.request(places.east_1, lamp, **({} if n else {"code": "ONE"}))
        factories.category()
        if not n:
            actions.accept(it, by=staff.coordinator, seen=1)
    asking(staff.coordinator, "get", path)
    with django_assert_num_queries(queries):
        assert asking(staff.coordinator, "get", path).status_code == 200


# Steps ----------------------------------------------------------------------------------------------------


def test_steps_of_a_request_from_asking_to_closing(asking, staff, places, asked):
    team = factories.team(places.east_1, factories.strand(), code="T-1")

    def step(name: str, seen: int, **fields) -> dict:
        answer = said(
            asking(staff.coordinator, "post", f"requests/{asked.code}/steps/{name}", {"seen": seen} | fields)
        )
        return answer["request"]

    assert step("accept", 1)["state"] == "accepted"
    assert step("assign", 2, to=f"team:{team.code}")["lead"] == "测试暖心队"
    assert step("report", 3, note="换了灯泡")["state"] == "done"
    closed = step("close", 4, solved=True)
    assert (closed["state"], closed["solved"], closed["version"]) == ("closed", True, 5)
    assert [it["verb"] for it in closed["story"]] == [
        f"requests.{verb}" for verb in ("ask", "accept", "assign", "report", "close")
    ]
    assert closed["story"][3]["note"] == "换了灯泡"
    assert AuditEntry.objects.filter(public_id=asked.code, actor=staff.coordinator).count() == 4


def test_offered_steps_say_what_they_take(asking, staff, places, asked):
    factories.team(places.east_1, factories.strand(), code="T-1", name="东队")
    actions.accept(asked, by=staff.coordinator, seen=1)
    offered = said(asking(staff.coordinator, "get", f"requests/{asked.code}/steps"))
    assert offered["version"] == 2
    by_name = {it["step"]: it for it in offered["items"]}
    assert {"assign", "refuse", "defer", "classify", "extend"} <= by_name.keys()
    to, note = (field for field in by_name["assign"]["fields"] if field["name"] != "read")
    assert (to["name"], to["required"]) == ("to", True)
    assert ["team:T-1", "东队"] in to["choices"]
    assert (note["name"], note["required"], note["choices"]) == ("note", False, None)
    assert said(asking(staff.leader, "get", f"requests/{asked.code}/steps"))["items"] == []


def test_colleague_was_faster(asking, staff, asked):
    actions.accept(asked, by=staff.town_coordinator, seen=1)
    body = {"seen": 1, "note": "不归我们管"}
    late = problem(asking(staff.coordinator, "post", f"requests/{asked.code}/steps/refuse", body), 409)
    assert late["version"] == 2
    assert [(it["verb"], it["said"]) for it in late["since"]] == [
        ("requests.accept", "town_coordinator某 accepted it")
    ]
    assert Request.objects.get().state == State.ACCEPTED


def test_own_step_sent_twice_is_answered_as_done(asking, staff, asked):
    path = f"requests/{asked.code}/steps/accept"
    first = said(asking(staff.coordinator, "post", path, {"seen": 1}))
    assert said(asking(staff.coordinator, "post", path, {"seen": 1})) == first
    assert Request.objects.get().version == 2


def test_step_without_its_words_is_422_by_field(asking, staff, asked):
    path = f"requests/{asked.code}/steps/refuse"
    assert problem(asking(staff.coordinator, "post", path, {}), 422)["errors"].keys() == {"seen", "note"}
    assert problem(asking(staff.coordinator, "post", path, {"seen": 1}), 422)["errors"].keys() == {"note"}
    it = problem(asking(staff.coordinator, "post", path, {"seen": 1, "note": {"a": 1}}), 422)
    assert it["errors"].keys() == {"note"}
    assert Request.objects.get().version == 1


def test_step_that_the_table_does_not_have_is_refused_with_its_sentence(asking, staff, asked):
    it = problem(asking(staff.coordinator, "post", f"requests/{asked.code}/steps/close", {"seen": 1}), 422)
    assert "not possible" in it["detail"]


def test_step_without_the_right_or_of_no_name(asking, staff, asked):
    body = {"seen": 1, "note": "x"}
    problem(asking(staff.leader, "post", f"requests/{asked.code}/steps/refuse", body), 403)
    problem(asking(staff.coordinator, "post", f"requests/{asked.code}/steps/nothing", body), 404)
    problem(asking(staff.coordinator, "post", f"requests/{asked.code}/steps/contact", body), 404)


@pytest.mark.parametrize("body", ["", "{", "[]", "1", '"x"', "null", "\x00", '{"seen": ' + "9" * 5000 + "}"])
def test_body_that_is_no_object_is_refused(client, staff, asked, body):
    response = client.post(
        f"/api/v1/requests/{asked.code}/steps/accept",
        body,
        content_type="application/json",
        headers={"authorization": f"Bearer {factories.token(staff.coordinator)}"},
    )
    assert response.status_code in (400, 422)
    problem(response, response.status_code)


def test_text_of_any_script_and_half_characters(asking, staff, asked):
    actions.accept(asked, by=staff.coordinator, seen=1)
    path = f"requests/{asked.code}/steps/defer"
    said(asking(staff.coordinator, "post", path, {"seen": 2, "note": "ᠮᠣᠩᠭᠣᠯ ئۇيغۇر 🏮 \ud800"}))
    assert Request.objects.get().state == State.DEFERRED
    body = {"seen": 3, "note": "a\0b"}
    problem(asking(staff.coordinator, "post", f"requests/{asked.code}/steps/extend", body), 422)


def test_contact_is_shown_on_record(asking, staff, asked):
    whole = asking(staff.coordinator, "get", f"requests/{asked.code}")
    assert "1390000" not in whole.content.decode()
    shown = said(asking(staff.coordinator, "post", f"requests/{asked.code}/contact"))
    assert shown == {"name": "甲某某", "phone": "13900000001", "email": ""}
    assert AuditEntry.objects.last().verb == "requests.contact"
    problem(asking(staff.leader, "post", f"requests/{asked.code}/contact"), 403)


# Filing ---------------------------------------------------------------------------------------------------


def test_filing_for_somebody(asking, staff, places, lamp):
    body = {
        "words": "水管漏水",
        "area": places.east_2.code,
        "category": "lamp",
        "source": "counter",
        "contact_name": "乙某某",
        "contact_phone": "13900000002",
    }
    made = said(asking(staff.coordinator, "post", "requests", body, idempotency_key="a"), 201)
    assert (made["words"], made["source"], made["area"]) == ("水管漏水", "counter", places.east_2.code)
    assert "1390000" not in json.dumps(made)
    assert said(asking(staff.coordinator, "post", "requests", body, idempotency_key="a"), 201) == made
    other = body | {"words": "井盖"}
    problem(asking(staff.coordinator, "post", "requests", other, idempotency_key="a"), 422)
    said(asking(staff.town_coordinator, "post", "requests", other, idempotency_key="a"), 201)
    assert Request.objects.count() == 2
    assert AuditEntry.objects.filter(verb="requests.ask", actor=staff.coordinator).count() == 1


def test_filing_what_is_wrong_is_said_by_field(asking, staff, places, lamp):
    body = {"area": places.far_1.code, "category": "nothing", "contact_phone": "1"}
    it = problem(asking(staff.coordinator, "post", "requests", body), 422)
    assert it["errors"].keys() == {"words", "area", "category", "contact_phone"}
    number = {"words": "打 13900000001", "area": places.east_1.code, "category": "lamp"}
    assert problem(asking(staff.coordinator, "post", "requests", number), 422)["errors"].keys() == {"words"}
    problem(asking(staff.leader, "post", "requests", number), 403)
    assert not Request.objects.exists()
    said(asking(staff.coordinator, "post", "requests", number | {"numbers": True}), 201)


def test_filing_with_what_the_category_asks(asking, staff, places, lamp):
    from tests.api.test_open311_reading import question

    question(lamp, "kind", datatype="multivaluelist", options="a=坏了\nb=太暗", is_required=True)
    question(lamp, "number", datatype="number")
    body = {"words": "灯不亮", "area": places.east_1.code, "category": "lamp"}

    def refused(**answers) -> set[str]:
        sent = body | {"answers": answers}
        return set(problem(asking(staff.coordinator, "post", "requests", sent), 422)["errors"])

    assert refused() == {"answers.kind"}
    assert refused(kind="c", number="x") == {"answers.kind", "answers.number"}
    assert refused(kind=["a"], colour="red") == {"answers.colour"}
    assert refused(kind=["a"], number={"a": 1}) == {"answers.number"}
    problem(asking(staff.coordinator, "post", "requests", body | {"answers": ["a"]}), 422)
    assert not Request.objects.exists()
    sent = body | {"answers": {"kind": ["a", "b"], "number": 3}}
    made = said(asking(staff.coordinator, "post", "requests", sent), 201)
    assert [(it["name"], it["words"]) for it in made["answers"]] == [("kind", "坏了、太暗"), ("number", "3")]
    assert Request.objects.get().answers == {"kind": ["a", "b"], "number": "3"}


# Reference and figures ------------------------------------------------------------------------------------


def test_categories_with_what_they_ask(asking, staff, lamp):
    from tests.api.test_open311_reading import question

    question(lamp, "kind", datatype="singlevaluelist", options="a=坏了", is_required=True)
    factories.category(is_offered=False)
    (it,) = said(asking(staff.coordinator, "get", "categories"))["items"]
    assert (it["code"], it["questions"][0]["choices"]) == ("lamp", [["a", "坏了"]])


def test_areas_page_by_page_within_one(asking, staff, places, monkeypatch):
    from shiliu.api import endpoints

    monkeypatch.setattr(endpoints, "PAGE", 2)
    first = said(asking(staff.coordinator, "get", f"areas?within={places.east.code}"))
    assert [it["name"] for it in first["items"]] == ["测试east", "测试east_1"]
    rest = said(asking(staff.coordinator, "get", f"areas?within={places.east.code}&after={first['next']}"))
    assert ([it["name"] for it in rest["items"]], rest["next"]) == (["测试east_2"], None)
    assert problem(asking(staff.coordinator, "get", "areas?within=x"), 422)["errors"].keys() == {"within"}


def test_figure_is_the_reports(asking, staff, places, lamp):
    factories.request(places.east_1, lamp)
    keys_ = [it["key"] for it in said(asking(staff.leader, "get", "figures"))["items"]]
    assert "requests.received" in keys_
    it = said(asking(staff.leader, "get", f"figures/requests.received?period=2023H1&area={places.town.code}"))
    assert (it["value"], it["records"], it["suppressed"], it["area"]) == (1, 1, False, places.town.code)
    assert (it["start"], it["end"]) == ("2023-01-01", "2023-06-30")
    for path, name in (("x?period=2023H1", "key"), ("requests.received", "period")):
        status = 404 if name == "key" else 422
        problem(asking(staff.leader, "get", f"figures/{path}"), status)
    wrong = problem(asking(staff.leader, "get", "figures/requests.received?period=x"), 422)
    assert wrong["errors"].keys() == {"period"}
    problem(asking(staff.leader, "get", "figures/requests.received?period=2023H1&area=990009999"), 422)


def test_small_count_of_persons_is_for_those_whose_figure_it_is(asking, staff, places):
    factories.paid(places.east_1, factories.programme(places.town), on=factories.DAY)
    path = "figures/aid.payments?period=2023H1"
    assert said(asking(staff.aid_officer, "get", path))["value"] == 1
    hidden = said(asking(staff.nobody, "get", path))
    assert (hidden["value"], hidden["records"], hidden["suppressed"]) == (None, None, True)


# One shape, over every endpoint ---------------------------------------------------------------------------

SCHEMA = api.get_openapi_schema(path_prefix="")
OPERATIONS = [(method, path) for path, each in SCHEMA["paths"].items() for method in each]


def filled_in(path: str) -> str:
    beside = {"photo": "nothing", "recording": "nothing", "part": "nothing", "call": "nothing"}
    return path.lstrip("/").format(code="R-OPEN", step="accept", key="nothing", number="1", **beside)


def test_document_is_openapi_3_1_with_the_shape_of_errors(client):
    document = json.loads(client.get("/api/v1/openapi.json").content)
    assert document["openapi"] == "3.1.0"
    for each in document["paths"].values():
        for operation in each.values():
            content = operation["responses"]["default"]["content"]
            assert content == {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            }
            assert operation["security"] == [{"Token": []}]
    assert document["components"]["securitySchemes"]["Token"] == {"type": "http", "scheme": "bearer"}
    assert len(OPERATIONS) == 31
    filing = document["paths"]["/api/v1/requests"]["post"]["requestBody"]["content"]["application/json"]
    assert {"words", "area", "category", "answers"} <= filing["schema"]["properties"].keys()


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_endpoint_answers_faults_in_one_shape(asking, staff, places, method, path, client):
    at = filled_in(path)
    body = {"seen": 1} if method == "post" else None
    problem(asking(None, method, at, body), 401)
    problem(asking("x", method, at, body), 401)
    wrong = asking(staff.coordinator, "delete", at)
    problem(wrong, 405)
    assert wrong.headers["Allow"]
    if "{" in path:
        problem(asking(staff.coordinator, method, f"{at}?period=2023", body), 404)
    problem(asking(staff.coordinator, method, f"{at}/no/such/thing", body), 404)
    token = factories.token(staff.coordinator)
    headers = {"authorization": f"Bearer {token}"}
    if method == "post" and "contact" not in path:
        broken = client.post(f"/api/v1/{at}", "{", content_type="application/json", headers=headers)
        problem(broken, 400)


@pytest.mark.parametrize("path", ["", "v1/", "v2/requests", "nothing", "v1/requests/a/b/c"])
@pytest.mark.parametrize("method", ["get", "post", "delete", "options"])
def test_unknown_address_is_a_problem(client, places, method, path):
    problem(getattr(client, method)(f"/api/{path}"), 404)


def test_what_breaks_is_a_problem_without_a_word_of_why(asking, staff, monkeypatch, caplog, client):
    from shiliu.requests.api import endpoints

    def broken(*args) -> None:
        raise RuntimeError("secret")

    token = factories.token(staff.coordinator)
    monkeypatch.setattr(endpoints.shapes, "category", broken)
    factories.category()
    client.raise_request_exception = False
    response = asking(token, "get", "categories")
    assert "secret" not in problem(response, 500)["detail"]
    assert "secret" in caplog.text


def test_neither_cookie_nor_form_token(staff, places, lamp):
    from django.test import Client as Browser

    strict = Browser(enforce_csrf_checks=True)
    headers = {"authorization": f"Bearer {factories.token(staff.coordinator)}"}
    body = {"words": "灯", "area": places.east_1.code, "category": "lamp"}
    response = strict.post("/api/v1/requests", body, content_type="application/json", headers=headers)
    assert (response.status_code, response.cookies) == (201, {})
