"""Bots in the groups of WeCom, DingTalk and Feishu: their addresses, what they take, what they answer.

These three are posted to from here and not by apprise, which takes any answer with status 200 for success:
WeCom and DingTalk refuse with 200 and a code in the body. Addresses are kept as apprise writes them. See
decision 16.
"""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

TIMEOUT = (5, 10)  # seconds until it answers the call, and until it has answered
KEY = re.compile(r"[A-Za-z0-9_-]{8,128}")
# What an error says where nothing was sent: nobody there, or nobody who can be trusted.
NEVER_SENT = ("NewConnectionError", "NameResolutionError", "CERTIFICATE_VERIFY_FAILED")


class Outcome(StrEnum):
    TAKEN = "taken"
    WAIT = "wait"  # not taken: too fast, so this bot rests
    REFUSED = "refused"  # not taken, and will not be until somebody changes something
    DOWN = "down"  # not taken: the vendor does not answer, or says that it cannot just now
    UNCLEAR = "unclear"  # it may have been taken


@dataclass(frozen=True)
class Answer:
    """pause: for how many seconds this bot rests. fault: what is kept of it, never a key."""

    outcome: Outcome
    fault: str = ""
    pause: float = 0


@dataclass(frozen=True)
class Vendor:
    """limit: bytes of UTF-8 in one text. most, seconds: so many in one window. code: where the body has it.

    Two windows touch any minute as the vendor sees it, with up to 15 seconds on the way; so a window that is
    that much longer holds half of what the vendor allows: 20 a minute, Feishu 5 a second (and 100 a minute).
    """

    scheme: str
    host: str
    path: str
    limit: int
    most: int
    seconds: int
    code: str
    too_fast: Mapping[int, float]
    busy: frozenset[int] = field(default_factory=frozenset)


VENDORS = {
    "wecom": Vendor(
        "wecombot", "qyapi.weixin.qq.com", "/cgi-bin/webhook/send?key=", 2_048, 10, 75, "errcode",
        {45009: 75, 45033: 75}, frozenset({-1}),
    ),
    "dingtalk": Vendor(
        "dingtalk", "oapi.dingtalk.com", "/robot/send?access_token=", 9_000, 10, 75, "errcode",
        {130101: 600}, frozenset({-1}),
    ),
    "feishu": Vendor(
        "feishu", "open.feishu.cn", "/open-apis/bot/v2/hook/", 9_000, 2, 16, "code",
        {11232: 75, 99991400: 75},
    ),
}  # fmt: skip
BY_SCHEME = {vendor.scheme: name for name, vendor in VENDORS.items()}


def vendor_of(address: str) -> str:
    """The name of the vendor of an apprise address; "" for another service's."""
    return BY_SCHEME.get(address.partition("://")[0].lower(), "")


def read_address(name: str, typed: str, secret: str = "") -> str:
    """What somebody copied from the vendor (the whole address, or its key) as an apprise address.

    ValidationError with a sentence for what is none. Only the key is kept: no other host can be called.
    """
    vendor, typed, secret = VENDORS[name], typed.strip(), secret.strip()
    key = typed
    if "://" in typed:
        parts = urlsplit(typed)
        query = parse_qs(parts.query)
        found = [*query.get("key", []), *query.get("access_token", []), parts.path.rstrip("/").split("/")[-1]]
        if parts.hostname not in (vendor.host, "open.larksuite.com" if name == "feishu" else vendor.host):
            raise ValidationError(
                _("That is not an address of %(host)s. Copy it anew from the group's settings of the bot."),
                params={"host": vendor.host},
            )
        key = found[0]
    if not KEY.fullmatch(key) or (secret and not KEY.fullmatch(secret)):
        raise ValidationError(_("That is no bot's key. Copy it anew from the group's settings of the bot."))
    return f"{vendor.scheme}://{f'{secret}@' if secret else ''}{key}"


