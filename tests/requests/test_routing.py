"""To whom requests go: the rules against an obvious reference, what they do by themselves, the proposals."""

from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from shiliu.core import access, areas, audit, search
from shiliu.core.access import Resident
from shiliu.core.areas import Scope
from shiliu.core.door import Refused
from shiliu.core.models import AuditEntry
from shiliu.grid.models import Post, Tenure, Unit
from shiliu.requests import actions, routing, steps
from shiliu.requests.actions.routed import at_once
from shiliu.requests.models import Request, RoutingRule, State, mine
from shiliu.requests.routing import Asked, Router, Rule, found_by
from shiliu.requests.tasks import route
from tests import factories
from tests.factories import CODES

# The rules against an obvious reference -------------------------------------------------------------------

CATEGORIES = [1, 2]
WORDS = ["水", "漏水", "水管漏", "gas", "Ｇａｓ", "停电", "，", "a"]
TEXTS = ["厨房水管漏水了", "Gas smell", "vegas", "停电。水管", "漏", "水管。漏水", "abc 停 电"]
rule_rows = st.tuples(
    st.sampled_from([None, *CATEGORIES]),
    st.sampled_from(list(CODES.values())),
    st.lists(st.sampled_from(WORDS), max_size=3),
    st.booleans(),
)


def reference(rows: list[Any], category: int, area: str, words: str) -> int | None:
    """The number of the first rule that fits, looked for in the plainest way."""
    for n, (its_category, its_area, its_words, _to_a_unit) in enumerate(rows):
        if its_category is not None and its_category != category:
            continue
        if not area.startswith(its_area):
            continue
        if its_words and not any(search.is_in(words, word) for word in its_words):
            continue
        return n
    return None


@given(
    st.lists(rule_rows, max_size=6),
    st.sampled_from(CATEGORIES),
    st.sampled_from(list(CODES.values())),
    st.sampled_from(TEXTS),
)
@settings(max_examples=200, deadline=None)
def test_first_rule_that_fits_counts(rows, category, area, words):
    rules = tuple(
        Rule(
            code=str(n),
            name="",
            category=its_category,
            scope=Scope.of([its_area]),
            words=found_by("，".join(its_words)) if its_words else None,
            to=Unit(code=str(n)) if to_a_unit else None,
        )
        for n, (its_category, its_area, its_words, to_a_unit) in enumerate(rows)
    )
    worker = Post(code="P", role="grid_worker", area_id=area)
    route = Router(rules, {("grid_worker", area): worker}).route(Asked(category, area, words))

    expected = reference(rows, category, area, words)
    assert (route.rule and route.rule.code) == (None if expected is None else str(expected))
    assert route.to is (rules[expected].to if expected is not None and rows[expected][3] else worker)


def test_separators_of_words():
    assert found_by("") is None
    assert found_by(" \n") is None
    assert len(found_by("水管，漏水、停水; gas\n电")) == 5
    nothing = Rule("1", "", None, Scope.of(["990001"]), found_by("，"), None)
    assert not nothing.fits(Asked(1, CODES["east_1"], "水"))  # only separators: no word is in any text


held_posts = st.dictionaries(
    st.tuples(st.sampled_from(["grid_worker", "coordinator"]), st.sampled_from(list(CODES.values()))),
    st.just(None),
)
succession_pairs = st.lists(
    st.tuples(st.sampled_from(list(CODES.values())), st.sampled_from(list(CODES.values()))).filter(
        lambda pair: pair[0] != pair[1] and len(pair[0]) == len(pair[1])
    ),
    max_size=3,
)


@given(held_posts, succession_pairs, st.sampled_from(list(CODES.values())))
@settings(max_examples=200, deadline=None)
def test_worker_is_the_grids_or_what_it_became_else_the_villages_coordinator(held, pairs, area):
    posts = {key: Post(code="-".join(key), role=key[0], area_id=key[1]) for key in held}
    found = routing.worker_of(area, posts, pairs)

    def later(code: str) -> set[str]:
        seen, grown = set(), {code}
        while grown - seen:
            seen |= grown
            grown = grown | {new for old, new in pairs if old in seen}
        return seen

    workers = [posts[key] for key in posts if key[0] == "grid_worker" and key[1] in later(area)]
    village = area[: areas.VILLAGE]
    coordinators = [posts[key] for key in posts if key[0] == "coordinator" and key[1] in later(village)]
    assert (found is None) == (not workers and not coordinators)
    if found is not None:
        assert any(found is post for post in workers or coordinators)
    if ("grid_worker", area) in posts:
        assert found is posts["grid_worker", area]


# What is stored -------------------------------------------------------------------------------------------


