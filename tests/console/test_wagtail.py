"""Posts open Wagtail's admin: at sign-in, by the clock, and for as long as they last."""

from datetime import timedelta

import pytest
from django.utils import timezone

from shiliu.channel.actions import PREFIX
from shiliu.console.tasks import sync_admin
from shiliu.console.wagtail import GROUP, sync
from shiliu.core import access
from shiliu.core.models import User
from tests import factories


def groups(user: User) -> set[str]:
    return set(user.groups.values_list("name", flat=True))


def end_posts(user: User) -> None:
    user.tenures.update(valid_to=timezone.localdate() - timedelta(days=1))
    access.forget(user)


@pytest.fixture
def column(places):
    return factories.column(places.east)


def may_edit(user: User, page) -> bool:
    return page.permissions_for_user(User.objects.get(pk=user.pk)).can_edit()


def test_right_over_reference_data_opens_the_admin_but_no_page(staff, column):
    sync(staff.administrator)
    assert groups(staff.administrator) == {GROUP}
    assert User.objects.get(pk=staff.administrator.pk).has_perm("wagtailadmin.access_admin")
    assert not may_edit(staff.administrator, column)


@pytest.mark.parametrize("who", ["coordinator", "leader", "worker", "finance", "nobody"])
def test_other_posts_do_not(staff, who):
    sync(getattr(staff, who))
    assert groups(getattr(staff, who)) == set()


def test_nothing_of_users_and_groups_is_opened(staff):
    for who in (staff.editor, staff.administrator):
        sync(who)
        held = User.objects.get(pk=who.pk).get_all_permissions()
        assert not {name for name in held if name.startswith(("core.", "auth."))}


def test_inactive_account_loses_it(staff):
    sync(staff.administrator)
    staff.administrator.is_active = False
    sync(staff.administrator)
    assert groups(staff.administrator) == set()


def test_clock_opens_and_closes_for_who_does_not_sign_in(places, staff, column):
    sync_admin.call()
    assert may_edit(staff.editor, column)
    assert groups(staff.editor) == {GROUP, f"{PREFIX}{places.town.code}"}
    end_posts(staff.editor)
    sync_admin.call()
    assert not may_edit(staff.editor, column)
    assert groups(staff.editor) == set()
