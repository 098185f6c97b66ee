"""Articles that wait."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from shiliu.channel.models import ArticlePage, Delivery
from shiliu.console.inbox.kinds import Item, Waiting, url
from shiliu.core import access
from shiliu.core.models import User


def _drafts(user: User) -> QuerySet:
    inside = ArticlePage.objects.filter(access.scope_of(user, "channel.edit").q())
    return inside.filter(has_unpublished_changes=True).order_by("-latest_revision_created_at", "pk")


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
        "drafts",
        pgettext_lazy("what waits", "articles not published yet"),
        "channel.edit",
        _drafts,
        _draft,
    ),
]
