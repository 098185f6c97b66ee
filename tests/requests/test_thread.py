"""Whole ways of a request, from asking to the verified end, and what the half-year's figures make of them."""

from datetime import date

import pytest
from django.utils import timezone

from shiliu.core import audit
from shiliu.core.access import Resident
from shiliu.core.areas import Scope
from shiliu.core.figures import FIGURES, Over, Period
from shiliu.requests import actions
from shiliu.requests.models import Request, State


def half_year() -> Period:
    today = timezone.localdate()
    first, last = ((1, 1), (6, 30)) if today.month <= 6 else ((7, 1), (12, 31))
    return Period(date(today.year, *first), date(today.year, *last))


def counted(at) -> tuple[int, int, tuple[int, int]]:
    """Received, closed, and of those who answered: how many say that it is solved."""
    over = Over(half_year(), Scope.of([at.town.code]))
    solved = FIGURES["requests.solved"].at(over)
    received, closed = (FIGURES[f"requests.{name}"].at(over).value for name in ("received", "closed"))
    return received, closed, (solved.numerator, solved.denominator)


@pytest.fixture
def reported(cast) -> Request:
    """Asked, accepted, assigned, taken and reported done: version 5."""
    by = cast.staff.coordinator
    it = actions.ask(by=Resident(), category=cast.lamp, area=cast.at.east_1, words="楼道灯不亮")
    actions.accept(it, by=by, seen=1)
    actions.assign(it, to=cast.team, by=by, seen=2)
    actions.take(it, by=cast.chief, seen=3)
    actions.report(it, by=cast.chief, seen=4, note="换了灯泡")
    return it


def test_thread_to_the_end_moves_each_figure_by_one(cast, reported):
    assert counted(cast.at) == (1, 0, (0, 0))
    actions.verify(reported, by=cast.staff.coordinator, seen=5, note="去看过了")
    actions.close(reported, by=cast.staff.coordinator, seen=6)
    assert counted(cast.at) == (1, 1, (0, 0))
    actions.confirm(reported, by=Resident(), seen=7)
    assert counted(cast.at) == (1, 1, (1, 1))

    assert [audit.sentence(entry) for entry in audit.entries_of(reported)] == [
        "The resident asked for this",
        "coordinator某 accepted it",
        "coordinator某 assigned it to 东队",
        "chief某 took it and began",
        "chief某 reported it done",
        "coordinator某 verified it on the spot",
        "coordinator某 verified and closed it",
        "The resident said that it is solved",
    ]


def test_dispute_brings_it_back_to_the_same_lead_and_takes_back_the_closing(cast, reported):
    actions.close(reported, by=cast.staff.coordinator, seen=5, solved=True)
    assert counted(cast.at) == (1, 1, (1, 1))

    actions.dispute(reported, by=Resident(), seen=6, note="晚上又不亮了")

    assert (reported.state, reported.team) == (State.ASSIGNED, cast.team)
    assert counted(cast.at) == (1, 0, (0, 0))
    assert list(Request.objects.visible_to(cast.chief)) == [reported]

    actions.report(reported, by=cast.chief, seen=7, note="换了开关")
    actions.close(reported, by=cast.staff.coordinator, seen=8, solved=True)
    assert counted(cast.at) == (1, 1, (1, 1))
    assert Request.objects.get(pk=reported.pk).version == 9
    assert audit.entries_of(reported).count() == 9


def test_answer_given_before_the_closing_is_kept_unless_the_call_brings_another(cast, reported):
    actions.confirm(reported, by=Resident(), seen=5)
    actions.close(reported, by=cast.staff.coordinator, seen=6)
    assert reported.solved is True

    actions.reopen(reported, by=cast.staff.coordinator, seen=7, note="又坏了")
    actions.report(reported, by=cast.chief, seen=8, note="修好了")
    actions.confirm(reported, by=Resident(), seen=9)
    actions.close(reported, by=cast.staff.coordinator, seen=10, solved=False)
    assert reported.solved is False


@pytest.mark.parametrize("end", ["refuse", "transfer", "withdraw", "merge"])
def test_what_ends_otherwise_was_received_but_not_closed(cast, end):
    it = actions.ask(by=Resident(), category=cast.lamp, area=cast.at.east_1, words="路灯")
    if end == "merge":
        far_older = cast.request(State.RECEIVED)  # received in 2023
        actions.merge(it, into=far_older, by=cast.staff.coordinator, seen=1)
    elif end == "withdraw":
        actions.withdraw(it, by=Resident(), seen=1)
    else:
        getattr(actions, end)(it, by=cast.staff.coordinator, seen=1, note="请到信访窗口")
    assert counted(cast.at) == (1, 0, (0, 0))
