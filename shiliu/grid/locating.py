"""In which area a point lies, by the boundaries that were imported."""

import json
from decimal import Decimal

from django.utils import timezone

from shiliu.core.areas import Scope
from shiliu.grid import geometry
from shiliu.grid.models import Area, Boundary


def area_at(lat: Decimal, long: Decimal, scope: Scope) -> Area | None:
    """The smallest area of `scope` that is valid today and whose boundary holds the point (WGS-84)."""
    point = round(long * geometry.MILLIONTHS), round(lat * geometry.MILLIONTHS)
    lat, long = round(lat, 6), round(long, 6)
    near = Boundary.objects.within(scope).filter(
        west__lte=long, east__gte=long, south__lte=lat, north__gte=lat
    )
    valid = near.filter(area__in=Area.objects.on(timezone.localdate()))
    boundaries = list(valid.select_related("area"))
    boundaries.sort(key=lambda it: (-it.area.level, it.area_id))
    for boundary in boundaries:
        if geometry.contains(geometry.of_degrees(json.loads(boundary.geometry)), point):
            return boundary.area
    return None
