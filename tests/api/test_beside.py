"""What stands beside a request in the JSON API: messages, milestones, photos, parts, calls."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from shiliu.core.access import Resident
from shiliu.core.models import AuditEntry
from shiliu.requests import actions
from shiliu.requests.models import CallBack, Kind, Message, Milestone, Part, Request, State
from tests import factories
from tests.api.test_staff import problem, said


@pytest.fixture
def asked(places, lamp) -> Request:
    return actions.ask(
        by=Resident(), category=lamp, area=places.east_1, words="三号楼前的路灯不亮", contact_name="甲某某",
        contact_phone="13900000001",
    )  # fmt: skip


def wrote(asked: Request, words: str = "还是不亮") -> None:
    actions.add(asked, words=words, by=Resident())


# Messages -------------------------------------------------------------------------------------------------


def test_what_the_resident_wrote_is_read_and_answered(asking, staff, asked):
    wrote(asked)
    (row,) = said(asking(staff.coordinator, "get", "requests?show=wrote"))["items"]
    assert row["wrote_at"]
    story = said(asking(staff.coordinator, "get", f"requests/{asked.code}"))["story"]
    assert (story[-1]["verb"], story[-1]["note"]) == ("requests.add", "还是不亮")
    body = {"seen": 1, "words": "明天来修", "asks": True}
    path = f"requests/{asked.code}/letters"
    sent = said(asking(staff.coordinator, "post", path, body, idempotency_key="a"), 201)
    assert said(asking(staff.coordinator, "post", path, body, idempotency_key="a"), 201) == sent
    items = said(asking(staff.coordinator, "get", f"requests/{asked.code}/messages"))["items"]
    assert [(it["kind"], it["words"], it["asks"]) for it in items] == [
        ("from_resident", "还是不亮", False),
        ("to_resident", "明天来修", True),
    ]
    assert items[1]["by"]
    asked.refresh_from_db()
    assert (asked.wrote_at, asked.waits_for_resident) == (None, True)
    assert AuditEntry.objects.filter(verb="requests.inquire", actor=staff.coordinator).count() == 1
    other = body | {"words": "别的"}
    problem(asking(staff.coordinator, "post", path, other, idempotency_key="a"), 422)


def test_letter_leaves_words_that_came_after_it_was_written(asking, staff, asked):
    then = timezone.now().isoformat()
    wrote(asked)
    body = {"seen": 1, "words": "好的", "read": then}
    said(asking(staff.coordinator, "post", f"requests/{asked.code}/letters", body), 201)
    asked.refresh_from_db()
    assert asked.wrote_at


def test_words_are_read_and_need_no_answer(asking, staff, asked):
    wrote(asked)
    path = f"requests/{asked.code}/read"
    assert problem(asking(staff.coordinator, "post", path, {}), 422)["errors"].keys() == {"until"}
    body = {"until": timezone.now().isoformat()}
    assert said(asking(staff.coordinator, "post", path, body))["wrote_at"] is None
    problem(asking(staff.leader, "post", path, body), 403)


def test_note_is_among_staff(asking, staff, asked):
    path = f"requests/{asked.code}/notes"
    said(asking(staff.coordinator, "post", path, {"seen": 1, "words": "带梯子"}), 201)
    assert Message.objects.get().kind == Message.Kind.NOTE
    assert problem(asking(staff.coordinator, "post", path, {"words": ""}), 422)["errors"].keys() == {
        "seen",
        "words",
    }
    number = {"seen": 2, "words": "打 13900000001"}
    problem(asking(staff.coordinator, "post", path, number), 422)
    late = problem(asking(staff.coordinator, "post", path, {"seen": 1, "words": "晚了"}), 409)
    assert (late["version"], [it["note"] for it in late["since"]]) == (2, ["带梯子"])
    problem(asking(staff.leader, "post", path, {"seen": 2, "words": "x"}), 403)
    assert Message.objects.count() == 1


# Found by its numbers -------------------------------------------------------------------------------------


def test_code_and_number_of_a_work_order_are_found(asking, staff, places, lamp, asked):
    ordered = factories.request(places.east_1, lamp, order_source="12345", order_number="A-77")
    for typed, code in (("A-77", ordered.code), (asked.code, asked.code), (asked.code.lower(), asked.code)):
        (row,) = said(asking(staff.coordinator, "get", f"requests?q={typed}"))["items"]
        assert row["code"] == code
    assert said(asking(staff.far_coordinator, "get", "requests?q=A-77"))["items"] == []


def test_list_of_ones_own_is_empty_for_whoever_sees_others(asking, staff):
    assert said(asking(staff.coordinator, "get", "requests?show=mine"))["items"] == []
    problem(asking(staff.nobody, "get", "requests?show=mine"), 403)


# Milestones and files -------------------------------------------------------------------------------------


def test_milestones(asking, staff, asked):
    due = timezone.now() + timedelta(days=1)
    Milestone.objects.create(request=asked, kind=Kind.PARTIAL, name="停工", due_at=due)
    (it,) = said(asking(staff.coordinator, "get", f"requests/{asked.code}/milestones"))["items"]
    assert (it["name"], it["title"], it["met_at"]) == ("停工", "停工", None)


def test_photos_and_recordings_take_the_same_token(asking, staff, asked):
    factories.photo(asked)
    factories.recording(asked)
    for kind, media in (("photos", "image/jpeg"), ("recordings", "audio/ogg")):
        (it,) = said(asking(staff.coordinator, "get", f"requests/{asked.code}/{kind}"))["items"]
        path = it["url"].removeprefix("/api/v1/")
        found = asking(staff.coordinator, "get", path)
        assert (found.status_code, found.headers["Content-Type"]) == (200, media)
        if found.streaming:
            list(found)
        problem(asking(staff.far_coordinator, "get", path), 404)
        problem(asking(None, "get", path), 401)


# Parts ----------------------------------------------------------------------------------------------------


@pytest.fixture
def part(asked, staff, places) -> Part:
    team = factories.team(places.east_1, factories.strand(), code="T-1")
    Request.objects.filter(pk=asked.pk).update(state=State.IN_PROGRESS, team=team)
    return factories.asked_to_join(asked, factories.person("fitter"))


def test_part_is_reported_by_whoever_was_asked(asking, part, asked):
    fitter = part.unit.posts.get().tenures.get().user
    (it,) = said(asking(fitter, "get", "parts"))["items"]
    assert (it["code"], it["state"], it["request"], it["request_words"]) == (
        part.code, "asked", None, asked.words,
    )  # fmt: skip
    path = f"parts/{part.code}/steps/report"
    assert problem(asking(fitter, "post", path, {"seen": 1}), 422)["errors"].keys() == {"note"}
    done = said(asking(fitter, "post", path, {"seen": 1, "note": "清走了"}))
    assert (done["state"], done["story"][-1]["note"]) == ("reported", "清走了")
    assert said(asking(fitter, "post", path, {"seen": 1, "note": "清走了"})) == done
    assert problem(asking(fitter, "post", path, {"seen": 1, "note": "别的"}), 409)["version"] == 2
    assert said(asking(fitter, "get", "parts"))["items"] == []


def test_part_at_the_desk(asking, staff, part, asked):
    (it,) = said(asking(staff.coordinator, "get", f"requests/{asked.code}/parts"))["items"]
    assert (it["code"], it["request"]) == (part.code, asked.code)
    path = f"parts/{part.code}/steps"
    problem(asking(staff.leader, "post", f"{path}/drop", {"seen": 1, "note": "x"}), 403)
    problem(asking(staff.coordinator, "post", f"{path}/nothing", {"seen": 1, "note": "x"}), 404)
    dropped = said(asking(staff.coordinator, "post", f"{path}/drop", {"seen": 1, "note": "不用了"}))
    assert dropped["state"] == "withdrawn"


# Calls ----------------------------------------------------------------------------------------------------


def test_call_back(asking, staff, places, lamp):
    it = factories.closed_request(places.east_1, lamp, closed_at=timezone.now())
    call = factories.call_back(it, code="C-ASK")
    (row,) = said(asking(staff.coordinator, "get", "calls?reason=ask"))["items"]
    assert (row["code"], row["request"], row["tries"]) == ("C-ASK", it.code, 0)
    assert said(asking(staff.coordinator, "get", "calls?reason=tell"))["items"] == []
    assert problem(asking(staff.coordinator, "get", "calls?reason=x"), 422)["errors"].keys() == {"reason"}
    assert problem(asking(staff.coordinator, "get", "calls?after=x"), 422)["errors"].keys() == {"after"}
    body = {"seen": 1, "seen_request": it.version, "said": "told"}
    assert problem(asking(staff.coordinator, "post", "calls/C-ASK", body), 422)["errors"].keys() == {"said"}
    body["said"] = "solved-satisfied"
    done = said(asking(staff.coordinator, "post", "calls/C-ASK", body))
    assert (done["outcome"], said(asking(staff.coordinator, "post", "calls/C-ASK", body))) == (
        "reached",
        done,
    )
    it.refresh_from_db()
    assert (it.solved, it.satisfied) == (True, True)
    assert CallBack.objects.get(pk=call.pk).done_by == staff.coordinator
    problem(asking(staff.town_coordinator, "post", "calls/C-ASK", body), 409)
    problem(asking(staff.leader, "get", "calls"), 403)


# One literal number ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"),
    [("messages", 7), ("milestones", 7), ("photos", 7), ("recordings", 7), ("parts", 7)],
)
def test_reading_costs_the_same_however_many(
    asking, staff, places, asked, rows, path, queries, django_assert_num_queries, settings
):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    for n in range(rows):
        Message.objects.create(
            request=asked, kind=Message.Kind.NOTE, words="一", by=staff.coordinator, at=timezone.now()
        )
        Milestone.objects.create(request=asked, kind=Kind.PARTIAL, name=str(n), due_at=timezone.now())
        factories.photo(asked)
        factories.recording(asked)
        doer = factories.unit(places.town, name=f"测试单位{n}")
        Part.objects.create(request=asked, area_id=asked.area_id, unit=doer, words="一")
    asking(staff.coordinator, "get", f"requests/{asked.code}/{path}")
    with django_assert_num_queries(queries):
        answer = asking(staff.coordinator, "get", f"requests/{asked.code}/{path}")
    assert len(json.loads(answer.content)["items"]) == rows


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("path", "queries"), [("parts", 6), ("calls", 6)])
def test_lists_cost_the_same_however_long(
    asking, staff, places, lamp, rows, path, queries, django_assert_num_queries, settings
):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    chief = factories.person("chief")
    team = factories.led_team(places.east, chief)
    for _n in range(rows):
        it = factories.request(places.east_1, lamp)
        Part.objects.create(request=it, area_id=it.area_id, team=team, words="一")
        factories.call_back(it)
    user = chief if path == "parts" else staff.coordinator
    asking(user, "get", path)
    with django_assert_num_queries(queries):
        answer = asking(user, "get", path)
    assert len(json.loads(answer.content)["items"]) == rows
