"""Who may do what, where: rights are named, scope is a set of areas, fetching is authorization.

A right is a name such as `requests.assign`. Posts (role × area × dates, in `shiliu.grid`) are the one
source of who has which; `grid` provides them here, so that core knows nothing of posts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404
from django.utils.translation import gettext as _

from shiliu.core.areas import EVERYWHERE, NOWHERE, Scope
from shiliu.core.models import User

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Grant:
    """A set of rights inside one area, for as long as the post behind it is held."""

    rights: frozenset[str]
    area: str


@dataclass(frozen=True)
class System:
    """The program itself as an explicit actor: the import, the clock, a background task."""

    name: str

    @property
    def label(self) -> str:
        return f"system:{self.name}"


@dataclass(frozen=True)
class Resident:
    """Somebody at the public site: no account, and only the rights that are everybody's."""

    label: str = "resident"


Actor = User | System | Resident


class Posts(Protocol):
    def grants(self, user: User) -> Iterable[Grant]: ...
    def within(self, codes: Iterable[str]) -> Scope: ...


RIGHTS: dict[str, Any] = {}
PUBLIC_RIGHTS: set[str] = set()
STAFF_RIGHTS: set[str] = set()
_posts: Posts | None = None


class NotPermitted(PermissionDenied):
    """The actor lacks the right there; the message is a sentence for people."""


def register(app: str, *, public: Iterable[str] = (), staff: Iterable[str] = (), **labels: Any) -> None:
    """Name an app's rights: `register("requests", assign=_("assign a request"))`.

    public: those that everybody holds. staff: those that whoever holds any post has, everywhere.
    """
    for name, label in labels.items():
        RIGHTS[f"{app}.{name}"] = label
    PUBLIC_RIGHTS.update(f"{app}.{name}" for name in public)
    STAFF_RIGHTS.update(f"{app}.{name}" for name in staff)


def provide(posts: Posts) -> None:
    """Tell core where grants come from. Called once, by `grid`."""
    global _posts
    _posts = posts


def scope_of(actor: Actor | AnonymousUser, right: str) -> Scope:
    """The areas in which `actor` holds `right`, predecessors included.

    Read once per user object, that is once per web request; `forget` drops what was read.
    """
    if right not in RIGHTS:
        raise LookupError(f"{right} is not a registered right")
    if isinstance(actor, System):
        return EVERYWHERE
    if isinstance(actor, User) and actor.is_active and _posts is not None:
        if right in STAFF_RIGHTS:
            return EVERYWHERE if grants_of(actor) else NOWHERE
        read = actor.__dict__.setdefault("_scopes", {})
        if right not in read:
            codes = frozenset(grant.area for grant in grants_of(actor) if right in grant.rights)
            closed = actor.__dict__.setdefault("_closed", {frozenset(): NOWHERE})
            if codes not in closed:  # rights that are held in the same areas share one query
                closed[codes] = _posts.within(codes)
            read[right] = closed[codes]
        return read[right]
    if right in PUBLIC_RIGHTS:
        return EVERYWHERE
    return NOWHERE


def grants_of(user: User) -> tuple[Grant, ...]:
    """What the posts give that `user` holds today, read once per user object."""
    if "_grants" not in user.__dict__:
        user.__dict__["_grants"] = tuple(_posts.grants(user)) if _posts else ()
    return user.__dict__["_grants"]


def forget(user: User) -> None:
    """Read the user's posts anew at the next question."""
    user.__dict__.pop("_grants", None)
    user.__dict__.pop("_scopes", None)
    user.__dict__.pop("_closed", None)


def allows(actor: Actor | AnonymousUser, right: str, area: str) -> bool:
    """Whether `actor` holds `right` in the area with this code."""
    return area in scope_of(actor, right) or right in PUBLIC_RIGHTS


def holds(actor: Actor | AnonymousUser, right: str) -> bool:
    """Whether `actor` holds `right` anywhere (for navigation, never for a decision on a record)."""
    return bool(scope_of(actor, right))


def require(actor: Actor | AnonymousUser, right: str, area: str) -> None:
    """Raise NotPermitted unless `actor` holds `right` in the area."""
    if not allows(actor, right, area):
        raise _lacking(right)


def require_anywhere(actor: Actor | AnonymousUser, right: str) -> None:
    """NotPermitted for whoever holds a right nowhere by a post, also where it is everybody's in public."""
    if not holds(actor, right):
        raise _lacking(right)


def _lacking(right: str) -> NotPermitted:
    sentence = _("You may not %(what)s here. Ask your administrator for a post with this right.")
    return NotPermitted(sentence % {"what": RIGHTS[right]})


def find_visible(model: type[M], actor: Actor | AnonymousUser, **lookup: Any) -> M | None:
    """The one object that `actor` may see, where there being none has an answer of its own."""
    return model._default_manager.visible_to(actor).filter(**lookup).first()  # type: ignore[attr-defined]


def get_visible_or_404(model: type[M], actor: Actor | AnonymousUser, **lookup: Any) -> M:
    """The one object that `actor` may see, else 404: outside one's scope a record does not exist.

    The model's default manager answers `visible_to(actor)`.
    """
    found = find_visible(model, actor, **lookup)
    if found is None:
        raise Http404
    return found
