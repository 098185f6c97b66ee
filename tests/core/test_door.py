"""One door per change: right, transaction, conditional update, audit, tasks; all or nothing."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult

from shiliu.core import audit, checks, door
from shiliu.core.access import NotPermitted, Resident, System
from shiliu.core.door import OtherContent, Refused, StaleState
from shiliu.core.models import AuditEntry, Submission
from shiliu.requests import actions
from shiliu.requests.actions.asking import ASK
from shiliu.requests.actions.handling import ACCEPT
from shiliu.requests.models import Request, RoutingRule, State
from shiliu.requests.states import LIFECYCLE
from shiliu.requests.tasks import route
from tests import factories

TEST = System("test")


@pytest.fixture
def request_(places) -> Request:
    return factories.request(places.east_1, factories.category())


def stored(request: Request) -> Request:
    return Request.objects.get(pk=request.pk)


def nothing_happened(request: Request) -> bool:
    now = stored(request)
    untouched = (now.version, now.state, now.contacted_at) == (1, State.RECEIVED, None)
    return untouched and not AuditEntry.objects.exists() and not DBTaskResult.objects.exists()


def test_change_writes_fields_version_audit_and_tasks(staff, request_):
    with door.change(request_, ACCEPT, by=staff.coordinator, seen=1, note="收到") as change:
        change.step(LIFECYCLE)
        change.set(words="换了灯泡")
        change.say(lamp=3)
        change.later(route, request_.code)

    for now in (request_, stored(request_)):
        assert (now.state, now.words, now.version) == (State.ACCEPTED, "换了灯泡", 2)
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor, entry.version, entry.note) == (ACCEPT, staff.coordinator, 2, "收到")
    assert entry.data == {"state": "accepted", "words": "换了灯泡", "lamp": 3}
    task = DBTaskResult.objects.get(task_path__endswith=".route")
    assert (task.task_path, task.args_kwargs["args"]) == (route.module_path, [request_.code])


def test_without_the_right_nothing_happens(staff, request_):
    reached = []
    with pytest.raises(NotPermitted):  # noqa: SIM117 (the change is what is refused)
        with door.change(request_, ACCEPT, by=staff.far_coordinator, seen=1):
            reached.append("the body")
    assert reached == []
    assert nothing_happened(request_)


def test_right_comes_before_version(staff, request_):
    """Who may not change a record does not learn whether somebody else did."""
    with pytest.raises(NotPermitted):
        actions.accept(request_, by=staff.far_coordinator, seen=99)


@pytest.mark.parametrize("seen", [0, 2, 99])
def test_stale_version_is_refused_with_a_sentence(staff, request_, seen):
    with pytest.raises(StaleState, match="A colleague was faster"):
        actions.accept(request_, by=staff.coordinator, seen=seen)
    assert nothing_happened(request_)


def test_record_that_is_gone_is_refused_as_stale(staff, request_):
    Request.objects.filter(pk=request_.pk).delete()
    with pytest.raises(StaleState):
        actions.accept(request_, by=staff.coordinator, seen=1)
    assert not AuditEntry.objects.exists()


def test_same_version_serves_once(staff, request_):
    colleague = stored(request_)
    actions.accept(request_, by=staff.coordinator, seen=1)
    with pytest.raises(StaleState):
        actions.refuse(colleague, by=staff.town_coordinator, seen=1, note="不归我们管")
    assert stored(request_).state == State.ACCEPTED
    assert AuditEntry.objects.count() == 1


def test_step_that_the_table_lacks_is_refused(staff, request_):
    with pytest.raises(Refused, match="not possible while it is “received”"):
        actions.close(request_, by=staff.coordinator, seen=1)
    assert nothing_happened(request_)


def test_whatever_fails_inside_takes_everything_back(staff, request_):
    with pytest.raises(ZeroDivisionError):  # noqa: PT012, SIM117
        with door.change(request_, ACCEPT, by=staff.coordinator, seen=1) as change:
            change.later(route, request_.code)
            raise ZeroDivisionError
    assert nothing_happened(request_)


def test_failing_audit_takes_the_change_back(staff, request_, monkeypatch):
    monkeypatch.setattr(audit, "record", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        actions.accept(request_, by=staff.coordinator, seen=1)
    assert nothing_happened(request_)


def test_failing_task_takes_change_and_audit_back(staff, request_):
    with pytest.raises(TypeError):  # noqa: SIM117
        with door.change(request_, ACCEPT, by=staff.coordinator, seen=1) as change:
            change.later(route, object())  # no JSON
    assert nothing_happened(request_)


def test_constraint_of_the_database_is_refused_with_its_sentence(staff, request_):
    """What no rule caught, the database does; people read the constraint's words, not a fault."""
    with pytest.raises(Refused, match=r"An assigned request names its team, unit or post\."):  # noqa: SIM117
        with door.change(request_, ACCEPT, by=staff.coordinator, seen=1) as change:
            change.set(state=State.ASSIGNED)
    assert nothing_happened(request_)


