"""Rights of the grid."""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shiliu.core import access, areas, audit, door
from shiliu.core.access import Actor
from shiliu.core.areas import EVERYWHERE, Scope
from shiliu.core.models import AuditEntry, User
from shiliu.grid.models import Tenure
from shiliu.grid.town import town

access.register(
    "grid",
    view=_("see units, posts and who holds them"),
    edit=_("change areas, units and posts"),
    appoint=_("give somebody a post, or end it"),
)

ADMIN_RIGHTS: set[str] = set()


def opens_admin(right: str) -> str:
    """Let `right` open Wagtail's admin, where an app keeps what it is for. Returns the right."""
    ADMIN_RIGHTS.add(right)
    return right


EDIT = opens_admin("grid.edit")


def may_enter(user: Any) -> bool:
    """Whether somebody may use Wagtail's admin: by a post of today, or as the install's superuser."""
    return user.is_superuser or any(access.holds(user, right) for right in ADMIN_RIGHTS)


def scope_in_admin(user: Any, right: str) -> Scope:
    """Where somebody keeps what is in Wagtail's admin; the install's superuser everywhere."""
    return EVERYWHERE if user.is_superuser and user.is_active else access.scope_of(user, right)


def keeps_for_all(user: Any, right: str) -> bool:
    """Whether somebody keeps what lies nowhere, and counts in every village: by a post for a whole town."""
    if user.is_superuser and user.is_active:
        return True
    grants = access.grants_of(user) if access.holds(user, right) else ()
    return any(right in grant.rights and len(grant.area) <= areas.TOWN for grant in grants)


INVITE = audit.verb("grid.invite", _("invited %(user)s"), right="grid.appoint")


def without_post(scope: Scope) -> Q:
    """The accounts of `scope` that never held a post. They lie where the post is by which they were invited;
    whom nobody invited (an import) in the town whose site this is.
    """
    entries = AuditEntry.objects.filter(verb=INVITE, kind=audit.kind_of(User), public_id=OuterRef("username"))
    here, home = Q(Exists(entries.filter(scope.q()))), town()
    if home and home.code in scope:
        here |= Q(~Exists(entries.exclude(area="")))
    return ~Exists(Tenure.objects.filter(user=OuterRef("pk"))) & here


def can_manage(by: Actor, user: User) -> bool:
    """Whether `by` may renew the link of an account, and switch it off: never one's own, and only where no
    post of today or later lies outside one's scope; without any post, only where it was invited. The
    install's superuser is not the township's to manage.
    """
    scope = access.scope_of(by, "grid.appoint")
    if by == user or user.is_superuser or not scope:
        return False
    held = Tenure.objects.filter(user=OuterRef("pk"))
    lasting = held.filter(Q(valid_to=None) | Q(valid_to__gte=timezone.localdate()))
    managed = (Exists(held) & ~Exists(lasting.exclude(scope.q()))) | without_post(scope)
    return scope.everywhere or User.objects.filter(managed, pk=user.pk).exists()


def require_manage(by: Actor, user: User) -> None:
    """Raise unless `can_manage`, with a sentence."""
    access.require_anywhere(by, "grid.appoint")
    if by == user:
        raise door.Refused(gettext("This is your own account. Ask another administrator."))
    if not can_manage(by, user):
        raise access.NotPermitted(
            gettext("This account has posts outside your areas. Ask the administrator above you.")
        )
