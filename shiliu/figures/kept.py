"""What everybody reads of figures is kept for `settings.FIGURES_SECONDS`: computing it goes over the records.

Each process keeps its own. Staff are never served from it: their figures are those of the moment.
"""

import time
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from shiliu.core import limits
from shiliu.core.figures import Period
from shiliu.figures import periods

T = TypeVar("T")
MINUTE = 60
MOST = 128  # results; more, and it begins anew
ANEW = 30  # so many of one address a minute that nobody asked for just before, of unusual periods
YEARS = 10  # so far back a month, quarter, half-year or year is usual: of these there are few
_kept: dict[Hashable, tuple[float, Any]] = {}


class TooMany(Exception):
    """An address has asked for more that has to be computed than one reads in a minute."""


def computed(request: HttpRequest, period: Period, what: Hashable, compute: Callable[[], T]) -> T:
    """What `compute` gives for a period; for the public perhaps what it gave a moment ago. Raises TooMany."""
    if request.user.is_authenticated:
        return compute()
    now = time.monotonic()
    found = _kept.get((period, what))
    if found is not None and now - found[0] < settings.FIGURES_SECONDS:
        return found[1]  # type: ignore[no-any-return]
    if not _is_usual(period):
        asker = f"figures:{get_adapter().get_client_ip(request)}"
        if limits.is_used_up(asker, ANEW, MINUTE):
            raise TooMany
        limits.use(asker, MINUTE)
    result = compute()
    if len(_kept) >= MOST:
        _kept.clear()
    _kept[period, what] = (now, result)
    return result


def _is_usual(period: Period) -> bool:
    years = timezone.localdate().year - period.start.year
    return 0 <= years <= YEARS and ".." not in periods.named(period)


def forget() -> None:
    """Compute everything anew: for tests, which share a process and not their records."""
    _kept.clear()
