"""How often one network address, or one key, may do something, counted over all processes.

Counted in windows, in one row of the database each: asking costs one statement, counting one more, and two
at the same instant count as two. An IPv6 address counts with its /64, which is what one customer has.
"""

import ipaddress
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from shiliu.core import door
from shiliu.core.models import LimitCount

_TABLE = LimitCount._meta.db_table
_COUNT = (
    f"INSERT INTO {_TABLE} (key, times, until) VALUES (%s, 1, %s) "  # noqa: S608 (a constant)
    f"ON CONFLICT (key) DO UPDATE SET times = {_TABLE}.times + 1"
)
_TAKE = f"{_COUNT} WHERE {_TABLE}.times < %s"
_READ = f"SELECT times FROM {_TABLE} WHERE key = %s"  # noqa: S608 (a constant)


def is_reached(action: str, request: HttpRequest) -> bool:
    """Whether the address has used up `settings.RATE_LIMITS[action]` in the present window."""
    most, seconds = settings.RATE_LIMITS[action]
    return is_used_up(f"{action}:{address_of(request)}", most, seconds)


def count(action: str, request: HttpRequest) -> None:
    """One more of the address."""
    _most, seconds = settings.RATE_LIMITS[action]
    use(f"{action}:{address_of(request)}", seconds)


def is_used_up(what: str, most: int, seconds: int) -> bool:
    """Whether `what`, whatever it names, was used `most` times in the present window."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, [_key(what, seconds)])
        row = cursor.fetchone()
    return row is not None and row[0] >= most


def use(what: str, seconds: int) -> None:
    """One more."""
    until = (int(time.time() // seconds) + 1) * seconds
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [_key(what, seconds), until])


@contextmanager
def counting(action: str, request: HttpRequest) -> Iterator[None]:
    """One more, in one transaction with what is written inside; also if that is refused in the end."""
    try:
        with door.together():
            count(action, request)
            yield
    except Exception:
        count(action, request)
        raise


def take(what: str, most: int, seconds: int) -> bool:
    """One more, unless `what` was used `most` times in the present window: asked and counted as one."""
    until = (int(time.time() // seconds) + 1) * seconds
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [_key(what, seconds), until, most])
        return bool(cursor.rowcount == 1)


def sweep() -> None:
    """Drop the counts of windows that are over."""
    LimitCount.objects.filter(until__lt=int(time.time())).delete()


def _key(what: str, seconds: int) -> str:
    name, _colon, who = what.partition(":")
    return f"{name}:{int(time.time() // seconds)}:{who}"[:120]


def address_of(request: HttpRequest) -> str:
    """Whose request it is: the address that the outermost proxy saw; an IPv6 one as its /64."""
    return _network(get_adapter().get_client_ip(request))


@lru_cache(maxsize=4096)
def _network(address: str) -> str:
    """One address, or the /64 of an IPv6 one; as it is where it is none."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    prefix = 64 if parsed.version == 6 else 32
    return str(ipaddress.ip_network(f"{parsed}/{prefix}", strict=False))
