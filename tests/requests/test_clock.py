"""What waits too long is told higher up, once for each deadline; what paused goes on by itself."""

import re
from datetime import datetime, time, timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from hypothesis import given
from hypothesis import strategies as st

from shiliu.core import audit
from shiliu.core.access import Resident
from shiliu.core.door import Refused
from shiliu.grid.models import Succession
from shiliu.requests import actions, deadlines, tasks
from shiliu.requests.actions import escalating
from shiliu.requests.models import Escalation, Kind, Level, Milestone, Request, State
from tests import factories
from tests.strategies import taken_back, with_database

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def running(cast, now):
    """running(hours until due, state): received ten hours before, with its alarm set as intake sets it."""

    def make(hours: float, state: str = State.ASSIGNED, **values) -> Request:
        received, due_at = now - 10 * HOUR, now + hours * HOUR
        clock = deadlines.running(received, due_at, 80)
        return cast.request(state, received_at=received, **clock | values)

    return make


def look(now) -> list[tuple[str, str, int]]:
    """Let the clock look until nothing is left: what was told, by request."""
    while escalating.look(now, most=2):
        pass
    rows = Escalation.objects.order_by("pk").values_list("request__code", "reason", "level")
    return list(rows)


def test_most_of_the_time_gone_is_told_to_the_community_once(running, now):
    it = running(1)
    running(40)
    assert look(now) == look(now) == [(it.code, "share", Level.COMMUNITY)]

    stored = Request.objects.get(pk=it.pk)
    assert (stored.escalated_to, stored.alarm_at, stored.version) == (Level.COMMUNITY, stored.due_at, 1)
    assert [audit.sentence(entry) for entry in audit.entries_of(it)] == [
        "The system told the community: most of the time is gone"
    ]


def test_deadline_that_passed_is_told_to_the_town_once(running, now):
    it = running(1)
    look(now)
    assert look(now + 2 * HOUR)[1:] == look(now + 30 * DAY)[1:] == [(it.code, "overdue", Level.TOWN)]
    stored = Request.objects.get(pk=it.pk)
    assert (stored.escalated_to, stored.alarm_at) == (Level.TOWN, None)


def test_clock_that_did_not_run_for_a_day_tells_both_once(running, now):
    it = running(1)
    told = [(it.code, "share", Level.COMMUNITY), (it.code, "overdue", Level.TOWN)]
    assert look(now + DAY) == told
    assert look(now + 2 * DAY) == told
    assert [entry.verb for entry in audit.entries_of(it)] == ["requests.warn", "requests.overdue"]


@pytest.mark.parametrize("state", sorted(set(State) - {"received", "accepted", "assigned", "in_progress"}))
def test_what_nobody_has_to_solve_now_is_told_to_nobody(running, now, state):
    held_at = now if state == State.ON_HOLD else None  # its deadline stands still
    it = running(1, state, held_at=held_at)
    assert look(now + DAY) == []
    assert Request.objects.get(pk=it.pk).alarm_at is None


def test_extension_begins_anew(running, cast, now):
    it = running(-1)
    look(now)
    stored = Request.objects.get(pk=it.pk)
    until = now + 10 * DAY
    actions.extend(stored, until=until, by=cast.staff.coordinator, seen=stored.version, note="还差配件")
    assert (stored.escalated_to, look(now + DAY)[2:]) == (Level.NOBODY, [])
    assert [reason for _code, reason, _level in look(now + 11 * DAY)[2:]] == ["share", "overdue"]


def test_request_that_comes_in_has_its_alarm(asked):
    assert asked.received_at < asked.alarm_at < asked.due_at
    share = deadlines.share(asked.received_at, asked.due_at, asked.category.warn_percent)
    assert asked.alarm_at == share


@pytest.mark.parametrize("step", ["reopen", "dispute", "take_up"])
def test_what_has_to_be_solved_once_more_has_the_categorys_time_again(cast, now, step):
    state = State.DEFERRED if step == "take_up" else State.CLOSED
    it = cast.request(state, due_at=now - 90 * DAY, escalated_to=Level.TOWN)
    by = Resident() if step == "dispute" else cast.staff.coordinator
    words = {} if step == "take_up" else {"note": "还是不亮"}
    getattr(actions, step)(it, by=by, seen=1, **words)

    stored = Request.objects.get(pk=it.pk)
    assert stored.due_at > timezone.now()
    assert timezone.now() < stored.alarm_at < stored.due_at
    assert stored.escalated_to == Level.NOBODY


