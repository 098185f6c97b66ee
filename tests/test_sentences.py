"""Every verb of the audit, told of what was really done, in both languages."""

import os
import re
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone, translation

from shiliu.aid import actions as aid
from shiliu.api import actions as api
from shiliu.channel.groups import actions as groups
from shiliu.channel.groups import delivering, preparing
from shiliu.channel.models import Bot, Delivery, DeliveryState, GridGroup, Message
from shiliu.channel.reading import actions as reading
from shiliu.core import access, audit, bots, receipts, retention, rotation
from shiliu.core.access import Resident, System
from shiliu.core.areas import VILLAGE
from shiliu.core.backup import BACKED_UP, RESTORED, record
from shiliu.core.bots import Answer, Outcome
from shiliu.core.exchange.load import Import
from shiliu.core.figures import Period
from shiliu.core.matrix import SERVICES
from shiliu.core.models import AuditEntry, User
from shiliu.figures.matrix import thresholds
from shiliu.figures.sentences import actions as sentences
from shiliu.figures.signing import actions as signing
from shiliu.figures.signing import content, finishing
from shiliu.grid import actions as grid
from shiliu.grid.models import Post
from shiliu.plan import actions as plan
from shiliu.requests import actions as requests
from shiliu.requests import notices
from shiliu.requests.actions import escalating
from shiliu.requests.actions.asking import Order
from shiliu.requests.actions.orders import Coming
from shiliu.requests.models import Request
from shiliu.works import actions as works
from tests import factories
from tests.factories import DAY, Places, Staff

REPOSITORY = Path(__file__).resolve().parents[1]


def asked(at: Places) -> Request:
    return requests.ask(by=Resident(), category=factories.category(), area=at.east_1, words="路灯")


def handle_a_request(at: Places, staff: Staff) -> None:
    by, team = staff.coordinator, factories.team(at.east, factories.strand())
    ours = asked(at)
    requests.show_contact(ours, by=by)
    requests.classify(ours, to=factories.category(), by=by, seen=1)
    requests.accept(ours, by=by, seen=2)
    requests.assign(ours, to=team, by=by, seen=3)
    requests.take(ours, by=by, seen=4)
    requests.report(ours, by=by, seen=5, note="换了灯泡")
    requests.verify(ours, by=by, seen=6)
    requests.close(ours, by=by, seen=7)
    requests.confirm(ours, by=Resident(), seen=8)
    requests.dispute(ours, by=Resident(), seen=9, note="又坏了")
    requests.report(ours, by=by, seen=10, note="又换了")
    requests.reopen(ours, by=by, seen=11, note="还是不亮")
    requests.return_(ours, by=by, seen=12, note="这是供电公司的灯")


def handle_what_takes_longer(at: Places, staff: Staff) -> None:
    by, team = staff.coordinator, factories.team(at.east, factories.strand())
    ours, helper = asked(at), factories.team(at.east, team.strand)
    requests.accept(ours, by=by, seen=1)
    requests.assign(ours, to=team, by=by, seen=2)
    part = requests.join(ours, doer=helper, words="带梯子", by=by, seen=3)
    requests.report_part(part, by=by, seen=1, note="带到了")
    later = timezone.localdate() + timedelta(days=40)
    requests.hold(ours, until=later, by=by, seen=4, note="等配件")
    requests.resume(ours, by=by, seen=5)
    requests.extend(ours, until=ours.due_at + timedelta(days=1), by=by, seen=6, note="还差一个")
    requests.defer(ours, by=by, seen=7, note="没有经费")
    requests.take_up(ours, by=by, seen=8)


def end_requests_otherwise(at: Places, staff: Staff) -> None:
    by = staff.coordinator
    requests.refuse(asked(at), by=by, seen=1, note="请拨打 120")
    requests.merge(asked(at), into=asked(at), by=by, seen=1)
    requests.transfer(asked(at), by=by, seen=1, note="属信访事项")
    requests.withdraw(asked(at), by=Resident(), seen=1)


def in_hand(at: Places, staff: Staff) -> Request:
    """Accepted and given to a team, by somebody who left a telephone number."""
    by, team = staff.coordinator, factories.team(at.east, factories.strand())
    ours = requests.ask(
        by=Resident(),
        category=factories.category(),
        area=at.east_1,
        words="路灯",
        contact_phone="13900000001",
    )
    requests.accept(ours, by=by, seen=1)
    return requests.assign(ours, to=team, by=by, seen=2)


