"""Boundaries as paths of a picture: projected, simplified to half a pixel, with a place for a number."""

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, hypot, radians

WIDTH, TALLEST = 720.0, 960.0  # of the picture, in its own units
MARGIN = 8.0
DETAIL = 0.5  # units: what is simplified away is finer than half a pixel

Point = tuple[float, float]
Polygons = Sequence[Sequence[Sequence[Sequence[float]]]]  # the coordinates of a GeoJSON MultiPolygon


@dataclass(frozen=True)
class Frame:
    """An equirectangular projection that is true at the middle latitude: degrees to units of the picture."""

    west: float
    north: float
    per_lon: float
    per_lat: float
    width: float
    height: float

    @classmethod
    def around(cls, west: float, south: float, east: float, north: float) -> "Frame":
        shrink = cos(radians((south + north) / 2))
        scale = min((WIDTH - 2 * MARGIN) / ((east - west) * shrink), (TALLEST - 2 * MARGIN) / (north - south))
        width, height = ((east - west) * shrink * scale, (north - south) * scale)
        return cls(west, north, shrink * scale, scale, width + 2 * MARGIN, height + 2 * MARGIN)

    def at(self, lon: float, lat: float) -> Point:
        return MARGIN + (lon - self.west) * self.per_lon, MARGIN + (self.north - lat) * self.per_lat

    @property
    def view(self) -> str:
        """As the attribute `viewBox` has it."""
        return f"0 0 {self.width:.0f} {self.height:.0f}"


@dataclass(frozen=True)
class Outline:
    """One area's path, a point well inside, and how wide the circle around that is (in units)."""

    path: str
    x: float
    y: float
    room: float


@lru_cache(maxsize=512)
def drawn(geometry: str, frame: Frame) -> Outline:
    """The outline of a boundary as it is stored. Reading and simplifying it is slow, and so done once; by
    content, so that a boundary that was drawn anew is never shown as it was.
    """
    return outline(json.loads(geometry), frame)


def outline(polygons: Polygons, frame: Frame) -> Outline:
    rings = [[frame.at(*position[:2]) for position in ring] for polygon in polygons for ring in polygon]
    rings = [simplified(ring) for ring in rings]
    x, y, room = _heart(rings)
    return Outline("".join(map(_path, rings)), round(x, 1), round(y, 1), round(room, 1))


def simplified(ring: list[Point]) -> list[Point]:
    """A closed ring with fewer points, none of the others further from it than DETAIL (Douglas-Peucker)."""
    far = max(range(len(ring)), key=lambda n: hypot(ring[n][0] - ring[0][0], ring[n][1] - ring[0][1]))
    kept, pending = {0, far, len(ring) - 1}, [(0, far), (far, len(ring) - 1)]
    while pending:
        first, last = pending.pop()
        between = range(first + 1, last)
        furthest = max(between, key=lambda n: _off(ring[n], ring[first], ring[last]), default=None)
        if furthest is not None and _off(ring[furthest], ring[first], ring[last]) > DETAIL:
            kept.add(furthest)
            pending += [(first, furthest), (furthest, last)]
    return [ring[n] for n in sorted(kept)]


def _off(p: Point, a: Point, b: Point) -> float:
    """How far a point lies from a line between two others."""
    (x, y), (dx, dy) = (p[0] - a[0], p[1] - a[1]), (b[0] - a[0], b[1] - a[1])
    length = dx * dx + dy * dy
    along = max(0.0, min(1.0, (x * dx + y * dy) / length)) if length else 0.0
    return hypot(x - along * dx, y - along * dy)


def _path(ring: list[Point]) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in ring[:-1])
    return f"M{points}Z"


def _heart(rings: list[list[Point]]) -> tuple[float, float, float]:
    """A point well inside, and how wide the circle around it is: the best of the middles of what eleven level
    lines cut out. The centre of gravity may lie outside, in the hollow of a crescent.
    """
    top, bottom = (limit(y for ring in rings for _x, y in ring) for limit in (min, max))
    edges = [edge for ring in rings for edge in itertools.pairwise(ring)]
    found = []
    for n in range(1, 12):
        y = top + (bottom - top) * n / 12
        crossings = sorted(
            a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1]) for a, b in edges if (a[1] > y) != (b[1] > y)
        )
        for left, right in zip(crossings[::2], crossings[1::2], strict=False):
            middle = (left + right) / 2, y
            found.append((min(_off(middle, *edge) for edge in edges), *middle))
    radius, x, y = max(found)
    return x, y, 2 * radius
