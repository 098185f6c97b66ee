"""Work orders of a hotline as actions: in once, changed by what is new, answered once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from shiliu.core import access
from shiliu.core.access import NotPermitted, Resident
from shiliu.core.door import Refused
from shiliu.core.models import AuditEntry
from shiliu.requests import actions
from shiliu.requests.actions.asking import Order
from shiliu.requests.actions.orders import Coming, Outcome
from shiliu.requests.models import Message, Request, State
from tests import factories
from tests.factories import Places, Staff


@pytest.fixture
def town(staff: Staff) -> Any:
    return staff.town_coordinator


@pytest.fixture
def due() -> datetime:
    return timezone.now() + timedelta(days=3)


@pytest.fixture
def coming(places: Places, lamp: Any, due: datetime) -> Any:
    """coming(words=…): an order of the hotline about East's first grid."""

    def make(due_at: datetime | None = due, number: str = "2024-1", **values: Any) -> Coming:
        given = {"area": places.east_1, "category": lamp, "words": "路灯不亮"} | values
        return Coming(Order("12345", number, due_at), **given)

    return make


def verbs(it: Request) -> list[str]:
    return list(AuditEntry.objects.filter(public_id=it.code).order_by("id").values_list("verb", flat=True))


def test_order_becomes_a_request(coming, town, due):
    taken = actions.take_in(
        coming(contact_name="甲某某", contact_phone="13900000001", address="三号楼", remark="来电：昨天"),
        by=town,
    )

    it = Request.objects.get()
    assert (taken.request, taken.outcome) == (it, Outcome.NEW)
    assert (it.source, it.order_source, it.order_number) == ("hotline", "12345", "2024-1")
    assert (it.due_at, it.due_is_given, it.address) == (due, True, "三号楼")
    assert (it.contact_name, it.contact_phone) == ("甲某某", "13900000001")
    assert verbs(it) == ["requests.ask"]
    note = Message.objects.get()
    assert (note.kind, note.words, note.by) == ("note", "来电：昨天", town)


def test_order_without_a_deadline_gets_the_categorys(coming, town):
    it = actions.take_in(coming(due_at=None), by=town).request

    assert it.due_at > it.received_at
    assert not it.due_is_given


def test_same_order_again_changes_nothing(coming, town):
    first = actions.take_in(coming(), by=town).request
    again = actions.take_in(coming(), by=town)

    assert (again.request, again.outcome, again.request.version) == (first, Outcome.KNOWN, 1)
    assert verbs(first) == ["requests.ask"]
    assert not Message.objects.exists()


def test_same_number_of_another_source_is_another_order(coming, town, places, lamp):
    actions.take_in(coming(), by=town)
    other = Coming(Order("county", "2024-1"), places.east_1, lamp, "井盖坏了")

    assert actions.take_in(other, by=town).outcome == Outcome.NEW
    assert Request.objects.count() == 2


def test_later_deadline_is_a_change_on_record(coming, town, due):
    it = actions.take_in(coming(), by=town).request
    later = due + timedelta(days=2)
    taken = actions.take_in(coming(due_at=later), by=town)

    it.refresh_from_db()
    assert (taken.outcome, it.due_at, it.version) == (Outcome.CHANGED, later, 2)
    assert verbs(it) == ["requests.ask", "requests.order_changed"]
    assert AuditEntry.objects.last().data["due_at"] == str(later)
    assert it.alarm_at <= later
    assert actions.take_in(coming(due_at=later), by=town).outcome == Outcome.KNOWN


def test_deadline_in_a_far_year_is_refused(coming, town, due):
    actions.take_in(coming(), by=town)
    for number in ("2024-1", "2024-2"):
        with pytest.raises(Refused, match="too far ahead"):
            actions.take_in(coming(due_at=due.replace(year=2099), number=number), by=town)
    assert Request.objects.get().due_at == due


def test_own_extension_is_not_taken_back_by_the_same_order(coming, town, due):
    it = actions.take_in(coming(), by=town).request
    later = due + timedelta(days=30)
    actions.extend(it, until=later, by=town, seen=it.version, note="等配件")

    assert actions.take_in(coming(), by=town).outcome == Outcome.KNOWN
    it.refresh_from_db()
    assert it.due_at == later


def test_deadline_can_come_after_the_order(coming, town, due):
    it = actions.take_in(coming(due_at=None), by=town).request
    actions.take_in(coming(due_at=due), by=town)

    it.refresh_from_db()
    assert (it.due_at, it.due_is_given) == (due, True)


def test_more_words_are_added_and_nothing_is_overwritten(coming, town):
    it = actions.take_in(coming(), by=town).request
    for words, outcome in (
        ("路灯不亮\n补充：连三天了", Outcome.CHANGED),
        ("路灯不亮\n补充：连三天了", Outcome.KNOWN),
        ("补充：连三天了", Outcome.KNOWN),
        ("路灯不亮\n补充：连三天了\n又催", Outcome.CHANGED),
        ("路灯不亮", Outcome.KNOWN),
    ):
        assert actions.take_in(coming(words=words), by=town).outcome == outcome

    it.refresh_from_db()
    assert it.words == "路灯不亮"
    assert [(each.kind, each.words) for each in it.messages.all()] == [
        ("from_resident", "补充：连三天了"),
        ("from_resident", "又催"),
    ]
    assert it.wrote_at is not None
    assert verbs(it) == ["requests.ask", "requests.order_changed", "requests.order_changed"]


