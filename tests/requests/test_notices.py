"""What a person is told of a step, by which channel, and how often: once."""

from datetime import timedelta
from email import message_from_string
from email.policy import default

import pytest
from django.core import mail
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from shiliu.core import audit
from shiliu.core.access import Resident, System
from shiliu.core.models import AuditEntry
from shiliu.requests import actions, notices
from shiliu.requests.models import CallBack, Notice, Request, State
from shiliu.requests.states import LIFECYCLE
from shiliu.requests.story import OF_THE_OTHER
from shiliu.requests.tasks import send_what_waits, tell_resident
from tests import factories
from tests.helpers import free_port
from tests.requests.acts import act
from tests.requests.outside import mail_server, web_server

ADDRESS, PHONE = "jia@example.org", "13900000001"


def run_tasks() -> None:
    """Every task that waits, as the worker would; each twice, since it may be."""
    for task in DBTaskResult.objects.filter(task_path__endswith="tell_resident"):
        for _twice in range(2):
            tell_resident.call(*task.args_kwargs["args"])


def refused(cast, **contact) -> Request:
    """Refused, with the task that tells so."""
    it = cast.request(State.RECEIVED, **{"contact_name": "甲某某", "contact_phone": ""} | contact)
    actions.refuse(it, by=cast.staff.coordinator, seen=1, note="请找物业")
    return it


def sent() -> list[tuple[str, str, int]]:
    return list(Notice.objects.order_by("pk").values_list("channel", "state", "tries"))


# What is told ---------------------------------------------------------------------------------------------


def test_every_verb_that_is_told_tells_the_resident_something():
    written = {"requests.tell", "requests.inquire"}
    assert {verb for verb in notices.SAYS if verb not in written and not LIFECYCLE[verb].told} == set()
    assert LIFECYCLE.later.keys() - notices.SAYS.keys() == set()
    assert notices.OF_THE_OTHER.keys() == OF_THE_OTHER.keys() <= notices.SAYS.keys()


@pytest.mark.parametrize("verb", ["requests.accept", "requests.extend", "requests.report", "requests.merge"])
def test_step_that_is_worth_telling_brings_one_task(cast, verb):
    it = cast.request(next(state for state in State if state in LIFECYCLE[verb].sources))
    act(verb, it, by=cast.staff.coordinator)
    assert [task.args_kwargs["args"] for task in DBTaskResult.objects.all()] == [[it.code, 2]]


@pytest.mark.parametrize("verb", ["requests.assign", "requests.take", "requests.classify", "requests.return"])
def test_other_steps_bring_none(cast, verb):
    it = cast.request(next(state for state in State if state in LIFECYCLE[verb].sources))
    act(verb, it, by=cast.staff.coordinator)
    assert not DBTaskResult.objects.exists()


def test_notice_holds_code_and_page_and_nothing_of_the_matter(cast, settings):
    it = refused(cast, contact_email=ADDRESS)
    run_tasks()
    (letter,) = mail.outbox
    assert letter.to == [ADDRESS]
    assert f"{settings.BASE_URL}/r/{it.code}/" in letter.body
    assert f"{it.code[:3]}-{it.code[3:6]}-{it.code[6:]}" in letter.subject
    for hidden in (it.words, "甲某某", "请找物业", "coordinator"):
        assert hidden not in letter.subject + letter.body


# By which channel -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("contact", "url", "mails", "channel"),
    [
        ({"contact_email": ADDRESS, "contact_phone": PHONE}, "json://x/{phone}", True, "email"),
        ({"contact_email": ADDRESS, "contact_phone": PHONE}, "json://x/{phone}", False, "service"),
        ({"contact_email": ADDRESS, "contact_phone": PHONE}, "", False, "call"),
        ({"contact_phone": "04725123456"}, "json://x/{phone}", True, "call"),
        ({"contact_email": ADDRESS}, "json://x/{phone}", False, None),
        ({"contact_phone": ""}, "json://x/{phone}", True, None),
    ],
)
def test_channel_is_the_first_that_reaches_the_person(cast, settings, contact, url, mails, channel):
    settings.NOTICE_URL, settings.SENDS_MAIL = url, mails
    it = cast.request(State.ACCEPTED, **{"contact_phone": ""} | contact)
    assert notices.channel_for(it) == channel


