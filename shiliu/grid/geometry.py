"""The shape of an area: what a boundary file may hold, and the sentences for what it may not.

Inside, a shape is a list of polygons, each a list of rings (the outer one first, then holes), each a closed
list of points in millionths of a degree of WGS-84, longitude first. Whole numbers make the test for crossings
exact, and are what is stored.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any

from django.utils.translation import gettext as _

from shiliu.core.coordinates import to_wgs84
from shiliu.core.door import Refused

# Where a Chinese township can lie, its waters included, in degrees.
WEST, EAST, SOUTH, NORTH = 73, 136, 3, 54
MOST_POINTS = 5000  # of one area; a grid has some dozens, a county some thousands
MILLIONTHS = 1_000_000

Point = tuple[int, int]
Ring = list[Point]
Shape = list[list[Ring]]
Segment = tuple[Point, Point]


def read(geometry: Any, *, from_gcj02: bool = False) -> Shape:
    """The shape that a GeoJSON geometry describes, in WGS-84. Raises Refused with a sentence."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise Refused(
            _("The geometry is %s, not an area. Give a Polygon or a MultiPolygon.")
            % (f"“{kind}”" if isinstance(kind, str) else _("missing"))
        )
    coordinates = geometry.get("coordinates")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    _check_lists(polygons)
    points = sum(len(ring) for polygon in polygons for ring in polygon)
    if points > MOST_POINTS:
        raise Refused(
            _("It has %(n)s points; at most %(most)s are read. Simplify it, to about a metre, say.")
            % {"n": f"{points:,}", "most": f"{MOST_POINTS:,}"}
        )
    shape = [[_ring(ring, from_gcj02) for ring in polygon] for polygon in polygons]
    for polygon in shape:
        _check_crossings(polygon)
    return shape


def _check_lists(polygons: Any) -> None:
    """A list of lists of lists, none of them empty."""
    for polygon in _filled(polygons):
        for ring in _filled(polygon):
            _filled(ring)


def _filled(it: Any) -> list[Any]:
    if not isinstance(it, list) or not it:
        raise Refused(
            _("Its coordinates are not lists of rings of points. Export the file anew from the map program.")
        )
    return it


def _ring(positions: list[Any], from_gcj02: bool) -> Ring:
    """A closed ring without repeated points; an open one is closed."""
    ring: Ring = []
    for position in positions:
        point = _point(position, from_gcj02)
        if not ring or ring[-1] != point:
            ring.append(point)
    if ring[0] != ring[-1]:
        ring.append(ring[0])
    if len(ring) < 4:
        raise Refused(
            _("A ring near %s has fewer than three different points. Draw the area around.") % _shown(ring[0])
        )
    if not _doubled_area(ring):
        raise Refused(_("A ring near %s encloses nothing. Draw the area around.") % _shown(ring[0]))
    return ring


def _point(position: Any, from_gcj02: bool) -> Point:
    if not isinstance(position, list) or len(position) < 2 or not all(map(_is_number, position[:2])):
        raise Refused(_("“%s” is not a point. Give longitude and latitude in degrees.") % str(position)[:60])
    lon, lat = position[:2]
    if not _plausible(lon, lat):
        shown = {"lon": str(lon)[:20], "lat": str(lat)[:20]}
        if _plausible(lat, lon):
            raise Refused(
                _("The point %(lon)s, %(lat)s has latitude first. Swap them: GeoJSON begins with longitude.")
                % shown
            )
        raise Refused(
            _(
                "The point %(lon)s, %(lat)s does not lie in China. Give degrees of longitude and latitude, "
                "not metres of a projection."
            )
            % shown
        )
    lon, lat = float(lon), float(lat)
    if from_gcj02:
        lon, lat = to_wgs84(lon, lat)
    return round(lon * MILLIONTHS), round(lat * MILLIONTHS)


def _is_number(it: Any) -> bool:
    return isinstance(it, (int, float)) and not isinstance(it, bool)


def _plausible(lon: float, lat: float) -> bool:
    """Also false for infinity and for what is not a number."""
    return WEST <= lon <= EAST and SOUTH <= lat <= NORTH


def _shown(point: Point) -> str:
    return f"{point[0] / MILLIONTHS:.6f}, {point[1] / MILLIONTHS:.6f}"


def _doubled_area(ring: Ring) -> int:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))


# Crossings ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Edge:
    """One side of a ring: which ring, which place in it, of how many; and how far it reaches both ways."""

    ends: Segment
    ring: int
    place: int
    sides: int
    low: Point
    high: Point


