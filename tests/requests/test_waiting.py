"""What takes longer or goes elsewhere: hold, extend, defer, transfer; and what residents may do about it."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from shiliu.core import audit
from shiliu.core.access import Resident
from shiliu.core.door import Refused
from shiliu.core.models import AuditEntry
from shiliu.requests import actions, deadlines
from shiliu.requests.models import Request, State


def in_days(n: int) -> datetime:
    return timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=n), time(23, 59, 59)))


def test_hold_says_until_when_and_leaves_the_deadline(cast):
    it = cast.request(State.ASSIGNED)
    due, until = it.due_at, timezone.localdate() + timedelta(days=3)
    actions.hold(it, until=until, by=cast.staff.coordinator, seen=1, note="等配件")

    stored = Request.objects.get(pk=it.pk)
    assert (stored.state, stored.resume_on, stored.due_at) == (State.ON_HOLD, until, due)
    assert audit.sentence(AuditEntry.objects.get()) == f"coordinator某 put it on hold until {until}"

    actions.resume(it, by=cast.staff.coordinator, seen=2)
    stored.refresh_from_db()
    assert (stored.state, stored.resume_on, stored.team) == (State.ASSIGNED, None, cast.team)


def test_what_is_resumed_is_where_it_was_the_last_time(cast):
    it, until, by = cast.request(State.ASSIGNED), timezone.localdate() + timedelta(days=3), cast.staff.worker
    desk = cast.staff.coordinator
    for n in (1, 4):
        actions.hold(it, until=until, by=desk, seen=n, note="等配件")
        actions.resume(it, by=desk, seen=n + 1)
        assert Request.objects.get().state == (State.ASSIGNED if n == 1 else State.IN_PROGRESS)
        if n == 1:
            actions.take(it, by=by, seen=3)


def test_what_came_on_hold_from_an_earlier_list_counts_as_begun(cast):
    it = cast.request(State.ON_HOLD)
    actions.resume(it, by=cast.staff.coordinator, seen=1)
    assert Request.objects.get().state == State.IN_PROGRESS


@pytest.mark.parametrize("days", [0, -1, -400])
def test_hold_until_a_day_that_is_not_to_come_is_refused(cast, days):
    it, until = cast.request(State.ASSIGNED), timezone.localdate() + timedelta(days=days)
    with pytest.raises(Refused, match="Choose a day after today"):
        actions.hold(it, until=until, by=cast.staff.coordinator, seen=1, note="等配件")
    assert (Request.objects.get().state, AuditEntry.objects.count()) == (State.ASSIGNED, 0)


def test_extend_moves_the_deadline_and_nothing_else(cast):
    it, until = cast.request(State.IN_PROGRESS), in_days(9)
    actions.extend(it, until=until, by=cast.staff.coordinator, seen=1, note="还差配件")

    stored = Request.objects.get(pk=it.pk)
    assert (stored.state, stored.due_at) == (State.IN_PROGRESS, until)
    day = timezone.localdate() + timedelta(days=9)
    assert audit.sentence(AuditEntry.objects.get()) == f"coordinator某 extended the deadline until {day}"


def test_day_that_is_too_far_ahead_is_refused(cast):
    it, desk, last = cast.request(State.ASSIGNED), cast.staff.coordinator, deadlines.farthest()
    beyond = last + timedelta(days=1)
    end = timezone.make_aware(datetime.combine(last, time(23, 59, 59)))
    for step, until in ((actions.hold, beyond), (actions.extend, end + timedelta(days=1))):
        with pytest.raises(Refused, match=rf"too far ahead\. Choose a day until {last}\."):
            step(it, until=until, by=desk, seen=1, note="等配件")
    assert AuditEntry.objects.count() == 0
    actions.extend(it, until=end, by=desk, seen=1, note="等配件")
    type(cast.lamp).objects.update(clock_stops=True)
    it = Request.objects.select_related("category").get()
    actions.hold(it, until=last, by=desk, seen=2, note="等配件")
    actions.resume(it, by=desk, seen=3)
    assert it.due_at > end - timedelta(days=5)


@pytest.mark.parametrize(("due", "until"), [(5, 5), (5, 4), (-5, -1), (5, -1)])
def test_extend_to_what_is_no_later_is_refused(cast, due, until):
    it = cast.request(State.ACCEPTED, due_at=in_days(due))
    with pytest.raises(Refused, match="Choose a later time than the present deadline"):
        actions.extend(it, until=in_days(until), by=cast.staff.coordinator, seen=1, note="还差配件")
    assert (Request.objects.get().due_at, AuditEntry.objects.count()) == (in_days(due), 0)


@pytest.mark.parametrize("step", ["hold", "extend", "defer"])
def test_step_that_the_person_is_told_of_is_the_first_contact(cast, step):
    it, due_at = cast.request(State.ASSIGNED), in_days(5)
    until = {"hold": in_days(3).date(), "extend": in_days(30)}.get(step)
    how = {"until": until} if until else {}
    Request.objects.update(due_at=due_at)
    getattr(actions, step)(Request.objects.get(), by=cast.staff.coordinator, seen=1, note="等配件", **how)
    stored = Request.objects.get(pk=it.pk)
    assert (stored.contacted_at is not None, stored.contact_due_at) == (True, due_at)


def test_deferred_stays_open_on_the_list_until_it_is_taken_up(cast):
    it = cast.request(State.IN_PROGRESS)
    actions.defer(it, by=cast.staff.coordinator, seen=1, note="没有经费，列入明年")
    assert list(Request.objects.open()) == [it]
    assert AuditEntry.objects.get().note == "没有经费，列入明年"

    actions.take_up(it, by=cast.staff.coordinator, seen=2)
    assert Request.objects.get().state == State.ACCEPTED


def test_withdrawn_while_on_hold_no_longer_waits(cast):
    it = cast.request(State.ON_HOLD)
    actions.withdraw(it, by=Resident(), seen=1, note="自己修好了")
    stored = Request.objects.get()
    assert (stored.state, stored.resume_on, stored.is_open) == (State.WITHDRAWN, None, False)


@pytest.mark.parametrize(("days", "may"), [(0, True), (14, True), (16, False)])
def test_closed_request_can_be_disputed_for_its_categorys_days(cast, days, may):
    closed = timezone.now() - timedelta(days=days)
    it = cast.request(State.CLOSED, closed_at=closed, solved=True)
    if may:
        actions.dispute(it, by=Resident(), seen=1, note="还是不亮")
        assert (it.state, it.closed_at, it.solved) == (State.ASSIGNED, None, None)
    else:
        with pytest.raises(Refused, match=r"closed too long ago to be reopened\. Please"):
            actions.dispute(it, by=Resident(), seen=1, note="还是不亮")
        assert (Request.objects.get().closed_at, AuditEntry.objects.count()) == (closed, 0)


def test_category_says_how_long_a_closing_can_be_disputed(cast):
    type(cast.lamp).objects.update(reopen_days=2)
    it = cast.request(State.CLOSED, closed_at=timezone.now() - timedelta(days=3))
    it.refresh_from_db()
    with pytest.raises(Refused, match="closed too long ago"):
        actions.dispute(it, by=Resident(), seen=1, note="还是不亮")


@pytest.mark.parametrize("step", ["dispute", "reopen"])
def test_what_comes_back_after_its_team_has_ended_is_to_be_assigned(cast, step):
    it = cast.request(State.CLOSED)
    type(cast.team).objects.update(valid_to=timezone.localdate() - timedelta(days=1))
    it = Request.objects.get(pk=it.pk)
    by = {"dispute": Resident(), "reopen": cast.staff.coordinator}[step]
    getattr(actions, step)(it, by=by, seen=1, note="还是不亮")
    stored = Request.objects.get()
    assert (stored.state, stored.team, stored.unit) == (State.ACCEPTED, None, None)


def test_dispute_of_what_never_had_a_lead_goes_to_the_desk(cast):
    it = cast.request(State.CLOSED, team=None)
    actions.dispute(it, by=Resident(), seen=1, note="还是不亮")
    assert Request.objects.get().state == State.ACCEPTED
