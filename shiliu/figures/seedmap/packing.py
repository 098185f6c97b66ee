"""Seeds in a cluster, as in a pomegranate: packed around a small heart, each with its tip to the middle.

Each seed takes the place nearest to the middle that those before it have left. So where a seed lies depends
on its place in the order alone, and one more seed at the end moves none of the others.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import atan2, cos, degrees, hypot, pi, sin, sqrt

RADIUS = 14.0  # of the circle that a seed keeps for itself
HEART = RADIUS / sin(pi / 5)  # the distance from the middle at which five seeds touch each other
BODY = 1.4  # a seed's round part, where its number stands, lies this far beyond its middle
MARGIN = 2.0  # for outlines, and for what marks the seed that has the keyboard
EXACT = 1e-6  # what is nearer than this touches and does not overlap

# A seed around (0, 0), its tip upwards; every point of it is within RADIUS of the middle.
OUTLINE = "M0-13.4C3-11 11.6-6.5 11.6 1.8A11.6 11.6 0 0 1-11.6 1.8C-11.6-6.5-3-11 0-13.4Z"
GLINT = "M-9.3 3.4A9.4 9.4 0 0 1-6.2-5.2"

Point = tuple[float, float]


@dataclass(frozen=True)
class Place:
    """Where a seed lies, how it is turned (degrees, clockwise), and where its number stands.

    A map has a hundred of them, so what need not be exact is whole: it saves the page a kilobyte.
    """

    x: float
    y: float
    turn: int
    text_x: int
    text_y: int


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    def __str__(self) -> str:
        """As the attribute `viewBox` has it."""
        return f"{self.x:g} {self.y:g} {self.width:g} {self.height:g}"


def places(count: int) -> Iterator[Place]:
    """Where the first `count` seeds of a cluster lie, around (0, 0)."""
    for x, y in _middles(count):
        away = hypot(x, y)
        yield Place(
            round(x, 1),
            round(y, 1),
            round(degrees(atan2(y, x)) - 90) % 360,
            round(x + BODY * x / away),
            round(y + BODY * y / away),
        )


@lru_cache(maxsize=512)
def _middles(count: int) -> tuple[Point, ...]:
    placed: list[Point] = []
    free = [(HEART * sin(n * 2 * pi / 5), -HEART * cos(n * 2 * pi / 5)) for n in range(5)]
    while len(placed) < count:
        new = min(free, key=_order)
        near = [other for other in placed if hypot(other[0] - new[0], other[1] - new[1]) < 4 * RADIUS - EXACT]
        placed.append(new)
        free += [each for other in near for each in _beside(new, other) if _is_free(each, placed)]
        free = [each for each in free if _is_free(each, [new])]
    return tuple(placed)


def _order(point: Point) -> tuple[float, float]:
    """From the middle outwards; of equally near ones clockwise from the top."""
    x, y = point
    return round(hypot(x, y), 3), round(atan2(x, -y) % (2 * pi), 3)


def _is_free(point: Point, placed: list[Point]) -> bool:
    return hypot(*point) >= HEART - EXACT and all(
        hypot(point[0] - x, point[1] - y) >= 2 * RADIUS - EXACT for x, y in placed
    )


def _beside(one: Point, other: Point) -> list[Point]:
    """The two places of a seed that touches both."""
    x, y = (one[0] + other[0]) / 2, (one[1] + other[1]) / 2
    dx, dy = other[0] - one[0], other[1] - one[1]
    apart = hypot(dx, dy)
    rise = sqrt(max(0.0, 4 * RADIUS**2 - apart**2 / 4)) / apart
    return [(x - dy * rise, y + dx * rise), (x + dy * rise, y - dx * rise)]


def box(seeds: list[Place]) -> Box:
    """The smallest box of whole units around a cluster, with its margin."""
    room = RADIUS + MARGIN
    if not seeds:
        return Box(-room, -room, 2 * room, 2 * room)
    left, top = (min(getattr(seed, axis) for seed in seeds) - room for axis in ("x", "y"))
    right, bottom = (max(getattr(seed, axis) for seed in seeds) + room for axis in ("x", "y"))
    left, top = left // 1, top // 1
    return Box(left, top, -((left - right) // 1), -((top - bottom) // 1))