def write_about_a_request(at: Places, staff: Staff) -> None:
    by, ours = staff.coordinator, in_hand(at, staff)
    requests.set_urgency(ours, urgent=True, by=by, seen=3)
    requests.tell(ours, words="明天来修", by=by, seen=4)
    requests.tell(ours, words="几点在家", asks=True, by=by, seen=5)
    notices.tell(ours.code, 6)
    requests.note(ours, words="先断电", by=by, seen=6)
    requests.move(ours, to=at.east_2, address="三号楼", by=by, seen=7)
    requests.add(ours, words="上午都在", by=Resident())
    ours.refresh_from_db()
    requests.read(ours, by=by, until=timezone.now())
    requests.export(filter="未结", number=1, by=by)


def ask_others_and_wait_too_long(at: Places, staff: Staff) -> None:
    by, ours, now = staff.coordinator, in_hand(at, staff), timezone.now()
    for n, act in enumerate((requests.return_part, requests.drop_part)):
        helper = factories.team(at.east, factories.strand())
        part = requests.join(ours, doer=helper, words="带梯子", by=by, seen=3 + n)
        act(part, by=by, seen=1, note="不用了")
    first, second = (
        ours.milestones.create(kind="partial", name=name, due_at=now) for name in ("通水", "恢复路面")
    )
    requests.reach(ours, milestone=first, by=by, seen=5, note="已通水")
    Request.objects.filter(pk=ours.pk).update(due_at=now, alarm_at=now)
    assert second.met_at is None
    escalating.look(now)
    escalating.look_at_milestones(now)


def call_back(at: Places, staff: Staff) -> None:
    by = staff.coordinator
    for said_by_telephone in (True, False):
        ours = in_hand(at, staff)
        requests.report(ours, by=by, seen=3, note="换了灯泡")
        requests.verify(ours, by=by, seen=4)
        if said_by_telephone:
            said = requests.Said(solved=True, seen=5, satisfied=True)
            it = ours.call_backs.get()
            requests.call(it, outcome="not_reached", by=by, seen=1, note="晚上再打")
            requests.call(it, outcome="reached", by=by, seen=2, said=said, note="谢谢")
        else:
            requests.confirm(ours, by=Resident(), seen=5)
            requests.rate(ours, satisfied=True, by=Resident(), seen=6)
            requests.rate(ours, satisfied=False, by=Resident(), seen=7)


def answer_work_orders(at: Places, staff: Staff) -> None:
    by, lamp = staff.coordinator, factories.category()
    for words in ("路灯不亮", "路灯不亮，又来催"):
        it = requests.take_in(Coming(Order("12345", "1"), at.east_1, lamp, words), by=by).request
    requests.refuse(it, by=by, seen=2, note="请找供电公司")
    requests.hand_back([it], where=at.town, by=by)


def pay_and_reverse(at: Places, staff: Staff) -> None:
    first, second = (
        aid.propose(
            programme=factories.programme(at.town),
            area=at.east_1,
            recipient="丙某某",
            amount=Decimal(300),
            on=DAY,
            by=staff.aid_officer,
        )
        for _payment in range(2)
    )
    aid.approve(first, on=DAY, by=staff.approver, seen=1)
    aid.pay(first, on=DAY, by=staff.finance, seen=2)
    aid.reverse(first, on=DAY, by=staff.finance, note="误发")
    aid.reject(second, by=staff.approver, seen=1, note="收入超过标准")


def decide_and_do(at: Places, staff: Staff) -> None:
    by, owner = staff.leader, factories.post("coordinator", at.town)
    decision = plan.decide(factories.meeting(at.town), text="修路灯", by=by)
    tasks = [plan.make_task(decision, title="修路灯", owner=owner, due_on=DAY, by=by) for _task in range(2)]
    evidence = ("venues.venue", factories.venue(at.east).code)
    plan.complete(tasks[0], on=DAY, by=by, seen=1, evidence=(evidence,))
    plan.drop(tasks[1], by=by, seen=1, note="不做了")
    plan.resume(tasks[1], by=by, seen=2, note="还是要做")


