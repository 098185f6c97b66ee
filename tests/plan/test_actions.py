"""Decisions become tasks, tasks become done with their evidence."""

from datetime import date

import pytest

from shiliu.core import audit
from shiliu.core.access import NotPermitted
from shiliu.core.door import Refused, StaleState
from shiliu.core.models import AuditEntry
from shiliu.plan import actions
from shiliu.plan.models import Decision, Evidence, Task
from tests import factories
from tests.factories import DAY

State = Task.State


@pytest.fixture
def meeting(places):
    return factories.meeting(places.town)


@pytest.fixture
def task(places, meeting) -> Task:
    return factories.task(factories.decision(meeting), factories.post("coordinator", places.town))


def told(obj) -> list[str]:
    return [audit.sentence(entry) for entry in audit.entries_of(obj)]


def test_decision_becomes_a_task(places, staff, meeting):
    owner = factories.post("coordinator", places.town)
    decision = actions.decide(meeting, text="六月底前修好路灯", by=staff.leader)
    task = actions.make_task(decision, title="修路灯", owner=owner, due_on=date(2023, 6, 30), by=staff.leader)

    assert Decision.objects.get().decided_on == meeting.held_on
    stored = Task.objects.get()
    assert (stored.state, stored.owner, stored.area_id) == (State.OPEN, owner, meeting.area_id)
    assert told(decision) == ["leader某 recorded it"]
    assert told(task) == ["leader某 made it a task, due on 2023-06-30"]


def test_decision_without_words_is_refused(staff, meeting):
    with pytest.raises(Refused, match="what was decided"):
        actions.decide(meeting, text=" ", by=staff.leader)


def test_complete_with_its_evidence(places, staff, task):
    factories.tenure(staff.leader, "works_manager", places.town)
    project = factories.project(places.east)
    actions.complete(task, on=DAY, by=staff.leader, seen=1, evidence=(("works.project", project.code),))

    assert (task.state, task.done_on) == (State.DONE, DAY)
    evidence = Evidence.objects.get()
    assert (evidence.task, evidence.kind, evidence.public_id) == (task, "works.project", project.code)
    assert told(task) == ["leader某 marked it as done on 2023-05-10"]
    assert told(evidence) == [f"leader某 added the evidence {project.code}"]


@pytest.mark.parametrize(
    "evidence", [("works.project", "NOSUCH"), ("no.kind", "P-1"), ("requests.request", "FAR")]
)
def test_evidence_that_one_cannot_see_takes_the_completion_back(places, staff, task, evidence):
    factories.request(places.far_1, factories.category(), code="FAR")
    with pytest.raises(Refused, match="is not a record that you can see"):
        actions.complete(task, on=DAY, by=staff.leader, seen=1, evidence=(evidence,))
    assert Task.objects.get().state == State.OPEN
    assert not Evidence.objects.exists()
    assert not AuditEntry.objects.exists()


def test_same_evidence_twice_is_refused_with_a_sentence(places, staff, task):
    pair = ("works.project", factories.project(places.east).code)
    with pytest.raises(Refused, match="such a record already"):
        actions.complete(task, on=DAY, by=staff.leader, seen=1, evidence=(pair, pair))
    assert Task.objects.get().state == State.OPEN


def test_drop_and_resume(staff, task):
    actions.drop(task, by=staff.leader, seen=1, note="已由市里统一安排")
    assert task.state == State.DROPPED
    actions.resume(task, by=staff.leader, seen=2, note="市里不做了")
    assert (task.state, task.done_on) == (State.OPEN, None)
    assert told(task) == ["leader某 dropped it", "leader某 took it up again"]


def test_resume_takes_back_the_day_on_which_it_was_done(staff, task):
    actions.complete(task, on=DAY, by=staff.leader, seen=1)
    actions.resume(task, by=staff.leader, seen=2, note="没有修好")
    assert Task.objects.get().done_on is None


@pytest.mark.parametrize("note", ["", " "])
def test_drop_needs_words(staff, task, note):
    with pytest.raises(Refused, match="a few words"):
        actions.drop(task, by=staff.leader, seen=1, note=note)


def test_stale_completion_is_told(staff, task):
    with pytest.raises(StaleState):
        actions.complete(task, on=DAY, by=staff.leader, seen=7)


@pytest.mark.parametrize("who", ["coordinator", "administrator", "nobody"])
def test_only_the_leader_decides_and_completes(staff, meeting, task, who):
    by = getattr(staff, who)
    with pytest.raises(NotPermitted):
        actions.decide(meeting, text="修路灯", by=by)
    with pytest.raises(NotPermitted):
        actions.complete(task, on=DAY, by=by, seen=1)
