"""Atom feeds: of all articles, and of each column. `?lang=ug` gives what was translated in that language."""

import re
from datetime import datetime, time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _

from shiliu.channel.findable import address_of
from shiliu.channel.models import ArticlePage, ChannelPage, ColumnPage
from shiliu.channel.public.head import absolute
from shiliu.channel.published import in_language, shown
from shiliu.core.languages import DEFAULT, LANGUAGES
from shiliu.grid.town import town_name

MOST = 30
# What XML cannot hold, however it is written: a word processor's line break among it.
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")


def _id(kind: str, code: str) -> str:
    """The same for ever: neither a moved page nor a corrected title makes an article a new one."""
    return f"tag:{urlsplit(settings.BASE_URL).hostname},2023:{kind}/{code}"


def _text(words: str) -> str:
    return _NOT_XML.sub(" ", words)


class Atom(Atom1Feed):
    """Atom of which each entry says its language."""

    def root_attributes(self) -> dict[str, str]:
        return super().root_attributes() | {"xml:lang": self.feed["spoken"]}

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        return {"xml:lang": item["spoken"]}

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        handler.addQuickElement("icon", absolute(static("shiliu/mark.svg")))


class Articles(Feed):
    """All columns."""

    feed_type = Atom

    def get_object(self, request: HttpRequest, code: str = "") -> Any:
        """The page whose articles these are, and the language that is asked for."""
        language = request.GET.get("lang", DEFAULT)
        if language not in LANGUAGES:
            raise Http404
        pages = ColumnPage.objects.filter(code=code) if code else ChannelPage.objects.all()
        page = pages.live().public().first()
        if page is None:
            raise Http404
        return page, language

    def title(self, it: Any) -> str:
        return _text(f"{it[0].title} · {town_name()}")

    def link(self, it: Any) -> str:
        return absolute(address_of(it[0]))

    def feed_url(self, it: Any) -> str:
        query = "" if it[1] == DEFAULT else f"?lang={it[1]}"
        return absolute(address(it[0]) + query)

    def feed_guid(self, it: Any) -> str:
        return _id("articles", f"{getattr(it[0], 'code', 'all')}/{it[1]}")

    def subtitle(self, it: Any) -> str:
        """In the feed's language where the interface speaks it, whoever asks."""
        spoken = {code: code for code, _name in settings.LANGUAGES}.get(it[1].lower(), settings.LANGUAGE_CODE)
        with translation.override(spoken):
            return _text(it[0].search_description or _("Articles of %(column)s") % {"column": it[0].title})

    def author_name(self, it: Any) -> str:
        return town_name()

    def feed_extra_kwargs(self, it: Any) -> dict[str, Any]:
        return {"spoken": it[1]}

    def items(self, it: Any) -> list[ArticlePage]:
        page, language = it
        newest = shown().descendant_of(page).originals().newest()[:MOST]
        return in_language(newest, language)

    def item_title(self, item: ArticlePage) -> str:
        return _text(item.title)

    def item_description(self, item: ArticlePage) -> str:
        """Plain words, which a feed's reader takes for HTML (`type="html"`)."""
        return escape(_text(item.summary))

    def item_link(self, item: ArticlePage) -> str:
        return absolute(address_of(item))

    def item_guid(self, item: ArticlePage) -> str:
        return _id("article", item.code)

    def item_pubdate(self, item: ArticlePage) -> datetime:
        return timezone.make_aware(datetime.combine(item.published_on, time.min))

    def item_updateddate(self, item: ArticlePage) -> datetime:
        day = self.item_pubdate(item)
        return max(day, item.last_published_at) if item.last_published_at else day

    def item_extra_kwargs(self, item: ArticlePage) -> dict[str, Any]:
        return {"spoken": item.language}


def address(page: Any) -> str:
    """Of the feed of a column, or of the channel."""
    code = getattr(page, "code", "")
    return reverse("reading:column_feed", args=[code]) if code else reverse("reading:feed")
