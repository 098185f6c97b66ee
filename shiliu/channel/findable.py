"""What the public finds of the channel. Wagtail publishes, withdraws and deletes pages, and says so."""

from typing import Any

from django.db.models.signals import post_delete
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page
from wagtail.signals import page_published, page_unpublished

from shiliu.channel.blocks import words_of
from shiliu.channel.models import ArticlePage, ColumnPage
from shiliu.core import findable


def _text(article: ArticlePage) -> str:
    return f"{article.summary}\n{words_of(article.body)}"


def address_of(page: Page) -> str:
    """Without a look into Wagtail's cache for each: the channel is the only site."""
    return reverse("wagtail_serve", args=[page.url_path.split("/", 2)[2]])


findable.register(
    findable.Kind(
        "articles",
        ArticlePage,
        _("articles"),
        stored=lambda: ArticlePage.objects.live(),
        shown=lambda articles, today: articles.public(),
        label=lambda article: article.title,
        text=_text,
        url=address_of,
        date="published_on",
        changed="last_published_at",
        language=lambda article: article.language,
    )
)
findable.register(
    findable.Kind(
        "columns",
        ColumnPage,
        _("columns"),
        stored=lambda: ColumnPage.objects.live(),
        shown=lambda columns, today: columns.public().filled(),
        label=lambda column: column.title,
        text=lambda column: column.search_description,
        url=address_of,
        date="opened_on",
        changed="last_published_at",
    )
)


def _keep(instance: Any, **kwargs: Any) -> None:
    findable.keep(instance)


for model in (ArticlePage, ColumnPage):
    for signal in (page_published, page_unpublished, post_delete):
        signal.connect(_keep, sender=model, dispatch_uid=f"findable.{model.__name__}")
