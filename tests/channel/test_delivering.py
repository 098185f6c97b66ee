"""Bots deliver: once, in pieces that fit, at their pace; what fails is told, and holds up nobody else."""

import itertools
import json
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from shiliu.channel.groups import actions, delivering, tasks, words
from shiliu.channel.models import Bot, Delivery, DeliveryState, Outage
from shiliu.core import bots
from shiliu.core.bots import Answer, Outcome
from shiliu.core.models import LimitCount
from tests.channel import vendors as servers
from tests.channel.helpers import bot, groups, key_of, prepared

pytestmark = pytest.mark.django_db


def now_due() -> None:
    Delivery.objects.for_bot().update(next_at=timezone.now())
    Outage.objects.update(next_at=timezone.now())


def states() -> dict[str, str]:
    return dict(Delivery.objects.values_list("group__name", "state"))


def test_each_group_gets_the_text_with_its_own_link_once(places, vendors, three):
    rows = prepared(places.town)
    for _again in range(2):
        for vendor in three:
            assert delivering.run(vendor) is False
    assert states() == dict.fromkeys(three, "sent")
    assert sorted(vendors.taken) == sorted(
        (row.group.name, key_of(row.group), words.whole_text(row)) for row in rows
    )
    assert all(it.arrived_at and it.tries == it.pieces == 1 for it in Delivery.objects.all())


def test_clock_begins_what_is_due(places, vendors, three):
    prepared(places.town)
    tasks.look_at_deliveries.call()
    waiting = DBTaskResult.objects.filter(task_path__endswith="send_by_bots")
    assert sorted(row.args_kwargs["args"][0] for row in waiting) == sorted(three)
    for vendor in three:
        tasks.send_by_bots.call(vendor)
    DBTaskResult.objects.all().delete()
    tasks.look_at_deliveries.call()
    assert not DBTaskResult.objects.filter(task_path__endswith="send_by_bots").exists()
    assert len(vendors.taken) == 3


def test_long_text_goes_in_pieces_each_once_though_the_second_is_refused_at_first(places, vendors):
    [group] = groups(places.east_1, "wecom")
    bot(group)
    [row] = prepared(places.town, title="很" * 250, summary="长" * 299)
    row.message.text = "甲" * 1_000
    row.message.save()
    turns = iter([None, (503, b""), None])
    vendors.answer = lambda vendor, key: next(turns)
    delivering.run("wecom")
    row.refresh_from_db()
    assert (row.state, row.pieces) == ("prepared", 1)
    now_due()
    delivering.run("wecom")
    row.refresh_from_db()
    assert (row.state, row.pieces) == ("sent", 2)
    assert "".join(vendors.texts(key_of(group))) == words.whole_text(row)
    assert [len(text.encode()) <= 2048 for text in vendors.texts(key_of(group))] == [True, True]


def test_twenty_a_minute_and_the_rest_later(places, vendors, monkeypatch):
    """Thirty articles at once into one group: the vendor never says “too fast”.

    The pace is of a day here, so that no minute ends while a busy machine sends.
    """
    wecom = bots.VENDORS["wecom"]
    monkeypatch.setitem(bots.VENDORS, "wecom", replace(wecom, seconds=24 * 60 * wecom.seconds))
    monkeypatch.setattr(delivering, "ENOUGH", 600)
    [group] = groups(places.east_1, "wecom")
    bot(group)
    for n in range(30):
        prepared(places.town, f"news-{n}")
    delivering.run("wecom")
    assert 0 < len(vendors.taken) <= 20
    later = Delivery.objects.filter(state="prepared")
    assert all(it.next_at > timezone.now() and it.tries == 0 for it in later)
    assert vendors.calls == len(vendors.taken)


@pytest.mark.parametrize("vendor", sorted(servers.OK))
def test_too_fast_rests_the_bot_alone(places, vendors, vendor):
    """Somebody else uses the same bot: it rests, and the group beside it gets its text."""
    one, other = groups(places.east_1, "one", "other")
    bot(one, vendor)
    bot(other, vendor)
    rests = key_of(one)
    vendors.answer = lambda name, key: (200, servers.TOO_FAST[name]) if key == rests else None
    prepared(places.town)
    delivering.run(vendor)
    assert states() == {"one": "prepared", "other": "sent"}
    paused = Bot.objects.get(group=one).paused_until - timezone.now()
    assert paused > timedelta(minutes=9 if vendor == "dingtalk" else 0)
    assert Delivery.objects.get(group=one).next_at > timezone.now()
    calls = vendors.calls
    now_due()
    delivering.run(vendor)  # it rests still
    assert vendors.calls == calls
    assert not Outage.objects.exists()


