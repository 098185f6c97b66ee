"""The rates and the bulletin's figures against plain arithmetic over every row, and by who has it."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from shiliu.core.figures import FIGURES, Over, Value
from shiliu.figures.periods import parse
from shiliu.grid.scopes import within, within_each
from shiliu.requests import actions
from shiliu.requests.figures import LEAD
from shiliu.requests.models import ENDED, WITH_LEAD, Kind, Milestone, Request, State
from tests import factories
from tests.factories import CODES, moment
from tests.strategies import FIRST, HALF_YEAR, LAST, moments, taken_back, with_database

pytestmark = pytest.mark.django_db
KEYS = (
    "response_rate", "resolution_rate", "satisfaction_rate", "dispatched", "closed_on_time", "closed_late",
    "closing_rate", "dissatisfied", "dissatisfied_rate",
)  # fmt: skip
ANSWER = st.sampled_from([None, True, False])
soon = st.integers(-30, 3000).map(lambda hours: timedelta(hours=hours))
given_request = st.fixed_dictionaries(
    {
        "where": st.sampled_from(["east_1", "east_2", "west_1", "far_1"]),
        "state": st.sampled_from(State),
        "received_at": moments,
        "due": soon,
        "contacted": st.none() | soon,
        "done": st.none() | soon,
        "closed": soon,
        "milestone": st.none() | soon,
        "lead": st.sampled_from(["own", "other", "town_team", "unit", "post", None]),
        "solved": ANSWER,
        "satisfied": ANSWER,
        "runs_still": st.booleans(),
    }
)


@pytest.fixture
def leads(places):
    strand = factories.strand()
    return {
        "own": {"team": factories.team(places.east_1, strand)},
        "other": {"team": factories.team(places.west, strand)},
        "town_team": {"team": factories.team(places.town, strand)},
        "unit": {"unit": factories.unit(places.town, code="U-WATER")},
        "post": {"post": factories.post("grid_worker", places.east_2)},
        None: {},
    }


def store(places, leads, category, it: dict) -> SimpleNamespace:
    """A request as drawn, and what is told of it to the arithmetic below."""
    received = it["received_at"]
    lead = leads[it["lead"] or "own"] if it["state"] in WITH_LEAD else leads[it["lead"]]
    due = timezone.now() + timedelta(days=9) if it["runs_still"] else received + it["due"]
    contacted = it["contacted"] and received + it["contacted"]
    closed = received + it["closed"] if it["state"] in ENDED else None
    done = received + it["done"] if it["done"] is not None and it["state"] == State.CLOSED else None
    made = factories.request(
        getattr(places, it["where"]),
        category,
        state=it["state"],
        received_at=received,
        due_at=due,
        contacted_at=contacted,
        done_at=done,
        closed_at=closed,
        resume_on=LAST if it["state"] == State.ON_HOLD else None,
        merged_into=factories.request(places.far_1, category, received_at=moment(FIRST - timedelta(900)))
        if it["state"] == State.MERGED
        else None,
        solved=it["solved"],
        satisfied=it["satisfied"],
        **lead,
    )
    contact_due = due
    if it["milestone"] is not None:
        contact_due = received + it["milestone"]
        Milestone.objects.create(request=made, kind=Kind.CONTACT, due_at=contact_due)
        Milestone.objects.create(request=made, kind=Kind.PARTIAL, due_at=received - timedelta(days=9))
    return SimpleNamespace(
        area=made.area_id, state=it["state"], received=received, due=due, contacted=contacted,
        done=done or closed, closed=closed,
        contact_due=contact_due, led=bool(lead), solved=it["solved"], satisfied=it["satisfied"],
    )  # fmt: skip


def inside(at: datetime | None) -> bool:
    return at is not None and FIRST <= timezone.localdate(at) <= LAST


def plain(key: str, rows: list[SimpleNamespace]) -> Value:
    """A figure by arithmetic."""
    received = [it for it in rows if inside(it.received)]
    ended = [it for it in rows if inside(it.closed)]
    closed = [it for it in ended if it.state == State.CLOSED]
    if key == "response_rate":
        return rate([answered(it) for it in received])
    if key == "resolution_rate":
        return rate([None if it.state != State.CLOSED else it.solved is not False for it in ended])
    if key == "satisfaction_rate":
        return rate([it.satisfied for it in closed])
    if key == "dissatisfied_rate":
        return rate([None if it.satisfied is None else not it.satisfied for it in closed])
    if key == "closing_rate":
        came = [it for it in rows if timezone.localdate(it.received) <= LAST]
        still = [it for it in came if it.closed is None or timezone.localdate(it.closed) > LAST]
        done = [it for it in closed if it in came]
        return rate([True] * len(done) + [False] * len(still))
    counted = {
        "dispatched": [it for it in received if it.led],
        "closed_on_time": [it for it in closed if it.done <= it.due],
        "closed_late": [it for it in closed if it.done > it.due],
        "dissatisfied": [it for it in closed if it.satisfied is False],
    }[key]
    return Value(len(counted), len(counted))


def answered(it: SimpleNamespace) -> bool | None:
    at = it.contacted
    if at is None and it.state in (State.REFUSED, State.TRANSFERRED):
        at = it.closed
    if at is not None:
        return at <= it.contact_due
    if it.state in (State.WITHDRAWN, State.MERGED) and it.closed <= it.contact_due:
        return None
    return None if it.contact_due > timezone.now() else False


def rate(answers: list[bool | None]) -> Value:
    known = [it for it in answers if it is not None]
    yes = sum(known)
    value = (Decimal(yes) * 100 / len(known)).quantize(Decimal("0.1")) if known else None
    return Value(value, len(answers), yes, len(known), len(answers) - len(known))


@settings(with_database, max_examples=20)
@given(drawn=st.lists(given_request, max_size=8))
def test_figures_are_plain_arithmetic_everywhere_and_for_everybody(places, leads, drawn):
    with taken_back():
        category = factories.category()
        rows = [store(places, leads, category, it) for it in drawn]
        rows += [told(it) for it in Request.objects.exclude(merged=None)]
        for key in KEYS:
            figure = FIGURES[f"requests.{key}"]
            for name in ("county", "east", "east_1"):
                scope = within([CODES[name]])
                there = [it for it in rows if it.area.startswith(CODES[name])]
                assert figure.at(Over(HALF_YEAR, scope)) == plain(key, there), (key, name)
            assert figure.by_area(HALF_YEAR, within_each([CODES["town"]])) == {
                CODES["town"]: figure.at(Over(HALF_YEAR, within([CODES["town"]])))
            }
            assert_by_lead(figure)


def told(other: Request) -> SimpleNamespace:
    """One into which another was merged; the same one only once."""
    return SimpleNamespace(
        area=other.area_id, state=other.state, received=other.received_at, due=other.due_at, contacted=None,
        closed=None, contact_due=other.due_at, led=False, solved=None, satisfied=None,
    )  # fmt: skip


def assert_by_lead(figure) -> None:
    over = Over(HALF_YEAR)
    found, whole = figure.by(over, LEAD), figure.at(over)
    assert found.keys() <= {
        "unit-U-WATER",
        "nobody",
        *(f"teams-{CODES[it]}" for it in ("east", "west", "town")),
    }
    for name, value in found.items():
        assert figure.at(replace(over, only=LEAD.q(name))) == value
    assert sum(value.records for value in found.values()) == whole.records
    if whole.denominator is None:
        assert sum(value.value for value in found.values()) == whole.value
    else:
        assert sum(value.numerator for value in found.values()) == whole.numerator
        assert sum(value.denominator for value in found.values()) == whole.denominator
        assert sum(value.excluded for value in found.values()) == whole.excluded


def test_columns_of_a_row_can_be_checked_with_a_pencil(places, leads):
    """Closing and on-time per cent are made of the counts beside them."""
    lamp = factories.category()
    for day, late in ((3, False), (4, False), (5, True)):
        due = moment(factories.date(2023, 5, day - 1 if late else 20))
        factories.closed_request(
            places.east_1, lamp, closed_at=moment(factories.date(2023, 5, day)),
            received_at=moment(factories.date(2023, 4, 20)), due_at=due,
        )  # fmt: skip
    factories.request(places.east_1, lamp)
    over = Over(factories_may(), within([CODES["town"]]))
    value = {key: FIGURES[f"requests.{key}"].at(over) for key in (*KEYS, "open", "on_time")}
    on_time, late, still = (value[key].value for key in ("closed_on_time", "closed_late", "open"))
    assert (on_time, late, still) == (2, 1, 1)
    assert value["closing_rate"].value == Decimal("75.0")
    assert value["on_time"].value == Decimal("66.7")


def test_time_that_verifying_takes_is_not_late(places, cast):
    """Reported done in time, closed three days after the deadline; and again, once it was reopened."""
    it, desk = (
        cast.request(State.ASSIGNED, due_at=timezone.now() + timedelta(hours=1)),
        cast.staff.coordinator,
    )
    actions.report(it, by=cast.chief, seen=1, note="换了灯泡")
    Request.objects.update(due_at=timezone.now())
    actions.close(Request.objects.get(), by=desk, seen=2)
    rates = [FIGURES[f"requests.{key}"] for key in ("closed_on_time", "closed_late")]
    over = Over(parse(f"{timezone.localdate():%Y-%m}"))
    assert [figure.at(over).value for figure in rates] == [1, 0]

    actions.reopen(Request.objects.get(), by=desk, seen=3, note="还是不亮")
    assert Request.objects.get().done_at is None


@pytest.mark.parametrize("late", [False, True])
def test_response_rate_stays_when_the_deadline_moves(places, cast, late):
    it, desk = cast.request(State.RECEIVED, received_at=timezone.now()), cast.staff.coordinator
    Request.objects.update(due_at=timezone.now() + timedelta(hours=-1 if late else 1))
    it = Request.objects.get()
    actions.accept(it, by=desk, seen=1)
    over = Over(parse(f"{timezone.localdate():%Y-%m}"))
    before = FIGURES["requests.response_rate"].at(over)
    actions.extend(it, until=timezone.now() + timedelta(days=90), by=desk, seen=2, note="还差配件")
    assert before.numerator == (0 if late else 1)
    assert FIGURES["requests.response_rate"].at(over) == before
    Request.objects.update(due_at=it.received_at - timedelta(days=9))
    assert FIGURES["requests.response_rate"].at(over) == before


def factories_may():
    return parse("2023-05")


@pytest.mark.parametrize("name", ["", "unit-", "unit", "teams-12x", "teams-", "grid-1", "somebody"])
def test_what_names_no_lead_is_no_group(name):
    with pytest.raises(LookupError):
        LEAD.q(name)
