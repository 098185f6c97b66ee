"""What stands at the side of the console: places to go, for those who may."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shiliu.console import inbox
from shiliu.core import access
from shiliu.core.models import User
from shiliu.web import navigation
from shiliu.web.navigation import Link


@dataclass(frozen=True)
class Entry(navigation.Entry):
    """right: what one must hold somewhere; everybody's where empty. or_right: or this, where it is named.

    key: the letter that follows “g”.

    count: how much of it waits for this person; asked on every page, so it has to be one quick query.
    """

    right: str = ""
    or_right: str = ""
    key: str = ""
    count: Callable[[User], int] | None = None


ENTRIES = [
    Entry(pgettext_lazy("desk", "Today"), "console:start", "home", key="h"),
    Entry(_("Morning page"), "console:morning", "report", right="plan.decide", key="y"),
    Entry(_("Waiting for me"), "console:inbox", "done", key="i"),
    Entry(
        pgettext_lazy("desk", "Requests"),
        "desk:list",
        "desk",
        within=("desk",),
        right="requests.view",
        key="d",
        count=inbox.to_accept,
    ),
    Entry(_("To call back"), "desk:call_backs", "mine", right="requests.contact", key="c"),
    Entry(_("File for somebody"), "desk:new", "plus", right="requests.ask", key="n"),
    Entry(
        pgettext_lazy("of requests", "Routing"),
        "routing:dry_run",
        "desk",
        right="requests.assign",
        or_right="requests.configure",
        key="w",
    ),
    Entry(_("Hotline orders"), "desk:orders", "ask", right="requests.close", key="l"),
    Entry(_("People"), "people:index", "people", within=("people",), right="grid.view", key="p"),
    Entry(_("Posts"), "posts:index", "place", within=("posts",), right="grid.view", key="o"),
    Entry(_("Report"), "figures:latest", "report", within=("figures",), right="figures.view", key="r"),
    Entry(
        _("Monthly bulletin"),
        "bulletin:latest",
        "report",
        within=("bulletin",),
        right="figures.view",
        key="b",
    ),
    Entry(_("Charts"), "charts:page", "report", within=("charts",), right="figures.view"),
    Entry(_("Matrix"), "matrix:page", "areas", within=("matrix",), right="figures.view", key="x"),
    Entry(_("Map of the grids"), "seedmap:map", "areas", right="figures.view", key="m"),
    Entry(_("Grid groups"), "groups:index", "channel", right="channel.view", key="u"),
    Entry(_("Into the groups"), "groups:deliveries", "channel", right="channel.view", key="t"),
    Entry(_("Articles"), "wagtailadmin_home", "channel", right="channel.edit", key="a"),
    Entry(
        pgettext_lazy("of articles", "Reads"),
        "reads:index",
        "report",
        within=("reads",),
        right="channel.view",
    ),
    Entry(pgettext_lazy("shell", "On the round"), "field:start", "place", right="requests.report", key="f"),
    Entry(_("Reference data"), "area:index", "areas", right="grid.edit"),
    Entry(_("Programs with a key"), "api:clients", "report", right="api.manage"),
]
SEARCH = Entry(_("Search in the requests"), "desk:list", right="requests.view")
TOKENS = Entry(_("Access tokens"), "api:tokens", right="api.token")


@dataclass(frozen=True)
class Counted:
    """A link with what waits behind it."""

    link: Link
    waiting: int

    def __getattr__(self, name: str) -> Any:
        return getattr(self.link, name)


def may(entry: Entry, user: User) -> bool:
    rights = [right for right in (entry.right, entry.or_right) if right]
    return not rights or any(access.holds(user, right) for right in rights)


def links(entries: list[Entry], request: HttpRequest) -> list[Counted]:
    """The entries that this person may use, each with what waits there."""
    user = request.user
    if not isinstance(user, User):
        return []
    shown = navigation.links([entry for entry in entries if may(entry, user)], request)
    return [Counted(link, link.count(user) if link.count else 0) for link in shown]
