"""Calling back: who gets on the list and off it, what a call leaves behind, who may, and the pages."""

import html
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from shiliu.core import audit
from shiliu.core.access import NotPermitted, Resident
from shiliu.core.door import Refused, StaleState
from shiliu.core.models import AuditEntry
from shiliu.requests import actions, calls, forgetting
from shiliu.requests.actions import Said
from shiliu.requests.models import CallBack, Message, Request, State
from shiliu.requests.story import for_staff, told
from shiliu.requests.tasks import tell_resident
from tests import factories

ASK, TELL = CallBack.Reason.ASK, CallBack.Reason.TELL
Outcome = CallBack.Outcome
LIST = "/console/requests/call-backs/"


def text(response) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()))


def fresh(it):
    return type(it).objects.get(pk=it.pk)


def planned(cast, state=State.VERIFIED, reason=ASK, **values) -> CallBack:
    """Somebody who is to be called about a request of East's first grid."""
    made = actions.plan_call_back(
        cast.request(state, **values), reason=reason, words="修好了" if reason == TELL else ""
    )
    assert made is not None
    return made


def called(cast, it, **how):
    given = {"outcome": Outcome.REACHED, "by": cast.staff.coordinator, "seen": it.version}
    return actions.call(fresh(it), **given | how)


def said(it, solved=True, **more) -> Said:
    return Said(solved, fresh(it.request).version, **more)


# On the list and off it -----------------------------------------------------------------------------------


def test_verifying_puts_the_person_on_the_list(cast):
    it = cast.request(State.DONE)
    actions.verify(it, by=cast.staff.coordinator, seen=1)
    call_back = CallBack.objects.get()
    assert (call_back.request, call_back.reason, call_back.area, call_back.tries) == (it, ASK, it.area, 0)
    assert audit.sentence(audit.entries_of(call_back).get()) == "The system put it on the call-back list"
    actions.close(it, by=cast.staff.coordinator, seen=2)  # nobody was reached
    assert CallBack.objects.get() == call_back
    assert fresh(call_back).done_at is None


@pytest.mark.parametrize(
    ("values", "waits"),
    [({}, True), ({"solved": True}, False), ({"contact_phone": ""}, False)],
)
def test_closing_puts_whoever_said_nothing_on_the_list(cast, values, waits):
    it = cast.request(State.DONE, **values)
    actions.close(it, by=cast.staff.coordinator, seen=1)
    assert CallBack.objects.waiting().exists() == waits


def test_closing_with_an_answer_is_the_call(cast):
    call_back = planned(cast)
    actions.close(call_back.request, by=cast.staff.coordinator, seen=1, solved=False)
    stored = fresh(call_back)
    assert (stored.outcome, stored.done_by) == (Outcome.REACHED, cast.staff.coordinator)


@pytest.mark.parametrize("step", ["confirm", "dispute", "reopen"])
def test_whoever_needs_no_call_any_more_is_off_the_list(cast, step):
    call_back = planned(cast, satisfied=False)
    it = call_back.request
    {
        "confirm": lambda: actions.confirm(it, by=Resident(), seen=1),
        "dispute": lambda: actions.dispute(it, by=Resident(), seen=1, note="还不亮"),
        "reopen": lambda: actions.reopen(it, by=cast.staff.coordinator, seen=1, note="还不亮"),
    }[step]()
    assert (fresh(call_back).outcome, fresh(call_back).done_by) == (Outcome.NOT_NEEDED, None)
    assert fresh(it).satisfied == (False if step == "confirm" else None)  # reopened, it is asked anew
    assert not CallBack.objects.waiting().exists()


def test_planning_twice_is_one_call_with_the_latest_words(cast):
    it = cast.request(State.CLOSED)
    first = actions.plan_call_back(it, reason=TELL, words="收到了")
    again = actions.plan_call_back(it, reason=TELL, words="修好了")
    assert (first, CallBack.objects.get().words) == (again, "修好了")
    actions.plan_call_back(it)
    assert CallBack.objects.count() == 2  # to be told is not to be asked


def test_step_that_is_refused_plans_nothing(cast):
    it = cast.request(State.DONE)
    with pytest.raises(StaleState):
        actions.verify(it, by=cast.staff.coordinator, seen=9)
    assert not CallBack.objects.exists()


