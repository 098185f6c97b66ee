"""Limits by network address, on the cache that an install has: a table."""

import pytest
from django.core.cache import cache

from shiliu.core import limits

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _limits(settings):
    settings.RATE_LIMITS = {"try": (3, 3600)}
    cache.clear()
    yield
    cache.clear()


def request(rf, address: str):
    return rf.get("/", REMOTE_ADDR=address)


def test_reached_after_as_many_as_are_allowed(rf):
    here = request(rf, "192.0.2.1")
    for _n in range(3):
        assert not limits.is_reached("try", here)
        limits.count("try", here)
    assert limits.is_reached("try", here)
    assert not limits.is_reached("try", request(rf, "192.0.2.2"))


def test_count_lasts_as_long_as_the_window(rf, monkeypatch):
    """Also after the second one: not the five minutes that the cache would give it."""
    kept = []
    monkeypatch.setattr(cache, "set", lambda key, value, timeout: kept.append((value, timeout)))
    limits.count("try", request(rf, "192.0.2.1"))
    assert kept == [(1, 7200)]


def test_addresses_of_one_ipv6_network_count_together(rf):
    for n in range(3):
        limits.count("try", request(rf, f"2001:db8::{n:x}"))
    assert limits.is_reached("try", request(rf, "2001:db8::ffff"))
    assert not limits.is_reached("try", request(rf, "2001:db8:0:1::1"))