def test_mail_arrives_at_a_real_server_once(cast, settings):
    it = refused(cast, contact_email=ADDRESS)
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        run_tasks()
    (raw,) = server.received
    received = message_from_string(raw, policy=default)
    assert received["To"] == ADDRESS
    assert f"/r/{it.code}/" in received.get_content()
    assert sent() == [("email", "sent", 1)]


def test_service_receives_the_text_and_the_number_once(cast, settings):
    it = refused(cast, contact_phone=PHONE)
    with web_server() as server:
        settings.NOTICE_URL = f"json://127.0.0.1:{server.server_address[1]}/{{phone}}"
        run_tasks()
    ((path, said),) = server.received
    assert path.strip("/") == PHONE
    assert f"/r/{it.code}/" in said["message"]
    assert sent() == [("service", "sent", 1)]


def test_without_either_somebody_is_to_call_once_and_say_the_latest(cast):
    it = refused(cast, contact_phone=PHONE)
    run_tasks()
    call = CallBack.objects.get()
    assert (call.request, call.reason, call.area_id, call.done_at) == (it, "tell", it.area_id, None)
    assert sent() == [("call", "sent", 0)]
    (entry,) = audit.entries_of(call)
    assert audit.sentence(entry) == "The system put it on the call-back list"

    actions.tell(it, words="请看", by=cast.staff.coordinator, seen=2)
    run_tasks()
    again = CallBack.objects.get()
    assert (again.pk, again.words != call.words) == (call.pk, True)
    assert [entry.verb for entry in audit.entries_of(call)] == ["requests.plan_call_back"] * 2


def test_nobody_is_called_for_what_the_page_tells_well_enough(cast):
    it = cast.request(State.RECEIVED, contact_phone=PHONE)
    actions.accept(it, by=cast.staff.coordinator, seen=1)
    run_tasks()
    assert (CallBack.objects.exists(), Notice.objects.exists()) == (False, False)


def test_call_that_was_made_is_not_asked_for_again_by_the_same_step(cast):
    refused(cast, contact_phone=PHONE)
    run_tasks()
    CallBack.objects.update(done_at=timezone.now(), outcome="reached")
    run_tasks()
    assert CallBack.objects.count() == 1


def test_asking_itself_tells_nothing(cast):
    actions.ask(by=Resident(), category=cast.lamp, area=cast.at.east_1, words="路灯", contact_phone=PHONE)
    assert [task.task_path.rpartition(".")[2] for task in DBTaskResult.objects.all()] == []


# When it fails --------------------------------------------------------------------------------------------


def test_server_that_is_away_is_tried_again_and_in_the_end_somebody_calls(cast, settings):
    refused(cast, contact_email=ADDRESS, contact_phone=PHONE)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    arguments = DBTaskResult.objects.get().args_kwargs["args"]
    for n in range(1, notices.TRIES):
        with pytest.raises(notices.NotSent) as raised:
            tell_resident.call(*arguments)
        assert sent() == [("email", "waiting", n)]
        assert ADDRESS not in str(raised.value)
    tell_resident.call(*arguments)
    assert sent() == [("email", "failed", notices.TRIES), ("call", "sent", 0)]
    assert Notice.objects.first().fault == "ConnectionRefusedError"
    assert CallBack.objects.get().reason == "tell"


def test_address_that_does_not_exist_is_not_tried_again(cast, settings):
    refused(cast, contact_email=ADDRESS)
    with mail_server(refuses=True) as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        run_tasks()
    assert server.received == []
    assert sent() == [("email", "failed", 1)]
    assert not CallBack.objects.exists()