def test_cost_of_one_action_in_statements(places, staff, request_, django_assert_num_queries):
    """Posts and successions, then savepoint, update, audit, release; the milestone of the contact, the post
    that accepts, and the task that tells the person.
    """
    with django_assert_num_queries(2 + 4 + 3):
        actions.accept(request_, by=staff.coordinator, seen=1)


# Creating -------------------------------------------------------------------------------------------------


def ask(
    places: Any, *, by: Any = None, category: Any = None, words: str = "井盖松动", key: str = ""
) -> Request:
    return actions.ask(
        by=by or Resident(),
        category=category or factories.category(),
        area=places.east_1,
        words=words,
        contact_phone="139 0000 0003",
        key=key,
    )


def acts_by_itself(places) -> None:
    """A rule for whose sake each request that comes in has a task."""
    RoutingRule.objects.create(name="测试规则", area=places.town, is_automatic=True)


def test_create_stores_record_audit_and_tasks(places):
    acts_by_itself(places)
    made = ask(places)

    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.public_id, entry.version, entry.actor_label) == (ASK, made.code, 1, "resident")
    assert (entry.data["words"], entry.data["contact_phone"]) == ("•••", "•••")
    assert entry.data["category"] == made.category.code
    assert DBTaskResult.objects.get().args_kwargs["args"] == [made.code]


def test_creation_without_the_right_writes_nothing(places, staff):
    post = factories.post("editor", places.town)
    from shiliu.grid.models import Tenure

    tenure = Tenure(post=post, user=staff.nobody, area=places.town, valid_from=factories.LONG_AGO)
    with pytest.raises(NotPermitted):
        door.create(tenure, "grid.appoint", by=staff.leader)
    assert tenure.pk is None
    assert not AuditEntry.objects.exists()


def test_system_is_an_explicit_actor(places):
    ask(places, by=System("import"))
    assert AuditEntry.objects.get().actor_label == "system:import"


