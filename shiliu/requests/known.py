"""What has been reported already, as the public may see it: what kind, where, since when and how far.

Never who asked, never the words, never the code of the receipt (decision 11).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shiliu.core import areas
from shiliu.grid.models import Area
from shiliu.requests import public_ids
from shiliu.requests.models import Category, Request, RequestQuerySet

RECENT = timedelta(days=7)
MOST = 5


@dataclass(frozen=True)
class Known:
    """A request that somebody may follow; id: its public one."""

    it: Request
    id: str


def reported(category: Category, area: Area, now: datetime) -> list[Known]:
    """Open requests of a public category in the same grid (or community, where the grid is not known), new
    ones first. Of a whole town none: they would be many, and of other places.
    """
    if not category.is_public or area.level < areas.VILLAGE:
        return []
    place = {"area": area} if area.level == areas.GRID else {"village": area.code}
    recent = Request.objects.open().filter(category=category, received_at__gte=now - RECENT, **place)
    found = _shown(recent).order_by("-received_at", "-pk")[:MOST]
    return [Known(request, public_ids.public_id(request)) for request in found]


def find(public_id: str) -> Request | None:
    """The request of a public id, or what it was put together with; None if the public may not see it."""
    pk = public_ids.find(public_id)
    seen: set[int] = set()
    while pk is not None and pk not in seen:
        seen.add(pk)
        found = _shown(Request.objects.filter(pk=pk)).first()
        if found is None or found.merged_into_id is None:
            return found
        pk = found.merged_into_id
    return None


def _shown(requests: RequestQuerySet) -> RequestQuerySet:
    """With those columns only that may be told."""
    columns = ("state", "received_at", "due_at", "closed_at", "resume_on", "merged_into", "area", "category")
    return (
        requests.public()
        .select_related("category", "area")
        .only(*columns, "category__name", "category__name_en", "area__name", "area__code")
    )  # type: ignore[no-any-return]