# On hold --------------------------------------------------------------------------------------------------


@pytest.fixture
def held(cast, running):
    def make(*, clock_stops: bool) -> Request:
        type(cast.lamp).objects.update(clock_stops=clock_stops, due_unit="clock_hour", due_amount=15)
        it = Request.objects.get(pk=running(5).pk)
        until = timezone.localdate() + DAY
        actions.hold(it, until=until, by=cast.staff.coordinator, seen=1, note="等配件")
        return Request.objects.select_related("category").get(pk=it.pk)

    return make


def begin_of(day) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


@pytest.mark.parametrize("clock_stops", [True, False])
def test_on_its_day_what_was_on_hold_goes_on(held, clock_stops):
    it = held(clock_stops=clock_stops)
    day = begin_of(it.resume_on)
    assert escalating.let_go_on(day - HOUR) == 0
    assert (escalating.let_go_on(day + HOUR), escalating.let_go_on(day + HOUR)) == (1, 0)

    stored = Request.objects.get(pk=it.pk)
    assert (stored.state, stored.resume_on, stored.held_at) == (State.ASSIGNED, None, None)
    assert (stored.due_at > it.due_at) is clock_stops
    assert audit.sentence(audit.entries_of(it).last()) == "The system went on with it"


def test_where_the_clock_runs_on_the_warning_is_not_lost(held, now, cast):
    it = held(clock_stops=False)
    assert [reason for _code, reason, _level in look(now + 4 * HOUR)] == ["share"]
    actions.resume(Request.objects.get(), by=cast.staff.coordinator, seen=it.version)
    assert [reason for _code, reason, _level in look(now + 6 * HOUR)] == ["share", "overdue"]


@pytest.mark.parametrize("clock_stops", [True, False])
def test_on_hold_it_is_late_and_told_where_the_clock_runs_on(held, now, clock_stops):
    it = held(clock_stops=clock_stops)
    told = [reason for _code, reason, _level in look(now + 6 * HOUR)]
    assert told == ([] if clock_stops else ["share", "overdue"])
    assert list(Request.objects.late(now + 6 * HOUR)) == ([] if clock_stops else [it])
    assert Request.objects.get().is_unsolved is not clock_stops


@pytest.mark.parametrize("clock_stops", [True, False])
def test_extended_on_hold_it_still_goes_on_on_its_day(held, cast, clock_stops):
    it = held(clock_stops=clock_stops)
    day = begin_of(it.resume_on)
    actions.extend(it, until=day + 90 * DAY, by=cast.staff.coordinator, seen=it.version, note="还差配件")
    look(day - HOUR)
    assert (escalating.let_go_on(day - HOUR), escalating.let_go_on(day)) == (0, 1)


@pytest.mark.parametrize("clock_stops", [True, False])
def test_milestones_stand_still_with_the_clock(held, now, clock_stops):
    it = held(clock_stops=clock_stops)
    missed, ahead = milestone(it, now - HOUR, name="停水通知"), milestone(it, now + HOUR, name="通水")
    assert escalating.look_at_milestones(now + 2 * HOUR) == (0 if clock_stops else 2)
    assert it.milestones.filter(told_at=None).count() == (2 if clock_stops else 0)
    escalating.let_go_on(begin_of(it.resume_on))
    for one in (missed, ahead):
        one.refresh_from_db()
    assert missed.due_at == now - HOUR
    assert (ahead.due_at > now + HOUR) is clock_stops


def test_what_was_imported_on_hold_goes_on(cast, now):
    it = cast.request(State.ON_HOLD, resume_on=timezone.localdate(), due_at=now + DAY)
    assert tasks.wind_up.func() == 1
    assert tasks.look_at_the_clock.func() == 1
    stored = Request.objects.get()
    assert (stored.state, stored.alarm_at) == (State.IN_PROGRESS, it.due_at)


def test_colleague_who_was_faster_has_let_it_go_on(held, cast, monkeypatch):
    it = held(clock_stops=False)

    def meanwhile(*args, **how):
        actions.resume(it, by=cast.staff.coordinator, seen=it.version)
        return actions.resume(*args, **how)

    monkeypatch.setattr(escalating, "resume", meanwhile)
    assert escalating.let_go_on(begin_of(it.resume_on)) == 0
    assert audit.entries_of(it).filter(verb="requests.resume").count() == 1


# Milestones -----------------------------------------------------------------------------------------------