def test_failing_creation_leaves_no_key(places, monkeypatch):
    category = factories.category()
    monkeypatch.setattr(audit, "record", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        ask(places, category=category, key="k-1")
    assert not Submission.objects.exists()
    assert not Request.objects.exists()


def test_same_submission_twice_is_one_record(places):
    acts_by_itself(places)
    category = factories.category()
    first = ask(places, category=category, key="k-1")
    again = ask(places, category=category, key="k-1")

    assert again == first
    assert Request.objects.count() == AuditEntry.objects.count() == DBTaskResult.objects.count() == 1


def test_without_a_key_twice_is_two(places):
    category = factories.category()
    assert ask(places, category=category) != ask(places, category=category)


def test_another_key_is_another_record(places):
    category = factories.category()
    assert ask(places, category=category, key="k-1") != ask(places, category=category, key="k-2")


@pytest.mark.parametrize("other", ["words", "category"])
def test_key_with_other_content_is_refused_and_names_the_first(places, other):
    category = factories.category()
    first = ask(places, category=category, key="k-1")
    given = {"category": category, "words": "井盖松动"}
    given[other] = factories.category() if other == "category" else "路灯也坏了"

    with pytest.raises(OtherContent, match=f"{first.code[:3]}-{first.code[3:6]}-{first.code[6:]}"):
        ask(places, **given, key="k-1")
    assert Request.objects.count() == 1


def test_what_is_kept_of_a_submission_cannot_be_guessed_back(places, settings):
    """A telephone number has ten digits: a plain hash would tell it to whoever tries them all."""
    category = factories.category()
    ask(places, category=category, key="k-1")
    digest = Submission.objects.get().digest
    Submission.objects.all().delete()
    settings.SECRET_KEY = "another secret of at least fifty characters, made up here"  # noqa: S105
    ask(places, category=category, key="k-1")
    assert Submission.objects.get().digest != digest


def test_verb_whose_right_nobody_registered_fails_the_check(monkeypatch):
    assert checks.registries() == []
    monkeypatch.setitem(
        audit.VERBS, "requests.vanish", audit.Verb("requests.vanish", "", "requests.vanish", frozenset())
    )
    assert [error.msg for error in checks.registries()] == [
        "verb requests.vanish needs the right requests.vanish, which no app registers"
    ]


# Races, on connections of their own -----------------------------------------------------------------------


def together(*calls: Callable[[], Any]) -> list[Any]:
    """What each call gave or raised; they begin at the same moment, each in its thread and connection."""
    gate, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(n: int, call: Callable[[], Any]) -> None:
        gate.wait(10)
        try:
            results[n] = call()
        except Refused as refusal:
            results[n] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.mark.django_db(transaction=True)
def test_of_two_colleagues_at_once_one_is_told():
    at = factories.places()
    cast = factories.staff(at)
    request = factories.request(at.east_1, factories.category())
    one, other = stored(request), stored(request)

    results = together(
        lambda: actions.accept(one, by=cast.coordinator, seen=1),
        lambda: actions.refuse(other, by=cast.town_coordinator, seen=1, note="不归我们管"),
    )

    assert sorted(type(result).__name__ for result in results) == ["Request", "StaleState"]
    assert stored(request).version == 2
    assert AuditEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_same_submission_at_once_is_one_record():
    at = factories.places()
    acts_by_itself(at)
    category = factories.category()

    results = together(*[lambda: ask(at, category=category, key="k-1")] * 4)

    assert {type(result) for result in results} == {Request}
    assert len({result.code for result in results}) == 1
    assert Request.objects.count() == AuditEntry.objects.count() == DBTaskResult.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_tasks_are_seen_only_after_the_commit():
    """A worker on another connection finds the task with the change that it belongs to, never before."""
    at = factories.places()
    request = factories.request(at.east_1, factories.category())
    seen: list[tuple[int, str]] = []

    def look() -> None:
        seen.append((DBTaskResult.objects.count(), stored(request).state))
        connection.close()

    def from_outside() -> None:
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()

    with door.change(request, ACCEPT, by=TEST, seen=1) as change:
        change.step(LIFECYCLE)
        change.later(route, request.code)
        from_outside()
    from_outside()

    assert seen == [(0, "received"), (2, "accepted")]  # the step of the table brings one of its own
    task = DBTaskResult.objects.get(task_path__endswith=".route")
    assert json.loads(json.dumps(task.args_kwargs))["args"] == [request.code]


@pytest.mark.django_db(transaction=True)
def test_writes_together_are_one_transaction_without_savepoints(django_assert_num_queries):
    at = factories.places()
    first, second = (factories.request(at.east_1, factories.category(code=code)) for code in ("a", "b"))
    # BEGIN; for each the update, findable words (none), the entry and the task of the step; COMMIT
    with django_assert_num_queries(8), door.together():
        for request in (first, second):
            with door.change(request, ACCEPT, by=TEST, seen=1) as change:
                change.step(LIFECYCLE)


@pytest.mark.django_db(transaction=True)
def test_what_one_of_them_refuses_takes_back_all():
    at = factories.places()
    first, second = (factories.request(at.east_1, factories.category(code=code)) for code in ("a", "b"))

    def both() -> None:
        with door.together():
            for request, seen in ((first, 1), (second, 7)):
                with door.change(request, ACCEPT, by=TEST, seen=seen) as change:
                    change.step(LIFECYCLE)

    with pytest.raises(StaleState):
        both()
    assert nothing_happened(first)
    assert nothing_happened(second)
