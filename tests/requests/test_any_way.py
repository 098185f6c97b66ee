"""Whatever anybody tries in whatever order: each step is refused with a sentence, or follows the table."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shiliu.core import audit
from shiliu.core.access import NotPermitted, Resident
from shiliu.core.door import Refused
from shiliu.requests.models import ENDED, WITH_LEAD, Request, State
from shiliu.requests.states import LIFECYCLE
from tests.requests.acts import ACTS, act
from tests.strategies import taken_back, with_database

ACTORS = ["coordinator", "town_coordinator", "worker", "leader", "far_coordinator", "chief", "other_chief"]
# Mostly those who may, so that the walk gets somewhere; and sometimes a version that is no longer true.
steps = st.lists(
    st.tuples(
        st.sampled_from(list(ACTS)),
        st.sampled_from(["coordinator"] * 12 + ["resident", *ACTORS]),
        st.sampled_from([0] * 9 + [1]),
    ),
    max_size=25,
)


@with_database
@given(steps=steps, start=st.sampled_from(State))
def test_any_sequence_of_steps_is_refused_or_follows_the_table(cast: Any, steps: Any, start: str) -> None:
    people = cast.everybody() | {"resident": Resident()}
    with taken_back():
        it = cast.request(start)
        for verb, who, behind in steps:
            before = Request.objects.get(pk=it.pk)
            said = tried(verb, before, people[who], before.version - behind)
            it = Request.objects.get(pk=it.pk)
            if said is None:
                assert_followed(before, it, verb)
            else:
                assert said.endswith((".", "”."))
                assert vars_of(it) == vars_of(before)
            assert_is_sound(it)


def tried(verb: str, it: Request, by: Any, seen: int) -> str | None:
    """None if the step was taken, else the sentence."""
    try:
        act(verb, it, by=by, seen=seen)
    except (Refused, NotPermitted) as refused:
        return str(refused)
    return None


def vars_of(it: Request) -> dict[str, Any]:
    return {field.attname: getattr(it, field.attname) for field in it._meta.concrete_fields}


def assert_followed(before: Request, it: Request, verb: str) -> None:
    step = LIFECYCLE[verb]
    assert before.state in step.sources
    reached = step.target or before.state
    if verb == "requests.resume" and (held := audit.entries_of(it).filter(verb="requests.hold").last()):
        reached = held.data["was"]
    if verb in ("requests.reopen", "requests.dispute") and before.lead is None:
        reached = State.ACCEPTED
    assert (it.state, it.version) == (reached, before.version + 1)


def assert_is_sound(it: Request) -> None:
    """What the database's constraints say, and that each change has left exactly one entry."""
    assert it.state in State.values
    assert (it.closed_at is not None) == (it.state in ENDED) == (not it.is_open)
    assert it.lead is not None or it.state not in WITH_LEAD
    assert it.team is None or it.unit is None
    assert (it.resume_on is not None) == (it.state == State.ON_HOLD)
    assert (it.merged_into is not None) == (it.state == State.MERGED)
    assert [entry.version for entry in audit.entries_of(it)] == list(range(2, it.version + 1))
