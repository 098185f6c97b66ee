"""What is published, in all its languages, and which of them a reader wants.

The choice is a cookie that holds a language and nobody's name.
"""

from collections.abc import Iterable

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import get_language

from shiliu.channel.models import ArticlePage, ArticleQuerySet
from shiliu.core.languages import DEFAULT, LANGUAGES, Language

COOKIE = "shiliu_reads"


def wanted(request: HttpRequest) -> str:
    """The code of the language that was chosen for reading, else that of the interface."""
    chosen = request.COOKIES.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    spoken = (get_language() or "").lower()
    return next((code for code in LANGUAGES if code.lower() == spoken), DEFAULT)


def shown() -> ArticleQuerySet:
    """The articles that are open to all, in all their languages."""
    return ArticlePage.objects.live().public()


def in_language(articles: Iterable[ArticlePage], code: str) -> list[ArticlePage]:
    """Each of these originals in that language where it was translated, else as it is. One query."""
    originals = list(articles)
    others = [article.pk for article in originals if article.language != code]
    found = shown().filter(original__in=others, language=code) if others else ()
    translated = {article.original_id: article for article in found}
    return [translated.get(article.pk, article) for article in originals]


def versions(article: ArticlePage) -> list[ArticlePage]:
    """This article in all its languages, itself among them, in the order of the languages. One query."""
    first = article.original_id or article.pk
    if first is None:  # a preview of what was never saved
        return [article]
    found = list(shown().filter(Q(pk=first) | Q(original=first)).exclude(pk=article.pk))
    order = list(LANGUAGES)
    return sorted([*found, article], key=lambda it: order.index(it.language) if it.language in order else 99)


def languages_of(articles: ArticleQuerySet) -> list[Language]:
    """The languages in which there is one of these articles."""
    there = set(articles.order_by().values_list("language", flat=True).distinct())
    return [language for code, language in LANGUAGES.items() if code in there]
