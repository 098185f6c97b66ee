"""Articles and columns that wait."""

from collections.abc import Callable

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from shiliu.channel.models import ArticlePage, ColumnPage, Delivery
from shiliu.channel.rules import REVIEWS
from shiliu.console.inbox.kinds import Item, Waiting, url
from shiliu.core import access
from shiliu.core.models import User


def _drafts(user: User) -> QuerySet:
    inside = ArticlePage.objects.filter(access.scope_of(user, "channel.edit").q())
    return inside.filter(has_unpublished_changes=True).order_by("-latest_revision_created_at", "pk")


def _to_review(stage: str) -> Callable[[User], QuerySet]:
    """What somebody may review at this stage, the longest waiting first."""

    def records(user: User) -> QuerySet:
        inside = ArticlePage.objects.filter(access.scope_of(user, REVIEWS[stage]).q())
        return inside.to_review(stage, user).order_by("latest_revision_created_at", "pk")

    return records


def _reviewed(it: ArticlePage) -> Item:
    return Item(
        it.draft_title or it.title, it.area.name, "", reverse("wagtailadmin_pages:edit", args=[it.pk])
    )


def _stale(user: User) -> QuerySet:
    inside = ColumnPage.objects.filter(access.scope_of(user, "channel.edit").q())
    return inside.stale(timezone.localdate(), settings.COLUMN_DAYS)


def _column(it: ColumnPage) -> Item:
    last = (
        _("last article %(day)s") % {"day": it.newest_on} if it.newest_on else _("still without an article")
    )
    return Item(it.title, last, "", reverse("wagtailadmin_explore", args=[it.pk]), late=True)


def _draft(it: ArticlePage) -> Item:
    return Item(it.draft_title or it.title, "", "", reverse("wagtailadmin_pages:edit", args=[it.pk]))


def _delivery(it: Delivery) -> Item:
    where = f"{it.group.name} · {it.area.name}"
    return Item(it.message.article.title, where, it.get_state_display(), reverse("groups:late"), late=True)


def _to_post(it: Delivery) -> Item:
    return Item(it.message.article.title, it.group.name, "", reverse("field_groups:waiting"))


WAITING = [
    Waiting(
        "to_post",
        pgettext_lazy("what waits", "to be posted into groups"),
        "channel.post",
        Delivery.objects.to_post_by,
        _to_post,
        url("field_groups:waiting"),
        is_rare=True,
    ),
    Waiting(
        "not_arrived",
        pgettext_lazy("what waits", "not in the groups after a day"),
        "channel.post",
        Delivery.objects.not_arrived,
        _delivery,
        url("groups:late"),
        is_urgent=True,
        is_rare=True,
    ),
    Waiting(
        "first_reviews",
        pgettext_lazy("what waits", "articles for the first review"),
        REVIEWS["first"],
        _to_review("first"),
        _reviewed,
    ),
    Waiting(
        "second_reviews",
        pgettext_lazy("what waits", "articles for the second review"),
        REVIEWS["second"],
        _to_review("second"),
        _reviewed,
    ),
    Waiting(
        "final_reviews",
        pgettext_lazy("what waits", "articles for the final review"),
        REVIEWS["final"],
        _to_review("final"),
        _reviewed,
    ),
    Waiting(
        "drafts",
        pgettext_lazy("what waits", "articles not published yet"),
        "channel.edit",
        _drafts,
        _draft,
    ),
    Waiting(
        "stale_columns",
        pgettext_lazy("what waits", "columns without anything new"),
        "channel.edit",
        _stale,
        _column,
        is_urgent=True,
        is_rare=True,
    ),
]
