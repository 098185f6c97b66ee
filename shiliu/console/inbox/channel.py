"""Articles that wait."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from shiliu.channel.models import ArticlePage
from shiliu.console.inbox.kinds import Item, Waiting
from shiliu.core import access
from shiliu.core.models import User


def _drafts(user: User) -> QuerySet:
    inside = ArticlePage.objects.filter(access.scope_of(user, "channel.edit").q())
    return inside.filter(has_unpublished_changes=True).order_by("-latest_revision_created_at", "pk")


def _draft(it: ArticlePage) -> Item:
    return Item(it.draft_title or it.title, "", "", reverse("wagtailadmin_pages:edit", args=[it.pk]))


WAITING = [
    Waiting(
        "drafts",
        pgettext_lazy("what waits", "articles not published yet"),
        "channel.edit",
        _drafts,
        _draft,
    ),
]
