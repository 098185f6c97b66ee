"""Whether a point lies in a shape: exact, with holes, several parts and its own boundary."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shiliu.grid.geometry import contains, degrees, of_degrees

pytestmark = pytest.mark.once


def box(west: int, south: int, east: int, north: int) -> list[tuple[int, int]]:
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


# A ring with a hole, a second part of its own, and a horseshoe that opens to the north.
SHAPE = [[box(0, 0, 10, 10), box(4, 4, 6, 6)], [box(20, 0, 22, 2)]]
HORSESHOE = [[[(0, 0), (9, 0), (9, 9), (6, 9), (6, 3), (3, 3), (3, 9), (0, 9), (0, 0)]]]
GRID = st.integers(-2, 24)


def in_shape(x: int, y: int) -> bool:
    whole, hole = 0 <= x <= 10 and 0 <= y <= 10, 4 < x < 6 and 4 < y < 6
    return (whole and not hole) or (20 <= x <= 22 and 0 <= y <= 2)


def in_horseshoe(x: int, y: int) -> bool:
    return 0 <= x <= 9 and 0 <= y <= 9 and not (3 < x < 6 and y > 3)


@given(GRID, GRID)
def test_contains_is_what_the_drawing_says(x, y):
    assert contains(SHAPE, (x, y)) == in_shape(x, y)
    assert contains(HORSESHOE, (x, y)) == in_horseshoe(x, y)


@given(GRID, GRID)
def test_direction_in_which_a_ring_runs_does_not_matter(x, y):
    backwards = [[list(reversed(ring)) for ring in polygon] for polygon in SHAPE]
    assert contains(backwards, (x, y)) == contains(SHAPE, (x, y))


def test_degrees_and_back_is_the_same_shape():
    shape = [[box(109840001, 40657003, 109840777, 40657999)]]
    assert of_degrees(degrees(shape)) == shape
