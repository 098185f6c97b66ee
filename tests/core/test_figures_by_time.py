"""A period in steps, each of them what it is alone; and numbers in buckets, which are all of them."""

import itertools
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db.models import Q
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shiliu.core.figures import Count, Figure, Flow, Median, Over, Period, Ratio, Sum, ToDate, buckets
from shiliu.core.figures.steps import MOST, length, steps
from shiliu.requests.models import Request
from shiliu.requests.models.groups import CATEGORY, CONTACT, OPEN_CATEGORY
from shiliu.works.models import Measurement
from tests import factories
from tests.strategies import HALF_YEAR, amounts, days, moments, taken_back

periods = st.builds(
    lambda start, n: Period(start, min(start + timedelta(days=n), date(2999, 12, 31))),
    st.dates(date(1900, 1, 1), date(2999, 12, 31)),
    st.one_of(st.integers(0, 800), st.integers(0, 400_000)),
)
EDGES = (1, 4, 8, 24, 48)
MEASURES = [
    (Request, Flow("received_at"), Count()),
    (Request, Flow("received_at"), Ratio(Q(satisfied=True), excluded=Q(satisfied=None))),
    (Request, Flow("received_at"), Median("hours_to_contact")),
    (Request, ToDate("received_at"), Count()),
    (Measurement, Flow("accepted_on"), Sum("accepted")),
]
there = st.lists(
    st.tuples(moments, days, amounts, st.sampled_from([None, 0, 1, 3, 4, 24, 47, 48, 500]), st.booleans()),
    max_size=6,
)
few = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.once
@given(periods, st.sampled_from([1, 3, 12]))
@example(Period(date(1900, 1, 1), date(2999, 12, 31)), 1)
@example(Period(date(2024, 2, 29), date(2024, 2, 29)), 3)
def test_steps_are_all_of_a_period_and_begin_with_the_calendar(period, least):
    months = length(period, least)
    found = steps(period, months)
    assert 1 <= len(found) <= MOST
    assert months >= least
    assert (found[0].start, found[-1].end) == (period.start, period.end)
    for one, other in itertools.pairwise(found):
        assert other.start - one.end == timedelta(days=1)
        assert (other.start.day, (other.start.year * 12 + other.start.month - 1) % months) == (1, 0)


@pytest.mark.once
def test_half_year_is_six_months_or_two_quarters():
    assert len(steps(HALF_YEAR, length(HALF_YEAR))) == 6
    assert len(steps(HALF_YEAR, length(HALF_YEAR, 3))) == 2
    assert length(Period(date(2020, 1, 1), date(2022, 12, 31))) == 3
    assert length(Period(date(2012, 1, 1), date(2023, 12, 31))) == 12


@pytest.mark.once
@given(st.one_of(st.none(), st.integers(0, 100)))
def test_number_is_in_the_bucket_that_begins_below_it(number):
    grouping = buckets("n", EDGES, "abcdef", "none")
    expected = "none" if number is None else str(max([0, *(edge for edge in EDGES if edge <= number)]))
    assert grouping.name(number) == expected
    assert list(grouping.labels([])) == ["0", "1", "4", "8", "24", "48", "none"]
    with pytest.raises(LookupError):
        grouping.q("2")


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "when", "measure"), MEASURES)
@few
@given(there)
def test_each_step_is_what_it_is_alone_and_months_make_the_period(places, model, when, measure, there):
    figure = Figure("test", "", "", "", lambda over: model.objects.all(), when, measure, "")
    over, parts = Over(HALF_YEAR), steps(HALF_YEAR, 1)
    with taken_back():
        _store(places, there, model)

        found = figure.by_time(over, parts)

        assert found == {"": [figure.at(replace(over, period=part)) for part in parts]}
        if isinstance(when, Flow):
            assert sum(each.records for each in found[""]) == figure.at(over).records
        if isinstance(measure, (Count, Sum)) and isinstance(when, Flow):
            assert sum(each.value for each in found[""]) == figure.at(over).value


@pytest.mark.django_db
@pytest.mark.parametrize("grouping", [CATEGORY, OPEN_CATEGORY, CONTACT])
@few
@given(there)
def test_groups_along_time_are_what_they_are_alone_and_make_the_whole(places, grouping, there):
    figure = Figure("test", "", "", "", lambda over: Request.objects.all(), Flow("received_at"), Count(), "")
    over, parts = Over(HALF_YEAR), steps(HALF_YEAR, 1)
    with taken_back():
        _store(places, there, Request)

        found = figure.by_time(over, parts, grouping)

        for name, values in found.items():
            alone = [figure.at(Over(part, only=grouping.q(name))) for part in parts]
            assert values == alone
        assert sum(each.value for values in found.values() for each in values) == figure.at(over).value
        groups = figure.by(over, grouping)
        assert {name: sum(each.value for each in values) for name, values in found.items()} == {
            name: value.value for name, value in groups.items()
        }


def _store(places, there, model) -> None:
    kinds = [factories.category(), factories.category(is_public=False)]
    project = factories.project(places.town)
    for moment, day, amount, hours, yes in there:
        if model is Request:
            values = {"received_at": moment, "hours_to_contact": hours, "satisfied": yes or None}
            factories.request(places.east_1, kinds[yes], **values)
        else:
            item = factories.item(project)
            factories.measurement(item, measured=amount, accepted=amount, accepted_on=day, measured_on=day)


@pytest.mark.django_db
@pytest.mark.parametrize("n", [1, 3])
def test_all_steps_and_groups_are_one_question(places, n, django_assert_num_queries):
    for _again in range(n):
        factories.request(places.east_1, factories.category())
    figure = Figure("test", "", "", "", lambda over: Request.objects.all(), Flow("received_at"), Count(), "")
    with django_assert_num_queries(1):
        assert len(figure.by_time(Over(HALF_YEAR), steps(HALF_YEAR, 1), CATEGORY)) == n
