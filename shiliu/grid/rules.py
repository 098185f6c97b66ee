"""Rights of the grid."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from shiliu.core import access
from shiliu.core.areas import EVERYWHERE, Scope

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