def told_of(it) -> None:
    """As the worker does after each step: who has only a telephone is to be called."""
    tell_resident.call(it.code, it.version)


def on_hold(cast):
    """Whose person is to be told so by telephone."""
    it = cast.request(State.IN_PROGRESS)
    until = timezone.localdate() + timedelta(days=3)
    told_of(actions.hold(it, until=until, note="等配件", by=cast.staff.coordinator, seen=1))
    return it


def test_who_has_a_telephone_alone_is_told_what_the_page_would_say(cast, desk):
    it = on_hold(cast)
    told_of(actions.tell(it, words="灯杆要换新的", by=cast.staff.coordinator, seen=2).request)
    actions.extend(
        it, until=timezone.now() + timedelta(days=90), note="厂家没货", by=cast.staff.coordinator, seen=3
    )
    page = text(desk.get(f"{LIST}{CallBack.objects.get().code}/"))
    for said_there in ("等配件", "灯杆要换新的", "厂家没货", "put it on hold until"):
        assert said_there in page
    assert "The page says" not in page


@pytest.mark.parametrize("step", ["resume", "withdraw"])
def test_nobody_is_told_what_is_no_longer_so(cast, step):
    it = on_hold(cast)
    by = Resident() if step == "withdraw" else cast.staff.coordinator
    getattr(actions, step)(it, by=by, seen=2)
    assert CallBack.objects.get().outcome == Outcome.NOT_NEEDED


def test_letter_still_waits_to_be_told_when_the_work_goes_on(cast):
    it = on_hold(cast)
    told_of(actions.tell(it, words="灯杆要换新的", by=cast.staff.coordinator, seen=2).request)
    actions.resume(it, by=cast.staff.coordinator, seen=3)
    actions.report(it, by=cast.chief, seen=4, note="换了")
    assert [(each.reason, each.words) for each in CallBack.objects.waiting()] == [(TELL, "")]


def test_what_was_told_once_is_not_told_again(cast, desk):
    it = on_hold(cast)
    called(cast, CallBack.objects.get())
    told_of(actions.tell(it, words="灯杆要换新的", by=cast.staff.coordinator, seen=2).request)
    page = text(desk.get(f"{LIST}{CallBack.objects.waiting().get().code}/"))
    assert "灯杆要换新的" in page
    assert "等配件" not in page


# A call ---------------------------------------------------------------------------------------------------


def test_answer_goes_to_the_request_with_its_entries(cast):
    it = planned(cast)
    called(cast, it, said=said(it, satisfied=False), note="等了很久")
    request, stored = fresh(it.request), fresh(it)
    assert (request.solved, request.satisfied, request.state) == (True, False, State.VERIFIED)
    assert (stored.outcome, stored.tries, stored.done_by) == (Outcome.REACHED, 1, cast.staff.coordinator)
    entry = audit.entries_of(it).last()
    heard = Message.objects.get()
    assert (heard.kind, heard.words, heard.by) == ("from_resident", "等了很久", cast.staff.coordinator)
    assert (entry.verb, entry.note, entry.version) == ("requests.call_back", "", 2)
    of_request = audit.entries_of(it.request).last()
    said_so = {"solved": True, "satisfied": False, "message": heard.code}
    assert (of_request.verb, of_request.data) == ("requests.call", said_so)


def test_what_is_solved_may_be_closed_with_the_call(cast):
    it = planned(cast)
    called(cast, it, said=said(it, satisfied=True, close=True))
    request = fresh(it.request)
    assert (request.state, request.solved, request.satisfied) == (State.CLOSED, True, True)
    assert not CallBack.objects.waiting().exists()


def test_what_is_not_solved_may_be_reopened_with_the_call(cast):
    it = planned(cast, State.CLOSED)
    called(cast, it, said=said(it, solved=False, satisfied=False, reopen=True), note="还是不亮")
    request = fresh(it.request)
    assert (request.state, request.team, request.solved) == (State.ASSIGNED, cast.team, None)
    assert [entry.verb for entry in audit.entries_of(request)] == ["requests.call", "requests.reopen"]
    heard, reopened = told(request)[-2:]
    assert (heard.note, bool(reopened.note)) == ("还是不亮", True)  # which says where to look
    assert not AuditEntry.objects.filter(note__contains="还是不亮").exists()