def pace_of(address: str) -> str:
    """By what a bot's pace is counted: 32 hex digits, from which its key cannot be had."""
    key = address.partition("://")[2].rpartition("@")[2].partition("/")[0]
    return salted_hmac("shiliu.core.bots", f"{vendor_of(address)} {key}", algorithm="sha256").hexdigest()[:32]


def take_turn(address: str) -> float:
    """0 where a bot may send one message now, which is counted; else for how many seconds it may not."""
    from shiliu.core import limits

    vendor = VENDORS[vendor_of(address)]
    if limits.take(f"bot:{pace_of(address)}", vendor.most, vendor.seconds):
        return 0
    return vendor.seconds - time.time() % vendor.seconds


def post(address: str, text: str) -> Answer:
    """Send one text, which keeps to the limit, and say what the vendor made of it. Only in the worker."""
    import requests

    name = vendor_of(address)
    url, body = _call(name, address, text)
    try:
        response = requests.post(
            url,
            data=json.dumps(body, ensure_ascii=False).encode(),
            headers={"Content-Type": "application/json; charset=utf-8"},
            timeout=TIMEOUT,
            allow_redirects=False,
        )
    except requests.ConnectTimeout:
        return Answer(Outcome.DOWN, "no connection")
    except requests.ConnectionError as error:
        # Only where nothing was sent it is sure that nothing was taken.
        never = any(sign in repr(error) for sign in NEVER_SENT)
        return Answer(Outcome.DOWN, "no connection") if never else Answer(Outcome.UNCLEAR, "cut off")
    except requests.RequestException:
        return Answer(Outcome.UNCLEAR, "no answer in time")
    return _read(VENDORS[name], response.status_code, response.content[:10_000])


def _call(name: str, address: str, text: str) -> tuple[str, dict[str, Any]]:
    vendor, parts = VENDORS[name], urlsplit(address)
    key, secret = parts.netloc.rpartition("@")[2], parts.netloc.rpartition("@")[0]
    base = f"{settings.BOTS_URL}/{vendor.host}" if settings.BOTS_URL else f"https://{vendor.host}"
    url = f"{base}{vendor.path}{quote(key)}"
    if name == "feishu":
        body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
        if secret:
            at = str(int(time.time()))
            body |= {"timestamp": at, "sign": _sign(f"{at}\n{secret}".encode(), b"")}
        return url, body
    if name == "dingtalk" and secret:
        at = str(round(time.time() * 1000))
        sign = _sign(secret.encode(), f"{at}\n{secret}".encode())
        url = f"{url}&timestamp={at}&sign={quote(sign, safe='')}"
    key_of_text = {"msgtype": "text", "text": {"content": text}}
    return url, key_of_text


def _sign(key: bytes, message: bytes) -> str:
    return base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()


def _read(vendor: Vendor, status: int, content: bytes) -> Answer:
    """What an answer means. A gateway's time-out (504), and an answer that is none, leave it open."""
    if status == 429:
        return Answer(Outcome.WAIT, "HTTP 429", vendor.seconds)
    if status in (500, 502, 503):
        return Answer(Outcome.DOWN, f"HTTP {status}")
    if status == 504 or status >= 500:
        return Answer(Outcome.UNCLEAR, f"HTTP {status}")
    try:
        body = json.loads(content)
        code = int(body[vendor.code] if vendor.code in body else body["StatusCode"])
    except (ValueError, KeyError, TypeError):
        return Answer(Outcome.UNCLEAR if status == 200 else Outcome.REFUSED, f"HTTP {status}")
    said = str(body.get("errmsg") or body.get("msg") or "").lower()
    if code == 0 and status == 200:
        return Answer(Outcome.TAKEN)
    if code in vendor.too_fast or (code == 9499 and "too many" in said):
        return Answer(Outcome.WAIT, f"code {code}", vendor.too_fast.get(code, vendor.seconds))
    if code in vendor.busy:
        return Answer(Outcome.DOWN, f"code {code}")
    return Answer(Outcome.REFUSED, f"code {code}")
