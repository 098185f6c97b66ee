"""Requests that may be about the same thing: for looking at two of them side by side."""

from dataclasses import dataclass

from shiliu.core import access, search
from shiliu.core.models import User
from shiliu.requests.case import SEES
from shiliu.requests.models import PERSONAL, Request

LOOKED_AT = 200  # open ones of the same community, the first due first
SHOWN = 8
ALIKE = 0.15  # share of common word pairs from which two texts count as alike; found by trying


@dataclass(frozen=True)
class Alike:
    """Another request, and what it has in common."""

    it: Request
    same_area: bool
    same_category: bool
    share: float


def alike(user: User, it: Request) -> list[Alike]:
    """Other open ones of the same community whose words are alike, or of the same grid and category."""
    if it.area_id not in access.scope_of(user, SEES):
        return []
    near = {"village": it.village} if it.village else {"area": it.area_id}
    others = Request.objects.open().filter(**near).exclude(pk=it.pk)
    rows = others.select_related("category", "area").defer(*PERSONAL).order_by("due_at", "pk")[:LOOKED_AT]
    own = _pairs(it.words)
    found = [_compared(it, own, other) for other in rows]
    found = [each for each in found if each.share >= ALIKE or (each.same_area and each.same_category)]
    found.sort(key=lambda each: each.share + each.same_category / 4 + each.same_area / 4, reverse=True)
    return found[:SHOWN]


def _compared(it: Request, own: set[str], other: Request) -> Alike:
    theirs = _pairs(other.words)
    share = len(own & theirs) / (len(own | theirs) or 1)
    return Alike(other, other.area_id == it.area_id, other.category_id == it.category_id, share)


def _pairs(words: str) -> set[str]:
    """The pairs of characters and the words that the search knows of a text, without single characters."""
    return {token for token in search.tokens(words).split() if not token.startswith("u") or len(token) > 6}
