"""The way in: what is kept is answered at once, everything else goes to Django as it came."""

import re
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import parse_cookie
from django.utils import translation

from shiliu.channel.counting import seen
from shiliu.channel.serving.kept import Kept, Memory
from shiliu.channel.serving.middleware import COUNTED
from shiliu.channel.serving.token import Token

Environ = dict[str, Any]
Start = Callable[..., Any]
Headers = list[tuple[str, str]]
Key = tuple[Any, ...]

PREFIXES = ("/channel/", "/read/")
QUERY = re.compile("(g=[0-9A-Za-z]{1,12})?")
CHOICE = re.compile(r"[\w-]{0,40}", re.ASCII)
# A request with one of these is asked in a way of its own.
OTHERWISE = ("HTTP_HX_REQUEST", "HTTP_AUTHORIZATION", "HTTP_RANGE", "HTTP_X_REQUESTED_WITH")
# No page that everybody sees alike depends on these; a form's page is made by Django (it sets a cookie).
WITHOUT_MEANING = frozenset({settings.CSRF_COOKIE_NAME})
VARIES_BY = frozenset({"cookie", "accept-language", "hx-request"})
OF_ONE_READER = frozenset({"HTTP_COOKIE", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE"})
# What of a 200 a 304 does not have.
OF_A_BODY = frozenset({"content-type", "content-length"})


class Front:
    """A WSGI application around Django's."""

    def __init__(self, django: Callable[[Environ, Start], Iterable[bytes]]) -> None:
        self.django = django
        self.memory = Memory(settings.KEPT_BYTES)
        self.token = Token()

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        key = key_of(environ)
        if key is None:
            return self.django(environ, start)
        try:
            token = self.token.now()
        except DatabaseError:
            return self.django(environ, start)
        kept = self.memory.get(key, token)
        if kept is None:
            return self._make(key, token, environ, start)
        return self._give(kept, environ, start)

    def _give(self, kept: Kept, environ: Environ, start: Start) -> list[bytes]:
        if kept.read_of is not None:
            seen.note(environ, kept.read_of, seen.link(environ))
        asked = environ.get("HTTP_IF_NONE_MATCH")
        if asked and kept.etag and matches(asked, kept.etag):
            start("304 Not Modified", kept.unchanged)
            return [b""]
        start(kept.status, kept.headers)
        return kept.body

    def _make(self, key: Key, token: str, environ: Environ, start: Start) -> Iterable[bytes]:
        """Ask Django for what everybody gets; kept if it says so. Else Django answers this one alone."""
        plain = {name: value for name, value in environ.items() if name not in OF_ONE_READER}
        if cookies := "; ".join(f"{name}={value}" for name, value in key[-1]):
            plain["HTTP_COOKIE"] = cookies
        plain |= {"QUERY_STRING": "", COUNTED: True}
        given: list[Any] = []
        response: Any = self.django(plain, lambda status, headers, *_: given.extend((status, headers)))
        kept = _kept(response, given, token)
        if kept is not None:
            response.close()
            self.memory.put(key, kept)
            return self._give(kept, environ, start)
        if any(environ.get(name) for name in OF_ONE_READER) or environ.get("QUERY_STRING"):
            response.close()
            return self.django(environ, start)
        if (read_of := getattr(response, "read_of", None)) is not None:
            seen.note(environ, read_of, seen.link(environ))
        start(*given)
        return response  # type: ignore[no-any-return]


def _kept(response: Any, given: list[Any], token: str) -> Kept | None:
    """The response to keep; None if it depends on who asks."""
    seconds = getattr(response, "kept_for", 0)
    if not seconds or not may_be_kept(given[1]):
        return None
    return Kept(
        status=given[0],
        headers=given[1],
        body=[b"".join(response)],
        token=token,
        until=time.monotonic() + seconds,
        read_of=getattr(response, "read_of", None),
        etag=dict(given[1]).get("ETag", ""),
        unchanged=unchanged(given[1]),
    )


def key_of(environ: Environ) -> Key | None:
    """What a public page depends on; None where Django has to look at the request itself.

    The path, the host and its scheme (for addresses and HSTS), the language and the reader's own choices.
    """
    if (
        environ["REQUEST_METHOD"] != "GET"
        or not environ["PATH_INFO"].startswith(PREFIXES)
        or not QUERY.fullmatch(environ.get("QUERY_STRING", ""))
        or any(name in environ for name in OTHERWISE)
        or environ.get("CONTENT_LENGTH") not in (None, "", "0")
    ):
        return None
    cookies = cookies_of(environ.get("HTTP_COOKIE", ""))
    host = environ.get("HTTP_HOST")
    wanted = environ.get("HTTP_ACCEPT_LANGUAGE", "")
    if cookies is None or not host or len(wanted) > 200:
        return None
    language = language_of(dict(cookies).get(settings.LANGUAGE_COOKIE_NAME, ""), wanted)
    scheme = environ.get("wsgi.url_scheme"), environ.get("HTTP_X_FORWARDED_PROTO")
    return environ["PATH_INFO"], host, scheme, language, cookies


@lru_cache(maxsize=1024)
def cookies_of(header: str) -> tuple[tuple[str, str], ...] | None:
    """Those that a page may differ by; None if there is another one, such as a session's."""
    if len(header) > 1000:
        return None
    values = {name: value for name, value in parse_cookie(header).items() if name not in WITHOUT_MEANING}
    if not values.keys() <= settings.CHOICES_IN_COOKIES or not all(map(CHOICE.fullmatch, values.values())):
        return None
    return tuple(sorted(values.items()))


@lru_cache(maxsize=4096)
def language_of(cookie: str, wanted: str) -> str:
    """As Django chooses it."""
    meta = {"HTTP_ACCEPT_LANGUAGE": wanted}
    cookies = {settings.LANGUAGE_COOKIE_NAME: cookie} if cookie else {}
    return translation.get_language_from_request(SimpleNamespace(COOKIES=cookies, META=meta))  # type: ignore[arg-type]


def may_be_kept(headers: Headers) -> bool:
    """Nothing of it is for one reader alone, and it differs by nothing that the key does not know."""
    names = {name.lower() for name, _value in headers}
    varies = {part.strip().lower() for name, value in headers if name == "Vary" for part in value.split(",")}
    return "set-cookie" not in names and varies <= VARIES_BY


def unchanged(headers: Headers) -> Headers:
    """What Django says with a 304 of the same page."""
    return [*((n, v) for n, v in headers if n.lower() not in OF_A_BODY), ("Content-Length", "0")]


def matches(asked: str, etag: str) -> bool:
    """If-None-Match, compared weakly."""
    tags = {tag.strip().removeprefix("W/") for tag in asked.split(",")}
    return "*" in tags or etag in tags
