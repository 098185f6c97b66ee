"""What a boundary may be, and the sentence for what it may not."""

import itertools
import math
import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shiliu.core.coordinates import to_gcj02
from shiliu.core.door import Refused
from shiliu.grid import geometry

pytestmark = pytest.mark.once

LON, LAT = 109.8, 40.6
SQUARE = [[109.8, 40.6], [109.9, 40.6], [109.9, 40.7], [109.8, 40.7], [109.8, 40.6]]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": [*rings]}


def at(*points):
    """A ring by thousandths of a degree."""
    return [[LON + x / 1000, LAT + y / 1000] for x, y in points]


def test_polygon_is_kept_as_a_multipolygon():
    shape = geometry.read(polygon(SQUARE))
    assert geometry.degrees(shape) == [[SQUARE]]
    assert geometry.box(shape) == (109_800_000, 40_600_000, 109_900_000, 40_700_000)
    several = {
        "type": "MultiPolygon",
        "coordinates": [[SQUARE], [at((200, 0), (210, 0), (200, 9), (200, 0))]],
    }
    assert len(geometry.read(several)) == 2


def test_open_ring_is_closed_and_repeated_points_are_one():
    doubled = [point for point in SQUARE[:-1] for _twice in range(2)]
    assert geometry.read(polygon(doubled)) == geometry.read(polygon(SQUARE))


def test_height_is_left_out():
    high = [[*point, 1065.5] for point in SQUARE]
    assert geometry.read(polygon(high)) == geometry.read(polygon(SQUARE))


def test_hole_is_kept_and_may_touch_the_edge():
    hole = at((20, 0), (40, 40), (20, 40), (20, 0))
    assert len(geometry.read(polygon(SQUARE, hole))[0]) == 2


def test_gcj02_is_converted_at_the_door():
    shifted = [list(to_gcj02(*point)) for point in SQUARE]
    found = geometry.degrees(geometry.read(polygon(shifted), from_gcj02=True))
    assert found == [[SQUARE]]  # to the last of six decimals


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (None, "missing"),
        ({"type": 7}, "missing"),
        ({"type": "LineString", "coordinates": SQUARE}, "“LineString”, not an area"),
        ({"type": "GeometryCollection", "geometries": []}, "not an area"),
        ({"type": "Polygon"}, "not lists of rings"),
        (polygon(), "not lists of rings"),
        (polygon([]), "not lists of rings"),
        ({"type": "MultiPolygon", "coordinates": [SQUARE]}, "is not a point"),
        ({"type": "Polygon", "coordinates": SQUARE}, "is not a point"),
        (polygon([*SQUARE[:3], ["109.8", "40.7"]]), "is not a point"),
        (polygon([*SQUARE[:3], [109.8]]), "is not a point"),
        (polygon([*SQUARE[:3], [True, False]]), "is not a point"),
        (polygon([[lat, lon] for lon, lat in SQUARE]), "has latitude first"),
        (polygon([[12_222_222.1, 4_958_000.0], *SQUARE]), "does not lie in China"),
        (polygon([[-109.8, 40.6], *SQUARE]), "does not lie in China"),
        (polygon([[math.inf, 40.6], *SQUARE]), "does not lie in China"),
        (polygon([[math.nan, 40.6], *SQUARE]), "does not lie in China"),
        (polygon([[10**400, 40], *SQUARE]), "does not lie in China"),
        (polygon(SQUARE[:2]), "fewer than three different points"),
        (polygon([SQUARE[0]] * 5), "fewer than three different points"),
        (polygon([SQUARE[0], SQUARE[1], SQUARE[0], SQUARE[1]]), "encloses nothing"),
        (polygon(at((0, 0), (10, 10), (10, 0), (0, 10), (0, 0))), "encloses nothing"),
        (polygon(at((0, 0), (20, 20), (10, 0), (0, 10), (0, 0))), "crosses itself near 109.8"),
        (polygon(at((0, 0), (10, 10), (20, 0), (20, 20), (10, 10), (0, 20))), "crosses itself"),
        (polygon(at((0, 0), (20, 0), (10, 0), (10, 10))), "crosses itself"),  # a spike back along the edge
        (polygon(SQUARE, at((50, 50), (150, 50), (60, 60))), "crosses itself"),
    ],
)
def test_what_is_no_area_is_refused_in_words(given, sentence):
    with pytest.raises(Refused, match=sentence):
        geometry.read(given)


def star(points: int, seed: int) -> list[list[float]]:
    """A simple ring around a middle, with many points and no pattern."""
    dice = random.Random(seed)
    return at(
        *(
            (r * math.cos(2 * math.pi * n / points), r * math.sin(2 * math.pi * n / points))
            for n, r in ((n, dice.uniform(40, 60)) for n in range(points))
        )
    )


def test_as_many_points_as_allowed_and_no_more():
    assert len(geometry.read(polygon(star(geometry.MOST_POINTS, 1)))[0][0]) == geometry.MOST_POINTS + 1
    with pytest.raises(Refused, match="5,001 points; at most 5,000"):
        geometry.read(polygon(star(geometry.MOST_POINTS + 1, 1)))


@given(st.integers(3, 30), st.integers(0, 999))
def test_ring_around_a_middle_is_simple(points, seed):
    geometry.read(polygon(star(points, seed)))


