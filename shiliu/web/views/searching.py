"""The search page: everything that the public may find, kind by kind."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from shiliu.core import findable, search
from shiliu.figures import finding

MAX_LENGTH = 200  # characters of what is looked for
FEW, MANY = 5, 20  # results of each kind on the first page; and on a page of one kind
FIGURES = "figures"
ORDER = ("categories", "guides", "areas", "venues", "articles", "learning", "columns", "teams", FIGURES)


@dataclass(frozen=True)
class Group:
    """The results of one kind; `more` is the address of further ones, "" where these are all."""

    name: str
    title: Any
    results: list[findable.Found]
    more: str


def page(request: HttpRequest) -> HttpResponse:
    """What `q` finds: the newest of each kind, or with `kind` those of one, page by page."""
    text = request.GET.get("q", "")[:MAX_LENGTH].strip()
    name = request.GET.get("kind", "")
    only = name if name in _names() else ""
    groups = []
    if search.query(text):
        names = [only] if only else _names()
        groups = [group for one in names if (group := _group(one, text, only, request)).results]
    context = {
        "wanted": text,
        "query": text,  # for the field in the page's head
        "groups": groups,
        "only": only,
        "everywhere": f"?{urlencode({'q': text})}",
        "ask": findable.address("requests:ask"),
    }
    return render(request, "web/search.html", context)


def _names() -> list[str]:
    known = [*(kind.name for kind in findable.KINDS.values()), FIGURES]
    return sorted(known, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))


def _group(name: str, text: str, only: str, request: HttpRequest) -> Group:
    limit = MANY if only else FEW
    kind = findable.named(name)
    if kind is None:
        return Group(FIGURES, _("figures of the report"), finding.find(text, limit=100), "")
    after = request.GET.get("after", "") if only else ""
    results, last = findable.find(kind, text, after=after, limit=limit)
    query = {"q": text, "kind": name} | ({"after": last} if only else {})
    return Group(name, kind.title, results, f"?{urlencode(query)}" if last else "")
