"""The registry of the matrix's columns: what it takes, what it refuses, and when a value is thin."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shiliu.core import matrix
from shiliu.core.areas import TOWN
from shiliu.core.figures import FIGURES, Count, Figure, Flow, Ratio, Stock
from shiliu.core.matrix import AtLeast, AtMost, Mark, Service, Within
from shiliu.venues.models import Venue
from tests.factories import DAY

pytestmark = pytest.mark.once


@pytest.fixture
def registries(monkeypatch):
    """What a test registers is gone afterwards."""
    monkeypatch.setattr(matrix, "SERVICES", dict(matrix.SERVICES))
    for name, value in {"FIGURES": dict(FIGURES)}.items():
        monkeypatch.setattr(matrix, name, value)
    return matrix


def figure(key: str, **values) -> Figure:
    usual = {"when": Stock(), "measure": Count(), "explain": "", "right": "venues.view"}
    return Figure(key, "", "", "", lambda over: Venue.objects.all(), **usual | values)


@pytest.mark.parametrize(
    ("of", "service", "fault"),
    [
        ({}, {"key": "test.unknown"}, "no such figure"),
        ({"persons": True}, {}, "compares services only"),
        ({"measure": Ratio(None)}, {}, "has to add up"),
        ({"when": Flow("valid_from")}, {}, "as of a day"),
        ({}, {"thin": Within(3)}, "goes with `last`"),
        ({}, {"last": "valid_from"}, "goes with `last`"),
        ({}, {"reach": TOWN}, "a grid or a community"),
    ],
)
def test_register_refuses_what_is_no_column(registries, of, service, fault):
    registries.FIGURES["test.figure"] = figure("test.figure", **of)
    with pytest.raises(ValueError, match=fault):
        registries.register(Service(**{"key": "test.figure", "label": "", "thin": AtLeast(1)} | service))
    assert "test.figure" not in registries.SERVICES


def test_register_takes_a_column_once(registries):
    registries.FIGURES["test.figure"] = figure("test.figure")
    column = Service("test.figure", "", AtLeast(1))
    registries.register(column)
    with pytest.raises(ValueError, match="registered twice"):
        registries.register(column)
    assert list(registries.SERVICES)[-1] == "test.figure"


def test_chosen_keeps_the_order_of_columns():
    every = list(matrix.SERVICES.values())
    assert matrix.chosen([]) == every
    assert matrix.chosen([every[2].key, every[0].key]) == [every[0], every[2]]
    with pytest.raises(LookupError, match="nothing"):
        matrix.chosen(["nothing"])


@given(st.integers(0, 5), st.integers(0, 5))
def test_count_is_thin_on_one_side_of_the_threshold(value, number):
    few, many = AtLeast(number).mark(value, DAY), AtMost(number).mark(value, DAY)
    assert (few == Mark.ENOUGH) == (value >= number)
    assert (few == Mark.NONE) == (value == 0 < number)
    assert many == (Mark.THIN if value > number else Mark.ENOUGH)


@given(st.integers(0, 400), st.integers(0, 400))
def test_last_time_is_thin_when_it_is_longer_ago(days, number):
    found = Within(number).mark(DAY - timedelta(days=days), DAY)
    assert found == (Mark.THIN if days > number else Mark.ENOUGH)
    assert Within(number).mark(None, DAY) == Mark.NONE


@pytest.mark.parametrize("thin", [AtLeast(None), AtMost(None), Within(None)])
@pytest.mark.parametrize("value", [0, 7, None, date(2023, 1, 1)])
def test_nothing_is_thin_without_a_threshold(thin, value):
    assert thin.mark(value, DAY) == Mark.UNJUDGED


def test_every_column_is_a_figure_whose_records_can_be_opened():
    assert len(matrix.SERVICES) >= 10
    for service in matrix.SERVICES.values():
        assert service.figure.right
        assert service.figure.listed
        assert str(service.label)
