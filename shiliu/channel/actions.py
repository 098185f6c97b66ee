"""Writes of the channel: its front page, the three reviews, and who may work on which column.

Posts set Wagtail's groups, one way: an editor's post opens the columns inside its area. Wagtail asks groups
in the database, so posts are copied there, at each sign-in and every hour. Nothing is read back, and a group
made by hand in Wagtail's admin is left alone. Whoever lost the right in between is stopped at the admin's
door (`grid.rules.may_enter`).
"""

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    ReferenceIndex,
    Site,
    Task,
    TaskState,
    Workflow,
    WorkflowPage,
    WorkflowState,
    WorkflowTask,
)

from shiliu.channel.models import ArticlePage, ChannelPage, ColumnPage, Correction, ReviewTask
from shiliu.channel.rules import EDIT
from shiliu.core.access import grants_of
from shiliu.core.door import Refused
from shiliu.core.models import User
from shiliu.grid.models import Tenure
from shiliu.grid.roles import ROLES
from shiliu.grid.scopes import within

PREFIX = "shiliu editor "
ON_COLUMNS = ("add_page", "change_page")  # what is published passes three reviews
ON_FILES = (
    ("wagtailimages", "add_image"),
    ("wagtailimages", "choose_image"),
    ("wagtaildocs", "add_document"),
    ("wagtaildocs", "choose_document"),
)
# Names that the township may change in Wagtail's admin; ours are known by their stage.
REVIEWS = {"first": "初审", "second": "复审", "final": "终审"}
WORKFLOW = "三审"


def open_channel() -> ChannelPage:
    """The front of the channel, made on first use in the place of Wagtail's welcome page."""
    found = ChannelPage.objects.first()
    if found:
        open_reviews(found)
        return found
    Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root")
    Site.objects.all().delete()
    root.get_children().type(Page).filter(content_type__model="page").delete()
    root = Page.objects.get(pk=root.pk)  # its count of children has changed
    page = root.add_child(instance=ChannelPage(title="云上统战", slug="channel"))
    Site.objects.create(hostname="localhost", port=80, site_name="石榴", root_page=page, is_default_site=True)
    open_reviews(page)
    return page


def open_reviews(channel: ChannelPage) -> None:
    """Whatever is published in the channel passes three reviews. What a township set up stays as it is."""
    if WorkflowPage.objects.filter(page=channel).exists():
        return
    with transaction.atomic():
        flow = Workflow.objects.filter(workflow_tasks__task__reviewtask__stage="first").first()
        flow = flow or Workflow.objects.create(name=WORKFLOW)
        for position, (stage, name) in enumerate(REVIEWS.items()):
            task = ReviewTask.objects.filter(stage=stage).first() or _review_task(stage, name)
            of_flow = WorkflowTask.objects.filter(workflow=flow, task=task)
            if not of_flow.exists():
                WorkflowTask.objects.create(workflow=flow, task=task, sort_order=position)
        WorkflowPage.objects.create(page=channel, workflow=flow)


def _review_task(stage: str, name: str) -> Task:
    return ReviewTask.objects.create(stage=stage, name=name)


def publish_reviewed(state: WorkflowState, user: User | None = None) -> None:
    """The end of the reviews: publish the version that was reviewed (or schedule it, where it says a time).

    Whoever passed the last review needs no right to publish of Wagtail's. Raises Refused unless three people
    passed three reviews of this very version.
    """
    page = state.content_object
    passed = state.task_states.filter(
        status=TaskState.STATUS_APPROVED, revision_id=page.latest_revision_id, finished_by__isnull=False
    )
    if ReviewTask.objects.filter(workflow_tasks__workflow=state.workflow).exists():
        people = set(passed.values_list("finished_by_id", flat=True))
        tasks = set(passed.values_list("task_id", flat=True))
        if len(people) < len(REVIEWS) or len(tasks) < len(REVIEWS):
            raise Refused(_("Three people have to review this version before it is published."))
    page.get_latest_revision().publish(user=user, skip_permission_checks=True)


def log_correction(article: ArticlePage, revision: Any) -> None:
    """An article was published: what its version says about a correction becomes one. Safe to run twice."""
    sentence = article.correction.strip()
    if not sentence or revision is None:
        return
    Correction.objects.get_or_create(
        article=article,
        revision=revision.pk,
        defaults={"day": timezone.localdate(), "sentence": sentence},
    )
    ArticlePage.objects.filter(pk=article.pk).update(correction="")
    article.correction = ""


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
    group.permissions.set([_permission("wagtailadmin", "access_admin")])
    _open_files(group)
    pages: list[Page] = list(ColumnPage.objects.filter(within([area]).q()))
    allowed = [_permission("wagtailcore", codename) for codename in ON_COLUMNS]
    held = GroupPagePermission.objects.filter(group=group)
    held.exclude(page__in=pages, permission__in=allowed).delete()
    for page in pages:
        for permission in allowed:
            GroupPagePermission.objects.get_or_create(group=group, page_id=page.pk, permission=permission)
    return group


def _open_files(group: Group) -> None:
    """Pictures and documents, which Wagtail keeps in collections."""
    root = Collection.get_first_root_node()
    for app, codename in ON_FILES:
        GroupCollectionPermission.objects.get_or_create(
            group=group, collection=root, permission=_permission(app, codename)
        )


def _permission(app: str, codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label=app, codename=codename)


# The clock ------------------------------------------------------------------------------------------------


def tell_of_stale_columns(today: date) -> list[tuple[ColumnPage, list[str]]]:
    """The columns that have gone silent and were not told of since their last article, with whom to tell:
    the user names of their editors. Each is told of once.
    """
    found = []
    for column in ColumnPage.objects.stale(today, settings.COLUMN_DAYS):
        if column.told_on and (column.newest_on is None or column.newest_on <= column.told_on):
            continue
        mine = ColumnPage.objects.filter(pk=column.pk, told_on=column.told_on).update(told_on=today)
        if mine:
            found.append((column, _editors(column.area_id, today)))
    return found


def _editors(area: str, today: date) -> list[str]:
    roles = [key for key, role in ROLES.items() if EDIT in role.rights]
    held = Tenure.objects.on(today).filter(post__role__in=roles, user__is_active=True)
    places = held.values_list("user__username", "post__area_id")
    return sorted({username for username, place in places if area in within([place])})


def is_published(document: Any) -> bool:
    """Whether an article that is live holds a file. Wagtail notes what refers to what."""
    articles = ReferenceIndex.get_references_to(document).filter(
        base_content_type=ContentType.objects.get_for_model(Page)
    )
    return (
        ArticlePage.objects.live()
        .filter(pk__in=[int(pk) for pk in articles.values_list("object_id", flat=True)])
        .exists()
    )
