"""How often one network address, or one key, may do something, counted over all processes.

Counted in windows, so that asking costs one read of the cache: allauth's own limits take a lock for each
question, which a page that people follow their request on should not. An IPv6 address counts with its /64,
which is what one customer has.
"""

import ipaddress
import time

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest


def is_reached(action: str, request: HttpRequest) -> bool:
    """Whether the address has used up `settings.RATE_LIMITS[action]` in the present window."""
    most, seconds = settings.RATE_LIMITS[action]
    return is_used_up(f"{action}:{_address(request)}", most, seconds)


def count(action: str, request: HttpRequest) -> None:
    """One more of the address."""
    _most, seconds = settings.RATE_LIMITS[action]
    use(f"{action}:{_address(request)}", seconds)


def is_used_up(what: str, most: int, seconds: int) -> bool:
    """Whether `what`, whatever it names, was used `most` times in the present window."""
    return int(cache.get(_key(what, seconds), 0)) >= most


def use(what: str, seconds: int) -> None:
    """One more. Two at the same instant may count as one: a limit is no ledger."""
    key = _key(what, seconds)
    # Not `incr`, after which the cache's own term would count instead of the window.
    cache.set(key, int(cache.get(key, 0)) + 1, 2 * seconds)


def _key(what: str, seconds: int) -> str:
    return f"limit:{what}:{int(time.time() // seconds)}"


def _address(request: HttpRequest) -> str:
    return _network(get_adapter().get_client_ip(request))


def _network(address: str) -> str:
    """One address, or the /64 of an IPv6 one; as it is where it is none."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    prefix = 64 if parsed.version == 6 else 32
    return str(ipaddress.ip_network(f"{parsed}/{prefix}", strict=False))
