"""Posts set Wagtail's groups, one way: an editor's post opens the columns inside its area, for as long."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.utils import timezone
from wagtail.documents.permissions import permission_policy as documents
from wagtail.images.permissions import permission_policy as pictures
from wagtail.models import GroupPagePermission, Page, Site, Workflow, WorkflowPage

from shiliu.channel.actions import PREFIX, open_channel, sync_editor
from shiliu.channel.models import ChannelPage, ReviewTask
from shiliu.core import access
from shiliu.core.models import User
from shiliu.grid.rules import may_enter
from tests import factories


@pytest.fixture
def columns(places):
    """One column of the community East, one of the other town."""
    return {name: factories.column(getattr(places, name), code=f"column-{name}") for name in ("east", "far")}


def groups(user: User) -> set[str]:
    return set(user.groups.values_list("name", flat=True))


def may_edit(user: User, page: Page) -> bool:
    return page.permissions_for_user(User.objects.get(pk=user.pk)).can_edit()


def end_posts(user: User) -> None:
    user.tenures.update(valid_to=timezone.localdate() - timedelta(days=1))
    access.forget(user)


def test_editors_post_opens_the_columns_of_its_area(places, staff, columns):
    sync_editor(staff.editor)
    assert groups(staff.editor) == {f"{PREFIX}{places.town.code}"}
    assert may_edit(staff.editor, columns["east"])
    assert not may_edit(staff.editor, columns["far"])
    assert not may_edit(staff.editor, open_channel())


def test_articles_may_be_written_there_but_not_published_past_the_reviews(staff, columns):
    sync_editor(staff.editor)
    allowed = columns["east"].permissions_for_user(User.objects.get(pk=staff.editor.pk))
    assert allowed.can_add_subpage()
    assert not allowed.can_publish_subpage()
    assert not allowed.can_publish()


def test_permission_to_publish_of_an_earlier_version_is_taken_back(places, staff, columns):
    sync_editor(staff.editor)
    group = Group.objects.get(name=f"{PREFIX}{places.town.code}")
    publish = Permission.objects.get(codename="publish_page")
    GroupPagePermission.objects.create(group=group, page=columns["east"], permission=publish)
    sync_editor(staff.editor)
    held = group.page_permissions.values_list("permission__codename", flat=True)
    assert set(held) == {"add_page", "change_page"}


def test_editors_choose_and_add_pictures_and_documents(staff, columns):
    sync_editor(staff.editor)
    editor = User.objects.get(pk=staff.editor.pk)
    for policy in (pictures, documents):
        assert all(policy.user_has_permission(editor, action) for action in ("add", "choose"))


def test_reviews_are_set_up_once_and_a_townships_own_order_stays(columns):
    channel = open_channel()
    tasks = [task.specific.stage for task in channel.get_workflow().tasks]
    assert tasks == ["first", "second", "final"]
    by_hand = Workflow.objects.create(name="我们自己的")
    WorkflowPage.objects.filter(page=channel).update(workflow=by_hand)
    open_channel()
    assert open_channel().get_workflow() == by_hand
    assert ReviewTask.objects.count() == 3


def test_other_posts_open_nothing(staff, columns):
    for who in (staff.coordinator, staff.leader, staff.nobody):
        sync_editor(who)
        assert groups(who) == set()
        assert not may_enter(who)


def test_column_that_was_opened_later_is_added(places, staff, columns):
    sync_editor(staff.editor)
    later = factories.column(places.west, code="column-west")
    assert not may_edit(staff.editor, later)
    sync_editor(staff.editor)
    assert may_edit(staff.editor, later)


def test_ended_post_closes_them(staff, columns):
    sync_editor(staff.editor)
    end_posts(staff.editor)
    assert not may_enter(staff.editor)
    sync_editor(staff.editor)
    assert groups(staff.editor) == set()
    assert not may_edit(staff.editor, columns["east"])


def test_inactive_account_loses_its_groups(staff, columns):
    sync_editor(staff.editor)
    staff.editor.is_active = False
    sync_editor(staff.editor)
    assert groups(staff.editor) == set()


def test_group_made_by_hand_is_left_alone(staff, columns):
    by_hand = Group.objects.create(name="Moderators of our own")
    staff.editor.groups.add(by_hand)
    sync_editor(staff.editor)
    end_posts(staff.editor)
    sync_editor(staff.editor)
    assert groups(staff.editor) == {by_hand.name}


def test_signing_in_opens_them(client, staff, columns):
    assert not may_edit(staff.editor, columns["east"])
    client.post("/accounts/login/", {"login": "editor", "password": factories.PASSWORD})
    assert may_edit(staff.editor, columns["east"])


def test_channel_is_opened_once(columns):
    assert open_channel() == open_channel()
    assert ChannelPage.objects.count() == 1
    assert Site.objects.get().root_page_id == open_channel().pk
