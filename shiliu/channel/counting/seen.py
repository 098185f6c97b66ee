"""Views as the web processes note them, and which of them are reads by a person."""

import time
from collections import deque
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from django.http import HttpRequest

from shiliu.core import limits

MOST = 200_000  # views that wait in one process; more, and the oldest are lost
LONGEST = 512  # of a user agent
_AHEAD = ("prefetch", "prerender", "preview")


class View(NamedTuple):
    """An article was shown, to an address and a browser that are forgotten within a second."""

    article: int
    link: str  # of the group, as the address had it
    at: float
    agent: str
    remote: str
    forwarded: str

    @property
    def who(self) -> tuple[str, str, str]:
        return self.agent, self.remote, self.forwarded


WAITING: deque[View] = deque(maxlen=MOST)


def note(environ: Mapping[str, Any], article: int, link: str = "") -> None:
    """An article was shown. Cheap: what it counts as is found out later, elsewhere."""
    if environ.get("REQUEST_METHOD") == "GET" and not _is_ahead(environ):
        of = environ.get
        agent, forwarded = of("HTTP_USER_AGENT", "")[:LONGEST], of("HTTP_X_FORWARDED_FOR", "")[:LONGEST]
        WAITING.append(View(article, link, time.time(), agent, of("REMOTE_ADDR", ""), forwarded))


def _is_ahead(environ: Mapping[str, Any]) -> bool:
    """Whether the browser asks before anybody wanted to read: it may never be shown."""
    said = environ.get("HTTP_SEC_PURPOSE") or environ.get("HTTP_PURPOSE") or environ.get("HTTP_X_MOZ")
    return bool(said) and any(word in said.lower() for word in _AHEAD)


def link(environ: Mapping[str, Any]) -> str:
    """The group by whose link one came: `g=…` in the address; for the beacon in that of the page it is on."""
    if not environ.get("PATH_INFO", "").startswith("/read/"):
        return _link_in(environ.get("QUERY_STRING", ""))
    return _link_in(environ.get("HTTP_REFERER", "")[:2000].partition("?")[2].partition("#")[0])


def _link_in(query: str) -> str:
    for part in query[:1000].split("&"):
        name, _equals, value = part.partition("=")
        if name == "g" and 0 < len(value) <= 12 and value.isascii() and value.isalnum():
            return value
    return ""


@lru_cache(maxsize=4096)
def is_bot(agent: str) -> bool:
    """By the list that the package `crawler-user-agents` keeps; who does not say what it is, is one too."""
    from crawleruseragents import is_crawler  # reads a long list, and only the thread that counts needs it

    return not agent.strip() or is_crawler(agent)


@lru_cache(maxsize=20_000)
def address(remote: str, forwarded: str) -> str:
    """As limits have it; of headers that cannot be true, the address that is connected."""
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": remote} | ({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {})
    try:
        return limits.address_of(request)
    except Exception:
        return remote
