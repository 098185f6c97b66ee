"""What holds of every step of a request: state, audit, rights, a faster colleague, missing words."""

from typing import Any

import pytest

from shiliu.core import audit
from shiliu.core.access import NotPermitted, Resident
from shiliu.core.door import Refused, StaleState
from shiliu.core.models import AuditEntry
from shiliu.requests.models import ENDED, Message, Milestone, Part, Photo, Request, State
from shiliu.requests.states import LIFECYCLE
from tests.requests.acts import ACTS, NEED_WORDS, act
from tests.strategies import taken_back

DESK = {"coordinator", "town_coordinator"}
TEAM = DESK | {"worker", "chief"}
WHO: dict[str, set[str]] = dict.fromkeys(ACTS, DESK) | dict.fromkeys(
    ["requests.take", "requests.report", "requests.return", "requests.reach"], TEAM
)
BY_RECEIPT = [
    "requests.confirm", "requests.dispute", "requests.withdraw",
    "requests.satisfied", "requests.dissatisfied",
]  # fmt: skip


def one_who_may(verb: str, cast: Any) -> Any:
    return Resident() if verb in BY_RECEIPT else cast.staff.coordinator


def everything() -> list[Any]:
    """All that a step could have written."""
    models = (Request, Milestone, Message, Part, Photo, AuditEntry)
    return [list(model._base_manager.order_by("pk").values()) for model in models]


def test_every_step_of_the_table_has_its_action():
    assert ACTS.keys() == LIFECYCLE._by_verb.keys()
    assert NEED_WORDS.keys() == {verb for verb in ACTS if LIFECYCLE[verb].note}


@pytest.mark.parametrize("verb", ACTS)
def test_step_leads_on_with_one_entry_and_one_version(cast, verb):
    for source in LIFECYCLE[verb].sources:
        it = cast.request(source)

        act(verb, it, by=one_who_may(verb, cast))

        now = Request.objects.get(pk=it.pk)
        assert now.state == (LIFECYCLE[verb].target or source)
        assert (now.version, now.is_open) == (2, now.state not in ENDED)
        assert (now.closed_at is not None) == (now.state in ENDED)
        (entry,) = audit.entries_of(now)
        assert (entry.verb, entry.version, entry.area) == (verb, 2, cast.at.east_1.code)
        Part.objects.all().delete()  # the next one may ask the same team


@pytest.mark.parametrize("verb", ACTS)
def test_step_that_the_table_has_not_is_refused_and_writes_nothing(cast, verb):
    for source in set(State) - LIFECYCLE[verb].sources:
        it, by = cast.request(source), one_who_may(verb, cast)
        before = everything()[1:]
        with pytest.raises(Refused, match="This is not possible while it is"):
            act(verb, it, by=by)
        assert everything()[1:] == before
        assert Request.objects.get(pk=it.pk).version == 1


@pytest.mark.once
@pytest.mark.parametrize("verb", [verb for verb in ACTS if verb not in BY_RECEIPT])
def test_who_may_take_a_step(cast, verb):
    it = cast.request(first_source(verb))
    assert {name for name, user in cast.everybody().items() if may(user, verb, it)} == WHO[verb]


def first_source(verb: str) -> str:
    return next(source for source in State if source in LIFECYCLE[verb].sources)


def may(user: Any, verb: str, it: Request) -> bool:
    """Whether the step is taken; who may not leaves nothing behind."""
    with taken_back():
        before = everything()
        try:
            act(verb, it, by=user)
        except NotPermitted:
            assert everything()[1:] == before[1:]
            return False
        return True


@pytest.mark.parametrize("verb", BY_RECEIPT)
def test_whoever_has_the_receipt_may_answer(cast, verb):
    it = cast.request(first_source(verb))
    act(verb, it, by=Resident())
    assert audit.actor_name(audit.entries_of(it).get()) == "The resident"


@pytest.mark.parametrize("verb", [verb for verb in ACTS if verb not in BY_RECEIPT])
def test_receipt_gives_no_right_to_what_staff_do(cast, verb):
    with pytest.raises(NotPermitted):
        act(verb, cast.request(first_source(verb)), by=Resident())


@pytest.mark.parametrize("verb", ACTS)
def test_second_person_with_an_old_page_is_told_and_writes_nothing(cast, verb):
    it = cast.request(first_source(verb))
    Request.objects.filter(pk=it.pk).update(version=2)
    with taken_back():
        before = everything()[1:]
        with pytest.raises(StaleState, match="A colleague was faster"):
            act(verb, it, by=one_who_may(verb, cast), seen=1)
        assert everything()[1:] == before


@pytest.mark.parametrize("verb", NEED_WORDS)
@pytest.mark.parametrize("note", ["", " \n"])
def test_step_that_needs_words_is_refused_without(cast, verb, note):
    it = cast.request(first_source(verb))
    before = everything()
    with pytest.raises(Refused, match="Please write a few words"):
        NEED_WORDS[verb](it, by=one_who_may(verb, cast), seen=1, note=note)
    assert everything() == before