def _edges(polygon: list[Ring]) -> Iterator[Edge]:
    for number, ring in enumerate(polygon):
        for place, (a, b) in enumerate(pairwise(ring)):
            low, high = (min(a[0], b[0]), min(a[1], b[1])), (max(a[0], b[0]), max(a[1], b[1]))
            yield Edge((a, b), number, place, len(ring) - 1, low, high)


def _check_crossings(polygon: list[Ring]) -> None:
    """No ring meets itself but where it closes, and no two rings of a polygon cross."""
    for one, other in _near(list(_edges(polygon))):
        same = one.ring == other.ring
        neighbours = same and (one.place - other.place) % one.sides in (1, one.sides - 1)
        if _meet(one.ends, other.ends, neighbours=neighbours, touching=same):
            raise Refused(
                _("The boundary crosses itself near %s. Mend it there, then import it again.")
                % _shown(one.ends[0])
            )


def _near(edges: list[Edge]) -> Iterator[tuple[Edge, Edge]]:
    """The pairs of edges whose boxes meet. Along the axis in which edges are short, each is compared with
    those that begin before it ends.
    """
    along, across = sorted((0, 1), key=lambda axis: sum(e.high[axis] - e.low[axis] for e in edges))
    edges.sort(key=lambda edge: edge.low[along])
    for n, one in enumerate(edges):
        end, bottom, top = one.high[along], one.low[across], one.high[across]
        for other in islice(edges, n + 1, None):
            if other.low[along] > end:
                break
            if other.low[across] <= top and bottom <= other.high[across]:
                yield one, other


def _meet(one: Segment, other: Segment, *, neighbours: bool, touching: bool) -> bool:
    """Whether two segments whose boxes meet do so where they must not: neighbours beyond the point that they
    share; others of the same ring (`touching`) anywhere; of two rings where they cross.
    """
    (a, b), (c, d) = one, other
    sides = _side(a, b, c), _side(a, b, d), _side(c, d, a), _side(c, d, b)
    if neighbours:
        return not any(sides) and _folded_back(one, other)
    if touching:
        return sides[0] * sides[1] <= 0 and sides[2] * sides[3] <= 0
    return sides[0] * sides[1] < 0 and sides[2] * sides[3] < 0


def _folded_back(one: Segment, other: Segment) -> bool:
    """Whether two segments on one line, which share an end, lie on the same side of it."""
    [shared] = set(one) & set(other)
    a, b = (next(p for p in segment if p != shared) for segment in (one, other))
    return (a[0] - shared[0]) * (b[0] - shared[0]) + (a[1] - shared[1]) * (b[1] - shared[1]) > 0


def _side(a: Point, b: Point, p: Point) -> int:
    """-1, 0 or 1: on which side of the line from a to b the point lies."""
    turn = (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])
    return (turn > 0) - (turn < 0)


# What is kept of it ---------------------------------------------------------------------------------------


def points(shape: Shape) -> Iterator[Point]:
    return (point for polygon in shape for ring in polygon for point in ring)


def box(shape: Shape) -> tuple[int, int, int, int]:
    """West, south, east, north, in millionths of a degree."""
    lons, lats = zip(*points(shape), strict=True)
    return min(lons), min(lats), max(lons), max(lats)


def degrees(shape: Shape) -> list[list[list[list[float]]]]:
    """The coordinates of a GeoJSON MultiPolygon."""
    return [[[[x / MILLIONTHS, y / MILLIONTHS] for x, y in ring] for ring in polygon] for polygon in shape]


def from_degrees(coordinates: list[list[list[list[float]]]]) -> Shape:
    """The shape whose `degrees` these are."""
    return [
        [[(round(x * MILLIONTHS), round(y * MILLIONTHS)) for x, y in ring] for ring in polygon]
        for polygon in coordinates
    ]


# Whether a point lies in it -------------------------------------------------------------------------------


def contains(shape: Shape, point: Point) -> bool:
    """Whether a point lies in a shape; its edges, those of holes too, belong to it. Exact."""
    return any(_encloses(polygon, point) for polygon in shape)


def _encloses(polygon: list[Ring], point: Point) -> bool:
    """Whether a ray from the point to the east meets an odd number of edges."""
    inside = False
    for ring in polygon:
        for a, b in pairwise(ring):
            side = _side(a, b, point)
            if side == 0 and _within_box(a, b, point):
                return True
            upwards = b[1] > a[1]
            if (a[1] > point[1]) != (b[1] > point[1]) and (side > 0) == upwards:
                inside = not inside
    return inside


def _within_box(a: Point, b: Point, p: Point) -> bool:
    return min(a[0], b[0]) <= p[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= p[1] <= max(a[1], b[1])
