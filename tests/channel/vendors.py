"""The vendors' side: a local server that takes, limits and refuses as WeCom, DingTalk and Feishu do.

Each answers with its real bodies, mostly with status 200. What it took is in `taken`.
"""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Reply = tuple[int, Any]
TOO_FAST: dict[str, Any] = {
    "wecom": {
        "errcode": 45009,
        "errmsg": "api freq out of limit, more info at https://open.work.weixin.qq.com",
    },
    "dingtalk": {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"},
    "feishu": {"code": 9499, "msg": "too many request", "data": {}},
}
OK: dict[str, Any] = {
    "wecom": {"errcode": 0, "errmsg": "ok"},
    "dingtalk": {"errcode": 0, "errmsg": "ok"},
    "feishu": {
        "Extra": None,
        "StatusCode": 0,
        "StatusMessage": "success",
        "code": 0,
        "data": {},
        "msg": "success",
    },
}
WINDOWS = {"wecom": [(20, 60)], "dingtalk": [(20, 60)], "feishu": [(100, 60), (5, 1)]}


@dataclass
class Vendors:
    """clock: what the time is for the limits. answer: called with vendor and key before all else; a reply
    that it gives is the answer, though the text is not taken.
    """

    url: str = ""
    clock: Callable[[], float] = time.monotonic
    taken: list[tuple[str, str, str]] = field(default_factory=list)  # vendor, key, text
    answer: Callable[[str, str], Reply | None] = lambda vendor, key: None
    keywords: dict[str, str] = field(default_factory=dict)  # by key
    secrets: dict[str, str] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    calls: int = 0
    hits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    blocked: dict[str, float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def texts(self, key: str) -> list[str]:
        return [text for _vendor, of, text in self.taken if of == key]

    def take(self, vendor: str, key: str, raw: bytes, query: dict[str, list[str]]) -> Reply:
        with self.lock:
            self.calls += 1
            if reply := self.answer(vendor, key):
                return reply
            return self._limited(vendor, key) or getattr(self, f"_{vendor}")(key, raw, query)

    def _limited(self, vendor: str, key: str) -> Reply | None:
        now = self.clock()
        if self.blocked.get(key, 0) > now:
            return 200, TOO_FAST[vendor]
        for most, seconds in WINDOWS[vendor]:
            if len([at for at in self.hits[key] if at > now - seconds]) >= most:
                if vendor == "dingtalk":
                    self.blocked[key] = now + 600
                return 200, TOO_FAST[vendor]
        self.hits[key].append(now)
        return None

    def _wecom(self, key: str, raw: bytes, query: dict[str, list[str]]) -> Reply:
        if key in self.unknown:
            return 200, {"errcode": 93000, "errmsg": "invalid webhook url, hint: [1700000000]"}
        text = json.loads(raw)["text"]["content"]
        if len(text.encode()) > 2048:
            return 200, {"errcode": 40058, "errmsg": "text.content exceed max length 2048"}
        return self._taken("wecom", key, text)

    def _dingtalk(self, key: str, raw: bytes, query: dict[str, list[str]]) -> Reply:
        if key in self.unknown:
            return 200, {"errcode": 300005, "errmsg": "token is not exist"}
        text = json.loads(raw)["text"]["content"]
        if self.keywords.get(key, "") not in text:
            return 200, {
                "errcode": 310000,
                "errmsg": "keywords not in content, more: [https://open.dingtalk.com]",
            }
        if secret := self.secrets.get(key):
            at = query.get("timestamp", [""])[0]
            if query.get("sign", [""])[0] != _sign(secret.encode(), f"{at}\n{secret}".encode()):
                return 200, {"errcode": 310000, "errmsg": "sign not match, more: [https://open.dingtalk.com]"}
        return self._taken("dingtalk", key, text)

    def _feishu(self, key: str, raw: bytes, query: dict[str, list[str]]) -> Reply:
        if key in self.unknown:
            return 200, {
                "code": 19001,
                "data": {},
                "msg": "param invalid: incoming webhook access token invalid",
            }
        if len(raw) > 20 * 1024:
            return 200, {"code": 9499, "msg": "Bad Request", "data": {}}
        body = json.loads(raw)
        text = body["content"]["text"]
        if self.keywords.get(key, "") not in text:
            return 200, {"code": 19024, "data": {}, "msg": "Key Words Not Found"}
        if (secret := self.secrets.get(key)) and body.get("sign") != _sign(
            f"{body.get('timestamp')}\n{secret}".encode(), b""
        ):
            return 200, {
                "code": 19021,
                "data": {},
                "msg": "sign match fail or timestamp is not within one hour",
            }
        return self._taken("feishu", key, text)

    def _taken(self, vendor: str, key: str, text: str) -> Reply:
        self.taken.append((vendor, key, text))
        return 200, OK[vendor]


def _sign(key: bytes, message: bytes) -> str:
    return base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()


HOSTS = {"qyapi.weixin.qq.com": "wecom", "oapi.dingtalk.com": "dingtalk", "open.feishu.cn": "feishu"}


def _key(vendor: str, path: str, query: dict[str, list[str]]) -> str:
    """As each vendor finds it; anything else is another address."""
    if vendor == "wecom" and path == "cgi-bin/webhook/send":
        return query["key"][0]
    if vendor == "dingtalk" and path == "robot/send":
        return query["access_token"][0]
    if vendor == "feishu" and path.startswith("open-apis/bot/v2/hook/"):
        return path.rpartition("/")[2]
    raise LookupError(path)


@contextmanager
def running() -> Iterator[Vendors]:
    vendors = Vendors()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            host, _slash, path = parts.path.lstrip("/").partition("/")
            vendor, query = HOSTS[host], parse_qs(parts.query)
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            status, body = vendors.take(vendor, _key(vendor, path, query), raw, query)
            if body is None:  # cut off in the middle
                self.close_connection = True
                return
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    vendors.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield vendors
    finally:
        server.shutdown()
        server.server_close()