def milestone(it: Request, due_at, **values) -> Milestone:
    return it.milestones.create(**{"kind": Kind.PARTIAL, "name": "停水通知", "due_at": due_at} | values)


def test_missed_milestone_is_told_to_the_community_once(running, now):
    it = running(40)
    milestone(it, now - HOUR)
    milestone(it, now + HOUR, name="通水")
    assert (escalating.look_at_milestones(now), escalating.look_at_milestones(now)) == (1, 0)
    assert Escalation.objects.get().reason == "milestone"
    assert Request.objects.get(pk=it.pk).escalated_to == Level.COMMUNITY
    assert audit.sentence(audit.entries_of(it).get()) == (
        "The system told the community: “停水通知” was not reached in time"
    )


def test_milestone_that_another_category_brings_again_is_told_once(cast, running, now):
    lamps = [cast.lamp, factories.category(code="pipe")]
    for category in lamps:
        category.milestones.create(kind=Kind.PARTIAL, name="停水通知", amount=2, unit="clock_hour")
    it = running(40)
    milestone(it, it.received_at + 2 * HOUR)
    assert escalating.look_at_milestones(now) == 1
    it.refresh_from_db()
    actions.classify(it, to=lamps[1], by=cast.staff.coordinator, seen=it.version)
    assert (escalating.look_at_milestones(now), escalating.look_at_milestones(now)) == (1, 0)
    assert Escalation.objects.filter(reason="milestone").count() == 1


def test_milestone_that_was_met_or_whose_request_ended_is_told_to_nobody(running, now):
    milestone(running(40), now - HOUR, met_at=now - 2 * HOUR)
    milestone(running(40, State.CLOSED), now - HOUR)
    while escalating.look_at_milestones(now):
        pass
    assert not Escalation.objects.exists()


def test_team_reaches_a_milestone(cast):
    it = cast.request(State.IN_PROGRESS)
    part = milestone(it, timezone.now() + DAY)
    actions.reach(it, milestone=part, by=cast.chief, seen=1, note="已贴通知")
    part.refresh_from_db()
    assert part.met_at is not None
    assert audit.sentence(audit.entries_of(it).get()) == "chief某 reached “停水通知”"
    with pytest.raises(Refused, match="met already"):
        actions.reach(it, milestone=part, by=cast.chief, seen=2, note="已贴通知")


# Anything at any time -------------------------------------------------------------------------------------

looks = st.lists(st.floats(-48, 96), max_size=8)


@with_database
@given(hours=st.lists(st.floats(-30, 30), min_size=1, max_size=4), looks=looks)
def test_each_is_told_at_most_once_and_never_too_early_whenever_the_clock_runs(cast, hours, looks):
    now = timezone.now()
    with taken_back():
        made = [
            cast.request(
                State.IN_PROGRESS,
                received_at=now - 40 * HOUR,
                **deadlines.running(now - 40 * HOUR, now + due * HOUR, 80),
            )
            for due in hours
        ]
        for at in sorted(looks):
            look(now + at * HOUR)
        told = Escalation.objects.values_list("request", "reason")
        assert len(told) == len(set(told))
        latest = now + max(looks, default=-99) * HOUR
        expected = {(it.pk, "share") for it in made if _warned(it) <= latest}
        expected |= {(it.pk, "overdue") for it in made if it.due_at <= latest}
        assert set(told) == expected


def _warned(it: Request):
    return deadlines.share(it.received_at, it.due_at, 80)


# What is behind it ----------------------------------------------------------------------------------------


def test_regular_look_does_all_of_it(running, held, now):
    running(1)
    it = held(clock_stops=False)
    Request.objects.filter(pk=it.pk).update(resume_on=timezone.localdate())
    milestone(running(40), now - HOUR)
    assert tasks.look_at_the_clock.func() == 3
    assert tasks.look_at_the_clock.func() == 0


def test_part_of_the_clock_that_fails_does_not_stop_the_others(running, held, now, monkeypatch):
    running(1)
    it = held(clock_stops=False)
    Request.objects.filter(pk=it.pk).update(resume_on=timezone.localdate())

    def look_at_milestones(now):
        raise LookupError("no such year")

    monkeypatch.setattr(escalating, "look_at_milestones", look_at_milestones)
    with pytest.raises(LookupError):
        tasks.look_at_the_clock.func()
    assert Escalation.objects.count() == 1
    assert Request.objects.get(pk=it.pk).state == State.ASSIGNED


