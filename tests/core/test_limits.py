"""Limits by network address."""

import time

import pytest

from shiliu.core import limits
from shiliu.core.models import LimitCount

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _limits(settings):
    settings.RATE_LIMITS = {"try": (3, 3600)}


def request(rf, address: str):
    return rf.get("/", REMOTE_ADDR=address)


def test_reached_after_as_many_as_are_allowed(rf):
    here = request(rf, "192.0.2.1")
    for _n in range(3):
        assert not limits.is_reached("try", here)
        limits.count("try", here)
    assert limits.is_reached("try", here)
    assert not limits.is_reached("try", request(rf, "192.0.2.2"))


def test_count_is_of_its_window_and_swept_after_it(rf, monkeypatch):
    here = request(rf, "192.0.2.1")
    for _n in range(3):
        limits.count("try", here)
    now = time.time()
    limits.sweep()
    assert limits.is_reached("try", here)
    monkeypatch.setattr(limits.time, "time", lambda: now + 3600)
    assert not limits.is_reached("try", here)
    limits.sweep()
    assert not LimitCount.objects.exists()


def test_what_is_refused_counts_too_and_writes_nothing_else(rf):
    here = request(rf, "192.0.2.1")

    def refused() -> None:
        with limits.counting("try", here):
            LimitCount.objects.create(key="other", times=1, until=0)
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        refused()
    assert [each.times for each in LimitCount.objects.all()] == [1]


@pytest.mark.django_db(transaction=True)
def test_counts_with_what_is_written_as_one_transaction(rf, django_assert_num_queries):
    here = request(rf, "192.0.2.1")
    with django_assert_num_queries(4), limits.counting("try", here):  # BEGIN, the count, this one, COMMIT
        LimitCount.objects.bulk_create([LimitCount(key="other", times=1, until=0)])
    assert LimitCount.objects.count() == 2


def test_addresses_of_one_ipv6_network_count_together(rf):
    for n in range(3):
        limits.count("try", request(rf, f"2001:db8::{n:x}"))
    assert limits.is_reached("try", request(rf, "2001:db8::ffff"))
    assert not limits.is_reached("try", request(rf, "2001:db8:0:1::1"))
