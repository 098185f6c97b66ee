"""The steps as forms: who is offered what, what each form refuses, and that it runs the action."""

from datetime import timedelta

import pytest
from django.utils import timezone

from shiliu.core import access, receipts
from shiliu.core.access import NotPermitted
from shiliu.core.door import Refused
from shiliu.requests import steps, story
from shiliu.requests.models import Kind, Request, State
from shiliu.requests.states import LIFECYCLE
from tests import factories
from tests.requests.test_every_step import BY_RECEIPT, WHO


def test_every_step_of_staff_is_offered_with_the_action_of_its_name():
    assert steps.WAYS.keys() == LIFECYCLE._by_verb.keys() - set(BY_RECEIPT) - {"requests.call"}
    for verb, way in steps.WAYS.items():
        assert way.act.__name__.rstrip("_") == verb.removeprefix("requests.")


@pytest.mark.parametrize("state", State)
def test_offered_is_what_the_table_and_the_rights_allow(cast, state):
    it = with_milestone(cast.request(state))
    for name, user in cast.everybody().items():
        wanted = {verb for verb in LIFECYCLE.verbs_from(state) if name in WHO[verb] and verb in steps.WAYS}
        if name == "chief" and not it.team:
            wanted = set()
        assert {offer.verb for offer in steps.offered(user, it)} == wanted, name


def test_milestone_is_offered_only_where_one_is_still_to_be_reached(cast):
    it = cast.request(State.IN_PROGRESS)
    offers = {offer.verb for offer in steps.offered(cast.chief, it)}
    assert "requests.reach" not in offers
    assert "requests.report" in offers


def test_may_is_asked_by_verb_whatever_the_state(cast):
    it = cast.request(State.CLOSED)
    assert {verb for verb in steps.WAYS if steps.may(cast.chief, verb, it)} == {
        verb for verb in steps.WAYS if "chief" in WHO[verb]
    }
    assert not any(steps.may(cast.staff.leader, verb, it) for verb in steps.WAYS)


def test_offers_stand_in_one_order_and_are_named_for_an_address(cast):
    it = cast.request(State.ASSIGNED)
    assert [offer.name for offer in steps.offered(cast.chief, it)] == ["take", "report", "return"]
    first = steps.offered(cast.staff.coordinator, it)[0]
    assert (first.name, str(first.label), first.form.initial["seen"]) == ("take", "Begin", 1)


def form(cast, verb: str, it: Request, **data: object) -> steps.StepForm:
    sent = {"seen": it.version} | data
    return steps.form_for(f"requests.{verb}", it, cast.staff.coordinator, sent, {})


DAY_AHEAD = str(timezone.localdate() + timedelta(days=40))
GOOD = {
    "accept": (State.RECEIVED, {}, State.ACCEPTED),
    "take": (State.ASSIGNED, {}, State.IN_PROGRESS),
    "resume": (State.ON_HOLD, {}, State.IN_PROGRESS),
    "take_up": (State.DEFERRED, {}, State.ACCEPTED),
    "assign": (State.ACCEPTED, {"to": "team:T-own"}, State.ASSIGNED),
    "report": (State.IN_PROGRESS, {"note": "换了灯泡"}, State.DONE),
    "close": (State.DONE, {"solved": "true"}, State.CLOSED),
    "verify": (State.DONE, {}, State.VERIFIED),
    "classify": (State.ACCEPTED, {"to": "water"}, State.ACCEPTED),
    "extend": (State.ACCEPTED, {"until": DAY_AHEAD, "note": "等配件"}, State.ACCEPTED),
    "hold": (State.ASSIGNED, {"until": DAY_AHEAD, "note": "等配件"}, State.ON_HOLD),
    "merge": (State.ACCEPTED, {"into": "filled in below"}, State.MERGED),
    "move": (State.ACCEPTED, {"to": "filled in below", "address": "三号楼"}, State.ACCEPTED),
    "set_urgency": (State.ACCEPTED, {"urgent": "true"}, State.ACCEPTED),
    "reach": (State.IN_PROGRESS, {"milestone": "通水", "note": "已通水"}, State.IN_PROGRESS),
    "join": (State.ASSIGNED, {"doer": "unit:U-water", "words": "带上梯子"}, State.ASSIGNED),
    "return": (State.ASSIGNED, {"note": "不是我们"}, State.ACCEPTED),
    "defer": (State.ACCEPTED, {"note": "没有经费"}, State.DEFERRED),
    "refuse": (State.RECEIVED, {"note": "请拨打 120"}, State.REFUSED),
    "transfer": (State.RECEIVED, {"note": "属信访事项"}, State.TRANSFERRED),
    "reopen": (State.CLOSED, {"note": "又坏了"}, State.ASSIGNED),
}


