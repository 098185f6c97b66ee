"""What the channel's pages show. Articles are listed page by page, each once, in the reader's language."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from shiliu.channel import published
from shiliu.channel.models import ArticlePage, ArticleQuerySet, ColumnPage
from shiliu.channel.public import feeds, head

PAGE = 20
NEWEST = 8  # of all columns, on the channel's front
_KEY = re.compile(r"(\d{4}-\d\d-\d\d)\.(\d{1,18})", re.ASCII)


@dataclass(frozen=True)
class Listed:
    """A page of a list. next: the address of the one behind it, "" for none."""

    articles: list[ArticlePage]
    next: str
    previous: str = ""


def behind(key: str) -> Q:
    """The articles that come after the one with this key; all where it makes no sense."""
    if not (found := _KEY.fullmatch(key)):
        return Q()
    try:
        day = date.fromisoformat(found[1])
    except ValueError:
        return Q()
    return Q(published_on__lt=day) | Q(published_on=day, pk__lt=int(found[2]))


def listed(articles: ArticleQuerySet, request: HttpRequest) -> Listed:
    """The originals among `articles` that the address asks for, in the language that its reader wants."""
    after = behind(request.GET.get("after", ""))
    rows = list(articles.originals().newest().filter(after)[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    shown = published.in_language(rows[:PAGE], published.wanted(request))
    return Listed(shown, f"?after={last.published_on.isoformat()}.{last.pk}" if last else "")


def front(channel: Any, request: HttpRequest) -> dict[str, Any]:
    """What the channel's front shows besides its columns."""
    articles = published.shown()
    newest = articles.originals().newest()[:NEWEST]
    return {
        "articles": published.in_language(newest, published.wanted(request)),
        "head": head.of_page(channel, feeds.address(channel)),
    } | _choice(articles, request)


def column(it: Any, request: HttpRequest) -> dict[str, Any]:
    """What a column's page shows besides itself."""
    articles = published.shown().child_of(it)
    page = listed(articles, request)
    return {
        "articles": page.articles,
        "listed": page,
        "further": "after" in request.GET,
        "head": head.of_page(it, feeds.address(it), _query(request)),
    } | _choice(articles, request)


def _query(request: HttpRequest) -> str:
    """What of the address makes it another page: where its list begins, and nothing else."""
    after = request.GET.get("after", "")
    return f"?after={after}" if _KEY.fullmatch(after) else ""


def article(it: ArticlePage, request: HttpRequest) -> dict[str, Any]:
    """What an article's page shows besides itself."""
    own_column = ColumnPage.objects.parent_of(it).get()
    own_head, all_versions = head.of_article(it, feeds.address(own_column))
    return {
        "column": own_column,
        "head": own_head,
        "versions": all_versions if len(all_versions) > 1 else [],
        "printed_at": timezone.now(),
    }


def _choice(articles: ArticleQuerySet, request: HttpRequest) -> dict[str, Any]:
    """The languages that there are to choose from, where there is more than one."""
    there = published.languages_of(articles)
    return {"languages": there if len(there) > 1 else [], "reads_in": published.wanted(request)}
