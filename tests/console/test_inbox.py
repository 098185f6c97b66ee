"""What waits for whom on the day's first page and in the inbox: only what one may act on."""

import html
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from shiliu.aid.models import Payment
from shiliu.console import inbox, navigation
from shiliu.console.inbox import kinds
from shiliu.core import access
from shiliu.core.access import Resident
from shiliu.requests import actions, desk
from shiliu.requests.models import WITH_LEAD, Request, State
from tests import factories
from tests.factories import DAY


def text(response) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()))


@pytest.fixture
def busy(places, staff):
    """One of everything that can wait, in the first grid of the east."""
    now = timezone.now()
    lamp, where = factories.category(), places.east_1
    team = factories.team(where, factories.strand())
    for code, values in {
        "RECEIVED": {},
        "ACCEPTED": {"state": State.ACCEPTED},
        "ASSIGNED": {"state": State.ASSIGNED, "team": team},
        "DONE": {"state": State.DONE, "team": team},
        "LATE": {"state": State.IN_PROGRESS, "team": team, "due_at": now - timedelta(days=3)},
        "HELD": {"state": State.ON_HOLD, "team": team, "resume_on": DAY, "due_at": now - timedelta(days=3)},
    }.items():
        factories.request(where, lamp, **{"code": code, "due_at": now + timedelta(days=9)} | values)
    programme = factories.programme(where)
    factories.payment(where, programme, proposed_by=staff.aid_officer)
    factories.payment(
        where,
        programme,
        state=Payment.State.APPROVED,
        approved_on=DAY,
        proposed_by=staff.aid_officer,
        approved_by=staff.approver,
    )
    factories.measurement(factories.item(factories.project(where)))
    held = staff.leader.tenures.get().post
    factories.task(factories.decision(factories.meeting(where)), held)
    factories.post("editor", where, title="空缺的岗位")
    column = factories.column(places.town)
    factories.article(column, "draft", live=False, has_unpublished_changes=True)
    return places


WAITS = {
    "worker": {"in_my_grids": 2},
    "coordinator": {"received": 1, "again": 0, "late": 2, "today": 0, "done": 1, "accepted": 1},
    "far_coordinator": {"received": 0, "again": 0, "late": 0, "today": 0, "done": 0, "accepted": 0},
    "approver": {"payments_proposed": 1},
    "finance": {"payments_approved": 1},
    "aid_officer": {},
    "works_manager": {"measurements": 1},
    "editor": {"drafts": 1, "stale_columns": 1},
    "leader": {"tasks": 1, "late_tasks": 1},
    "administrator": {"vacant": 1},
    "nobody": {},
}


@pytest.mark.parametrize("who", WAITS)
def test_each_is_told_of_what_they_can_act_on_and_of_nothing_else(busy, staff, who):
    found = {each.kind.key: each.number for each in inbox.counted(getattr(staff, who))}
    assert found == WAITS[who]


@pytest.mark.parametrize("who", WAITS)
def test_pages_open_for_everybody_and_show_it(client, busy, staff, who):
    user = getattr(staff, who)
    client.force_login(user)
    start, inside = client.get("/console/"), client.get("/console/inbox/")
    assert (start.status_code, inside.status_code) == (200, 200)
    for each in inbox.told(user):
        for item in each.items:
            assert item.words in text(inside)
            assert not item.url or item.url in inside.content.decode()


def test_who_proposed_a_payment_cannot_be_asked_to_approve_it(busy, staff):
    factories.tenure(staff.aid_officer, "aid_approver", busy.town)
    access.forget(staff.aid_officer)
    assert {each.kind.key: each.number for each in inbox.counted(staff.aid_officer)} == {
        "payments_proposed": 0
    }


def test_recipients_name_is_not_on_the_list(client, busy, staff):
    client.force_login(staff.approver)
    shown = text(client.get("/console/inbox/"))
    assert "500" in shown
    assert "丙某某" not in shown


def test_leader_of_a_team_has_its_requests(busy):
    leader = factories.person("leader_of_team")
    post = factories.tenure(leader, "team_leader", busy.west).post
    team = factories.team(busy.west, factories.strand(), leader_post=post)
    factories.request(busy.west_1, factories.category(), state=State.ASSIGNED, team=team)
    assert {each.kind.key: each.number for each in inbox.counted(leader)} == {
        "in_my_grids": 0,
        "given_to_me": 1,
    }