def rule(where: Any, **values: Any) -> RoutingRule:
    return RoutingRule.objects.create(**{"name": "测试规则", "area": where, "position": 1} | values)


@pytest.fixture
def water(places):
    return factories.unit(places.town, code="U-water", name="测试供水公司")


def test_rule_of_the_town_counts_for_its_grids_and_for_what_they_were(places, lamp, water):
    rule(places.east, unit=water, words="漏水,停水")
    old = factories.area("990001100009009")
    factories.succession(old, places.east_1)
    for where, words, fits in (
        (places.east_1, "厨房漏水了", True),
        (places.east_1, "路灯不亮", False),
        (places.west_1, "厨房漏水了", False),
        (old, "停水一天", True),
    ):
        asked = factories.request(where, lamp, words=words)
        assert (routing.propose(asked).rule is not None) == fits, words


def test_without_a_rule_it_is_the_worker_of_the_grid(places, staff, lamp):
    found = [
        routing.propose(factories.request(where, lamp)).to
        for where in (places.east_1, places.east_2, places.town, places.far_1)
    ]
    # east_2 has no worker: the coordinator of the community; in Far there is nobody at all
    assert [post and post.code for post in found] == ["P-worker", "P-coordinator", "P-town_coordinator", None]


def test_post_that_nobody_holds_is_not_proposed(places, staff, lamp):
    Tenure.objects.filter(post__code="P-worker").update(valid_to=factories.DAY)
    assert routing.propose(factories.request(places.east_1, lamp)).to.code == "P-coordinator"


def test_rule_whose_unit_has_ended_is_passed_over(places, staff, lamp, water):
    rule(places.town, unit=water)
    rule(places.town, position=2, name="第二条", code="second")
    Unit.objects.update(valid_to=factories.DAY)
    route = routing.propose(factories.request(places.east_1, lamp))
    assert (route.rule.code, route.to.code) == ("second", "P-worker")


def test_rule_that_is_not_in_force_is_not_tried(places, staff, lamp, water):
    rule(places.town, unit=water, is_active=False)
    assert routing.propose(factories.request(places.east_1, lamp)).rule is None


@pytest.mark.parametrize("n", [1, 3])
def test_proposing_costs_three_queries(places, staff, lamp, water, django_assert_num_queries, n):
    for number in range(n):
        rule(places.town, unit=water, position=number, words=f"没有{number}")
    asked = factories.request(places.east_1, lamp)
    with django_assert_num_queries(3):
        assert routing.propose(asked).to.code == "P-worker"


# By themselves --------------------------------------------------------------------------------------------


def test_automatic_rule_accepts_and_assigns_when_the_request_came_in(places, staff, lamp, water, asked):
    rule(places.town, unit=water, is_automatic=True)
    route.func(asked.code)
    it = Request.objects.get(code=asked.code)
    assert (it.state, it.unit, it.version) == (State.ASSIGNED, water, 3)
    assert it.contacted_at is None  # nobody has answered the person yet
    told = [(entry.verb, entry.actor_label) for entry in audit.entries_of(it)]
    assert told[1:] == [("requests.accept", "system:routing"), ("requests.assign", "system:routing")]

    route.func(asked.code)  # the worker was killed, and runs it again
    assert Request.objects.get(code=asked.code).version == 3

    actions.take(it, by=staff.coordinator, seen=3)
    assert it.contacted_at is not None


def test_intake_itself_does_not_ask_the_rules(places, lamp, water, django_assert_max_num_queries):
    rule(places.town, unit=water, is_automatic=True)
    with django_assert_max_num_queries(12):
        made = actions.ask(by=Resident(), category=lamp, area=places.east_1, words="停水")
    assert made.state == State.RECEIVED


@pytest.mark.parametrize("touched", ["accepted", "classified", "not automatic", "other words", "ended"])
def test_automatic_rule_leaves_alone(places, staff, lamp, water, asked, touched):
    made = rule(places.town, unit=water, is_automatic=True)
    by = staff.coordinator
    {
        "accepted": lambda: actions.accept(asked, by=by, seen=1),
        "classified": lambda: actions.classify(asked, to=factories.category(code="x"), by=by, seen=1),
        "not automatic": lambda: RoutingRule.objects.update(is_automatic=False),
        "other words": lambda: RoutingRule.objects.filter(pk=made.pk).update(words="暖气"),
        "ended": lambda: Unit.objects.update(valid_to=factories.DAY),
    }[touched]()
    before = list(AuditEntry.objects.values_list("pk", flat=True))
    assert at_once(Request.objects.get()) is False
    assert list(AuditEntry.objects.values_list("pk", flat=True)) == before


