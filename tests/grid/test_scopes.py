"""What lies within an area, its predecessors to any depth, and the rights that follow."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shiliu.core import access, areas
from shiliu.core.areas import Scope
from shiliu.grid import actions, scopes
from shiliu.grid.models import Area
from shiliu.plan.models import Meeting
from tests import factories
from tests.factories import DAY
from tests.strategies import codes

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