def test_reopening_without_words_writes_nothing(cast):
    it = planned(cast)
    with pytest.raises(Refused, match="Please write a few words"):
        called(cast, it, said=said(it, solved=False, reopen=True))
    assert (fresh(it).version, fresh(it.request).solved) == (1, None)


def test_words_of_a_call_stand_in_the_story_and_are_erased_in_time(cast):
    it = planned(cast, State.CLOSED, reason=TELL)
    called(cast, it, note="谢谢，知道了")
    assert [each.note for each in for_staff(audit.entries_of(it.request))] == ["谢谢，知道了"]
    assert "谢谢，知道了" not in [each.note for each in told(it.request)]
    forgetting.erase(timezone.localdate() + timedelta(days=9999))
    assert Message.objects.get().words == ""


def test_words_of_a_call_hold_no_numbers(cast):
    it = planned(cast)
    with pytest.raises(Refused, match="personal number"):
        called(cast, it, said=said(it), note="打我儿子 13900000002")
    assert (fresh(it).version, fresh(it.request).solved) == (1, None)


def test_next_try_reads_what_the_last_one_noted(cast, desk):
    it = planned(cast)
    called(cast, it, outcome=Outcome.NOT_REACHED, note="请18点以后打")
    assert Message.objects.get().kind == "note"
    page = text(desk.get(f"{LIST}{it.code}/"))
    assert "Only among staff" in page
    assert "请18点以后打" in page


def test_who_is_not_reached_stays_until_the_third_time(cast):
    it = planned(cast)
    for tries in (1, 2):
        called(cast, fresh(it), outcome=Outcome.NOT_REACHED)
        assert (fresh(it).tries, fresh(it).outcome, fresh(it).done_at) == (tries, "", None)
    called(cast, fresh(it), outcome=Outcome.NOT_REACHED)
    assert (fresh(it).tries, fresh(it).outcome) == (3, Outcome.NOT_REACHED)
    assert fresh(it.request).version == 1  # nothing was said


@pytest.mark.parametrize(
    ("how", "outcome"),
    [
        ({"outcome": Outcome.NOT_REACHED, "give_up": True}, Outcome.NOT_REACHED),
        ({"outcome": Outcome.WRONG_NUMBER}, Outcome.WRONG_NUMBER),
        ({"outcome": Outcome.DECLINED}, Outcome.DECLINED),
    ],
)
def test_call_that_cannot_be_made_is_done(cast, how, outcome):
    it = planned(cast)
    called(cast, it, **how)
    assert (fresh(it).outcome, fresh(it).done_by) == (outcome, cast.staff.coordinator)
    assert fresh(it.request).solved is None


def test_who_was_told_was_only_told(cast):
    it = planned(cast, reason=TELL)
    called(cast, it, by=cast.staff.worker)
    assert (fresh(it).outcome, fresh(it.request).version) == (Outcome.REACHED, 1)


@pytest.mark.parametrize("reason", [ASK, TELL])
def test_who_was_reached_is_not_waited_for(cast, reason):
    it = planned(cast, reason=reason, waits_for_resident=True)
    called(cast, it, outcome=Outcome.NOT_REACHED)
    assert fresh(it.request).waits_for_resident
    it = fresh(it)
    called(cast, it, said=said(it) if reason == ASK else None)
    assert not fresh(it.request).waits_for_resident


@pytest.mark.parametrize(("how", "sentence"), [
    ({}, "Please choose what the person said"),
    ({"seen": 9, "said": Said(True, 1)}, "A colleague was faster"),
    ({"said": Said(True, 9)}, "A colleague was faster"),
])  # fmt: skip
def test_call_that_makes_no_sense_writes_nothing(cast, how, sentence):
    it = planned(cast)
    with pytest.raises(Refused, match=sentence):
        called(cast, it, **{"said": None} | how)
    assert (fresh(it).version, fresh(it).tries, fresh(it.request).version) == (1, 0, 1)


def test_call_that_is_done_is_not_done_again(cast):
    it = planned(cast)
    called(cast, it, outcome=Outcome.DECLINED)
    with pytest.raises(Refused, match="This call is done already"):
        called(cast, fresh(it), said=said(it))


