"""The entries of the residents' site, and how any shell's entries become links."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Entry:
    """A place to go to. within: the namespaces whose pages belong to it. short: its name where space is dear.

    thumb: it stands in the phone's bar. icon: a symbol of static/shiliu/icons.svg.
    """

    label: Any
    url_name: str
    icon: str = ""
    short: Any = ""
    thumb: bool = False
    args: tuple[str, ...] = ()
    within: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    """An entry as one page shows it. current: "page" there, "true" below it, else empty."""

    entry: Entry
    url: str
    current: str

    def __getattr__(self, name: str) -> Any:
        return getattr(self.entry, name)


ENTRIES = [
    Entry(pgettext_lazy("bar", "Home"), "home", "home", thumb=True),
    Entry(_("Ask for something"), "requests:ask", "ask", pgettext_lazy("bar", "Ask"), thumb=True),
    Entry(_("My request"), "requests:find", "mine", pgettext_lazy("bar", "Mine"), thumb=True),
    Entry(_("Communities and grids"), "areas", "areas"),
    Entry(_("Places to meet"), "venues:list", "place", within=("venues",)),
    Entry(_("What am I entitled to?"), "learning:guides", "entitled"),
    Entry(_("Learning"), "learning:list", "learn"),
    Entry(_("Channel"), "wagtail_serve", "channel", args=("",)),
    Entry(_("Report"), "figures:latest", "report", within=("figures",)),
]
SEARCH = Entry(_("Search"), "search", "search")


def address(entry: Entry) -> str:
    """Where an entry leads; empty where there is no such page (yet)."""
    try:
        return reverse(entry.url_name, args=entry.args)
    except NoReverseMatch:
        return ""


def _current(entry: Entry, url: str, request: HttpRequest) -> str:
    if request.path == url:
        return "page"
    match = request.resolver_match
    if match is None:
        return ""
    own = match.view_name == entry.url_name or bool(set(match.namespaces) & set(entry.within))
    return "true" if own else ""


def links(entries: Iterable[Entry], request: HttpRequest) -> list[Link]:
    """The entries that lead somewhere. Where one is the page itself, no other is said to be above it."""
    found = [Link(entry, url, _current(entry, url, request)) for entry in entries if (url := address(entry))]
    if any(link.current == "page" for link in found):
        return [link if link.current == "page" else replace(link, current="") for link in found]
    return found
