"""What hypothesis draws from: area codes that often lie in each other, and days around one half-year."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from shiliu.core.areas import EVERYWHERE, NOWHERE, Scope
from shiliu.core.figures import Period

# Few segments, so that codes meet; the first and the last of their kind among them.
_county = st.sampled_from(["000000", "019999", "990001", "990002", "999999"])
_part = st.sampled_from(["000", "001", "999"])
codes = st.builds(lambda county, parts: county + "".join(parts), _county, st.lists(_part, max_size=3))
scopes = st.one_of(st.just(EVERYWHERE), st.just(NOWHERE), st.lists(codes, max_size=4).map(Scope.of))

FIRST, LAST = date(2023, 1, 1), date(2023, 6, 30)
HALF_YEAR = Period(FIRST, LAST)
_edges = [FIRST - timedelta(days=1), FIRST, LAST, LAST + timedelta(days=1)]
days = st.one_of(st.sampled_from(_edges), st.dates(date(2022, 11, 1), date(2023, 8, 31)))
_clock = st.one_of(st.sampled_from([time.min, time.max]), st.times())


def _in_shanghai(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))


moments = st.builds(_in_shanghai, days, _clock)
amounts = st.decimals(Decimal("0.01"), Decimal("9999999.99"), places=2)

# Each example takes back what it wrote (`taken_back`), so a test's own fixtures may be shared by all.
with_database = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@contextmanager
def taken_back() -> Iterator[None]:
    """What is written inside is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
