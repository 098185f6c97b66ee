"""Every verb of the audit, told of what was really done, in both languages."""

import os
import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation

from shiliu.aid import actions as aid
from shiliu.core import access, audit, retention, rotation
from shiliu.core.access import Resident, System
from shiliu.core.backup import BACKED_UP, RESTORED, record
from shiliu.core.exchange.load import Import
from shiliu.core.models import AuditEntry
from shiliu.grid import actions as grid
from shiliu.plan import actions as plan
from shiliu.requests import actions as requests
from shiliu.works import actions as works
from tests import factories
from tests.factories import DAY, Places, Staff

REPOSITORY = Path(__file__).resolve().parents[1]


def handle_two_requests(at: Places, staff: Staff) -> None:
    by, team = staff.coordinator, factories.team(at.east, factories.strand())
    ours, theirs = (
        requests.ask(by=Resident(), category=factories.category(), area=at.east_1, words="路灯")
        for _request in range(2)
    )
    requests.show_contact(ours, by=by)
    requests.accept(ours, by=by, seen=1)
    requests.assign(ours, to=team, by=by, seen=2)
    requests.report(ours, by=by, seen=3, note="换了灯泡")
    requests.close(ours, by=by, seen=4)
    requests.reopen(ours, by=by, seen=5, note="又坏了")
    requests.refuse(theirs, by=by, seen=1, note="请拨打 120")


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


def measure_and_accept(at: Places, staff: Staff) -> None:
    item = factories.item(factories.project(at.east))
    it = works.measure(item, quantity=Decimal("12.5"), on=DAY, by=staff.works_manager)
    works.accept(it, quantity=Decimal(12), on=DAY, by=staff.works_manager, seen=1)


def appoint_and_merge(at: Places, staff: Staff) -> None:
    by = staff.administrator
    tenure = grid.appoint(factories.post("finance", at.town), staff.nobody, since=DAY, by=by)
    grid.end(tenure, on=DAY, by=by, seen=1)
    grid.succeed(at.west, at.east, day=DAY, by=by, seen=1)
    ring = [[109.8, 40.6], [109.9, 40.6], [109.9, 40.7]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    grid.set_boundary(at.east, shape, system="gcj02", source="测绘", by=by)


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


@pytest.fixture
def entries(places, staff, tmp_path) -> list[AuditEntry]:
    """What the audit holds after every action was used."""
    handle_two_requests(places, staff)
    pay_and_reverse(places, staff)
    decide_and_do(places, staff)
    measure_and_accept(places, staff)
    appoint_and_merge(places, staff)
    keep_house(places, tmp_path)
    return list(AuditEntry.objects.all())


def test_every_verb_is_told_of_what_was_done(entries):
    assert {entry.verb for entry in entries} == set(audit.VERBS)
    for language in ("en", "zh-hans"):
        with translation.override(language):
            for entry in entries:
                wanted = set(re.findall(r"%\((\w+)\)s", str(audit.VERBS[entry.verb].sentence)))
                assert wanted <= entry.data.keys(), entry.verb
                assert entry.actor_label in audit.sentence(entry)


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