@pytest.mark.parametrize(
    ("reason", "may"),
    [(ASK, {"coordinator", "town_coordinator"}), (TELL, {"coordinator", "town_coordinator", "worker"})],
)
def test_who_may_call(cast, reason, may):
    it = planned(cast, reason=reason)
    found = set()
    for name, user in cast.everybody().items():
        listed = it in CallBack.objects.to_be_called_by(user)
        try:
            actions.call(fresh(it), outcome=Outcome.NOT_REACHED, by=user, seen=it.version)
        except NotPermitted:
            assert not listed
        else:
            assert listed
            found.add(name)
            CallBack.objects.update(version=it.version, tries=0, tried_at=None)
    assert found == may


# The pages ------------------------------------------------------------------------------------------------


def waiting(cast, n: int, **values) -> list[CallBack]:
    """`n` of them, the first the longest."""
    made = []
    for days in range(n):
        it = planned(cast, **values)
        CallBack.objects.filter(pk=it.pk).update(made_at=timezone.now() - timedelta(days=n - days))
        made.append(fresh(it))
    return made


def rows(response) -> list[str]:
    return re.findall(r"call-backs/(\w+)/\?list", response.content.decode())


def test_list_holds_ones_own_the_longest_first(cast, desk):
    asked, told = waiting(cast, 2), planned(cast, reason=TELL)
    far = factories.request(cast.at.far_1, cast.lamp, state=State.CLOSED, closed_at=timezone.now())
    actions.plan_call_back(far)
    assert rows(desk.get(LIST)) == [asked[0].code, asked[1].code, told.code]
    assert rows(desk.get(LIST, {"reason": "tell"})) == [told.code]
    assert rows(desk.get(LIST, {"reason": "ask"})) == [it.code for it in asked]
    called(cast, asked[0], outcome=Outcome.DECLINED)
    assert rows(desk.get(LIST)) == [asked[1].code, told.code]


def test_pages_of_the_list_make_the_whole(cast, desk, monkeypatch):
    monkeypatch.setattr(calls, "PAGE", 2)
    made, found, address = waiting(cast, 5), [], LIST
    CallBack.objects.update(made_at=made[0].made_at)  # all at one moment
    while address:
        page = desk.get(address)
        found += rows(page)
        following = re.search(r'rel="next"[^>]* href="([^"]+)"', page.content.decode())
        address = LIST + html.unescape(following[1]) if following else ""
    assert found == [it.code for it in made]


@pytest.mark.parametrize("n", [1, 3])
def test_list_costs_the_same_whatever_there_is(cast, desk, n, django_assert_num_queries):
    waiting(cast, n)
    with django_assert_num_queries(7):
        assert len(rows(desk.get(LIST))) == n


@pytest.mark.parametrize("n", [1, 3])
def test_call_costs_the_same_whatever_there_is(cast, desk, n, django_assert_num_queries):
    it = waiting(cast, n)[0]
    with django_assert_num_queries(8):
        desk.get(f"{LIST}{it.code}/")


def sent(it, **data):
    return {"seen": it.version, "seen_request": fresh(it.request).version, "list": ""} | data


def test_page_says_what_to_say_and_hides_the_number(cast, desk):
    request = cast.request(State.IN_PROGRESS)
    actions.report(request, by=cast.staff.coordinator, seen=1, note="换了灯泡")
    actions.verify(request, by=cast.staff.coordinator, seen=2)
    page = text(desk.get(f"{LIST}{CallBack.objects.get().code}/"))
    assert "三号楼前的路灯不亮" in page
    assert "换了灯泡" in page
    assert "13900000001" not in page


def test_call_about_what_was_spoken_can_be_opened(cast, desk):
    it = planned(cast, words="")
    assert "Voice note</a>" in text(desk.get(LIST))
    assert "<q>Voice note</q>" in text(desk.get(f"{LIST}{it.code}/"))


def test_number_is_shown_by_a_button_and_on_record(cast, desk):
    it = planned(cast)
    assert desk.get(f"{LIST}{it.code}/phone/").status_code == 405
    page = desk.post(f"{LIST}{it.code}/phone/")
    assert "13900000001" in text(page)
    assert audit.entries_of(it.request).last().verb == "requests.contact"


