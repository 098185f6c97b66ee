"""Names of periods in addresses."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shiliu.core.figures import Period
from shiliu.figures import periods

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("2023", "2023-01-01", "2023-12-31"),
        ("2023H1", "2023-01-01", "2023-06-30"),
        ("2023H2", "2023-07-01", "2023-12-31"),
        ("2023Q1", "2023-01-01", "2023-03-31"),
        ("2023Q4", "2023-10-01", "2023-12-31"),
        ("2023-05", "2023-05-01", "2023-05-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023-05-10..2023-05-10", "2023-05-10", "2023-05-10"),
        ("1900", "1900-01-01", "1900-12-31"),
        ("2999", "2999-01-01", "2999-12-31"),
    ],
)
def test_name_means_its_days(name, start, end):
    assert periods.parse(name) == Period(date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    "name",
    ["", "23", "2023H3", "2023H0", "2023Q5", "2023-13", "2023-00", "2023-5", "0000", "1899", "3000", "9999",
     "2023-02-30..2023-03-01", "2023-03-02..2023-03-01", "2023-03-01..9999-12-31", "0001-01-01..2023-01-01",
     "２０２３", "2023h1", "2023H1 "],
)  # fmt: skip
def test_other_text_is_no_period(name):
    with pytest.raises(ValueError):  # noqa: PT011 (Django's converters know only ValueError)
        periods.parse(name)


a_day = st.dates(date(1900, 1, 1), date(2999, 12, 31))


@given(a_day, a_day)
def test_every_period_has_a_name_that_is_read_back(one, other):
    period = Period(min(one, other), max(one, other))
    assert periods.parse(periods.named(period)) == period


@given(st.integers(1900, 2999), st.sampled_from(["", "H1", "H2", "Q2", "Q3", "-01", "-12"]))
def test_name_is_the_shortest(year, part):
    assert periods.named(periods.parse(f"{year}{part}")) == f"{year}{part}"


@pytest.mark.parametrize(
    ("day", "name"),
    [("2023-06-30", "2022H2"), ("2023-07-01", "2023H1"), ("2023-12-31", "2023H1"), ("2024-01-01", "2023H2")],
)
def test_last_half_year_is_one_that_is_over(day, name):
    assert periods.named(periods.last_completed_half_year(date.fromisoformat(day))) == name


def test_converter_reads_and_writes_addresses():
    converter = periods.PeriodConverter()
    period = converter.to_python("2023H1")
    assert converter.to_url(period) == converter.to_url("2023H1") == "2023H1"


@pytest.mark.parametrize(
    ("name", "before", "year_before"),
    [
        ("2023H1", "2022H2", "2022H1"),
        ("2023", "2022", "2022"),
        ("2024Q1", "2023Q4", "2023Q1"),
        ("2024-03", "2024-02", "2023-03"),
        ("2024-02", "2024-01", "2023-02"),
        ("2023-02", "2023-01", "2022-02"),
        ("2025-02", "2025-01", "2024-02"),
        ("2024-02-29..2024-02-29", "2024-02-28..2024-02-28", "2023-02-28..2023-02-28"),
        ("2023-05-10..2023-05-16", "2023-05-03..2023-05-09", "2022-05-10..2022-05-16"),
    ],
)
def test_periods_to_compare_with(name, before, year_before):
    period = periods.parse(name)
    assert (periods.before(period), periods.year_before(period)) == (
        periods.parse(before),
        periods.parse(year_before),
    )


@given(a_day, a_day)
def test_period_before_ends_where_this_one_begins_and_is_as_long(one, other):
    period = Period(min(one, other), max(one, other))
    earlier = periods.before(period)
    assert (period.start - earlier.end).days == 1
    days, before = ((each.end - each.start).days + 1 for each in (period, earlier))
    assert days == before or (earlier.start.day == period.start.day == 1 and abs(days - before) <= 3)