def with_milestone(it: Request) -> Request:
    it.milestones.create(kind=Kind.PARTIAL, name="通水", due_at=timezone.now())
    return it


@pytest.mark.parametrize("name", GOOD)
def test_run_takes_the_step(cast, name):
    state, data, after = GOOD[name]
    factories.category(code="water", name="水管")
    factories.unit(cast.at.town, code="U-water")
    if name == "merge":
        data = {"into": receipts.shown(cast.request(State.RECEIVED).code).lower()}
    if name == "move":
        data = data | {"to": cast.at.east_2.code}
    it = with_milestone(cast.request(state))
    bound = form(cast, name, it, **data)
    assert bound.is_valid(), bound.errors
    steps.run(f"requests.{name}", it, bound, by=cast.staff.coordinator)
    stored = Request.objects.get(pk=it.pk)
    assert (stored.state, stored.version) == (after, 2)


@pytest.mark.parametrize("name", [name for name, (_state, data, _after) in GOOD.items() if "note" in data])
def test_required_words_say_who_reads_them_and_that_is_true(cast, name):
    state, data, _after = GOOD[name]
    it = with_milestone(cast.request(state))
    bound = form(cast, name, it, **data)
    assert bound.is_valid(), bound.errors
    steps.run(f"requests.{name}", it, bound, by=cast.staff.coordinator)
    told = data["note"] in [entry.note for entry in story.told(it)]
    assert bound.fields["note"].help_text == ("The resident reads this." if told else "Only among staff.")


@pytest.mark.parametrize("name", ["assign", "verify", "close"])
def test_words_that_may_be_added_are_among_staff(cast, name):
    state, data, _after = GOOD[name]
    it = cast.request(state)
    bound = form(cast, name, it, **data, note="先断电")
    assert bound.is_valid(), bound.errors
    steps.run(f"requests.{name}", it, bound, by=cast.staff.coordinator)
    assert not any(entry.note for entry in story.told(it))
    assert bound.fields["note"].help_text == "Only among staff."


def test_there_is_good_input_for_every_step():
    assert {f"requests.{name}" for name in GOOD} == steps.WAYS.keys()


BAD = [
    ("assign", {"to": ""}, "to", "Please fill this in"),
    ("assign", {"to": "team:T-nowhere"}, "to", "That one does not serve this place"),
    ("assign", {"to": "team:T-far"}, "to", "That one does not serve this place"),
    ("assign", {"to": "team:T-ended"}, "to", "That one does not serve this place"),
    ("classify", {"to": "nothing"}, "to", "Select a valid choice"),
    ("classify", {"to": "old"}, "to", "Select a valid choice"),
    ("defer", {"note": " "}, "note", "Please fill this in"),
    ("defer", {"note": "长" * 1001}, "note", "at most 1000 characters"),
    ("hold", {"note": "等", "until": "soon"}, "until", "Enter a valid date"),
    ("extend", {"note": "等", "until": ""}, "until", "Please fill this in"),
    ("merge", {"into": ""}, "into", "Please fill this in"),
    ("accept", {"seen": ""}, "seen", "Please fill this in"),
    ("accept", {"seen": "0"}, "seen", "greater than or equal to 1"),
]