def test_one_call_leads_to_the_next_and_the_last_to_the_list(cast, desk):
    first, second = waiting(cast, 2)
    answer = desk.post(f"{LIST}{first.code}/", sent(first, said="solved-satisfied", close="on"))
    assert answer.url == reverse("desk:call_back", args=[second.code]) + "?list="
    assert fresh(first.request).state == State.CLOSED
    answer = desk.post(f"{LIST}{second.code}/", sent(second, said="later"))
    assert answer.url == LIST
    assert (fresh(second).tries, fresh(second).done_at) == (1, None)
    assert "not reached once" in text(desk.get(LIST))


@pytest.mark.parametrize(
    ("choice", "solved", "satisfied"),
    [(choice, *values) for choice, values in calls.SAID.items()],
)
def test_each_choice_writes_what_it_says(cast, desk, choice, solved, satisfied):
    it = planned(cast)
    desk.post(f"{LIST}{it.code}/", sent(it, said=choice))
    request = fresh(it.request)
    assert (request.solved, request.satisfied, request.state) == (solved, satisfied, State.VERIFIED)


@pytest.mark.parametrize("choice", ["give_up", "wrong_number", "declined"])
def test_each_failure_takes_it_off_the_list(cast, desk, choice):
    it = planned(cast)
    desk.post(f"{LIST}{it.code}/", sent(it, said=choice))
    assert fresh(it).outcome == {"give_up": "not_reached"}.get(choice, choice)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Please fill this in"),
        ({"said": "no such choice"}, "Select a valid choice"),
        ({"said": "told"}, "Select a valid choice"),
        ({"said": "unsolved", "reopen": "on", "note": " "}, "Please write what is not solved"),
        ({"said": "solved", "note": "长" * 1001}, "at most 1000"),
    ],
)
def test_form_that_is_refused_says_why_and_loses_nothing(cast, desk, data, sentence):
    it = planned(cast)
    answer = desk.post(f"{LIST}{it.code}/", sent(it, **{"note": "她说再等等"} | data))
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert data.get("note", "她说再等等") in text(answer)
    assert fresh(it).version == 1


def test_colleague_was_faster(cast, desk):
    it = planned(cast)
    actions.close(fresh(it.request), by=cast.staff.town_coordinator, seen=1)
    old = sent(it, said="solved-satisfied", note="挺好") | {"seen_request": 1}
    answer = desk.post(f"{LIST}{it.code}/", old)
    assert answer.status_code == 409
    assert "A colleague was faster" in text(answer)
    assert 'name="seen_request" value="2"' in text(answer)
    assert "挺好" in text(answer)
    assert fresh(it).done_at is None
    called(cast, it, by=cast.staff.town_coordinator, outcome=Outcome.DECLINED)
    answer = desk.post(f"{LIST}{it.code}/", sent(it, said="solved"))
    assert (answer.status_code, "This call is done already" in text(answer)) == (422, True)


@pytest.mark.parametrize("choice", ["solved", "later"])
def test_second_click_is_answered_as_the_first(cast, desk, choice):
    it = planned(cast)
    data = sent(it, said=choice)
    assert [desk.post(f"{LIST}{it.code}/", data).status_code for _click in range(2)] == [302, 302]
    assert fresh(it).tries == 1


def test_worker_sees_whom_to_tell_and_may_not_ask(cast, client):
    asked, told = planned(cast), planned(cast, reason=TELL)
    client.force_login(cast.staff.worker)
    assert rows(client.get(LIST)) == [told.code]
    assert client.get(f"{LIST}{asked.code}/").status_code == 403
    assert client.post(f"{LIST}{told.code}/", sent(told, said="told")).status_code == 302


def test_reached_again_after_reopening_is_a_new_call(cast):
    it = planned(cast)
    called(cast, it, said=said(it, solved=False, reopen=True), note="还不亮")
    request = fresh(it.request)
    actions.report(request, by=cast.chief, seen=request.version, note="又换了")
    actions.verify(request, by=cast.staff.coordinator, seen=request.version)
    (again,) = CallBack.objects.waiting()
    assert (again.pk != it.pk, again.tries) == (True, 0)
    assert Request.objects.get(pk=request.pk).state == State.VERIFIED
