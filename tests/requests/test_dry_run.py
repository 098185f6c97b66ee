"""The dry run: what the rules would have done with past requests, and with a rule that is only tried."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shiliu.core import access
from shiliu.core.areas import EVERYWHERE, Scope
from shiliu.core.models import AuditEntry
from shiliu.grid.models import Post
from shiliu.requests import dry_run
from shiliu.requests.models import Request, RoutingRule, State
from tests import factories

URL = "/console/routing/"
NOW = timezone.now()


def text(response: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()))


@pytest.fixture
def water(places):
    return factories.unit(places.town, code="U-water", name="测试供水公司")


@pytest.fixture
def stored(places, water) -> RoutingRule:
    return RoutingRule.objects.create(
        name="水归供水公司", area=places.town, words="漏水", unit=water, position=10, code="RT-1"
    )


def came(where: Any, of: Any, words: str = "厨房漏水", **values: Any) -> Request:
    given = {"words": words, "received_at": NOW - timedelta(days=2)} | values
    return factories.request(where, of, **given)


@pytest.fixture
def past(places, staff, lamp, water, grid_team):
    """Three about water, of which one went to the company; two about a lamp, one with the grid's worker."""
    led = {"state": State.ASSIGNED}
    return [
        came(places.east_1, lamp, **led, unit=water),
        came(places.east_1, lamp, **led, team=grid_team),
        came(places.east_2, lamp),
        came(places.east_1, lamp, "路灯不亮", **led, post=Post.objects.get(code="P-worker")),
        came(places.east_1, lamp, "路灯不亮", **led, team=grid_team),
    ]


def run(**how: Any) -> dry_run.Outcome:
    scope = how.pop("scope", Scope.of(["990001100"]))
    return dry_run.run(scope, NOW - timedelta(days=30), **{"sees": EVERYWHERE} | how)


def test_each_rule_tells_how_many_would_go_and_how_many_went(stored, past):
    outcome = run()
    assert (outcome.looked_at, outcome.is_cut, outcome.moved, outcome.nobody) == (5, False, None, 0)
    water, default = outcome.lines
    assert (water.to, water.would, water.did, water.differ) == ("测试供水公司", 3, 1, 2)
    assert sorted(water.elsewhere) == sorted([("东一格暖心队", 1), ("not given to anybody", 1)])
    assert (default.rule, default.would, default.did) == (None, 2, 1)
    assert {each.code for each in water.examples} == {past[1].code, past[2].code}


def test_what_went_to_the_team_that_the_worker_leads_went_to_the_worker(past, grid_team):
    grid_team.leader_post = Post.objects.get(code="P-worker")
    grid_team.save()
    (default,) = run().lines
    assert (default.would, default.did) == (5, 3)


def test_workers_are_told_as_one_never_each(stored, past, places, staff, lamp):
    other = factories.post("grid_worker", places.east_2, code="P-other")
    for post in (other, Post.objects.get(code="P-coordinator")):
        came(places.east_1, lamp, state=State.ASSIGNED, post=post)
    assert ("who answers for a grid", 2) in run().lines[0].elsewhere


def test_draft_is_tried_first_and_told_how_many_it_moves(stored, past, places):
    draft = RoutingRule(code="draft", name="试", area=places.town, words="厨房")
    outcome = run(draft=draft)
    assert [(line.rule.name if line.rule else "", line.would) for line in outcome.lines] == [
        ("试", 3),
        ("水归供水公司", 0),
        ("", 2),
    ]
    assert outcome.moved == 3
    assert RoutingRule.objects.count() == 1


def test_draft_takes_the_place_of_the_rule_that_it_changes(stored, past, places):
    draft = RoutingRule(code="RT-1", name="水", area=places.east_2, words="漏水", unit=stored.unit)
    outcome = run(draft=draft, instead_of="RT-1")
    assert [line.would for line in outcome.lines] == [1, 4]
    assert outcome.moved == 2


def test_only_the_latest_are_looked_at_and_that_is_said(stored, past, monkeypatch):
    monkeypatch.setattr(dry_run, "MOST", 3)
    outcome = run()
    assert (outcome.looked_at, outcome.is_cut) == (3, True)


def test_others_areas_and_older_ones_are_left_out(stored, past, places, lamp):
    came(places.far_1, lamp)
    came(places.east_1, lamp, received_at=NOW - timedelta(days=31))
    assert run().looked_at == 5


