"""Writes of the grid: who holds which post, which area became which, and where its boundary runs."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import access, audit, door
from shiliu.core.access import Actor
from shiliu.core.models import User
from shiliu.grid import geometry as shapes
from shiliu.grid import rules  # noqa: F401  registers the rights
from shiliu.grid.models import Area, Boundary, Post, Succession, Tenure

APPOINT = audit.verb("grid.appoint", gettext_lazy("gave %(user)s the post %(post)s"))
END = audit.verb("grid.end", gettext_lazy("ended it on %(valid_to)s"), right="grid.appoint")
SUCCEED = audit.verb("grid.succeed", gettext_lazy("recorded that it became %(successor)s"), right="grid.edit")

SOURCE_LENGTH = 200
# The coordinates would make the audit many times as large as the table; the boundary itself has them.
DRAW = audit.verb(
    "grid.draw",
    gettext_lazy("drew the boundary of %(area)s, which came in %(came_in)s from “%(source)s”"),
    right="grid.edit",
    masks=("geometry",),
)


def appoint(post: Post, user: User, *, since: date, until: date | None = None, by: Actor) -> Tenure:
    """Give `user` the post from `since` to `until`, both inclusive; None for an open end."""
    if since < post.valid_from or (post.valid_to is not None and since > post.valid_to):
        raise door.Refused(_("The post does not exist on that day. Choose a day on which it does."))
    tenure = Tenure(post=post, user=user, area_id=post.area_id, valid_from=since, valid_to=until)
    tenure = door.create(tenure, APPOINT, by=by)
    access.forget(user)
    return tenure


def end(tenure: Tenure, *, on: date, by: Actor, seen: int) -> Tenure:
    """End a tenure; `on` is its last day. Rights end with it."""
    with door.change(tenure, END, by=by, seen=seen) as change:
        if on < tenure.valid_from:
            raise door.Refused(_("That is before the first day. Choose a later one."))
        change.set(valid_to=on)
    access.forget(tenure.user)
    return tenure


def succeed(predecessor: Area, successor: Area, *, day: date, by: Actor, seen: int) -> Succession:
    """From `day` on `successor` is what `predecessor` was; the old code ends the day before.

    A split is one call per successor. `seen` is the predecessor's version.
    """
    access.require(by, "grid.edit", successor.code)
    last_day = date.fromordinal(day.toordinal() - 1)
    with transaction.atomic():
        with door.change(predecessor, SUCCEED, by=by, seen=seen) as change:
            if predecessor == successor:
                raise door.Refused(_("An area cannot become itself. Choose the one that it became."))
            change.set(valid_to=last_day)
            change.say(successor=successor.code)
        with door.in_words(Succession):
            return Succession.objects.create(predecessor=predecessor, successor=successor, day=day)


def set_boundary(
    area: Area, geometry: Any, *, system: str, source: str, by: Actor, seen: int | None = None
) -> Boundary:
    """Store where `area` lies: `geometry` is a GeoJSON Polygon or MultiPolygon, in degrees of `system`.

    `seen` is the version of the boundary that the area has already, None where it has none. What is the same
    already is not written again. Raises Refused for a shape that cannot be.
    """
    access.require(by, "grid.edit", area.code)
    if system not in Boundary.System.values:
        raise door.Refused(_("“%s” is no coordinate system that can be read. Give wgs84 or gcj02.") % system)
    if not 1 <= len(source.strip()) <= SOURCE_LENGTH:
        raise door.Refused(_("Say where the boundary comes from, in 1 to 200 characters."))
    shape = shapes.read(geometry, from_gcj02=system == Boundary.System.GCJ02)
    values = {
        "geometry": json.dumps(shapes.degrees(shape), separators=(",", ":")),
        "came_in": Boundary.System(system).value,
        "source": source.strip(),
        **dict(zip(("west", "south", "east", "north"), map(_in_degrees, shapes.box(shape)), strict=True)),
    }
    if seen is None:
        return door.create(Boundary(area=area, **values), DRAW, by=by)
    return _redraw(area, values, by=by, seen=seen)


def _redraw(area: Area, values: dict[str, Any], *, by: Actor, seen: int) -> Boundary:
    boundary = Boundary.objects.filter(area=area).first()
    if boundary is None:
        raise door.StaleState(_("This area has no boundary any more. Look again, then repeat."))
    if boundary.version == seen and all(getattr(boundary, name) == value for name, value in values.items()):
        return boundary
    with door.change(boundary, DRAW, by=by, seen=seen) as change:
        change.set(**values)
        change.say(area=area.code)
    return boundary


def _in_degrees(millionths: int) -> Decimal:
    return Decimal(millionths).scaleb(-6)
