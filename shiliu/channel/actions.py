"""Writes of the channel: its front page, and who may work on which column.

Posts set Wagtail's groups, one way: an editor's post opens the columns inside its area. Wagtail asks groups
in the database, so posts are copied there, at each sign-in and every hour. Nothing is read back, and a group
made by hand in Wagtail's admin is left alone. Whoever lost the right in between is stopped at the admin's
door (`grid.rules.may_enter`).
"""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import GroupPagePermission, Page, Site

from shiliu.channel.models import ChannelPage, ColumnPage
from shiliu.channel.rules import EDIT
from shiliu.core.access import grants_of
from shiliu.core.models import User
from shiliu.grid.scopes import within

PREFIX = "shiliu editor "
ON_COLUMNS = ("add_page", "change_page", "publish_page")
ANYWHERE = (
    ("wagtailadmin", "access_admin"),
    ("wagtailimages", "add_image"),
    ("wagtailimages", "choose_image"),
)


def open_channel() -> ChannelPage:
    """The front of the channel, made on first use in the place of Wagtail's welcome page."""
    found = ChannelPage.objects.first()
    if found:
        return found
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root")
    Site.objects.all().delete()
    root.get_children().type(Page).filter(content_type__model="page").delete()
    root = Page.objects.get(pk=root.pk)  # its count of children has changed
    page = root.add_child(instance=ChannelPage(title="云上统战", slug="channel"))
    Site.objects.create(hostname="localhost", port=80, site_name="石榴", root_page=page, is_default_site=True)
    return page


def sync_editor(user: User) -> None:
    """Put one account into exactly the groups that its posts call for."""
    areas = {grant.area for grant in grants_of(user) if EDIT in grant.rights} if user.is_active else set()
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
