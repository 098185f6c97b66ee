"""From areas to scopes: what lies within an area, its predecessors included, and where a post's rights go."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from shiliu.core import areas
from shiliu.core.access import Grant
from shiliu.core.areas import Scope
from shiliu.core.models import User
from shiliu.grid.models import Area, Post, PostQuerySet, Succession, Tenure
from shiliu.grid.roles import ANSWERING, OUTSIDE, ROLES

Pair = tuple[str, str]


def close(codes: Iterable[str], successions: Iterable[Pair]) -> Scope:
    """The scope of `codes` and of every predecessor of what lies within it, to any depth.

    `successions` are (predecessor, successor) pairs. A predecessor may have lain elsewhere: its rows
    keep their old code, and rights and figures follow it to its successor.
    """
    scope = Scope.of(codes)
    pending = list(successions)
    while True:
        found = {old for old, new in pending if new in scope and old not in scope}
        if not found:
            return scope
        scope = Scope.of(scope.codes | found)


def follow(codes: Iterable[str], successions: Iterable[Pair]) -> set[str]:
    """`codes` and what these very areas became, to any depth.

    Only the area itself counts: a town does not follow one of its villages into another town, and a grid
    does not grow into its whole village's successor.
    """
    found, pending = set(codes), list(successions)
    while more := {new for old, new in pending if old in found} - found:
        found |= more
    return found


def opens(codes: Iterable[str], successions: Iterable[Pair]) -> Scope:
    """Where posts in the areas `codes` give their rights: also over what these became and were before."""
    pairs = list(successions)
    return close(follow(codes, pairs), pairs)


def holding(code: str, successions: Iterable[Pair]) -> set[str]:
    """The areas in which a post gives rights over `code`: `opens`, asked from the other end."""
    pairs = list(successions)
    found, pending = set(), [code]
    while pending:
        inner = pending.pop()
        around = {inner[:length] for length in areas.LEVELS if length <= len(inner)} - found
        found |= around
        pending += [new for old, new in pairs if areas.contains(old, inner) and new not in found]
    while more := {old for old, new in pairs if new in found} - found:
        found |= more
    return found


def on_record(day: date | None = None) -> list[Pair]:
    """The successions that count on a day (a small table, read in one query); today where none is named."""
    counting = Succession.objects.filter(day__lte=day or timezone.localdate()).order_by()
    return list(counting.values_list("predecessor_id", "successor_id"))


def within(codes: Iterable[str], day: date | None = None) -> Scope:
    """`close` with the successions that count on a day, today where none is named."""
    return close(codes, on_record(day))


def serving(code: str, successions: Iterable[Pair]) -> set[str]:
    """The areas in which whoever stands serves `code`: itself, what it lies in, what these became and were,
    and what the parts of it were.
    """
    pairs = list(successions)
    return holding(code, pairs) | close([code], pairs).codes


def around(code: str) -> set[str]:
    """`serving` with the successions that count today."""
    return serving(code, on_record())


def within_each(codes: Iterable[str], day: date | None = None) -> dict[str, Scope]:
    """`within` for each of many areas alone, in one query."""
    successions = on_record(day)
    followed = {new[:length] for _old, new in successions for length in areas.LEVELS}
    # Few areas have predecessors, and there may be thousands: the others are themselves alone.
    return {
        code: close([code], successions) if code in followed else Scope(frozenset((code,))) for code in codes
    }


class Posts:
    """What `core.access` asks grid for."""

    def grants(self, user: User) -> list[Grant]:
        held = Tenure.objects.of_today(user).values_list("post__role", "post__area_id")
        return [Grant(ROLES[role].rights, area) for role, area in held]

    def within(self, codes: Iterable[str]) -> Scope:
        return opens(codes, on_record())


def nearness(post: str, place: str) -> int:
    """How near a post in one area is to another area: 0 where it does not lie around it."""
    return len(post) if areas.contains(post, place) else 0


def areas_above_grids(day: date) -> QuerySet[Area]:
    """Counties, towns, villages and communities that are valid on a day, in the order of their codes."""
    return Area.objects.on(day).filter(code__length__lt=areas.GRID)


def tenures_today(user: User) -> QuerySet[Tenure]:
    """What `user` holds today, with post and area at hand."""
    return Tenure.objects.of_today(user).select_related("post", "area").order_by("post__code")


def answering(places: Iterable[str], day: date, *also: str) -> PostQuerySet:
    """The posts in exactly these areas that residents turn to, and those of the roles `also`.

    Each has `held`: whether somebody holds it on the day. Posts are no secret, their holders are.
    """
    holders = Tenure.objects.on(day).filter(post=OuterRef("pk"))
    posts = Post.objects.on(day).filter(area__in=places, role__in=[*ANSWERING, *also])
    return posts.annotate(held=Exists(holders))


def works_only_outside(user: User) -> bool:
    """Whether all posts that `user` holds today are of people on the round, who have no desk."""
    roles = set(Tenure.objects.of_today(user).values_list("post__role", flat=True))
    return bool(roles) and roles <= OUTSIDE