def test_service_that_refuses_is_tried_again(cast, settings):
    refused(cast, contact_phone=PHONE)
    with web_server(refuses=True) as server:
        settings.NOTICE_URL = f"json://127.0.0.1:{server.server_address[1]}/{{phone}}"
        with pytest.raises(notices.NotSent):
            tell_resident.call(*DBTaskResult.objects.get().args_kwargs["args"])
    assert sent() == [("service", "waiting", 1)]


def test_worker_that_comes_while_another_sends_does_not(cast, monkeypatch):
    it = refused(cast, contact_email=ADDRESS)
    sends = notices._send

    def interrupted(notice):
        run_tasks()
        sends(notice)
        run_tasks()

    monkeypatch.setattr(notices, "_send", interrupted)
    tell_resident.call(it.code, 2)
    assert (len(mail.outbox), sent()) == (1, [("email", "sent", 1)])


def test_worker_that_read_it_before_another_tried_does_not_send(cast):
    it = refused(cast, contact_email=ADDRESS)
    Notice.objects.create(request=it, entry=AuditEntry.objects.get(public_id=it.code), channel="email")
    one, other = Notice.objects.get(), Notice.objects.get()
    notices.deliver(one)
    notices.deliver(other)
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_two_processes_at_one_notice_send_one_mail(start_process):
    here = factories.places()
    it = factories.request(here.east_1, factories.category(), contact_email=ADDRESS)
    actions.refuse(it, by=System("test"), seen=1, note="请找物业")
    with mail_server() as server:
        host, port = server.server_address
        workers = [start_process() for _n in range(3)]
        for worker in workers:
            worker.tell(
                "from django.conf import settings",
                "settings.SENDS_MAIL = True",
                "settings.EMAIL_BACKEND = 'django.core.mail.backends.smtp.EmailBackend'",
                f"settings.EMAIL_HOST, settings.EMAIL_PORT = {host!r}, {port}",
                "from shiliu.requests.tasks import tell_resident",
                f"tell_resident.call({it.code!r}, 2)",
            )
        for worker in workers:
            worker.answer()
    assert len(server.received) == 1
    assert sent() == [("email", "sent", 1)]


def test_clock_sends_what_a_worker_left(cast):
    it = refused(cast, contact_email=ADDRESS)
    step = AuditEntry.objects.get(public_id=it.code)
    Notice.objects.create(request=it, entry=step, channel="email")
    send_what_waits.call()
    assert mail.outbox == []
    Notice.objects.update(made_at=timezone.now() - timedelta(hours=1))
    send_what_waits.call()
    send_what_waits.call()
    assert (len(mail.outbox), sent()) == (1, [("email", "sent", 1)])


def test_contact_that_was_erased_meanwhile_is_told_nothing(cast):
    it = refused(cast, contact_email=ADDRESS, contact_phone=PHONE)
    Request.objects.filter(pk=it.pk).update(contact_email="", contact_phone="")
    run_tasks()
    assert (mail.outbox, Notice.objects.exists(), CallBack.objects.exists()) == ([], False, False)


def test_merge_tells_the_one_that_ends(cast):
    it = cast.request(State.ACCEPTED, contact_email=ADDRESS)
    into = factories.request(cast.at.east_1, cast.lamp, contact_email="yi@example.org")
    actions.merge(it, into=into, by=cast.staff.coordinator, seen=1)
    run_tasks()
    assert [letter.to for letter in mail.outbox] == [[ADDRESS]]


# What was merged ------------------------------------------------------------------------------------------

OTHERS = "yi@example.org"
STEPS = {"requests.report": State.ASSIGNED, "requests.close": State.DONE, "requests.defer": State.ACCEPTED}


def merged(cast, into: Request, **contact) -> Request:
    """Merged into another, with nothing left to be told of that."""
    it = cast.request(State.ACCEPTED, **{"contact_name": "甲某某", "contact_phone": ""} | contact)
    actions.merge(it, into=into, by=cast.staff.coordinator, seen=1)
    DBTaskResult.objects.all().delete()
    return it


def other(cast, state: str, **values) -> Request:
    """Somebody else's, into which requests are merged."""
    words = {"words": "三单元漏水", "contact_name": "乙某某"}
    return cast.request(state, **words | {"contact_phone": "", "contact_email": OTHERS} | values)


