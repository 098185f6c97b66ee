"""Posts set Wagtail's groups, one way: an editor's post opens the columns inside its area.

Wagtail asks groups in the database, so posts are copied there: at each sign-in and every hour. Nothing is
read back, and a group made by hand in Wagtail's admin is left alone. Whoever lost the right in between is
stopped at the admin's door by `may_enter`.
"""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django_tasks import task
from wagtail.models import GroupPagePermission, Page

from shiliu.channel.models import ColumnPage
from shiliu.core import access
from shiliu.core.access import grants_of
from shiliu.core.models import User
from shiliu.core.work import regularly
from shiliu.grid.scopes import within

RIGHT = "channel.edit"
PREFIX = "shiliu editor "
ON_COLUMNS = ("add_page", "change_page", "publish_page")
ANYWHERE = (
    ("wagtailadmin", "access_admin"),
    ("wagtailimages", "add_image"),
    ("wagtailimages", "choose_image"),
)


def may_enter(user: Any) -> bool:
    """Whether somebody may use Wagtail's admin: editors by their post, and the install's superuser."""
    return user.is_superuser or access.holds(user, RIGHT)


def sync(user: User) -> None:
    """Put one account into exactly the groups that its posts call for."""
    areas = {grant.area for grant in grants_of(user) if RIGHT in grant.rights} if user.is_active else set()
    with transaction.atomic():
        wanted = [_group(code) for code in sorted(areas)]
        others = Group.objects.filter(name__startswith=PREFIX).exclude(pk__in=[g.pk for g in wanted])
        user.groups.remove(*others.filter(user=user))
        user.groups.add(*wanted)


def _group(area: str) -> Group:
    """The group of one area's editors, with what it may do brought up to date."""
    group, _created = Group.objects.get_or_create(name=f"{PREFIX}{area}")
    anywhere = [Permission.objects.get(content_type__app_label=a, codename=c) for a, c in ANYWHERE]
    group.permissions.set(anywhere)
    pages: list[Page] = list(ColumnPage.objects.filter(within([area]).q()))
    GroupPagePermission.objects.filter(group=group).exclude(page__in=pages).delete()
    for page in pages:
        for codename in ON_COLUMNS:
            permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
            GroupPagePermission.objects.get_or_create(group=group, page_id=page.pk, permission=permission)
    return group


@regularly(every=timedelta(hours=1))
@task()
def sync_all() -> None:
    """Posts begin and end with the day, also for those who do not sign in."""
    for user in User.objects.filter(tenures__isnull=False).distinct():
        sync(user)
