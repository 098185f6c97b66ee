"""What lies within an area, its predecessors to any depth, and the rights that follow."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from shiliu.core import access, areas
from shiliu.core.areas import Scope
from shiliu.core.figures import Period
from shiliu.figures.report import over
from shiliu.grid import actions, scopes
from shiliu.grid.models import Area
from shiliu.plan.models import Meeting
from tests import factories
from tests.factories import DAY
from tests.strategies import HALF_YEAR, codes

successions = st.lists(st.tuples(codes, codes), max_size=8)


def by_brute_force(wanted: set[str], pairs: list[tuple[str, str]], among: set[str]) -> set[str]:
    """The codes of `among` that are inside: by walking from each code to whatever it became."""

    def inside(code: str, seen: frozenset[str]) -> bool:
        if any(areas.contains(held, code) for held in wanted):
            return True
        became = {new for old, new in pairs if areas.contains(old, code)} - seen
        return any(inside(new, seen | {new}) for new in became)

    return {code for code in among if inside(code, frozenset())}


@given(st.sets(codes, max_size=3), successions, st.sets(codes, max_size=6))
@example({"990001"}, [("019999", "990001001"), ("000000", "019999"), ("999999", "000000001")], {"999999"})
def test_within_holds_predecessors_to_any_depth(wanted, pairs, among):
    scope = scopes.close(wanted, pairs)
    assert {code for code in among if code in scope} == by_brute_force(wanted, pairs, among)


@given(st.sets(codes, max_size=3), st.sets(codes, max_size=3), successions, codes)
def test_within_is_monotone(fewer, more, pairs, code):
    if code in scopes.close(fewer, pairs):
        assert code in scopes.close(fewer | more, pairs)
    if code in scopes.close(fewer, pairs[:-1]):
        assert code in scopes.close(fewer, pairs)


@given(st.sets(codes, max_size=3), successions)
def test_closing_again_changes_nothing(wanted, pairs):
    once = scopes.close(wanted, pairs)
    assert scopes.close(once.codes, pairs) == once


@given(codes, successions)
def test_what_is_within_an_area_is_within_the_one_above(code, pairs):
    above = areas.parent(code)
    if above:
        inner = scopes.close([code], pairs)
        assert inner & scopes.close([above], pairs) == inner


def by_walking(code: str, pairs: list[tuple[str, str]]) -> set[str]:
    """The area and all that it became: one step after another."""
    became, reached = {code}, [code]
    for old in reached:
        reached += [new for before, new in pairs if before == old and new not in became]
        became.update(reached)
    return became


@given(codes, successions, st.sets(codes, max_size=6))
@example("990001100", [("990001100", "990002"), ("990002001", "990002"), ("999", "990001")], {"990002001"})
@example("990001001", [("990001", "990002")], {"990002"})  # what lies above became another: not followed
def test_rights_reach_what_the_area_became_and_what_that_was_before(post, pairs, among):
    wanted = by_walking(post, pairs)
    scope = scopes.opens([post], pairs)
    assert {code for code in among if code in scope} == by_brute_force(wanted, pairs, among)


@given(codes, codes, successions)
@example("990001001", "990002", [("990001001", "990002")])
def test_who_holds_an_area_is_who_has_it_in_scope(post, code, pairs):
    assert (post in scopes.holding(code, pairs)) == (code in scopes.opens([post], pairs))


@given(codes, codes, successions)
@example("990001001", "990002", [("990001001", "990002")])
@example("990002", "990001001", [("990001001", "990002")])
@example("990002", "990001001001", [("990001001", "990002")])
@example("990001001001", "990002", [("990001001001", "990002999")])
def test_who_serves_an_area_has_it_in_scope_or_stands_in_what_its_parts_were(post, code, pairs):
    serves = code in scopes.opens([post], pairs) or post in scopes.close([code], pairs).codes
    assert (post in scopes.serving(code, pairs)) == serves


def test_what_an_area_became_serves_it_from_the_day_on(places):
    tomorrow = timezone.localdate() + timedelta(days=1)
    factories.succession(places.east, places.far)
    factories.succession(places.west, places.far, tomorrow)
    assert {places.far.code, places.other_town.code} <= scopes.around(places.east_1.code)
    assert not {places.far.code, places.other_town.code} & scopes.around(places.west_1.code)
    assert places.east.code in scopes.around(places.far_1.code)


def test_areas_that_became_each_other_end_the_search():
    assert scopes.close(["990001"], [("990001", "990002"), ("990002", "990001")]) == Scope.of(
        ["990001", "990002"]
    )


def test_rows_keep_their_code_and_are_found_under_the_successor(places):
    oldest, old = factories.area("990001300"), factories.area("990001301")
    factories.succession(oldest, old)
    factories.succession(old, places.east)
    for where in (oldest, old, places.east_1, places.west_1):
        factories.meeting(where, code=where.code)

    found = Meeting.objects.within(scopes.within([places.east.code]))

    assert set(found.values_list("code", flat=True)) == {oldest.code, old.code, places.east_1.code}


def test_rights_follow_a_succession(places, staff):
    gone = factories.area("990001300")
    assert not access.allows(staff.coordinator, "requests.accept", gone.code)

    actions.succeed(gone, places.east, day=DAY, by=access.System("test"), seen=1)
    access.forget(staff.coordinator)

    assert access.allows(staff.coordinator, "requests.accept", gone.code)
    assert not access.allows(staff.far_coordinator, "requests.accept", gone.code)


def test_post_in_an_area_that_became_another_holds_in_the_successor(places, staff):
    old = factories.area("990001300")
    gone = factories.person("gone")
    factories.tenure(gone, "coordinator", old)
    actions.succeed(old, places.far, day=timezone.localdate(), by=access.System("test"), seen=1)

    for inside in (old, places.far, places.far_1):
        assert access.allows(gone, "requests.accept", inside.code)
    assert not access.allows(gone, "requests.accept", places.other_town.code)


def test_succession_counts_from_its_day_on(places, staff):
    old = factories.area("990001300")
    gone, tomorrow = factories.person("gone"), timezone.localdate() + timedelta(days=1)
    factories.tenure(gone, "coordinator", old)
    actions.succeed(old, places.far, day=tomorrow, by=access.System("test"), seen=1)

    assert old.code not in scopes.within([places.far.code])
    assert old.code in scopes.within([places.far.code], tomorrow)
    assert not access.allows(gone, "requests.accept", places.far.code)
    assert not access.allows(staff.far_coordinator, "requests.accept", old.code)


@pytest.mark.parametrize(
    ("day", "counted"), [(date(2023, 6, 30), True), (date(2023, 7, 1), False), (date(2999, 1, 1), False)]
)
def test_later_succession_leaves_the_figures_of_a_period_as_they_were(places, day, counted):
    old = factories.area("990001300")
    factories.succession(old, places.far, day)
    assert (old.code in over(HALF_YEAR, places.far).area) == counted


def test_succession_to_come_does_not_count_in_a_period_that_is_not_over(places):
    old, today = factories.area("990001300"), timezone.localdate()
    factories.succession(old, places.far, today + timedelta(days=1))
    still = Period(today, today + timedelta(days=30))
    assert old.code not in over(still, places.far).area


@pytest.mark.parametrize(
    ("day", "valid"),
    [
        (DAY - timedelta(days=1), False),
        (DAY, True),
        (date(2023, 12, 31), True),
        (date(2024, 1, 1), False),
    ],
)
def test_area_is_valid_from_its_first_to_its_last_day(places, day, valid):
    factories.area("990001100001003", valid_from=DAY, valid_to=date(2023, 12, 31))

    on_that_day = {area.code for area in Area.objects.on(day).filter(code__startswith=places.east.code)}

    assert ("990001100001003" in on_that_day) == valid
    assert {places.east.code, places.east_1.code, places.east_2.code} <= on_that_day
    assert places.west_1.code not in on_that_day


def test_closure_is_one_query(places, django_assert_num_queries):
    factories.succession(factories.area("990001300"), places.east)
    with django_assert_num_queries(1):
        scopes.within([places.east.code, places.far.code])


def test_everybody_sees_areas(places, staff):
    assert Area.objects.visible_to(staff.nobody).count() == len(factories.CODES)