def test_what_is_refused_stays_with_the_desk(places, staff, lamp, asked):
    """A rule that was imported names the unit of another town."""
    rule(places.town, unit=factories.unit(places.far), is_automatic=True)
    assert at_once(asked) is False
    it = Request.objects.get()
    assert (it.state, it.version) == (State.RECEIVED, 1)


# As proposals ---------------------------------------------------------------------------------------------


def test_proposal_is_chosen_in_the_form_and_said_why(places, staff, lamp, water):
    rule(places.town, unit=water, name="自来水归供水公司")
    it = factories.request(places.east_1, lamp, state=State.ACCEPTED)
    form = steps.form_for("requests.assign", it, staff.coordinator)
    assert form.initial["to"] == "unit:U-water"
    assert "自来水归供水公司" in str(form.fields["to"].help_text)


def test_form_offers_who_answers_for_the_grid_and_for_the_community(places, staff, lamp, grid_team):
    it = factories.request(places.east_1, lamp, state=State.ACCEPTED)
    form = steps.form_for("requests.assign", it, staff.coordinator)
    keys = [key for _label, group in form.fields["to"].choices[1:] for key, _name in group]
    assert keys == ["post:P-worker", "post:P-coordinator", "team:T-EAST-1"]
    assert form.initial["to"] == "post:P-worker"


def test_one_step_accepts_and_gives_to_whom_is_proposed(desk, places, staff, lamp, water):
    rule(places.town, unit=water, name="自来水归供水公司")
    it = factories.request(places.east_1, lamp)
    page = desk.get(f"/console/requests/{it.code}/").content.decode()
    assert 'name="to" value="unit:U-water"' in page

    response = desk.post(f"/console/requests/{it.code}/accept/", {"seen": 1, "to": "unit:U-water"})
    assert response.status_code == 302
    it.refresh_from_db()
    assert (it.state, it.unit) == (State.ASSIGNED, water)
    assert [entry.verb for entry in audit.entries_of(it)] == ["requests.accept", "requests.assign"]


def test_accepting_and_giving_late_is_not_taken_for_ones_own_plain_accept(desk, places, staff, lamp, water):
    rule(places.town, unit=water)
    it = factories.request(places.east_1, lamp)
    address = f"/console/requests/{it.code}/accept/"
    assert desk.post(address, {"seen": 1}).status_code == 302
    late = desk.post(address, {"seen": 1, "to": "unit:U-water"})
    assert (late.status_code, Request.objects.get(pk=it.pk).lead) == (409, None)


def test_accepting_and_giving_sent_twice_is_done_once(desk, places, staff, lamp, water):
    rule(places.town, unit=water)
    it = factories.request(places.east_1, lamp)
    sent = {"seen": 1, "to": "unit:U-water"}
    for _n in range(2):
        assert desk.post(f"/console/requests/{it.code}/accept/", sent).status_code == 302
    assert (Request.objects.get(pk=it.pk).lead, Request.objects.get(pk=it.pk).version) == (water, 3)


def test_proposal_that_has_changed_meanwhile_is_told(desk, places, staff, lamp, water):
    it = factories.request(places.east_1, lamp)
    response = desk.post(f"/console/requests/{it.code}/accept/", {"seen": 1, "to": "unit:U-water"})
    assert response.status_code == 422
    assert "propose somebody else by now" in response.content.decode()
    assert Request.objects.get().state == State.RECEIVED


def test_both_steps_or_none(places, staff, lamp):
    it = factories.request(places.east_1, lamp)
    over = factories.unit(places.town, valid_to=timezone.localdate().replace(year=2020))
    with pytest.raises(Refused):
        actions.accept(it, to=over, by=staff.coordinator, seen=1)
    assert (Request.objects.get().state, AuditEntry.objects.count()) == (State.RECEIVED, 0)


def test_post_that_takes_on_nothing_is_refused(places, staff, lamp):
    it = factories.request(places.east_1, lamp, state=State.ACCEPTED)
    with pytest.raises(Refused, match="takes on no requests"):
        actions.assign(it, to=Post.objects.get(code="P-editor"), by=staff.coordinator, seen=1)


def test_holder_of_the_post_has_what_went_to_it(places, staff, lamp):
    it = factories.request(places.east_1, lamp, state=State.ACCEPTED)
    actions.assign(it, to=Post.objects.get(code="P-worker"), by=staff.coordinator, seen=1)
    assert mine.first(Request.objects.open(), mine.leads(staff.worker), 9) == [it]
    access.forget(staff.worker)
    actions.take(it, by=staff.worker, seen=2)
    assert it.state == State.IN_PROGRESS