def write_and_sign_a_report(at: Places, staff: Staff) -> None:
    text, period = "会议{plan.meetings:frozen}", Period(DAY, DAY)
    sentences.write(at.town, period, "main_line", "zh-hans", text=text, by=staff.editor, seen=0)
    sentences.write(at.town, period, "main_line", "zh-hans", text="", by=staff.editor, seen=1)
    for changes in (False, True):  # the second time somebody adds to it while it is being signed
        seen = content.state(period, at.town, with_days=False).seen
        pressed = signing.sign(at.town, period, code=receipts.new(), seen=seen, by=staff.leader)
        if changes:
            factories.meeting(at.east)
        finishing.finish(pressed.code)


def measure_and_accept(at: Places, staff: Staff) -> None:
    item = factories.item(factories.project(at.east))
    it = works.measure(item, quantity=Decimal("12.5"), on=DAY, by=staff.works_manager)
    works.accept(it, quantity=Decimal(12), on=DAY, by=staff.works_manager, seen=1)


def appoint_and_merge(at: Places, staff: Staff) -> None:
    by = staff.administrator
    post = Post(title="财务岗", role="finance", area=at.town, valid_from=factories.LONG_AGO)
    tenure = grid.appoint(grid.create_post(post, by=by), staff.nobody, since=DAY, by=by)
    grid.end(tenure, on=DAY, by=by, seen=1)
    later = grid.appoint(post, staff.nobody, since=date(2999, 1, 1), by=by)
    grid.withdraw(later, by=by, seen=1)
    grid.end_post(post, on=DAY, by=by, seen=post.version)
    grid.succeed(at.west, at.east, day=DAY, by=by, seen=1)
    ring = [[109.8, 40.6], [109.9, 40.6], [109.9, 40.7]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    grid.set_boundary(at.east, shape, system="gcj02", source="测绘", by=by)


def invite_and_switch_off(staff: Staff) -> None:
    by = staff.administrator
    user = grid.invite(User(username="xin", name="甲某"), by=by)
    grid.join(user, factories.PASSWORD)
    grid.renew_link(user, by=by, seen=grid.seen_of(user))
    grid.switch_off(user, by=by, seen=grid.seen_of(user))
    grid.switch_on(user, by=by, seen=grid.seen_of(user))


def give_keys_and_take_them_back(at: Places, staff: Staff) -> None:
    client, _key = api.add_client(
        name="甲程序", contact_email="jia@example.org", area=at.town, by=staff.administrator
    )
    api.revoke_client(client, by=staff.administrator, seen=1)
    token, _text = api.make_token(name="表格", expires_on=timezone.localdate(), by=staff.coordinator)
    api.revoke_token(token, by=staff.coordinator, seen=1)


def keep_house(at: Places, folder: Path) -> None:
    by = System("test")
    factories.closed_request(at.east_1, factories.category(), closed_at=factories.moment())
    retention.erase(date(2030, 1, 1))
    rotation.reencrypt(by=by)
    rotation.renew_digests(by=by)
    for name in ("供水公司", "供水有限公司"):
        row = f"U-1,{name},utility,{at.town.code},2020-01-01,"
        (folder / "units.csv").write_text(f"code,name,kind,area,valid_from,valid_to\n{row}\n", "utf-8")
        assert list(Import(folder, by=by).run()) == []
    record(BACKED_UP, Path("2023-06-30.age"), by=by)
    record(RESTORED, Path("2023-06-30.age"), by=by, made_at="2023-06-30")


def reach_groups(at: Places, staff: Staff) -> None:
    by = staff.editor
    made = GridGroup(code="G-NEW", name="新群", area=at.east_1, valid_from=DAY)
    group = groups.add_group(made, by=by)
    groups.change_group(group, name="东一群", service="wecom", by=by, seen=1)
    groups.count_members(group, day=DAY, members=30, by=by, seen=2)
    key = "12345678-1234-1234-1234-123456789abc"
    groups.set_bot(group, vendor="wecom", typed=key, secret="", by=by, seen=3)
    groups.remove_bot(group, by=by, seen=4)
    article = factories.article(factories.column(at.east), "told")
    groups.send_to_groups(article, by=by)
    delivery = Delivery.objects.get(group=group)
    groups.post(delivery, by=by, seen=1)
    groups.unpost(delivery, by=by, seen=2)
    for state, step in ((DeliveryState.UNCLEAR, groups.confirm), (DeliveryState.FAILED, groups.again)):
        Delivery.objects.filter(pk=delivery.pk).update(state=state, arrived_at=None)
        delivery.refresh_from_db()
        step(delivery, by=by, seen=delivery.version)
    groups.end_group(group, on=timezone.localdate(), by=by, seen=5)
    reading.type_reads(article, day=DAY, reads=50, by=by, seen=0)
    reading.match(factories.official(at.east), article, by=by, seen=1)


ANSWERS = [
    Answer(Outcome.WAIT, "code 45009", 75),
    *[Answer(Outcome.DOWN, "no connection")] * delivering.PATIENCE,
    Answer(Outcome.TAKEN),  # of two pieces one
    Answer(Outcome.TAKEN),
    Answer(Outcome.REFUSED, "code 93000"),
    Answer(Outcome.UNCLEAR, "no answer in time"),
]


def let_a_bot_send(at: Places, staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    """An article's way into a group, whatever the vendor answers."""
    group, key = factories.group(at.west_1), "12345678-1234-1234-1234-12345678900"
    for n in (1, 2):
        groups.set_bot(group, vendor="wecom", typed=f"{key}{n}", secret="", by=staff.editor, seen=n)
    article = factories.article(factories.column(at.west, "west"), "sent")
    preparing.prepare(article)
    preparing.withdraw(article)
    preparing.prepare(article)
    Message.objects.filter(article=article).update(text="长" * 1000)
    for answer in ANSWERS:
        monkeypatch.setattr(bots, "post", lambda address, text, answer=answer: answer)
        delivery = Delivery.objects.filter(group=group)
        delivery.update(state=DeliveryState.PREPARED, arrived_at=None)
        Bot.objects.update(paused_until=None)
        delivering.deliver(delivery.get())


@pytest.fixture
def entries(places, staff, tmp_path, monkeypatch) -> list[AuditEntry]:
    """What the audit holds after every action was used."""
    handle_a_request(places, staff)
    handle_what_takes_longer(places, staff)
    end_requests_otherwise(places, staff)
    write_about_a_request(places, staff)
    ask_others_and_wait_too_long(places, staff)
    call_back(places, staff)
    answer_work_orders(places, staff)
    pay_and_reverse(places, staff)
    decide_and_do(places, staff)
    measure_and_accept(places, staff)
    write_and_sign_a_report(places, staff)
    appoint_and_merge(places, staff)
    invite_and_switch_off(staff)
    give_keys_and_take_them_back(places, staff)
    reach_groups(places, staff)
    let_a_bot_send(places, staff, monkeypatch)
    venue = SERVICES["venues.open"]
    thresholds.set_threshold(places.town, venue, number=2, reach=VILLAGE, by=staff.leader, seen=0)
    thresholds.reset_threshold(places.town, venue, by=staff.leader, seen=1)
    keep_house(places, tmp_path)
    return list(AuditEntry.objects.all())


def test_every_verb_is_told_of_what_was_done(entries):
    assert {entry.verb for entry in entries} == set(audit.VERBS)
    for language in ("en", "zh-hans"):
        with translation.override(language):
            for entry in entries:
                wanted = set(re.findall(r"%\((\w+)\)s", str(audit.VERBS[entry.verb].sentence)))
                assert wanted <= entry.data.keys(), entry.verb
                assert audit.actor_name(entry) in audit.sentence(entry)


def test_no_entry_names_anything_by_its_primary_key(entries, staff):
    """People read the audit, and other programs: both know records by their codes, staff by their names."""
    appointed = next(entry for entry in entries if entry.verb == "grid.appoint")
    assert appointed.data["user"] == "nobody"
    proposed = next(entry for entry in entries if entry.verb == "aid.propose")
    assert not [value for value in proposed.data.values() if isinstance(value, int)]
    assert proposed.data["proposed_by"] == "aid_officer"


def test_every_verb_has_another_sentence_in_chinese():
    english = {name: str(verb.sentence) for name, verb in audit.VERBS.items()}
    with translation.override("zh-hans"):
        assert [name for name, verb in audit.VERBS.items() if str(verb.sentence) == english[name]] == []


@pytest.mark.once
def test_process_that_only_serves_knows_every_verb():
    """The web process tells of imports and backups too, which only commands make."""
    program = "import django; django.setup(); from shiliu.core import audit; print(*audit.VERBS)"
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True
    )
    in_source = {
        name
        for path in (REPOSITORY / "shiliu").rglob("*.py")
        if "audit.verb(" in path.read_text("utf-8")
        for name in audit.VERBS
        if f'"{name}"' in path.read_text("utf-8")
    }
    assert set(done.stdout.split()) == in_source == set(audit.VERBS)
    assert {verb.right for verb in audit.VERBS.values()} <= set(access.RIGHTS)