def test_one_that_cannot_go_on_does_not_keep_the_others(held, now, monkeypatch, caplog):
    it, other = held(clock_stops=False), held(clock_stops=False)
    Request.objects.filter(pk__in=[it.pk, other.pk]).update(resume_on=timezone.localdate())

    def resume(request, **how):
        return actions.resume(request, **how) if request == other else 1 / 0

    monkeypatch.setattr(escalating, "resume", resume)
    assert escalating.let_go_on(now) == 1
    assert Request.objects.get(pk=other.pk).state == State.ASSIGNED
    assert [record.message for record in caplog.records] == [f"request {it.pk} does not go on"]


def test_what_was_imported_gets_its_alarm(cast, now):
    late = cast.request(State.ASSIGNED, due_at=now - DAY, alarm_at=None)
    cast.request(State.CLOSED, due_at=now - DAY, alarm_at=None)
    told = cast.request(State.ASSIGNED, due_at=now - DAY, alarm_at=None, escalated_to=Level.TOWN)
    assert tasks.wind_up.func() == 1
    assert [code for code, _reason, _level in look(now)] == [late.code, late.code]
    assert tasks.wind_up.func() == 0
    assert Request.objects.get(pk=told.pk).alarm_at is None


def tell_higher_up() -> int:
    """Let the desks be mailed of all escalations, each mail by its own task; how many went out."""
    tasks.tell_higher_up.func(list(Escalation.objects.values_list("pk", flat=True)))
    sent = 0
    for row in DBTaskResult.objects.filter(task_path__endswith="mail_higher_up"):
        try:
            tasks.mail_higher_up.func(*row.args_kwargs["args"])
        except SMTPRecipientsRefused:
            continue
        sent += 1
    return sent


def test_address_that_is_refused_keeps_no_other_desk_from_its_mail(running, now, staff, monkeypatch):
    type(staff.coordinator).objects.filter(pk=staff.coordinator.pk).update(email="no-such@example.org")
    type(staff.coordinator).objects.filter(pk=staff.town_coordinator.pk).update(email="town@example.org")
    running(-1)
    look(now)
    send = EmailMessage.send

    def refuse(message, **how):
        if message.to == ["no-such@example.org"]:
            raise SMTPRecipientsRefused({})
        return send(message, **how)

    monkeypatch.setattr(EmailMessage, "send", refuse)
    assert tell_higher_up() == 1
    assert [message.to for message in mail.outbox] == [["town@example.org"]]


def test_where_nobody_holds_the_communitys_desk_the_towns_is_told(running, now, staff):
    type(staff.coordinator).objects.filter(pk=staff.town_coordinator.pk).update(email="town@example.org")
    staff.coordinator.tenures.update(valid_to=timezone.localdate() - DAY)
    running(1)
    look(now)
    assert (tell_higher_up(), mail.outbox[0].to) == (1, ["town@example.org"])


def test_request_of_an_area_that_became_another_is_told_to_that_ones_desk(running, now, staff, places):
    desk = factories.person("west_desk", email="west@example.org")
    factories.tenure(desk, "coordinator", places.west)
    staff.coordinator.tenures.update(valid_to=timezone.localdate() - DAY)
    Succession.objects.create(predecessor=places.east, successor=places.west, day=timezone.localdate())
    running(1)
    look(now)
    assert (tell_higher_up(), mail.outbox[0].to) == (1, ["west@example.org"])


def test_desks_higher_up_are_mailed_how_many_wait(running, now, staff):
    addresses = {staff.coordinator: "east@example.org", staff.town_coordinator: "town@example.org"}
    for user, address in addresses.items():
        type(user).objects.filter(pk=user.pk).update(email=address)
    running(1)
    running(1)
    overdue = running(-1)
    look(now)
    assert tell_higher_up() == 2
    sent = {message.to[0]: message for message in mail.outbox}
    numbers = {to: set(re.findall(r"\d+|测试[a-z]+", message.subject)) for to, message in sent.items()}
    assert numbers == {"town@example.org": {"1", "测试town"}, "east@example.org": {"3", "测试east"}}
    assert all(overdue.words not in message.body for message in mail.outbox)


def test_clock_finds_what_is_due_by_an_index(running, cast, now):
    running(1)
    # PostgreSQL chooses by how many there are: among a few rows any index is as good.
    Request.objects.bulk_create(
        Request(category=cast.lamp, area=cast.at.east_1, words="灯", received_at=now, due_at=now)
        for _row in range(2000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE requests_request")
    assert "request_alarm" in escalating._alarms(now).explain()
    assert "request_resume" in escalating._to_go_on(now).explain()
