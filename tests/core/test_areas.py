"""Codes and scopes: the algebra by brute force, and the database against Python."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import strategies as st

from shiliu.core import areas
from shiliu.core.areas import EVERYWHERE, NOWHERE, Scope
from shiliu.plan.models import Meeting
from tests import factories
from tests.strategies import codes, scopes, taken_back, with_database


@pytest.mark.parametrize("code", ["990001", "990001100", "990001100001", "990001100001001"])
def test_code_of_each_level_is_accepted(code):
    areas.validate_code(code)


@pytest.mark.parametrize(
    "code", ["", "99000", "9900011", "99000110000100100", "99000a", "９９０００１", "990001\n"]
)
def test_other_text_is_no_code(code):
    with pytest.raises(ValidationError, match="6, 9, 12"):
        areas.validate_code(code)


def test_parent_is_one_level_up():
    assert areas.parent("990001100001001") == "990001100001"
    assert areas.parent("990001100") == "990001"
    assert areas.parent("990001") is None


@given(codes, codes)
def test_contains_is_being_at_or_above(outer, inner):
    above = {inner[:length] for length in areas.LEVELS if length <= len(inner)}
    assert areas.contains(outer, inner) == (outer in above)


@given(scopes, codes)
def test_membership_is_by_any_code(scope, code):
    assert (code in scope) == (scope.everywhere or any(areas.contains(held, code) for held in scope.codes))


@given(scopes, scopes, codes)
def test_union_and_intersection_are_those_of_sets(one, other, code):
    assert (code in one | other) == (code in one or code in other)
    assert (code in one & other) == (code in one and code in other)


@given(scopes, scopes, scopes)
def test_equal_areas_are_equal_scopes(one, other, third):
    """Every scope is kept in one form, so that == compares areas and not the way they were put together."""
    assert one | other == other | one
    assert one & other == other & one
    assert (one | other) | third == one | (other | third)
    assert (one & other) & third == one & (other & third)
    assert one & (one | other) == one == one | (one & other)
    assert one & EVERYWHERE == one == one | NOWHERE


@given(scopes)
def test_no_code_of_a_scope_lies_in_another(scope):
    assert all(one == other or not areas.contains(one, other) for one in scope.codes for other in scope.codes)


@given(scopes, codes)
def test_areas_above_a_scope_hold_all_of_it_and_are_not_in_it(scope, code):
    assert all(any(areas.contains(code, held) for held in scope.codes) for code in scope.above)
    assert (code in scope.above) <= (code not in scope)
    assert scope.spans_towns == (scope.everywhere or any(len(held) == areas.COUNTY for held in scope.codes))


@given(scopes)
def test_scope_is_true_where_it_holds_anything(scope):
    assert bool(scope) == (scope.everywhere or scope.codes != frozenset())


def test_one_town_is_an_equality_on_its_column():
    where = str(Meeting.objects.filter(Scope.of(["990001100"]).q()).query).partition(" WHERE ")[2]
    assert where.startswith('"plan_meeting"."town" = 990001100 ORDER BY')


@pytest.mark.parametrize(
    ("code", "column"), [("990001100001", "village"), ("990001100001001", "area_id"), ("990001100", "town")]
)
def test_each_level_asks_its_own_column(code, column):
    where = str(Meeting.objects.filter(Scope.of([code]).q()).query).partition(" WHERE ")[2]
    assert where.startswith(f'"plan_meeting"."{column}" = {code} ORDER BY')


@pytest.mark.django_db
@with_database
@given(st.sets(codes, min_size=1, max_size=6), scopes)
@example({"999999001", "990001", "019999001", "000000"}, Scope.of(["999999"]))  # a county is a range
@example({"019999", "019999001", "000000999", "990001"}, Scope.of(["000000"]))
def test_rows_found_are_those_inside(held, scope):
    with taken_back():
        for code in held:
            factories.meeting(factories.area(code), code=code)
        found = set(Meeting.objects.within(scope).values_list("code", flat=True))
        again = set(Meeting.objects.filter(scope.unindexed()).values_list("code", flat=True))
    assert found == again == {code for code in held if code in scope}


@pytest.mark.django_db
@with_database
@given(codes)
def test_database_computes_town_and_village(code):
    with taken_back():
        stored = Meeting.objects.get(pk=factories.meeting(factories.area(code)).pk)
    assert (stored.town, stored.village) == (code[:9], code[:12])
