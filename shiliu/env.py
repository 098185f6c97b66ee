"""Settings from the environment: one typed reader, which stops the start with a sentence.

Every variable is declared once, in `VARIABLES`; docs/guide/settings.md lists them and a test compares
the two. A secret can also come from a file: SHILIU_SECRET_KEY_FILE=/run/secrets/key. A variable that
begins with SHILIU_ and is not declared here is a spelling mistake and stops the start too.
"""

import difflib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HOST = re.compile(r"\*|\.?[a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:.]+\]", re.IGNORECASE)


class SettingError(Exception):
    """A variable that cannot be used; the message names it and says what it accepts."""


def text(value: str) -> str:
    return value


def boolean(value: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "on": True}
    known |= {"0": False, "false": False, "no": False, "off": False}
    return known[value.lower()]


def natural(value: str) -> int:
    number = int(value)
    if number < 0:
        raise ValueError
    return number


def names(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def hosts(value: str) -> list[str]:
    found = names(value)
    if any(not HOST.fullmatch(host) for host in found):
        raise ValueError
    return found


def town_code(value: str) -> str:
    if value and not re.fullmatch("[0-9]{9}", value):
        raise ValueError
    return value


def mail_address(value: str) -> str:
    if not re.fullmatch(r"\S+@\S+", value):
        raise ValueError
    return value


def code_or_none(value: str) -> str:
    """A code; “none” for no such thing."""
    if not re.fullmatch(r"[\w.-]{1,40}", value):
        raise ValueError
    return "" if value == "none" else value


def choice(*accepted: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in accepted:
            raise ValueError
        return value

    return read


def url(*schemes: str) -> Callable[[str], str]:
    """An address with one of these schemes and a host; or empty."""

    def read(value: str) -> str:
        if value:
            parts = urlsplit(value)
            if parts.scheme not in schemes or not parts.hostname or parts.port == 0:  # a bad port raises
                raise ValueError
        return value

    return read


def origin(value: str) -> str:
    """http(s)://host[:port], which forms are compared with: no path."""
    parts = urlsplit(url("http", "https")(value))
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError
    return value


def database_url(value: str) -> str:
    if value.startswith("sqlite:///"):
        return value
    if value and not urlsplit(value).path.strip("/"):
        raise ValueError
    return url("postgres", "postgresql")(value)


def notice_url(value: str) -> str:
    """An address of apprise with a place for one telephone number; or empty."""
    if value and (not re.match(r"[a-z0-9]+://", value) or value.count("{phone}") != 1):
        raise ValueError
    return value


@dataclass(frozen=True)
class Variable:
    """One variable: how it is read, what it accepts (for the error and the docs), its default."""

    read: Callable[[str], Any]
    accepts: str
    default: str
    secret: bool = False


VARIABLES: dict[str, Variable] = {
    "SHILIU_DATA": Variable(text, "a folder that can be written", "./data"),
    "DATABASE_URL": Variable(
        database_url,
        "postgresql://user:password@host:port/name, sqlite:///path, or empty for SQLite in SHILIU_DATA",
        "",
        True,
    ),
    "SHILIU_ENV": Variable(choice("development", "production"), "development or production", "development"),
    "SHILIU_SECRET_KEY": Variable(
        text,
        "a random text of at least 50 characters; outside production one is made in SHILIU_DATA/keys",
        "",
        True,
    ),
    "SHILIU_FIELD_KEYS": Variable(
        names,
        "Fernet keys for encrypted fields, comma-separated, newest first; default: those in SHILIU_DATA/keys",
        "",
        True,
    ),
    "SHILIU_REPORT_KEYS": Variable(
        names,
        "Ed25519 keys that sign reports (64 hexadecimal digits each), comma-separated, newest first; "
        "default: those in SHILIU_DATA/keys",
        "",
        True,
    ),
    "SHILIU_DEBUG": Variable(boolean, "true or false; production refuses true", "false"),
    "SHILIU_HOSTS": Variable(
        hosts, "host names that this site answers to, comma-separated; needed in production", ""
    ),
    "SHILIU_BASE_URL": Variable(
        origin, "the address that people type, such as https://shiliu.example.org", "http://127.0.0.1:8000"
    ),
    "SHILIU_PROXIES": Variable(
        natural, "the number of reverse proxies in front of this server (0 for none)", "0"
    ),
    "SHILIU_CACHE_URL": Variable(
        url("redis", "rediss"), "redis://host:port/0, or empty for a cache table in the database", ""
    ),
    "SHILIU_MAIL_URL": Variable(
        url("smtp", "smtps"),
        "smtp://user:password@host:port (smtps:// for TLS), or empty to write mail to the log",
        "",
        True,
    ),
    "SHILIU_MAIL_FROM": Variable(mail_address, "the sender's address of outgoing mail", "shiliu@localhost"),
    "SHILIU_NOTICE_URL": Variable(
        notice_url,
        "an address of apprise with {phone} where the resident's number belongs, or empty for none",
        "",
        True,
    ),
    "SHILIU_BOTS_URL": Variable(
        url("http", "https"),
        "an address through which the groups' bots are called, for a server without the open internet",
        "",
    ),
    "SHILIU_LOG_LEVEL": Variable(
        choice("DEBUG", "INFO", "WARNING", "ERROR"), "DEBUG, INFO, WARNING or ERROR", "INFO"
    ),
    "SHILIU_TOWN": Variable(
        town_code,
        "the code (9 digits) of the area whose name the home page bears; default: the first town",
        "",
    ),
    "SHILIU_COLUMN_DAYS": Variable(
        natural, "after how many days without a new article a column's editors are told", "14"
    ),
    "SHILIU_ERROR_CATEGORY": Variable(
        code_or_none, "the code of the kind of request that “report an error” makes, or none", "content-error"
    ),
    "SHILIU_FIGURES_SECONDS": Variable(
        natural, "for how many seconds visitors read figures that were computed before (0: never)", "60"
    ),
    "SHILIU_PAGE_SECONDS": Variable(
        natural,
        "for how many seconds proxies may keep the channel's pages, which then count themselves (0: never)",
        "0",
    ),
    "SHILIU_WECHAT_APPID": Variable(
        text, "the official account's AppID, for its read figures; or empty for none", ""
    ),
    "SHILIU_WECHAT_SECRET": Variable(text, "the official account's AppSecret", "", True),
}


class Environment:
    """Reads declared variables from a mapping (os.environ by default).

    >>> Environment({"SHILIU_PROXIES": "1"})["SHILIU_PROXIES"]
    1
    """

    def __init__(self, source: Mapping[str, str] | None = None) -> None:
        self._source = os.environ if source is None else source
        self._refuse_misspelt()

    def _refuse_misspelt(self) -> None:
        known = set(VARIABLES) | {f"{name}_FILE" for name, v in VARIABLES.items() if v.secret}
        for name in self._source:
            if name.startswith("SHILIU_") and name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = (
                    f" Did you mean {near[0]}?"
                    if near
                    else " docs/guide/settings.md lists the ones there are."
                )
                raise SettingError(f"{name} is not a setting of Shiliu.{hint}")

    def _raw(self, name: str) -> str:
        variable = VARIABLES[name]
        path = self._source.get(f"{name}_FILE") if variable.secret else None
        if path is None:
            return self._source.get(name, "").strip() or variable.default  # empty is as good as not set
        if self._source.get(name):
            raise SettingError(f"{name} and {name}_FILE are both set; keep one of them.")
        try:
            return Path(path).read_text("utf-8").strip()
        except OSError as error:
            raise SettingError(f"{name}_FILE: {path} cannot be read ({error.strerror}).") from None
        except UnicodeDecodeError:
            raise SettingError(f"{name}_FILE: {path} is not a text in UTF-8.") from None

    def __getitem__(self, name: str) -> Any:
        variable = VARIABLES[name]
        raw = self._raw(name)
        try:
            return variable.read(raw)
        except (ValueError, KeyError):
            shown = "what it is set to" if variable.secret else f"“{raw}”"
            raise SettingError(f"{name} does not accept {shown}. It accepts: {variable.accepts}.") from None