@pytest.mark.parametrize(("vendor", "says"), [("dingtalk", "keyword"), ("feishu", "keyword")])
def test_keyword_that_is_missing_is_told_and_not_tried_again(places, vendors, three, vendor, says):
    group = three[vendor]
    vendors.keywords[key_of(group)] = "通知"
    prepared(places.town)
    delivering.run(vendor)
    now_due()
    delivering.run(vendor)
    failed = Delivery.objects.get(group=group)
    assert failed.state == "failed"
    assert vendors.calls == 1
    from shiliu.channel.groups import faults

    assert says in str(faults.in_words(vendor, failed.fault))


def test_failed_goes_once_more_when_somebody_mended_it(places, vendors, three, staff):
    group = three["feishu"]
    vendors.keywords[key_of(group)] = "通知"
    prepared(places.town)
    delivering.run("feishu")
    vendors.keywords.clear()
    row = Delivery.objects.get(group=group)
    actions.again(row, by=staff.coordinator, seen=row.version)
    delivering.run("feishu")
    assert states()["feishu"] == "sent"
    assert len(vendors.texts(key_of(group))) == 1


def test_vendor_that_is_down_delays_its_own_groups_only(places, vendors, three):
    """And is asked no more after three failures until its pause is over."""
    more = groups(places.east_2, *(f"w{n}" for n in range(10)))
    for group in more:
        bot(group)
    prepared(places.town)
    vendors.answer = lambda vendor, key: (503, b"") if vendor == "wecom" else None
    for vendor in three:
        delivering.run(vendor)
    assert {states()[name] for name in ("dingtalk", "feishu")} == {"sent"}
    assert Counter(states().values()) == {"prepared": 11, "sent": 2}
    assert vendors.calls == 3 + 2
    outage = Outage.objects.get()
    assert (outage.vendor, outage.failures, outage.fault) == ("wecom", 3, "HTTP 503")
    assert delivering.run("wecom") is False
    assert vendors.calls == 5

    pauses = []
    for _probe in range(4):  # one try each time, and longer and longer pauses
        now_due()
        calls = vendors.calls
        delivering.run("wecom")
        assert vendors.calls == calls + 1
        pauses.append(Outage.objects.get().next_at - timezone.now())
    assert pauses == sorted(pauses)
    assert pauses[-1] > timedelta(minutes=8)

    vendors.answer = lambda vendor, key: None
    now_due()
    delivering.run("wecom")
    assert set(states().values()) == {"sent"}
    assert not Outage.objects.exists()
    assert Counter(key for _vendor, key, _text in vendors.taken).most_common(1)[0][1] == 1


def test_vendor_that_is_not_there_at_all(places, three, settings):
    settings.BOTS_URL = "http://127.0.0.1:9"
    [*_rest] = prepared(places.town)
    delivering.run("wecom")
    row = Delivery.objects.get(group__name="wecom")
    assert (row.state, row.fault, row.tries) == ("prepared", "no connection", 1)


def test_pauses_grow_and_end_in_failure(places, vendors, three):
    vendors.answer = lambda vendor, key: (500, b"")
    prepared(places.town)
    pauses = []
    for _try in range(delivering.TRIES):
        now_due()
        LimitCount.objects.all().delete()
        row = Delivery.objects.get(group__name="wecom")
        assert delivering.deliver(row) is Outcome.DOWN
        row.refresh_from_db()
        pauses.append(round((row.next_at - timezone.now()).total_seconds(), -1))
    assert pauses[:-1] == sorted(pauses[:-1])
    assert row.state == "failed"
    assert sum(pauses[:-1]) > 24 * 3600


@pytest.mark.parametrize("reply", [(504, b""), (200, b"<html>"), (200, None)])
def test_what_may_have_arrived_is_unclear_and_never_sent_again(places, vendors, three, reply):
    vendors.answer = lambda vendor, key: reply
    prepared(places.town)
    delivering.run("wecom")
    vendors.answer = lambda vendor, key: None
    now_due()
    tasks.look_at_deliveries.call()
    delivering.run("wecom")
    assert states()["wecom"] == "unclear"
    assert vendors.texts(key_of(three["wecom"])) == []


