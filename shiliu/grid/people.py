"""Who works where, and who may do what through which post: what the pages of people and posts are made of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from shiliu.core import access, audit
from shiliu.core.models import AuditEntry, User
from shiliu.grid import scopes
from shiliu.grid.models import Area, Post, Tenure
from shiliu.grid.roles import ROLES
from shiliu.grid.rules import without_post

STORY = 50
MOST = 200  # people shown of those who may do something


# People ---------------------------------------------------------------------------------------------------


def seen_by(viewer: User) -> QuerySet[User]:
    """The people whom `viewer` sees: who holds or held a post in the viewer's scope, oneself, and, for who
    appoints, those of that scope who never held one.
    """
    known = Q(pk__in=Tenure.objects.visible_to(viewer).values("user")) | Q(pk=viewer.pk)
    if access.holds(viewer, "grid.appoint"):
        known |= without_post(access.scope_of(viewer, "grid.appoint"))
    return User.objects.filter(known)


def is_taken(username: str) -> bool:
    """Whether somebody has this user name, in any spelling of its letters."""
    return User.objects.filter(username__iexact=username).exists()


SHOWN = ("today", "all", "none")


def listed(viewer: User, shown: str, words: str) -> QuerySet[User]:
    """One list of people, by user name: with a post today, with one at any time, or without any so far.

    Each of them begins with the posts of the scope or with the accounts without one, never with everybody.
    """
    posts = Tenure.objects.visible_to(viewer)
    if shown == "none":
        people = User.objects.filter(without_post(access.scope_of(viewer, "grid.appoint")))
    else:
        held = posts.on(timezone.localdate()) if shown == "today" else posts
        people = User.objects.filter(pk__in=held.order_by().values("user"))
    if words:
        people = people.filter(Q(name__icontains=words) | Q(username__icontains=words))
    today = posts.on(timezone.localdate()).select_related("post", "area").order_by("post__code")
    return people.order_by("username").prefetch_related(Prefetch("tenures", today, to_attr="posts_today"))


@dataclass(frozen=True)
class Tenures:
    """The posts of one person, or the people of one post, by when."""

    now: list[Tenure]
    later: list[Tenure]
    before: list[Tenure]


def by_when(tenures: Iterable[Tenure], day: date | None = None) -> Tenures:
    """Sorted by what is over, what is now and what is to come; a post that ended ends it too."""
    today = day or timezone.localdate()
    found = Tenures([], [], [])
    for tenure in tenures:
        ends = [last for last in (tenure.valid_to, tenure.post.valid_to) if last is not None]
        if tenure.valid_from > today:
            found.later.append(tenure)
        elif ends and min(ends) < today:
            found.before.append(tenure)
        else:
            found.now.append(tenure)
    return found


def posts_of(user: User, viewer: User) -> Tenures:
    """What somebody held, holds and will hold, as far as `viewer` sees it."""
    held = Tenure.objects.visible_to(viewer).filter(user=user).select_related("post", "area", "user")
    return by_when(held.order_by("-valid_from", "post__code"))


# Rights ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reason:
    """What one post opens, in words. areas: its own with what that became and was; until: None for no end."""

    tenure: Tenure
    rights: list[str]
    areas: list[Area]
    until: date | None


def reasons(tenures: Iterable[Tenure]) -> list[Reason]:
    """What these posts open, post by post."""
    held, pairs = list(tenures), scopes.on_record()
    where = {tenure.pk: scopes.opens([tenure.area_id], pairs).codes for tenure in held}
    known = Area.objects.in_bulk({code for codes in where.values() for code in codes}, field_name="code")
    return [
        Reason(
            tenure,
            in_words(tenure.post.role),
            [known[code] for code in sorted(where[tenure.pk])],
            min((last for last in (tenure.valid_to, tenure.post.valid_to) if last), default=None),
        )
        for tenure in held
    ]


def in_words(role: str) -> list[str]:
    """The rights of a role, app by app."""
    return [str(access.RIGHTS[right]) for right in sorted(ROLES[role].rights)]


def who_can(right: str, area: Area) -> QuerySet[Tenure]:
    """The posts of today through which somebody has `right` in `area`."""
    roles = [key for key, role in ROLES.items() if right in role.rights]
    codes = scopes.holding(area.code, scopes.on_record())
    held = Tenure.objects.held_on(timezone.localdate()).filter(area__in=codes, post__role__in=roles)
    return held.filter(user__is_active=True).select_related("user", "post", "area").order_by("area", "pk")


# Posts ----------------------------------------------------------------------------------------------------


def posts(viewer: User, *, show: str = "", area: Area | None = None) -> QuerySet[Post]:
    """The posts of the scope by area: those that stand, only the vacant ones, or those that are over."""
    today = timezone.localdate()
    found = Post.objects.visible_to(viewer)
    if area is not None:
        found = found.within(scopes.within([area.code]))
    found = found.filter(valid_to__lt=today) if show == "over" else found.exclude(valid_to__lt=today)
    holders = Tenure.objects.on(today)
    if show == "vacant":
        found = found.filter(~Exists(holders.filter(post=OuterRef("pk"))))
    held = Prefetch("tenures", holders.select_related("user").order_by("pk"), to_attr="held_today")
    return found.select_related("area", "unit").prefetch_related(held).order_by("area", "code")


def after(found: QuerySet[Post], area: str, code: str) -> QuerySet[Post]:
    """What follows the post `code` of `area` in the list."""
    return found.filter(Q(area__gt=area) | Q(area=area, code__gt=code)).filter(area__gte=area)


def vacant(by: User) -> QuerySet[Post]:
    """The posts that `by` may give and nobody holds."""
    return posts(by, show="vacant").filter(access.scope_of(by, "grid.appoint").q())


def holders_of(post: Post) -> Tenures:
    """Who held, holds and will hold a post."""
    return by_when(post.tenures.select_related("post", "user", "area").order_by("-valid_from", "pk"))


def is_over(post: Post) -> bool:
    return post.valid_to is not None and post.valid_to < timezone.localdate()


# The story ------------------------------------------------------------------------------------------------


def may_see_story(viewer: User) -> bool:
    return access.holds(viewer, "audit.view") or access.holds(viewer, "grid.appoint")


@dataclass(frozen=True)
class Told:
    at: Any
    words: str
    note: str


def story(*objects: Any) -> Iterator[Told]:
    """The last entries about any of these records, the newest first."""
    ids: dict[str, list[str]] = {}
    for it in objects:
        ids.setdefault(audit.kind_of(it), []).append(audit.public_id_of(it))
    about = Q(pk__in=[])
    for kind, names in ids.items():
        about |= Q(kind=kind, public_id__in=names)
    for entry in AuditEntry.objects.filter(about).order_by("-id")[:STORY]:
        yield Told(entry.at, audit.sentence(entry), entry.note)