@pytest.mark.parametrize("n", [1, 3])
def test_page_costs_the_same_whatever_there_is(
    desk, stored, past, places, lamp, n, django_assert_num_queries
):
    for number in range(n):
        came(places.east_1, lamp)
        RoutingRule.objects.create(
            name=f"规则{number}", area=places.town, words=f"x{number}", position=number
        )
    with django_assert_num_queries(18):
        assert desk.get(URL).status_code == 200


def test_page_links_the_differences_for_whoever_sees_them(desk, client, stored, past, staff):
    assert f"/console/requests/{past[1].code}/" in text(desk.get(URL))
    client.force_login(staff.administrator)  # keeps the rules, and sees no request
    page = text(client.get(URL))
    assert "测试供水公司" in page
    assert "/admin/routingrule/" in page
    assert not any(each.code in page for each in past)


def test_trying_a_rule_stores_nothing(desk, stored, past, places):
    before = AuditEntry.objects.count()
    sent = {"try": "1", "days": "30", "area": "990001100001", "words": "厨房，阳台", "to": ""}
    page = text(desk.get(URL, sent))
    assert "With the rule that you try, 3 of them would go to somebody else" in page
    assert (RoutingRule.objects.count(), AuditEntry.objects.count()) == (1, before)


def test_change_of_a_stored_rule_starts_from_it(desk, stored, past):
    page = text(desk.get(URL, {"rule": "RT-1", "days": "7"}))
    assert 'value="漏水"' in page
    assert '<option value="unit:U-water" selected>' in page


def test_rule_that_makes_no_sense_is_told_and_nothing_lost(desk, stored, past):
    answer = desk.get(URL, {"try": "1", "area": "990001200", "words": "厨房", "to": "unit:U-nowhere"})
    assert answer.status_code == 422
    assert 'value="厨房"' in text(answer)
    assert "5 requests were looked at" in text(answer)


@pytest.mark.parametrize("days", ["", "8", "x", "9" * 40])
def test_days_that_make_no_sense_are_the_usual_ones(desk, past, days):
    assert desk.get(URL, {"days": days}).context["days"] == 30


@pytest.mark.parametrize("who", ["worker", "leader", "editor", "nobody"])
def test_page_is_for_whoever_assigns_or_keeps_the_rules(client, staff, who):
    client.force_login(getattr(staff, who))
    assert client.get(URL).status_code == 403


def test_everybodys_scope_is_the_union_of_both_rights(places, staff):
    assert access.holds(staff.administrator, "requests.configure")
    assert not access.holds(staff.administrator, "requests.assign")


# Editing --------------------------------------------------------------------------------------------------

RULE = {"name": "水", "code": "RT-9", "position": 1, "area": "990001100", "words": "漏水", "category": ""}
ENGLISH = {"accept-language": "en"}


def test_administrator_adds_a_rule(client, staff, water):
    client.force_login(staff.administrator)
    sent = RULE | {"team": "", "unit": water.pk, "is_active": "on"}
    answer = client.post("/admin/routingrule/new/", sent, headers=ENGLISH)
    assert answer.status_code == 302, text(answer)
    made = RoutingRule.objects.get()
    assert (made.unit, made.is_automatic, made.is_active) == (water, False, True)


def test_rule_for_two_or_for_who_serves_elsewhere_is_refused_in_words(
    client, staff, places, water, grid_team
):
    client.force_login(staff.administrator)
    both = RULE | {"team": grid_team.pk, "unit": water.pk}
    assert "names a team or a unit, or neither" in text(
        client.post("/admin/routingrule/new/", both, headers=ENGLISH)
    )
    elsewhere = RULE | {"team": "", "unit": factories.unit(places.far).pk}
    said = text(client.post("/admin/routingrule/new/", elsewhere, headers=ENGLISH))
    assert "does not serve the rule's area" in said
    assert not RoutingRule.objects.exists()


def test_change_of_a_rule_is_in_the_history_by_name(client, staff, stored, places):
    client.force_login(staff.administrator)
    power = factories.unit(places.town, code="U-power", name="测试供电公司")
    path = f"/admin/routingrule/edit/{stored.pk}/"
    form = client.get(path).context["form"]
    data = {name: "" if (value := form[name].value()) is None else value for name in form.fields}
    sent = {name: value for name, value in data.items() if value is not False} | {"unit": power.pk}
    assert client.post(path, sent, headers=ENGLISH).status_code == 302
    stored.refresh_from_db()
    assert (stored.unit, stored.version) == (power, 2)
    history = text(client.get(f"/admin/routingrule/history/{stored.pk}/", headers=ENGLISH))
    assert "测试供水公司 → 测试供电公司" in history
