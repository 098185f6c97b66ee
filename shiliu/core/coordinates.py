"""Coordinates at the door: GCJ-02, in which Chinese map services give places, to WGS-84 and back.

The authority does not publish the rule. The formula here is the one that is public (github.com/googollee/
eviltransform, github.com/wandergis/coordtransform), on the ellipsoid of Krasovsky 1940; variants of it with
another axis differ by a centimetre. Outside a rectangle around China both systems are the same.
"""

from math import cos, pi, radians, sin, sqrt

AXIS = 6378245.0  # metres
ECCENTRICITY_SQUARED = 0.00669342162296594323
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271  # the rectangle, in degrees
CLOSE = 1e-11  # degrees: a micrometre
ROUNDS = 50  # each makes the error a hundred times smaller; five are enough for all but the edges

Place = tuple[float, float]  # longitude, latitude


def is_shifted(lon: float, lat: float) -> bool:
    """Whether GCJ-02 differs from WGS-84 there."""
    return WEST <= lon <= EAST and SOUTH <= lat <= NORTH


def _waves(x: float) -> float:
    return (20 * sin(6 * pi * x) + 20 * sin(2 * pi * x)) * 2 / 3


def _offset(lon: float, lat: float) -> Place:
    """How far GCJ-02 lies from WGS-84, in degrees."""
    x, y = lon - 105, lat - 35
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + _waves(x)
    east += (
        (20 * sin(pi * x) + 40 * sin(pi * x / 3) + 150 * sin(pi * x / 12) + 300 * sin(pi * x / 30)) * 2 / 3
    )
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + _waves(x)
    north += (
        (20 * sin(pi * y) + 40 * sin(pi * y / 3) + 160 * sin(pi * y / 12) + 320 * sin(pi * y / 30)) * 2 / 3
    )
    magic = 1 - ECCENTRICITY_SQUARED * sin(radians(lat)) ** 2
    meridian = AXIS * (1 - ECCENTRICITY_SQUARED) / (magic * sqrt(magic))
    parallel = AXIS / sqrt(magic) * cos(radians(lat))
    return east / parallel * 180 / pi, north / meridian * 180 / pi


def to_gcj02(lon: float, lat: float) -> Place:
    """A place in WGS-84, in degrees, as GCJ-02 gives it."""
    if not is_shifted(lon, lat):
        return lon, lat
    east, north = _offset(lon, lat)
    return lon + east, lat + north


def to_wgs84(lon: float, lat: float) -> Place:
    """The place in WGS-84 that GCJ-02 gives as this: the exact inverse, to far less than 1e-7 degrees.

    By iteration: the offset hardly changes over its own length, so each round comes much closer.
    """
    if not is_shifted(lon, lat):
        return lon, lat
    x, y = lon, lat
    for _round in range(ROUNDS):
        east, north = _offset(x, y)
        off = lon - east - x, lat - north - y
        x, y = x + off[0], y + off[1]
        if max(map(abs, off)) < CLOSE:
            break
    return x, y