def test_what_was_claimed_by_a_dead_worker_is_unclear(places, vendors, three):
    prepared(places.town)
    rows = Delivery.objects.filter(group__name="wecom")
    rows.update(state=DeliveryState.SENDING, claimed_at=timezone.now() - timedelta(minutes=2))
    tasks.look_at_deliveries.call()
    assert states()["wecom"] == "sending"  # somebody may be at it
    rows.update(claimed_at=timezone.now() - timedelta(minutes=4))
    tasks.look_at_deliveries.call()
    delivering.run("wecom")
    assert states()["wecom"] == "unclear"
    assert vendors.texts(key_of(three["wecom"])) == []


def test_slow_worker_can_still_say_how_it_ended(places, three, monkeypatch):
    prepared(places.town)
    row = Delivery.objects.told().get(group__name="wecom")

    def slow(address, text):
        assert delivering.find_lost(timezone.now() + timedelta(minutes=5)) == 1
        return Answer(Outcome.TAKEN)

    monkeypatch.setattr(delivering.bots, "post", slow)
    delivering.deliver(row)
    row.refresh_from_db()
    assert (row.state, row.fault) == ("sent", "")


def test_person_and_bot_do_not_both_send(places, vendors, three, staff):
    """The worker read it, then the bot was removed and a person posted it."""
    prepared(places.town)
    read = Delivery.objects.told().get(group__name="wecom")
    group = read.group
    actions.remove_bot(group, by=staff.coordinator, seen=group.version)
    row = Delivery.objects.get(pk=read.pk)
    actions.post(row, by=staff.coordinator, seen=row.version)
    bot(group)
    delivering.deliver(read)
    assert vendors.taken == []
    assert states()["wecom"] == "posted"


def test_key_that_cannot_be_read_is_told(places, vendors, three, settings):
    from cryptography.fernet import Fernet

    prepared(places.town)
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    delivering.run("wecom")
    row = Delivery.objects.get(group__name="wecom")
    assert (row.state, row.fault) == ("failed", "key missing")


def test_turn_of_the_worker_is_short(places, vendors, three, monkeypatch):
    ticks = itertools.count(0, 15)
    monkeypatch.setattr(delivering.time, "monotonic", lambda: next(ticks))
    for group in groups(places.east_2, "a", "b", "c"):
        bot(group)
    prepared(places.town)
    assert delivering.run("wecom") is True
    assert len(vendors.taken) == 1


# Processes ------------------------------------------------------------------------------------------------

READY = (
    "from shiliu.channel.groups import delivering",
    "from shiliu.channel.models import Delivery",
    "from django.conf import settings",
    "None",
)


@pytest.mark.django_db(transaction=True)
def test_two_processes_never_send_one_delivery_twice(places, vendors, start_process):
    for group in groups(places.east_1, *(f"g{n}" for n in range(40))):
        bot(group)
    prepared(places.town)
    both = [start_process(), start_process()]
    for process in both:
        process.ask(*READY[:-1], f"setattr(settings, 'BOTS_URL', {vendors.url!r})")
    for process in both:
        process.tell("delivering.run('wecom')")
    for process in both:
        process.answer()
    assert len(vendors.taken) == 40
    assert len({key for _vendor, key, _text in vendors.taken}) == 40
    assert set(states().values()) == {"sent"}


@pytest.mark.django_db(transaction=True)
def test_worker_killed_between_sending_and_recording(places, vendors, start_process):
    """The vendor has taken it, the worker is dead before it knew: told as unclear, and sent no more."""
    [group] = groups(places.east_1, "g")
    bot(group)
    prepared(places.town)
    worker = start_process()
    worker.ask(*READY[:-1], f"setattr(settings, 'BOTS_URL', {vendors.url!r})")

    def killed(vendor, key):
        vendors.taken.append((vendor, key, "taken"))
        worker._process.kill()
        return (200, json.dumps(servers.OK[vendor]).encode())

    vendors.answer = killed
    worker.tell("delivering.run('wecom')")
    deadline = time.monotonic() + 10
    while not vendors.taken and time.monotonic() < deadline:
        time.sleep(0.05)
    worker.kill()
    assert states() == {"g": "sending"}

    vendors.answer = lambda vendor, key: None
    Delivery.objects.update(claimed_at=timezone.now() - timedelta(minutes=5))
    for _turn in range(3):
        tasks.look_at_deliveries.call()
        delivering.run("wecom")
    assert states() == {"g": "unclear"}
    assert len(vendors.taken) == 1


def test_removed_group_and_its_bot(places, vendors, three, staff):
    prepared(places.town)
    group = three["wecom"]
    today = timezone.localdate()
    actions.end_group(group, on=today, by=staff.coordinator, seen=group.version)
    delivering.run("wecom")
    assert states()["wecom"] == "withdrawn"
    assert vendors.taken == []
