"""Posts open Wagtail's admin, one way: nothing is read back.

What somebody may do with reference data there is asked of the posts themselves (`grid.reference.Policy`).
Of groups in the database Wagtail asks who may come in, and which pages they may edit: that is copied, at
each sign-in and every hour; whoever lost the right in between is stopped at the door (`grid.rules`).
"""

from django.contrib.auth.models import Group, Permission

from shiliu.channel.actions import sync_editor
from shiliu.core.models import User
from shiliu.grid.rules import may_enter

GROUP = "shiliu admin"


def sync(user: User) -> None:
    """Put one account into exactly the groups that its posts call for."""
    sync_editor(user)
    if user.is_active and may_enter(user):
        group, _created = Group.objects.get_or_create(name=GROUP)
        group.permissions.set(
            Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin")
        )
        user.groups.add(group)
    else:
        user.groups.remove(*Group.objects.filter(name=GROUP, user=user))
