"""The sitemap: every page of what the public may find (`core.findable`), and the site's own pages."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import SitemapIndexItem
from django.db import models
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from wagtail.fields import StreamField

from shiliu.core import findable

PAGES = (
    "home", "areas", "venues:list", "learning:list", "learning:guides", "requests:ask", "figures:latest",
    "figures:definitions", "charts:page", "seedmap:map",
)  # fmt: skip


class _OfThisSite(Sitemap):
    """Under the address that people type, whatever name the server was asked by."""

    limit = 5000
    protocol = urlsplit(settings.BASE_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.BASE_URL).netloc


class Own(_OfThisSite):
    """The pages that stand on no record."""

    def items(self) -> list[str]:
        return [*map(reverse, PAGES), reverse("wagtail_serve", args=[""])]

    def location(self, item: str) -> str:
        return item


def _texts(model: type[models.Model]) -> list[str]:
    """The fields that hold whole texts: thousands of articles are listed without their bodies."""
    whole = models.TextField | StreamField
    return [field.name for field in model._meta.local_concrete_fields if isinstance(field, whole)]


class Findable(_OfThisSite):
    """The records of one kind that the public may find today and that have a page."""

    def __init__(self, kind: findable.Kind) -> None:
        self.kind = kind

    def items(self) -> Any:
        shown = self.kind.shown(self.kind.stored(), timezone.localdate())
        return shown.defer(*_texts(self.kind.model)).order_by("pk")

    def location(self, item: Any) -> str:
        return self.kind.url(item)

    def lastmod(self, item: Any) -> datetime | None:
        return getattr(item, self.kind.changed) if self.kind.changed else None

    def get_latest_lastmod(self) -> datetime | None:
        """Asked of the database: for an index, not every record is read."""
        if not self.kind.changed:
            return None
        newest: datetime | None = self.items().order_by().aggregate(it=Max(self.kind.changed))["it"]
        return newest


def sections() -> dict[str, Sitemap]:
    """By name; a kind whose records have no pages has none."""
    return {
        "pages": Own(),
        **{kind.name: Findable(kind) for kind in findable.KINDS.values() if kind.pages},
    }


def index() -> list[SitemapIndexItem]:
    """The sections' addresses, one for each `limit` of records."""
    items = []
    for name, section in sections().items():
        address = settings.BASE_URL + reverse("sitemap", args=[name])
        changed = section.get_latest_lastmod()
        for page in range(1, section.paginator.num_pages + 1):
            items.append(SitemapIndexItem(f"{address}?p={page}" if page > 1 else address, changed))
    return items
