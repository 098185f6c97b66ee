"""What a page says about itself to whoever shares or indexes it: canonical address, Open Graph, JSON-LD."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from wagtail.images.models import AbstractImage, SourceImageIOError

from shiliu.channel.findable import address_of
from shiliu.channel.models import ArticlePage
from shiliu.channel.published import versions
from shiliu.core.languages import language
from shiliu.grid.town import town_name

SIZE = (1200, 630)  # of the picture that stands beside a shared link
# What ends or opens markup is written as JSON's own escapes, so that no text ends the element it stands in.
_ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


@dataclass(frozen=True)
class Head:
    """title, description, locale, image and type as Open Graph has them; url: the canonical address.

    alternates: (language, absolute address) of all versions, this one too, and of the original for whoever
    reads none of them; none where there is only one. locales: those of the other versions.
    """

    title: str
    url: str
    image: str
    description: str = ""
    type: str = "website"
    locale: str = "zh_CN"
    published: str = ""
    modified: str = ""
    alternates: list[tuple[str, str]] = field(default_factory=list)
    locales: list[str] = field(default_factory=list)
    json_ld: SafeString | str = ""
    feed: str = ""


def absolute(address: str) -> str:
    """An address of this site as others know it."""
    return address if address.startswith(("http://", "https://")) else settings.BASE_URL + address


def embedded(data: Mapping[str, Any]) -> SafeString:
    """A data block: browsers do not execute it, whatever is in it."""
    text = json.dumps(data, ensure_ascii=False).translate(_ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308


def pictures(value: Any) -> Iterator[AbstractImage]:
    """The pictures in a body, in its order, however deep they stand."""
    if isinstance(value, AbstractImage):
        yield value
    elif isinstance(value, Mapping):  # a struct
        for each in value.values():
            yield from pictures(each)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):  # a list, or a stream's blocks
        for each in value:
            yield from pictures(getattr(each, "value", each))


def picture(article: ArticlePage) -> str:
    """The address of the article's first picture, cut to `SIZE`; of the site's own where it has none."""
    for image in pictures(article.body):
        try:
            return absolute(image.get_rendition(f"fill-{SIZE[0]}x{SIZE[1]}|format-jpeg").url)
        except (SourceImageIOError, OSError):  # the file is gone
            continue
    return default_picture()


def default_picture() -> str:
    return absolute(static("channel/share.png"))


def of_page(page: Any, feed: str, query: str = "") -> Head:
    """Of the channel's front or a column; query: of a later page of its list, which is a page of its own."""
    return Head(
        title=page.title,
        url=absolute(address_of(page)) + query,
        image=default_picture(),
        description=page.search_description,
        feed=absolute(feed),
    )


def of_article(article: ArticlePage, feed: str) -> tuple[Head, list[ArticlePage]]:
    """Its head, and its versions."""
    all_versions = versions(article)
    url, image = absolute(address_of(article)), picture(article)
    published = article.published_on.isoformat()
    changed = article.last_published_at and timezone.localtime(article.last_published_at)
    # An editor may give a day that is still to come.
    after = changed is not None and changed.date() >= article.published_on
    modified = changed.isoformat(timespec="seconds") if changed and after else published
    alternates = [(it.language, absolute(address_of(it))) for it in all_versions]
    alternates += [("x-default", absolute(address_of(it))) for it in all_versions if it.original_id is None]
    town = {"@type": "GovernmentOrganization", "name": town_name(), "url": settings.BASE_URL + "/"}
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": url,
        "mainEntityOfPage": url,
        "headline": article.title,
        "inLanguage": article.language,
        "datePublished": published,
        "dateModified": modified,
        "image": [image],
        "author": town,
        "publisher": town,
    }
    if article.summary:
        data["description"] = article.summary
    others = [{"@id": absolute(address_of(it))} for it in all_versions if it.original_id == article.pk]
    if others:
        data["workTranslation"] = others
    if original := next((it for it in all_versions if it.pk == article.original_id), None):
        data["translationOfWork"] = {"@id": absolute(address_of(original))}
    head = Head(
        title=article.title,
        url=url,
        image=image,
        description=article.summary,
        type="article",
        locale=language(article.language).locale,
        published=published,
        modified=modified,
        alternates=alternates if len(all_versions) > 1 else [],
        locales=[language(it.language).locale for it in all_versions if it.pk != article.pk],
        json_ld=embedded(data),
        feed=absolute(feed),
    )
    return head, all_versions
