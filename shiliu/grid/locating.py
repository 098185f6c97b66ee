"""In which area a place lies, where boundaries have been imported.

A browser gives its place in WGS-84 (W3C Geolocation), in which boundaries are stored: nothing is converted.
"""

import json
import re
from decimal import Decimal

from django.db.models.functions import Length
from django.utils import timezone

from shiliu.grid.geometry import EAST, MILLIONTHS, NORTH, SOUTH, WEST, Point, contains, from_degrees
from shiliu.grid.models import Area, Boundary

_DEGREES = re.compile(r"(-?\d{1,3})(?:\.(\d{1,30}))?", re.ASCII)
MOST = 50  # boxes that a place lies in: of each level one, and of some neighbours that bend around


def read_point(lat: str, long: str) -> Point | None:
    """A place as a browser gives it, in millionths of a degree; None for what is none in China."""
    y, x = _millionths(lat), _millionths(long)
    if x is None or y is None:
        return None
    inside = WEST <= x / MILLIONTHS <= EAST and SOUTH <= y / MILLIONTHS <= NORTH
    return (x, y) if inside else None


def _millionths(text: str) -> int | None:
    found = _DEGREES.fullmatch(text.strip())
    if found is None:
        return None
    whole, part = int(found[1]), int((found[2] or "")[:6].ljust(6, "0"))
    size = abs(whole) * MILLIONTHS + part
    return -size if found[1].startswith("-") else size


def of_degrees(lat: Decimal, long: Decimal) -> Point:
    """A place in millionths of a degree, the nearest ones."""
    return round(long * MILLIONTHS), round(lat * MILLIONTHS)


def in_degrees(point: Point) -> tuple[Decimal, Decimal]:
    """Latitude and longitude of a place, exact."""
    x, y = (Decimal(value).scaleb(-6) for value in point)
    return y, x


def has_boundaries(town: str) -> bool:
    """Whether a place in this town can be matched to an area."""
    return Boundary.objects.filter(town=town).exists()


def area_at(point: Point, town: str) -> Area | None:
    """The deepest area of the town, valid today, in which a place lies; on an edge that of the lower code."""
    y, x = in_degrees(point)
    today = Area.objects.on(timezone.localdate())
    near = Boundary.objects.filter(town=town, west__lte=x, east__gte=x, south__lte=y, north__gte=y)
    near = near.filter(area__in=today).select_related("area")
    for each in near.order_by(-Length("area_id"), "area_id")[:MOST]:
        if contains(from_degrees(json.loads(each.geometry)), point):
            return each.area
    return None