def test_number_of_each_tile_is_that_of_the_list_behind_it(busy, staff, client):
    lamp, now = factories.category(), timezone.now()
    chief = factories.person("chief")
    team = factories.led_team(busy.east, chief)
    for level in (0, 1, 1, 2):
        for state in (State.RECEIVED, State.ASSIGNED, State.DONE, State.ON_HOLD):
            more = {"team": team} if state in WITH_LEAD else {}
            more |= {"resume_on": DAY} if state == State.ON_HOLD else {}
            for where in (busy.east_1, busy.west_1, busy.far_1):
                factories.request(where, lamp, state=state, escalated_to=level, due_at=now, **more)
    ended = factories.closed_request(busy.east_1, lamp, closed_at=now)
    Request.objects.filter(pk__in=[ended.pk, Request.objects.first().pk]).update(wrote_at=now)
    Request.objects.filter(state=State.ASSIGNED).update(reopened_at=now)
    seen = set()
    for user in (staff.worker, staff.coordinator, staff.town_coordinator, staff.far_coordinator, chief):
        for each in inbox.counted(user):
            if "?show=" not in each.url or "/requests/" not in each.url:
                continue
            wanted = desk.read(QueryDict(each.url.partition("?")[2]))
            assert each.number == desk.count(user, wanted, timezone.now()), (user, each.kind.key)
            seen.add(each.kind.key)
    assert seen == {
        "received", "again", "wrote", "escalated", "late", "today", "done", "accepted", "in_my_grids",
        "given_to_me",
    }  # fmt: skip
    told = {each.kind.key: each.number for each in inbox.counted(staff.town_coordinator)}
    assert told["escalated"] == 4  # what only the communities were told is theirs


def test_vacant_posts_are_those_of_the_list(client, busy, staff):
    client.force_login(staff.administrator)
    (vacant,) = [each for each in inbox.counted(staff.administrator) if each.kind.key == "vacant"]
    assert client.get(vacant.url).content.decode().count("空缺的岗位") >= vacant.number == 1


def test_words_of_residents_wait_for_whoever_works_on_it(client, places, staff):
    chief = factories.person("chief")
    team = factories.led_team(places.east, chief)
    it = factories.request(places.west_1, factories.category(), state=State.ASSIGNED, team=team, words="灯")
    actions.add(it, words="还没人来", by=Resident())
    for user, key in ((chief, "wrote_to_me"), (staff.town_coordinator, "wrote")):
        client.force_login(user)
        assert "Nothing waits for you" not in text(client.get("/console/"))
        assert {told.kind.key: len(told.items) for told in inbox.told(user)}[key] == 1
    assert "wrote" not in {each.kind.key for each in inbox.counted(staff.coordinator)}
    client.force_login(chief)
    assert "居民来信" in text(client.get("/field/"))
    Request.objects.update(state=State.CLOSED, closed_at=timezone.now())
    assert "wrote_to_me" in {told.kind.key for told in inbox.told(chief)}


def test_counts_stop_where_nobody_counts_on(client, busy, staff, monkeypatch):
    monkeypatch.setattr(kinds, "MANY", 1)
    client.force_login(staff.coordinator)
    assert "<b>0+</b>" in client.get("/console/").content.decode()


def test_every_right_and_label_is_there(db):
    for waiting in inbox.WAITING:
        assert waiting.right in access.RIGHTS or waiting.right == ""
        assert str(waiting.label)
    assert len({waiting.key for waiting in inbox.WAITING}) == len(inbox.WAITING)


@pytest.mark.parametrize("n", [1, 3])
def test_start_and_inbox_cost_the_same_whatever_waits(client, staff, places, n, django_assert_num_queries):
    lamp = factories.category()
    for number in range(n):
        factories.request(places.east_1, lamp, code=f"R{number}", due_at=timezone.now() - timedelta(days=1))
    client.force_login(staff.coordinator)
    with django_assert_num_queries(25):
        client.get("/console/")
    with django_assert_num_queries(23):
        client.get("/console/inbox/")


# The navigation -------------------------------------------------------------------------------------------


def links(client) -> list[str]:
    nav = re.search(r"<nav .*?</nav>", client.get("/console/").content.decode(), re.DOTALL)[0]
    return re.findall(r'href="([^"]*)"', nav)


def test_navigation_shows_only_what_one_may_do(client, busy, staff):
    shown = {}
    for who in ("coordinator", "leader", "finance", "nobody"):
        client.force_login(getattr(staff, who))
        shown[who] = {name for name in ("desk:list", "desk:new") if reverse(name) in links(client)}
    assert shown == {
        "coordinator": {"desk:list", "desk:new"},
        "leader": {"desk:list"},
        "finance": set(),
        "nobody": set(),
    }


def test_navigation_says_how_many_wait_to_be_accepted(client, busy, staff):
    for who, count in (("coordinator", '<span class="count">1</span>'), ("leader", None)):
        client.force_login(getattr(staff, who))
        nav = re.search(r"<nav .*?</nav>", client.get("/console/inbox/").content.decode(), re.DOTALL)[0]
        assert (count in nav) if count else ('class="count"' not in nav)


def test_shortcuts_are_all_different():
    keys = [entry.key for entry in navigation.ENTRIES if entry.key]
    assert len(keys) == len(set(keys))


def test_amounts_are_written_with_their_unit(busy, staff):
    [told] = inbox.told(staff.approver)
    assert "CNY 500" in told.items[0].words
    assert Decimal(500) == Payment.objects.get(state=Payment.State.PROPOSED).amount
