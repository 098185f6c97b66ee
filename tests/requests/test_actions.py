"""A request from its asking to its verified end: outcome, state and audit of each step."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from shiliu.core import audit, search, worktime
from shiliu.core.access import NotPermitted, Resident
from shiliu.core.door import Refused
from shiliu.core.models import AuditEntry
from shiliu.core.personal import phone_digest
from shiliu.requests import actions
from shiliu.requests.actions import whole_hours
from shiliu.requests.models import Request, State
from shiliu.requests.steps.forms import AssignForm
from tests import factories
from tests.factories import moment


@pytest.fixture
def request_(places) -> Request:
    return factories.request(places.east_1, factories.category())


@pytest.fixture
def team(places):
    return factories.team(places.east, factories.strand())


def told(obj) -> list[str]:
    return [audit.sentence(entry) for entry in audit.entries_of(obj)]


def test_ask_stores_the_words_and_the_deadline(places):
    category = factories.category(due_amount=2, due_unit="clock_hour")
    request = actions.ask(
        by=Resident(),
        category=category,
        area=places.east_1,
        words="  楼道漏水 ",
        contact_phone="139-0000-0001",
    )

    stored = Request.objects.get(pk=request.pk)
    assert (stored.state, stored.words, stored.source) == (State.RECEIVED, "楼道漏水", "web")
    assert stored.due_at - stored.received_at == timedelta(hours=2)
    assert stored.contact_phone_digest == phone_digest("13900000001")
    assert (stored.contacted_at, stored.hours_to_contact, stored.closed_at) == (None, None, None)
    assert told(request) == ["The resident asked for this"]


def test_deadline_is_the_categorys_in_working_time(places):
    category = factories.category(due_amount=3, due_unit="work_day")
    request = actions.ask(by=Resident(), category=category, area=places.east_1, words="路灯")

    year = request.received_at.year
    calendar = worktime.Calendar.load(year, year + 1)
    expected = worktime.deadline(request.received_at, 3, worktime.Unit.WORK_DAY, calendar)
    assert request.due_at == expected.at


@pytest.mark.parametrize("words", ["", " \n"])
def test_ask_without_words_is_refused(places, words):
    with pytest.raises(Refused, match="Please write what it is about"):
        actions.ask(by=Resident(), category=factories.category(), area=places.east_1, words=words)
    assert not Request.objects.exists()


def test_words_are_found_at_once(places):
    request = actions.ask(
        by=Resident(), category=factories.category(), area=places.east_1, words="地下室漏水"
    )

    assert not DBTaskResult.objects.exists()
    found = search.matching("requests.request", "漏水").values_list("public_id", flat=True)
    assert list(found) == [request.code]


def test_accept_is_the_first_contact(staff, request_):
    received = timezone.now() - timedelta(hours=5, minutes=59)
    Request.objects.filter(pk=request_.pk).update(received_at=received)
    request_.refresh_from_db()

    actions.accept(request_, by=staff.coordinator, seen=1)

    assert (request_.state, request_.hours_to_contact) == (State.ACCEPTED, 5)
    assert timezone.now() - request_.contacted_at < timedelta(minutes=1)
    assert told(request_) == ["coordinator某 accepted it"]


def test_accept_keeps_an_earlier_contact(places, staff):
    contacted = moment(hour=11)
    request = factories.request(
        places.east_1, factories.category(), contacted_at=contacted, hours_to_contact=1
    )
    actions.accept(request, by=staff.coordinator, seen=1)
    assert (request.contacted_at, request.hours_to_contact) == (contacted, 1)


def test_refuse_needs_words_and_ends_it(staff, request_):
    with pytest.raises(Refused, match="a few words"):
        actions.refuse(request_, by=staff.coordinator, seen=1, note=" ")
    actions.refuse(request_, by=staff.coordinator, seen=1, note="请拨打 120")

    assert request_.state == State.REFUSED
    assert request_.closed_at is not None
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.note) == ("requests.refuse", "请拨打 120")


def test_way_to_the_verified_end(staff, request_, team):
    actions.accept(request_, by=staff.coordinator, seen=1)
    actions.assign(request_, to=team, by=staff.coordinator, seen=2)
    actions.report(request_, by=staff.worker, seen=3, note="换了灯泡")
    actions.close(request_, by=staff.coordinator, seen=4, solved=True)

    stored = Request.objects.get(pk=request_.pk)
    assert (stored.state, stored.solved, stored.team, stored.version) == (State.CLOSED, True, team, 5)
    assert stored.closed_at is not None
    assert told(stored) == [
        "coordinator某 accepted it",
        "coordinator某 assigned it to 测试暖心队",
        "worker某 reported it done",
        "coordinator某 verified and closed it",
    ]


def test_assign_again_gives_it_to_another_team(places, staff, request_, team):
    other = factories.team(places.town, team.strand)
    actions.accept(request_, by=staff.coordinator, seen=1)
    actions.assign(request_, to=team, by=staff.coordinator, seen=2)
    actions.assign(request_, to=other, by=staff.coordinator, seen=3)
    assert (request_.team, request_.state) == (other, State.ASSIGNED)


def test_team_of_another_town_is_refused(places, staff, request_):
    actions.accept(request_, by=staff.coordinator, seen=1)
    far = factories.team(places.far, factories.strand())
    with pytest.raises(Refused, match="serves another town"):
        actions.assign(request_, to=far, by=staff.coordinator, seen=2)
    assert Request.objects.get().state == State.ACCEPTED


def test_team_of_what_the_area_became_serves_it(places, staff, request_):
    factories.succession(places.east_1, places.far)
    actions.accept(request_, by=staff.coordinator, seen=1)
    team = factories.team(places.far, factories.strand(), code="T-FAR")
    assert "team:T-FAR" in AssignForm(subject=request_).fields["to"].found
    actions.assign(request_, to=team, by=staff.coordinator, seen=2)
    assert Request.objects.get().team == team


def test_right_comes_before_the_team(places, staff, request_):
    far = factories.team(places.far, factories.strand())
    with pytest.raises(NotPermitted):
        actions.assign(request_, to=far, by=staff.worker, seen=1)


@pytest.mark.parametrize(("led", "state"), [(True, State.ASSIGNED), (False, State.ACCEPTED)])
def test_reopen_takes_back_the_end_and_goes_to_its_lead_if_it_has_one(places, staff, team, led, state):
    request = factories.closed_request(
        places.east_1,
        factories.category(),
        closed_at=moment(hour=12),
        solved=False,
        team=team if led else None,
    )
    actions.reopen(request, by=staff.coordinator, seen=1, note="又坏了")
    assert (request.state, request.closed_at, request.solved) == (state, None, None)
    assert request.team == (team if led else None)


@pytest.mark.parametrize(
    ("who", "may"),
    [
        *((who, True) for who in ("coordinator", "town_coordinator")),
        *((who, False) for who in ("worker", "leader", "administrator", "far_coordinator", "nobody")),
    ],
)
def test_who_may_accept(staff, request_, who, may):
    if may:
        actions.accept(request_, by=getattr(staff, who), seen=1)
    else:
        with pytest.raises(NotPermitted):
            actions.accept(request_, by=getattr(staff, who), seen=1)
    assert (Request.objects.get().state == State.ACCEPTED) == may


def test_showing_the_contact_is_a_step_that_leaves_an_entry(staff, request_):
    assert actions.show_contact(request_, by=staff.coordinator) == ("甲某某", "13900000001", "")
    assert told(request_) == ["coordinator某 looked at how to reach the person"]
    assert Request.objects.get().version == 1


def test_contact_is_not_shown_without_the_right(staff, request_):
    with pytest.raises(NotPermitted):
        actions.show_contact(request_, by=staff.leader)
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(("minutes", "hours"), [(0, 0), (59, 0), (60, 1), (119, 1), (24 * 60, 24)])
def test_whole_hours_are_full_hours(minutes, hours):
    assert whole_hours(moment(), moment() + timedelta(minutes=minutes)) == hours


@pytest.mark.parametrize(
    "values",
    [
        {"state": State.CLOSED},
        {"state": State.REFUSED},
        {"closed_at": moment()},
        {"state": State.ASSIGNED},
        {"state": State.DONE},
    ],
)
def test_database_refuses_a_state_without_what_belongs_to_it(places, values):
    category = factories.category()
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.request(places.east_1, category, **values)
