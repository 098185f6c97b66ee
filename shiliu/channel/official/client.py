"""WeChat's data interface for articles, as far as reads are concerned.

Since November 2025 it tells how many people read each article on a day (`getarticleread`), and of the
articles of one day their titles and addresses (`getarticletotaldetail`); the older statistics were stopped.
Only certified accounts may ask. Source: developers.weixin.qq.com, wedata/news, read in November 2026.
"""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

TIMEOUT = 15  # seconds
LARGEST = 5_000_000  # bytes of an answer
MOST = 2**31  # what the database holds; no article has so many readers
SPARE = 300  # seconds before its end in which a token is no longer used
EXPIRED = {40001, 40014, 42001}
NOT_ALLOWED = {48001, 48004, 50001, 50002, 61007}
USED_UP = {45009, 45011}
NO_SUCH_DAY = {61500, 61501, 61503}
BAD_CREDENTIALS = {40013, 40125, 41002, 41004, 40243}
NOT_FROM_HERE = {40164, 61004}

SENTENCES = (
    (
        NOT_ALLOWED,
        _("The account may not ask for figures: only certified accounts may. Type or import them."),
    ),
    (USED_UP, _("The account has asked too often today. It is tried again tomorrow.")),
    (NO_SUCH_DAY, _("There are no figures of that day yet. It is tried again later.")),
    (BAD_CREDENTIALS, _("WeChat does not know these credentials. Look at SHILIU_WECHAT_APPID and …_SECRET.")),
    (
        NOT_FROM_HERE,
        _("WeChat does not know this server. Put its address on the account's list of addresses."),
    ),
)


class Unavailable(Exception):
    """No figures came; the message is a sentence. later: whether it may help to ask again soon."""

    def __init__(self, sentence: Any, *, later: bool) -> None:
        super().__init__(str(sentence))
        self.later = later


@dataclass(frozen=True)
class Article:
    msgid: str
    title: str
    url: str


@dataclass(frozen=True)
class Readers:
    """How many people read which article on a day; delayed: figures may still grow."""

    by_msgid: dict[str, int]
    delayed: bool


class Client:
    """One conversation with the interface; the token is asked for once, and kept in memory only."""

    def __init__(self) -> None:
        self._token, self._until = "", 0.0

    def readers(self, day: date) -> Readers:
        answer = self._ask("/datacube/getarticleread", day)
        found: dict[str, int] = {}
        for row in _rows(answer):
            detail = row.get("detail")
            n = detail.get("read_user") if isinstance(detail, dict) else None
            if row.get("msgid") and type(n) is int and 0 <= n < MOST:
                found[str(row["msgid"])[:60]] = n
        return Readers(found, bool(answer.get("is_delay")))

    def published(self, day: date) -> list[Article]:
        """What the account published on a day."""
        rows = _rows(self._ask("/datacube/getarticletotaldetail", day))
        return [
            Article(
                str(row["msgid"])[:60],
                str(row.get("title") or "")[:200],
                url
                if (url := str(row.get("content_url") or ""))[:8] == "https://" and len(url) <= 500
                else "",
            )
            for row in rows
            if row.get("msgid")
        ]

    def _ask(self, path: str, day: date) -> dict[str, Any]:
        asked = {"begin_date": str(day), "end_date": str(day)}
        answer = _post(f"{path}?access_token={self._access()}", asked)
        if answer.get("errcode") in EXPIRED:  # somebody else asked for a token in between
            self._until = 0.0
            answer = _post(f"{path}?access_token={self._access(anew=True)}", asked)
        return _checked(answer)

    def _access(self, *, anew: bool = False) -> str:
        if time.monotonic() >= self._until:
            given = {
                "grant_type": "client_credential",
                "appid": settings.WECHAT_APPID,
                "secret": settings.WECHAT_SECRET,
                "force_refresh": anew,
            }
            answer = _checked(_post("/cgi-bin/stable_token", given))
            token, seconds = answer.get("access_token"), answer.get("expires_in")
            if not isinstance(token, str) or not isinstance(seconds, int):
                raise Unavailable(
                    _("WeChat's answer cannot be understood. It is tried again later."), later=True
                )
            self._token, self._until = token, time.monotonic() + max(seconds - SPARE, 1)
        return self._token


def _rows(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = answer.get("list")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _checked(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, or what its error code means. The vendor's own words may hold the secret: never told on."""
    code = answer.get("errcode") or 0
    if code == 0:
        return answer
    for codes, sentence in SENTENCES:
        if code in codes:
            raise Unavailable(sentence, later=codes is NO_SUCH_DAY)
    raise Unavailable(_("WeChat answered with error %(code)s.") % {"code": str(code)[:20]}, later=True)


def _post(path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(  # noqa: S310 (the address is the setting's)
        settings.WECHAT_API + path,
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
            answer = json.loads(response.read(LARGEST))
    except (OSError, ValueError):  # its words would hold the address, and that the token
        raise Unavailable(_("WeChat does not answer. It is tried again later."), later=True) from None
    if not isinstance(answer, dict):
        raise Unavailable(_("WeChat's answer cannot be understood. It is tried again later."), later=True)
    return answer
