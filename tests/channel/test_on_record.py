"""What bots do is on record in words, without their keys; one vendor down delays nobody else's groups."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from shiliu.channel.groups import actions, delivering, preparing, tasks
from shiliu.channel.models import Bot, Delivery, DeliveryState
from shiliu.core import audit
from shiliu.core.models import AuditEntry, LimitCount
from tests.channel import vendors as servers
from tests.channel.helpers import groups, key_of, prepared
from tests.channel.test_delivering import now_due, states

pytestmark = pytest.mark.django_db


def told(group) -> list[str]:
    """The verbs about a group, what went there and its vendor, in their order; no key is in any entry."""
    rows = AuditEntry.objects.exclude(verb__startswith="core.").order_by("id")
    for entry in rows:
        assert key_of(group) not in f"{entry.note}{entry.data}{audit.sentence(entry)}"
        assert "%(" not in audit.sentence(entry)
        assert "–" not in audit.sentence(entry)
    return [entry.verb.removeprefix("channel.") for entry in rows]


def test_steps_of_a_bot_are_on_record_without_its_key(places, vendors, staff):
    [group] = groups(places.east_1, "wecom")
    for key in ("key-one-000001", "key-two-000002"):
        address = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={key}"
        actions.set_bot(
            group, vendor="wecom", typed=address, secret="", by=staff.coordinator, seen=group.version
        )
    assert told(group) == ["set_bot", "replace_bot"]
    [row] = prepared(places.town)
    vendors.answer = lambda vendor, key: (200, servers.TOO_FAST[vendor])
    delivering.run("wecom")
    assert told(group)[2:] == ["prepared", "rest", "put_off"]

    vendors.answer = lambda vendor, key: (503, b"")
    Bot.objects.update(paused_until=None)
    for _try in range(3):
        now_due()
        LimitCount.objects.all().delete()
        delivering.run("wecom")
    assert told(group)[5:] == ["put_off"] * 3 + ["vendor_down"]

    vendors.answer = lambda vendor, key: None
    now_due()
    LimitCount.objects.all().delete()
    delivering.run("wecom")
    assert told(group)[9:] == ["sent", "vendor_up"]
    row.refresh_from_db()
    assert row.state == "sent"
    entry = AuditEntry.objects.get(verb="channel.sent")
    assert (entry.kind, entry.public_id, entry.version, entry.area) == (
        "channel.delivery", row.code, row.version, row.area_id,
    )  # fmt: skip
    assert "修路" in audit.sentence(entry)

    actions.remove_bot(group, by=staff.coordinator, seen=group.version)
    assert AuditEntry.objects.last().verb == "channel.remove_bot"


def test_refused_and_unclear_and_posted_are_on_record(places, vendors, three, staff):
    prepared(places.town)
    vendors.unknown.add(key_of(three["wecom"]))
    vendors.answer = lambda vendor, key: (504, b"") if vendor == "feishu" else None
    for vendor in ("wecom", "feishu"):
        delivering.run(vendor)
    row = Delivery.objects.get(group=three["feishu"])
    actions.post(row, by=staff.coordinator, seen=row.version)
    actions.unpost(row, by=staff.coordinator, seen=row.version)
    assert told(three["wecom"]) == ["prepared", "give_up", "lose", "post", "unpost"]


def test_what_a_dead_worker_left_and_what_was_withdrawn_is_on_record(places, vendors, three):
    rows = prepared(places.town)
    Delivery.objects.filter(group__name="wecom").update(
        state=DeliveryState.SENDING, claimed_at=timezone.now() - timedelta(minutes=4)
    )
    delivering.find_lost(timezone.now())
    preparing.withdraw(rows[0].message.article)
    preparing.prepare(rows[0].message.article)
    assert told(three["wecom"]) == ["prepared", "lose", "withdrew", "restored"]


def test_what_cannot_be_put_on_record_is_not_done(places, vendors, three, monkeypatch):
    """The entry is in the transaction of its step: without it, the step is taken back."""
    prepared(places.town)
    monkeypatch.setattr(audit, "record", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        delivering.run("wecom")
    assert states()["wecom"] == "sending"


def test_one_vendor_down_delays_no_others_and_the_list_says_so(places, vendors, three, desk):
    prepared(places.town)
    vendors.answer = lambda vendor, key: (503, b"") if vendor == "dingtalk" else None
    tasks.look_at_deliveries.call()
    for result in DBTaskResult.objects.filter(task_path__endswith="send_by_bots"):
        tasks.send_by_bots.call(*result.args_kwargs["args"])
    assert states() == {"wecom": "sent", "feishu": "sent", "dingtalk": "prepared"}
    for _try in range(2):
        now_due()
        delivering.run("dingtalk")
    DBTaskResult.objects.all().delete()
    tasks.look_at_deliveries.call()  # a vendor that is down is not begun again
    assert not DBTaskResult.objects.filter(task_path__endswith="send_by_bots").exists()
    for address in ("/console/deliveries/", "/console/deliveries/late/"):
        page = desk.get(address).content.decode()
        assert "DingTalk" in page, address
        assert "WeCom" not in page.split("<main")[1], address
    prepared(places.town, "later")
    tasks.look_at_deliveries.call()
    begun = DBTaskResult.objects.filter(task_path__endswith="send_by_bots")
    assert sorted(row.args_kwargs["args"][0] for row in begun) == ["feishu", "wecom"]
