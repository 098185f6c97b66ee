"""Letters to the resident, notes among staff, and what the resident adds: rows, flags, entries, rights."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from shiliu.core import audit
from shiliu.core.access import NotPermitted, Resident
from shiliu.core.door import OtherContent, Refused, StaleState
from shiliu.core.models import AuditEntry
from shiliu.requests import actions
from shiliu.requests.models import Kind, Message, Photo, Request, State
from shiliu.requests.story import for_staff, told
from tests import factories

WORDS = "晚上才亮一会儿"
NUMBER = "打我电话 13900000001"


def stored(it: Request) -> Request:
    return Request.objects.get(pk=it.pk)


def add(it: Request, words: str = WORDS, **how) -> Message:
    return actions.add(stored(it), words=words, by=Resident(), **how)


def everything_in_the_audit() -> str:
    return str(list(AuditEntry.objects.values_list("note", "data")))


# Staff ----------------------------------------------------------------------------------------------------


def test_letter_is_a_row_two_entries_and_a_task(cast):
    it = cast.request(State.ACCEPTED)
    made = actions.tell(it, words=f" {WORDS} ", by=cast.staff.coordinator, seen=1)

    row = Message.objects.get()
    assert (row, row.kind, row.words, row.by) == (made, "to_resident", WORDS, cast.staff.coordinator)
    assert (stored(it).version, stored(it).waits_for_resident) == (2, False)
    assert [audit.sentence(entry) for entry in audit.entries_of(it)] == [
        "coordinator某 wrote to the resident"
    ]
    assert AuditEntry.objects.get(kind="requests.message").data["words"] == audit.MASK
    assert WORDS not in everything_in_the_audit()
    assert DBTaskResult.objects.get().args_kwargs["args"] == [it.code, 2]


@pytest.mark.parametrize("asks", [False, True])
def test_letter_is_the_first_contact_and_a_note_is_not(cast, asks):
    it, desk = cast.request(State.RECEIVED), cast.staff.coordinator
    part = it.milestones.create(kind=Kind.CONTACT, due_at=it.due_at)
    actions.note(it, words=WORDS, by=desk, seen=1)
    assert stored(it).contacted_at is None
    actions.tell(it, words=WORDS, asks=asks, by=desk, seen=2)
    part.refresh_from_db()
    assert part.met_at == stored(it).contacted_at is not None
    at = part.met_at
    actions.accept(stored(it), by=desk, seen=3)
    assert stored(it).contacted_at == at


def test_question_waits_for_the_resident_until_they_write(cast):
    it = cast.request(State.ACCEPTED)
    actions.tell(it, words="几号楼？", asks=True, by=cast.staff.coordinator, seen=1)
    assert (stored(it).waits_for_resident, Message.objects.get().asks) == (True, True)
    add(it, "三号楼")
    assert (stored(it).waits_for_resident, stored(it).wrote_at is not None) == (False, True)


@pytest.mark.parametrize(
    ("step", "state", "words"),
    [
        (actions.tell, State.ASSIGNED, {"words": "谢谢，知道了"}),
        (actions.report, State.ASSIGNED, {"note": "换了灯泡"}),
        (actions.close, State.DONE, {}),
    ],
)
def test_what_staff_do_ends_the_waiting_for_an_answer(cast, step, state, words):
    """Who has only a telephone answers by it, and nothing comes in by the page."""
    it = cast.request(state, waits_for_resident=True)
    step(it, **words, by=cast.staff.coordinator, seen=1)
    assert not stored(it).waits_for_resident


def test_note_tells_nobody_outside(cast):
    it = cast.request(State.ACCEPTED)
    actions.note(it, words="先问物业", by=cast.staff.worker, seen=1)
    assert Message.objects.get().kind == "note"
    assert not DBTaskResult.objects.exists()
    assert "先问物业" not in str(told(it))
    assert [each.note for each in for_staff(audit.entries_of(it))] == ["先问物业"]


@pytest.mark.parametrize("act", [actions.tell, actions.note])
def test_who_may_write(cast, act):
    it = cast.request(State.ASSIGNED)
    may = set()
    for name, user in cast.everybody().items():
        try:
            act(it, words="好", by=user, seen=stored(it).version)
        except NotPermitted:
            continue
        may.add(name)
    assert may == {"coordinator", "town_coordinator", "worker", "chief"}
    with pytest.raises(NotPermitted):
        act(it, words="好", by=Resident(), seen=stored(it).version)


@pytest.mark.parametrize("act", [actions.tell, actions.note])
@pytest.mark.parametrize(("words", "said"), [(" \n", "a few words"), (NUMBER, "telephone number")])
def test_bad_words_are_refused_and_nothing_is_written(cast, act, words, said):
    it = cast.request(State.ACCEPTED)
    with pytest.raises(Refused, match=said):
        act(it, words=words, by=cast.staff.coordinator, seen=1)
    assert not Message.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("act", [actions.tell, actions.note])
def test_colleague_who_was_faster_is_told_and_nothing_is_written(cast, act):
    it = cast.request(State.RECEIVED)
    actions.accept(it, by=cast.staff.coordinator, seen=1)
    with pytest.raises(StaleState):
        act(it, words="好", by=cast.staff.worker, seen=1)
    assert not Message.objects.exists()


@pytest.mark.parametrize("act", [actions.tell, actions.note])
def test_same_form_twice_is_one_message(cast, act):
    it = cast.request(State.ACCEPTED)
    how = {"words": "好", "by": cast.staff.coordinator, "seen": 1, "key": "k"}
    assert act(it, **how) == act(stored(it), **how)
    assert (Message.objects.count(), stored(it).version) == (1, 2)
    with pytest.raises(OtherContent):
        act(stored(it), **how | {"words": "别的"})


def test_nothing_is_asked_when_nobody_can_answer_any_more(cast):
    it = cast.request(State.CLOSED, closed_at=timezone.now() - timedelta(days=16))
    with pytest.raises(Refused, match="too long ago"):
        actions.tell(it, words="修好了吗？", asks=True, by=cast.staff.coordinator, seen=1)
    actions.tell(it, words="谢谢您", by=cast.staff.coordinator, seen=1)


# The resident ---------------------------------------------------------------------------------------------


def test_addition_is_stored_with_its_photos_and_waits_to_be_read(cast):
    it = cast.request(State.IN_PROGRESS)
    made = add(it, pictures=[factories.picture()])
    assert (made.kind, made.words, made.by) == ("from_resident", WORDS, None)
    photo = Photo.objects.get()
    assert (photo.message, photo.taken) == (made, Photo.Taken.ADDED)
    assert stored(it).wrote_at == made.at
    assert [audit.sentence(entry) for entry in audit.entries_of(it)] == ["The resident wrote more about it"]
    assert WORDS not in everything_in_the_audit()


def test_addition_makes_no_form_stale_and_is_late_for_none(cast):
    """Whatever order they come in: the resident's words never fail, and a colleague's step goes through."""
    it = cast.request(State.RECEIVED)
    opened_by_resident = stored(it)
    actions.accept(it, by=cast.staff.coordinator, seen=1)
    actions.add(opened_by_resident, words=WORDS, by=Resident())
    actions.assign(stored(it), to=cast.team, by=cast.staff.coordinator, seen=2)
    now = stored(it)
    assert (now.state, now.version, now.wrote_at is not None) == (State.ASSIGNED, 3, True)


def test_same_addition_twice_is_one_with_its_photos_once(cast):
    it = cast.request(State.ACCEPTED)
    for _n in range(2):
        add(it, pictures=[factories.picture()], key="k")
    assert (Message.objects.count(), Photo.objects.count(), audit.entries_of(it).count()) == (1, 1, 1)


@pytest.mark.parametrize("state", State)
def test_addition_is_taken_in_every_state_as_long_as_it_can_be_answered(cast, state):
    add(cast.request(state))
    late = cast.request(State.CLOSED, closed_at=timezone.now() - timedelta(days=16))
    with pytest.raises(Refused, match="too long ago"):
        add(late)


@pytest.mark.parametrize(("words", "said"), [(" ", "write something"), (NUMBER, "telephone number")])
def test_bad_addition_is_refused(cast, words, said):
    it = cast.request(State.ACCEPTED)
    with pytest.raises(Refused, match=said):
        add(it, words)
    assert not Message.objects.exists()
    assert stored(it).wrote_at is None


def test_so_many_unread_messages_are_enough(cast, monkeypatch):
    monkeypatch.setattr(actions.messages, "MOST_UNREAD", 2)
    it = cast.request(State.ACCEPTED)
    add(it, "一")
    add(it, "二")
    with pytest.raises(Refused, match="has not been read yet"):
        add(it, "三")
    actions.read(stored(it), by=cast.staff.worker, until=timezone.now())
    add(it, "三")


# Reading --------------------------------------------------------------------------------------------------


def test_letter_takes_the_mark_back_only_for_what_was_on_the_page(cast):
    it = cast.request(State.ACCEPTED)
    add(it, "第一句")
    page = timezone.now()
    second = add(it, "第二句")
    actions.tell(stored(it), words="收到", by=cast.staff.coordinator, seen=1, read=page)
    assert stored(it).wrote_at == second.at
    actions.tell(stored(it), words="都收到", by=cast.staff.coordinator, seen=2)
    assert stored(it).wrote_at is None


def test_reading_is_on_record_once_and_makes_no_version(cast):
    it = cast.request(State.ACCEPTED)
    add(it)
    for _n in range(2):
        actions.read(stored(it), by=cast.staff.worker, until=timezone.now())
    assert (stored(it).wrote_at, stored(it).version) == (None, 1)
    assert [entry.verb for entry in audit.entries_of(it)] == ["requests.add", "requests.read"]
    with pytest.raises(NotPermitted):
        actions.read(stored(it), by=cast.staff.leader, until=timezone.now())


# Words of an answer ---------------------------------------------------------------------------------------


def test_words_of_a_dispute_lie_in_a_message_and_are_masked_in_the_audit(cast):
    it = cast.request(State.CLOSED, solved=True, satisfied=True)
    actions.dispute(it, by=Resident(), seen=1, note=WORDS)
    now = stored(it)
    assert (now.state, now.solved, now.satisfied) == (State.ASSIGNED, None, None)
    assert (Message.objects.get().words, now.wrote_at) == (WORDS, Message.objects.get().at)
    assert WORDS not in everything_in_the_audit()
    assert told(it)[-1].note == WORDS
    assert for_staff(audit.entries_of(it))[-1].note == WORDS


def test_number_in_a_dispute_is_refused_and_it_stays_closed(cast):
    it = cast.request(State.CLOSED)
    with pytest.raises(Refused, match="telephone number"):
        actions.dispute(it, by=Resident(), seen=1, note=NUMBER)
    assert (stored(it).state, Message.objects.exists()) == (State.CLOSED, False)


@pytest.mark.parametrize(("satisfied", "verb"), [(True, "satisfied"), (False, "dissatisfied")])
def test_rating_is_kept_and_can_be_changed(cast, satisfied, verb):
    it = cast.request(State.CLOSED, solved=True)
    actions.rate(it, satisfied=satisfied, by=Resident(), seen=1, note="等得太久")
    assert (stored(it).state, stored(it).satisfied, stored(it).solved) == (State.CLOSED, satisfied, True)
    assert audit.entries_of(it).get().verb == f"requests.{verb}"
    assert (Message.objects.get().words, "等得太久" in everything_in_the_audit()) == ("等得太久", False)
    with pytest.raises(Refused, match="on record already"):
        actions.rate(it, satisfied=satisfied, by=Resident(), seen=2)
    actions.rate(it, satisfied=not satisfied, by=Resident(), seen=2)
    assert stored(it).satisfied is not satisfied


def test_rating_too_late_is_refused_and_a_reopened_request_has_none(cast):
    late = cast.request(State.CLOSED, closed_at=timezone.now() - timedelta(days=16))
    with pytest.raises(Refused, match="too long ago"):
        actions.rate(late, satisfied=True, by=Resident(), seen=1)
    it = cast.request(State.CLOSED, solved=True, satisfied=True)
    actions.reopen(it, by=cast.staff.coordinator, seen=1, note="又坏了")
    assert stored(it).satisfied is None


# The first receiver ---------------------------------------------------------------------------------------


def test_post_that_accepts_is_kept_whoever_leads(cast):
    it = cast.request(State.RECEIVED)
    actions.accept(it, by=cast.staff.coordinator, seen=1)
    actions.assign(it, to=cast.team, by=cast.staff.coordinator, seen=2)
    assert stored(it).first_post.code == "P-coordinator"


def test_of_several_posts_the_nearest_that_may_accept_is_it(cast):
    near = factories.tenure(cast.staff.town_coordinator, "coordinator", cast.at.east)
    factories.tenure(cast.staff.town_coordinator, "grid_worker", cast.at.east_1)
    it = cast.request(State.RECEIVED)
    actions.accept(it, by=cast.staff.town_coordinator, seen=1)
    assert stored(it).first_post == near.post


def test_story_costs_three_queries_whatever_was_written(cast, django_assert_num_queries):
    it = cast.request(State.ACCEPTED)
    for n in (1, 3):
        for _more in range(n):
            actions.tell(stored(it), words="好", by=cast.staff.coordinator, seen=stored(it).version)
            add(it)
        with django_assert_num_queries(3):
            shown = told(it)
        assert len([each for each in shown if each.message]) == Message.objects.count()