@pytest.mark.parametrize(("verb", "state"), STEPS.items())
def test_step_of_the_other_one_is_told_once_to_whose_request_was_merged(cast, settings, verb, state):
    into = other(cast, State.ACCEPTED)
    it = merged(cast, into, contact_email=ADDRESS)
    Request.objects.filter(pk=into.pk).update(state=state, team=cast.team)
    act(verb, into, by=cast.staff.coordinator)
    run_tasks()

    letters = {letter.to[0]: letter for letter in mail.outbox}
    assert (len(mail.outbox), letters.keys()) == (2, {ADDRESS, OTHERS})
    told = letters[ADDRESS].subject + letters[ADDRESS].body
    assert str(notices.text_of(it, audit.entries_of(into).get())) in told
    assert f"{settings.BASE_URL}/r/{it.code}/" in told
    shown = f"{into.code[:3]}-{into.code[3:6]}-{into.code[6:]}"
    for hidden in (into.code, shown, into.words, "乙某某", "说明一下", "coordinator", "东队"):
        assert hidden not in told
    assert list(Notice.objects.values_list("request", flat=True)) == [into.pk, it.pk]


@pytest.mark.parametrize("verb", ["requests.accept", "requests.hold", "requests.extend", "requests.reopen"])
def test_other_steps_of_the_other_one_are_its_own(cast, verb):
    into = other(cast, State.ACCEPTED)
    merged(cast, into, contact_email=ADDRESS)
    state = next(state for state in State if state in LIFECYCLE[verb].sources)
    Request.objects.filter(pk=into.pk).update(state=state, team=cast.team)
    act(verb, into, by=cast.staff.coordinator)
    run_tasks()
    assert [letter.to for letter in mail.outbox] == [[OTHERS]]


def test_what_was_merged_into_what_was_merged_is_told_too_and_what_came_after_the_step_is_not(cast):
    last, by = other(cast, State.ACCEPTED, team=cast.team), cast.staff.coordinator
    between = cast.request(State.ACCEPTED, contact_phone="")
    merged(cast, between, contact_email="first@example.org")
    actions.merge(between, into=last, by=by, seen=1)
    DBTaskResult.objects.all().delete()
    actions.defer(last, by=by, seen=1, note="等明年")
    task = DBTaskResult.objects.get()
    merged(cast, last, contact_email="late@example.org")
    tell_resident.call(*task.args_kwargs["args"])
    assert [letter.to for letter in mail.outbox] == [[OTHERS], ["first@example.org"]]


@pytest.mark.parametrize(
    ("verb", "called"), [("requests.report", 0), ("requests.close", 1), ("requests.defer", 1)]
)
def test_whose_request_was_merged_is_called_when_it_ends_or_stays(cast, verb, called):
    into = other(cast, State.ACCEPTED)
    it = merged(cast, into, contact_phone=PHONE)
    Request.objects.filter(pk=into.pk).update(state=STEPS[verb], team=cast.team)
    act(verb, into, by=cast.staff.coordinator)
    run_tasks()
    assert list(CallBack.objects.values_list("request", "reason")) == [(it.pk, "tell")] * called


def test_one_that_cannot_be_sent_keeps_nobody_waiting(cast, monkeypatch):
    into = other(cast, State.ACCEPTED)
    merged(cast, into, contact_email=ADDRESS)
    actions.defer(into, by=cast.staff.coordinator, seen=1, note="等明年")
    sends = notices._send

    def refusing(notice):
        if notice.request == into:
            raise notices.NotSent("away")
        sends(notice)

    monkeypatch.setattr(notices, "_send", refusing)
    for _again in range(2):
        with pytest.raises(notices.NotSent):
            tell_resident.call(*DBTaskResult.objects.get().args_kwargs["args"])
    assert [letter.to for letter in mail.outbox] == [[ADDRESS]]
    assert sent() == [("email", "waiting", 2), ("email", "sent", 1)]
