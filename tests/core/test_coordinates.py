"""GCJ-02 and WGS-84: published pairs, the exact way back, and where both are the same."""

import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shiliu.core.coordinates import EAST, NORTH, SOUTH, WEST, to_gcj02, to_wgs84

pytestmark = pytest.mark.once

# Half a degree inside the rectangle, where a shift of some hundred metres does not lead out of it.
inside = st.tuples(st.floats(WEST + 0.5, EAST - 0.5), st.floats(SOUTH + 0.5, NORTH - 0.5))
outside = st.tuples(st.floats(-180, 180), st.floats(-90, 90)).filter(
    lambda place: not (WEST <= place[0] <= EAST and SOUTH <= place[1] <= NORTH)
)


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        # The pairs of eviltransform's own tests (latitude first there), good to about half a metre.
        ((121.4693670, 31.1774276530), (121.473825, 31.1755301)),
        ((113.95239, 22.543847), (113.957291, 22.540796)),
        ((116.411794, 39.911954), (116.418037, 39.913334)),
    ],
)
def test_places_are_where_others_have_them(wgs84, gcj02):
    found = to_gcj02(*wgs84)
    assert math.dist(found, gcj02) < 0.001


@settings(max_examples=500)
@given(inside)
@example((105.0, 35.0))  # the formula has a root there
@example((105.0 + 1e-12, 35.0))
@example((109.82, 40.65))
def test_way_there_and_back_is_exact(place):
    shifted = to_gcj02(*place)
    back = to_wgs84(*shifted)
    assert max(abs(back[0] - place[0]), abs(back[1] - place[1])) < 1e-9
    assert 0 < math.dist(shifted, place) < 0.05


@given(outside)
@example((0.0, 0.0))
@example((WEST - 1e-9, 30.0))
def test_outside_both_are_the_same(place):
    assert to_gcj02(*place) == to_wgs84(*place) == place


@given(st.tuples(st.sampled_from([WEST, EAST]), st.floats(SOUTH, NORTH)))
def test_way_back_ends_at_the_edges_too(place):
    assert all(map(math.isfinite, to_wgs84(*place)))