def _on(p, a, b) -> bool:
    """Whether a point lies on a segment."""
    level = (b[0] - a[0]) * (p[1] - a[1]) == (b[1] - a[1]) * (p[0] - a[0])
    return level and all(min(a[n], b[n]) <= p[n] <= max(a[n], b[n]) for n in (0, 1))


def _meet(a, b, c, d) -> bool:
    """Whether two segments share a point, by solving for it in fractions."""
    (rx, ry), (sx, sy) = (b[0] - a[0], b[1] - a[1]), (d[0] - c[0], d[1] - c[1])
    across = rx * sy - ry * sx
    if not across:
        return any((_on(c, a, b), _on(d, a, b), _on(a, c, d), _on(b, c, d)))
    qx, qy = c[0] - a[0], c[1] - a[1]
    return all(0 <= Fraction(n, across) <= 1 for n in (qx * sy - qy * sx, qx * ry - qy * rx))


def _crosses(ring) -> bool:
    """The plain way: every pair of edges that are no neighbours."""
    edges = list(itertools.pairwise(ring))
    return any(
        _meet(*edges[i], *edges[j]) for i in range(len(edges)) for j in range(i + 2, len(edges) - (i == 0))
    )


@settings(max_examples=500)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=3, max_size=8, unique=True))
def test_crossing_is_found_wherever_the_plain_way_finds_one(corners):
    ring = [*corners, corners[0]]
    if not geometry._doubled_area(ring):
        return
    whole = [(round((LON + x / 1000) * 1e6), round((LAT + y / 1000) * 1e6)) for x, y in ring]
    try:
        geometry.read(polygon(at(*ring)))
        accepted = True
    except Refused:
        accepted = False
    if _crosses(whole):
        assert not accepted
    elif accepted is False:
        # Only a spike is left: two neighbours that lie upon each other.
        triples = zip(whole, whole[1:], [*whole[2:], whole[1]], strict=False)
        assert any(geometry._side(a, b, c) == 0 for a, b, c in triples)


# Whether a point lies in it -------------------------------------------------------------------------------


def slowly_contains(shape: geometry.Shape, point: geometry.Point) -> bool:
    """By turning around: the edges of a polygon seen from a point inside it make a whole turn."""
    return any(_on_edge(polygon, point) or _turns(polygon, point) % 2 for polygon in shape)


def _on_edge(polygon, point) -> bool:
    for ring in polygon:
        for (ax, ay), (bx, by) in itertools.pairwise(ring):
            along = Fraction((point[0] - ax) * (bx - ax) + (point[1] - ay) * (by - ay))
            share = along / ((bx - ax) ** 2 + (by - ay) ** 2)
            if 0 <= share <= 1 and (ax + share * (bx - ax), ay + share * (by - ay)) == point:
                return True
    return False


def _turns(polygon, point) -> int:
    """How often all rings together are met by a ray upwards, a little beside the point: exact fractions."""
    x, y = point[0] + Fraction(1, 10**9), Fraction(point[1])
    met = 0
    for ring in polygon:
        for (ax, ay), (bx, by) in itertools.pairwise(ring):
            if min(ax, bx) < x < max(ax, bx):
                met += ay + (x - ax) * Fraction(by - ay, bx - ax) > y
    return met


points = st.tuples(st.integers(0, 12), st.integers(0, 12))


@given(ring=st.lists(points, min_size=3, max_size=9, unique=True), point=points)
@settings(max_examples=500)
def test_point_lies_in_a_ring_as_a_slow_reference_says(ring, point):
    shape = [[[*ring, ring[0]]]]
    assert geometry.contains(shape, point) == slowly_contains(shape, point)


@given(st.data())
def test_point_lies_in_a_ring_with_a_hole_as_a_slow_reference_says(data):
    outer = [(0, 0), (12, 0), (12, 12), (0, 12), (0, 0)]
    corner = data.draw(st.tuples(st.integers(1, 8), st.integers(1, 8)))
    wide, high = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 3))
    x, y = corner
    hole = [corner, (x + wide, y), (x + wide, y + high), (x, y + high), corner]
    shape = [[outer, hole], [[(20, 0), (25, 0), (20, 5), (20, 0)]]]
    point = data.draw(st.tuples(st.integers(-2, 27), st.integers(-2, 14)))
    assert geometry.contains(shape, point) == slowly_contains(shape, point)


def test_edges_belong_to_a_shape_and_its_hole_does_not():
    shape = geometry.read(polygon(SQUARE, at((20, 20), (40, 20), (40, 40), (20, 40), (20, 20))))
    west, south, east, north = geometry.box(shape)
    inside = {
        (west, south): True,
        (east, north): True,
        (west, south + 5): True,
        (west - 1, south + 5): False,
        (west + 30_000, south + 30_000): False,
        (west + 20_000, south + 30_000): True,
        (west + 19_999, south + 30_000): True,
        (west + 10, south): True,
        (west + 10, south - 1): False,
    }
    assert {point: geometry.contains(shape, point) for point in inside} == inside


def test_shape_is_read_back_from_its_degrees():
    shape = geometry.read(polygon(SQUARE, at((1, 1), (2, 1), (2, 2), (1, 1))))
    assert geometry.from_degrees(geometry.degrees(shape)) == shape