@pytest.mark.parametrize(("name", "data", "field", "said"), BAD)
def test_form_refuses_with_a_sentence(cast, name, data, field, said):
    factories.team(cast.at.far, cast.team.strand, code="T-far")
    ended = timezone.localdate() - timedelta(days=1)
    factories.team(cast.at.east, cast.team.strand, code="T-ended", valid_to=ended)
    factories.category(code="old", is_offered=False)
    bound = form(cast, name, cast.request(State.ACCEPTED), **data)
    assert not bound.is_valid()
    assert said in str(bound.errors[field])


def test_merge_code_with_a_typo_or_of_what_one_may_not_see_is_refused(cast):
    it, unseen = cast.request(State.ACCEPTED), factories.request(cast.at.far_1, cast.lamp)
    code = it.code
    typo = code[:-1] + next(c for c in "23456789" if c != code[-1])
    for typed in (typo, "12", unseen.code):
        bound = form(cast, "merge", it, into=typed)
        assert not bound.is_valid()
        assert list(bound.errors) == ["into"]
    assert "There is no such request that you may see" in str(bound.errors["into"])


def test_merge_into_what_one_only_sees_is_refused_in_the_form(cast):
    it, seen_only = cast.request(State.ACCEPTED), factories.request(cast.at.west_1, cast.lamp)
    factories.tenure(cast.staff.coordinator, "leader", cast.at.west)
    assert Request.objects.visible_to(cast.staff.coordinator).filter(pk=seen_only.pk).exists()
    bound = form(cast, "merge", it, into=seen_only.code)
    assert not bound.is_valid()
    assert "That one lies where you may not merge" in str(bound.errors["into"])


@pytest.mark.parametrize("name", ["hold", "extend"])
def test_day_in_the_past_is_refused_by_the_action(cast, name):
    it = cast.request(State.ASSIGNED)
    bound = form(cast, name, it, until="2001-02-03", note="等")
    assert bound.is_valid()
    with pytest.raises(Refused, match=r"Choose a (day|later time)"):
        steps.run(f"requests.{name}", it, bound, by=cast.staff.coordinator)


def test_extended_until_the_end_of_the_day(cast):
    bound = form(cast, "extend", cast.request(State.ASSIGNED), until="2031-05-06", note="等")
    assert bound.is_valid()
    assert bound.values()["until"].isoformat() == "2031-05-06T23:59:59+08:00"


@pytest.mark.parametrize(("typed", "said"), [("", None), ("true", True), ("false", False)])
def test_close_form_knows_yes_no_and_nobody_reached(cast, typed, said):
    bound = form(cast, "close", cast.request(State.DONE), solved=typed)
    assert bound.is_valid()
    assert bound.values()["solved"] is said


def test_assign_offers_the_nearest_first_and_keeps_the_present_lead(cast):
    grid_team = factories.team(cast.at.east_1, cast.team.strand, code="T-grid")
    factories.unit(cast.at.town, code="U-water")
    assign = form(cast, "assign", cast.request(State.ASSIGNED))
    offered = [key for _group, options in assign.fields["to"].choices[1:] for key, _name in options]
    answering = ["post:P-worker", "post:P-coordinator"]
    assert offered == [*answering, f"team:{grid_team.code}", "team:T-own", "unit:U-water"]
    assert assign.initial["to"] == "team:T-own"


def test_run_without_the_right_raises_and_writes_nothing(cast):
    it = cast.request(State.ASSIGNED)
    bound = form(cast, "assign", it, to="team:T-own")
    assert bound.is_valid()
    with pytest.raises(NotPermitted):
        steps.run("requests.assign", it, bound, by=cast.staff.worker)
    assert Request.objects.get().version == 1


@pytest.mark.parametrize("who", ["coordinator", "worker", "leader", "chief"])
def test_cost_of_offers_in_statements(cast, who, django_assert_num_queries):
    """Of the desk: succession, teams, units and posts to choose from, who joined, what of that is open.

    Of a team: who leads, asked once, and which parts are open. Of whoever serves: whether a milestone is
    still to be reached.
    """
    user, it = cast.everybody()[who], cast.request(State.ASSIGNED)
    access.scope_of(user, Request.view_right)
    with django_assert_num_queries({"coordinator": 7, "worker": 2, "leader": 1, "chief": 4}[who]):
        steps.offered(user, it)