def test_words_for_what_has_ended_are_kept_too(coming, town):
    it = actions.take_in(coming(), by=town).request
    actions.refuse(it, by=town, seen=it.version, note="请找供电公司")

    assert actions.take_in(coming(words="还是不亮"), by=town).outcome == Outcome.CHANGED
    it.refresh_from_db()
    assert it.state == State.REFUSED
    assert it.messages.get().words == "还是不亮"


def test_given_deadline_survives_another_category(coming, town, due):
    it = actions.take_in(coming(), by=town).request
    actions.classify(it, to=factories.category(name="井盖", due_amount=1), by=town, seen=it.version)

    it.refresh_from_db()
    assert (it.due_at, it.category.name) == (due, "井盖")


def test_right_is_held_where_the_order_lies(coming, staff):
    for who in (staff.far_coordinator, staff.nobody, staff.editor, Resident()):
        with pytest.raises(NotPermitted):
            actions.take_in(coming(), by=who)
    assert not Request.objects.exists()
    actions.take_in(coming(), by=staff.coordinator)
    for words in ("路灯不亮", "别的话"):  # and for what is known already
        with pytest.raises(NotPermitted):
            actions.take_in(coming(words=words), by=staff.far_coordinator)
    assert not Message.objects.exists()


@pytest.mark.parametrize("words", ["", " \n "])
def test_order_without_words_is_refused(coming, town, words):
    with pytest.raises(Refused, match="what it is about"):
        actions.take_in(coming(words=words), by=town)


def test_colleague_in_between_takes_nothing_away(coming, town, due, monkeypatch):
    """Somebody accepts it between the look and the change: the change is made on what is there then."""
    it = actions.take_in(coming(), by=town).request
    look, looked = actions.orders.on_record, []

    def slow(orders):
        found = look(orders)
        if not looked:
            looked.append(1)
            actions.accept(Request.objects.get(), by=town, seen=1)
        return found

    monkeypatch.setattr(actions.orders, "on_record", slow)
    taken = actions.take_in(coming(due_at=due + timedelta(days=1)), by=town)

    it.refresh_from_db()
    assert (taken.outcome, it.state, it.version) == (Outcome.CHANGED, "accepted", 3)


# Handing back ---------------------------------------------------------------------------------------------


@pytest.fixture
def ended(coming, town):
    """ended(number): an order that was refused, with where to go."""

    def make(number: str) -> Request:
        it = actions.take_in(coming(number=number), by=town).request
        return actions.refuse(it, by=town, seen=it.version, note="请找供电公司")

    return make


def test_answers_are_handed_back_once(ended, town, places):
    rows = [ended("1"), ended("2")]
    again = list(Request.objects.order_by("pk"))
    handed = actions.hand_back(rows, where=places.town, by=town)

    assert handed == rows
    kept = Request.objects.order_by("pk")
    assert len({it.order_answered_at for it in kept}) == 1
    assert [verbs(it)[-1] for it in kept] == ["requests.order_answered"] * 2
    entry = AuditEntry.objects.get(verb="requests.hand_back")
    assert (entry.public_id, entry.area, entry.data) == (places.town.code, places.town.code, {"n": 2})
    assert actions.hand_back(again, where=places.town, by=town) == []  # as a colleague saw them before
    assert AuditEntry.objects.filter(verb="requests.hand_back").count() == 1
    with pytest.raises(Refused, match="handed back already"):
        actions.hand_back(kept, where=places.town, by=town)


def test_reopened_and_closed_again_is_to_be_answered_again(ended, town, places):
    it = ended("1")
    actions.hand_back([it], where=places.town, by=town)
    assert not actions.orders.answer_is_due(it)
    it.closed_at = it.order_answered_at + timedelta(hours=1)
    assert actions.orders.answer_is_due(it)


def test_only_what_came_as_an_order_and_has_ended_is_answered(asked, coming, town, places):
    still_open = actions.take_in(coming(), by=town).request
    for it in (asked, still_open):
        with pytest.raises(Refused):
            actions.hand_back([it], where=places.town, by=town)
    assert not Request.objects.exclude(order_answered_at=None).exists()


def test_handing_back_takes_the_right_to_close(ended, staff, places):
    it = ended("1")
    for who in (staff.worker, staff.far_coordinator, staff.leader):
        access.forget(who)
        with pytest.raises(NotPermitted):
            actions.hand_back([it], where=places.town, by=who)


def test_known_orders_are_found_by_their_number_alone(on_postgres, places, lamp):
    if on_postgres:  # a table of few rows is read as a whole
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "request_order" in actions.orders.with_number(["1", "2"]).explain()
