"""Measured on site, then accepted: at most what was measured, once."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given

from shiliu.core import audit
from shiliu.core.access import NotPermitted
from shiliu.core.door import Refused, StaleState
from shiliu.works import actions
from shiliu.works.models import Measurement
from tests import factories
from tests.factories import DAY
from tests.strategies import amounts, taken_back, with_database


@pytest.fixture
def item(places):
    return factories.item(factories.project(places.east))


@pytest.fixture
def measured(item) -> Measurement:
    return factories.measurement(item)


def told(obj) -> list[str]:
    return [audit.sentence(entry) for entry in audit.entries_of(obj)]


def test_measured_then_accepted_in_part(staff, item):
    it = actions.measure(item, quantity=Decimal("120.55"), on=DAY, by=staff.works_manager)
    actions.accept(it, quantity=Decimal("100.05"), on=DAY, by=staff.works_manager, seen=1)

    stored = Measurement.objects.get(pk=it.pk)
    assert (stored.measured, stored.accepted, stored.accepted_on) == (
        Decimal("120.55"),
        Decimal("100.05"),
        DAY,
    )
    assert stored.area_id == item.area_id
    assert told(stored) == ["works_manager某 measured 120.55", "works_manager某 accepted 100.05"]


@with_database
@given(amounts)
def test_quantity_comes_back_exactly(staff, item, quantity):
    with taken_back():
        it = actions.measure(item, quantity=quantity, on=DAY, by=staff.works_manager)
        actions.accept(it, quantity=quantity, on=DAY, by=staff.works_manager, seen=1)
        stored = Measurement.objects.get(pk=it.pk)
    assert (stored.measured, stored.accepted) == (quantity, quantity)


@pytest.mark.parametrize("quantity", [Decimal(0), Decimal(-1)])
def test_nothing_cannot_be_measured(staff, item, quantity):
    with pytest.raises(Refused, match="more than 0"):
        actions.measure(item, quantity=quantity, on=DAY, by=staff.works_manager)


@pytest.mark.parametrize("quantity", [Decimal("100.26"), Decimal("-0.01")])
def test_more_than_was_measured_is_not_accepted(staff, measured, quantity):
    with pytest.raises(Refused, match="At most the measured quantity"):
        actions.accept(measured, quantity=quantity, on=DAY, by=staff.works_manager, seen=1)
    assert Measurement.objects.get().accepted is None


def test_nothing_is_accepted_before_it_was_measured(staff, measured):
    with pytest.raises(Refused, match="before it was measured"):
        actions.accept(
            measured, quantity=Decimal(1), on=DAY - timedelta(days=1), by=staff.works_manager, seen=1
        )


def test_nothing_is_accepted_twice(staff, measured):
    same = Measurement.objects.get()
    actions.accept(measured, quantity=Decimal(1), on=DAY, by=staff.works_manager, seen=1)
    with pytest.raises(Refused, match="accepted already"):
        actions.accept(measured, quantity=Decimal(2), on=DAY, by=staff.works_manager, seen=2)
    with pytest.raises(StaleState):
        actions.accept(same, quantity=Decimal(2), on=DAY, by=staff.works_manager, seen=1)
    assert Measurement.objects.get().accepted == Decimal(1)


def test_measuring_twice_with_one_key_is_one_measurement(staff, item):
    for _twice in range(2):
        actions.measure(item, quantity=Decimal(5), on=DAY, by=staff.works_manager, key="site-1")
    assert Measurement.objects.count() == 1


@pytest.mark.parametrize("who", ["leader", "coordinator", "finance", "nobody"])
def test_only_the_works_manager_measures_and_accepts(staff, item, measured, who):
    by = getattr(staff, who)
    with pytest.raises(NotPermitted):
        actions.measure(item, quantity=Decimal(1), on=DAY, by=by)
    with pytest.raises(NotPermitted):
        actions.accept(measured, quantity=Decimal(999), on=DAY, by=by, seen=1)
