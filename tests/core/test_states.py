"""Lifecycles as tables: every step of every table, and none besides."""

import pytest
from django.db.models import TextChoices

from shiliu.aid.states import LIFECYCLE as AID
from shiliu.core import audit
from shiliu.core.states import Lifecycle, Step
from shiliu.plan.states import LIFECYCLE as PLAN
from shiliu.requests.states import LIFECYCLE as REQUESTS

pytestmark = pytest.mark.once
TABLES = {"requests": REQUESTS, "aid": AID, "plan": PLAN}
PAIRS = [
    (table, verb, state)
    for table in TABLES.values()
    for verb in table._by_verb
    for state in table.states.values
]


class Light(TextChoices):
    RED = "red"
    GREEN = "green"


LIGHT = Lifecycle(
    Light,
    [
        Step("light.go", frozenset({Light.RED}), Light.GREEN),
        Step("light.stop", frozenset({Light.GREEN}), Light.RED, note=True),
    ],
)


def test_step_leads_where_the_table_says():
    assert LIGHT.step("light.go", "red").target == Light.GREEN


def test_step_that_is_not_in_the_table_is_refused_with_the_states_name():
    with pytest.raises(ValueError, match="not possible while it is “Green”"):
        LIGHT.step("light.go", "green")


@pytest.mark.parametrize("note", ["", "  \n"])
def test_step_that_needs_words_is_refused_without(note):
    with pytest.raises(ValueError, match="Please write a few words"):
        LIGHT.step("light.stop", "green", note=note)
    assert LIGHT.step("light.stop", "green", note="rain").target == Light.RED


def test_verb_of_another_table_is_a_mistake_of_the_program():
    with pytest.raises(KeyError):
        LIGHT.step("requests.accept", "red")


@pytest.mark.parametrize(("table", "verb", "state"), PAIRS)
def test_every_table_allows_its_steps_and_refuses_the_rest(table, verb, state):
    if verb in table.verbs_from(state):
        assert table.step(verb, state, note="because").target in {*table.states.values, None}
    else:
        with pytest.raises(ValueError, match="not possible while"):
            table.step(verb, state, note="because")


@pytest.mark.parametrize("name", TABLES)
def test_every_verb_of_a_table_is_an_audit_verb_of_its_app(name):
    assert all(verb in audit.VERBS and verb.startswith(f"{name}.") for verb in TABLES[name]._by_verb)


@pytest.mark.parametrize(("name", "first"), [("requests", "received"), ("aid", "proposed"), ("plan", "open")])
def test_every_state_can_be_reached(name, first):
    table, reached, pending = TABLES[name], set(), [first]
    while pending:
        state = pending.pop()
        if state not in reached:
            reached.add(state)
            pending += [table._by_verb[verb].target or state for verb in table.verbs_from(state)]
    assert reached == set(table.states.values)


def test_what_is_paid_stays_paid():
    """The ledger is append-only: corrections are reversals, rows of their own."""
    assert AID.verbs_from("paid") == []
