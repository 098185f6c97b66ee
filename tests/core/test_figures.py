"""Every measure and every kind against plain Python over random records."""

import statistics
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pytest
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from shiliu.channel.models import GroupSize
from shiliu.core.areas import EVERYWHERE, Scope
from shiliu.core.figures import (
    FIGURES,
    Count,
    CountDistinct,
    Figure,
    Flow,
    Latest,
    Median,
    Over,
    Period,
    Ratio,
    Stock,
    Sum,
    ToDate,
    Value,
    times,
)
from shiliu.requests.models import Request, State
from shiliu.venues.models import Talk, Venue
from shiliu.volunteers.models import Membership
from shiliu.works.models import Measurement
from tests import factories
from tests.factories import DAY, LONG_AGO
from tests.strategies import FIRST, HALF_YEAR, LAST, amounts, days, moments, taken_back, with_database

pytestmark = pytest.mark.django_db


def figure(records: QuerySet, when: Any, measure: Any, **values: Any) -> Figure:
    return Figure("test.figure", "", "", "", lambda over: records, when, measure, "", **values)


def value(records: QuerySet, when: Any, measure: Any, area: Scope = EVERYWHERE) -> Value:
    return figure(records, when, measure).at(Over(HALF_YEAR, area))


def on_shanghai_day(moment: datetime) -> date:
    return timezone.localtime(moment).date()


# Periods --------------------------------------------------------------------------------------------------


def test_period_runs_from_midnight_to_midnight_in_shanghai():
    assert HALF_YEAR.first_moment.isoformat() == "2023-01-01T00:00:00+08:00"
    assert HALF_YEAR.after_end.isoformat() == "2023-07-01T00:00:00+08:00"


def test_period_of_one_day_is_a_period_and_less_is_none():
    assert Period(DAY, DAY).after_end - Period(DAY, DAY).first_moment == timedelta(days=1)
    with pytest.raises(ValueError, match="on or after"):
        Period(DAY, DAY - timedelta(days=1))


# Kinds: which rows ----------------------------------------------------------------------------------------

spans = st.tuples(days, st.one_of(st.none(), st.integers(0, 400))).map(
    lambda span: (span[0], None if span[1] is None else span[0] + timedelta(days=span[1]))
)


@with_database
@given(st.lists(spans, max_size=6))
@example([(FIRST, LAST), (LAST, LAST), (LAST + timedelta(days=1), None), (FIRST, LAST - timedelta(days=1))])
def test_stock_is_what_there_is_on_the_last_day(held):
    with taken_back():
        where = factories.area("990001100")
        for since, until in held:
            factories.venue(where, valid_from=since, valid_to=until)
        found = value(Venue.objects.all(), Stock(), Count())
    assert found == Value(
        *[sum(since <= LAST and (until is None or until >= LAST) for since, until in held)] * 2
    )


@with_database
@given(st.lists(days, max_size=6))
def test_stock_without_an_end_is_what_has_begun(held):
    with taken_back():
        where = factories.area("990001100")
        for since in held:
            factories.venue(where, valid_from=since)
        found = value(Venue.objects.all(), Stock("valid_from", None), Count())
    assert found.value == sum(since <= LAST for since in held)


spans_of_moments = st.tuples(moments, st.one_of(st.none(), st.integers(0, 200 * 24 * 60))).map(
    lambda span: (span[0], None if span[1] is None else span[0] + timedelta(minutes=span[1]))
)
END = HALF_YEAR.after_end


@with_database
@given(st.lists(spans_of_moments, max_size=6))
@example([(END - timedelta(minutes=1), None), (END, None), (END - timedelta(days=9), END)])
def test_stock_of_moments_is_what_there_is_when_the_last_day_ends(held):
    """Requests that are open at midnight: begun before it, and not closed before it."""
    with taken_back():
        where, category = factories.area("990001100"), factories.category()
        for begun, closed in held:
            factories.request(
                where,
                category,
                received_at=begun,
                closed_at=closed,
                state=State.CLOSED if closed else State.RECEIVED,
            )
        found = value(Request.objects.all(), Stock("received_at", "closed_at"), Count())
    assert found.value == sum(begun < END and (closed is None or closed >= END) for begun, closed in held)


@with_database
@given(st.lists(days, max_size=6))
def test_flow_and_to_date_of_days(held):
    with taken_back():
        where = factories.area("990001100")
        lecturer = factories.lecturer(where)
        for day in held:
            factories.talk(where, lecturer, held_on=day)
        flow, to_date = (value(Talk.objects.all(), when("held_on"), Count()) for when in (Flow, ToDate))
    assert flow.value == sum(FIRST <= day <= LAST for day in held)
    assert to_date.value == sum(day <= LAST for day in held)


@with_database
@given(st.lists(moments, max_size=6))
@example([HALF_YEAR.first_moment, HALF_YEAR.first_moment - timedelta(microseconds=1)])
@example([END, END - timedelta(microseconds=1)])
def test_flow_and_to_date_of_moments_are_by_the_day_in_shanghai(held):
    with taken_back():
        where, category = factories.area("990001100"), factories.category()
        for moment in held:
            factories.request(where, category, received_at=moment)
        flow, to_date = (
            value(Request.objects.all(), when("received_at"), Count()) for when in (Flow, ToDate)
        )
    assert flow.value == sum(FIRST <= on_shanghai_day(moment) <= LAST for moment in held)
    assert to_date.value == sum(on_shanghai_day(moment) <= LAST for moment in held)


counted = st.dictionaries(days, st.integers(0, 500), max_size=4)


@with_database
@given(st.lists(st.tuples(counted, spans), max_size=3))
def test_latest_is_each_living_things_last_count(groups):
    with taken_back():
        where = factories.area("990001100")
        for counts, (since, until) in groups:
            group = factories.group(where, valid_from=since, valid_to=until)
            GroupSize.objects.bulk_create(
                GroupSize(group=group, area=where, day=day, members=n) for day, n in counts.items()
            )
        alive = Stock("group__valid_from", "group__valid_to")
        found = value(GroupSize.objects.all(), Latest("day", per="group", alive=alive), Sum("members"))
    last = [
        counts[max(day for day in counts if day <= LAST)]
        for counts, (since, until) in groups
        if any(day <= LAST for day in counts) and since <= LAST and (until is None or until >= LAST)
    ]
    assert found == Value(sum(last), len(last))


def test_day_or_moment_is_found_through_a_relation():
    """A figure over memberships may go by the day of their team."""
    assert times.is_moment(Request, "received_at")
    assert not times.is_moment(Membership, "team__valid_from")


# Measures: which value ------------------------------------------------------------------------------------

FLOW = Flow("received_at")


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (Count(), Value(0, 0)),
        (CountDistinct("category"), Value(0, 0)),
        (Sum("hours_to_contact"), Value(0, 0)),
        (Ratio(Q(solved=True)), Value(None, 0, 0, 0, 0)),
        (Ratio(Q(solved=True), excluded=Q(solved=None)), Value(None, 0, 0, 0, 0)),
        (Median("hours_to_contact"), Value(None, 0, excluded=0)),
    ],
)
def test_measure_of_nothing(measure, expected):
    assert value(Request.objects.all(), FLOW, measure) == expected


def test_sum_of_no_exact_numbers_is_an_exact_zero():
    """So that the report's JSON has the same type every month: decimals are text."""
    found = value(Measurement.objects.all(), Flow("accepted_on"), Sum("accepted"))
    assert isinstance(found.value, Decimal)
    assert str(found.value) == "0.00"


@with_database
@given(st.lists(st.integers(0, 2), max_size=8))
def test_count_distinct_counts_values_once(teams_of_members):
    with taken_back():
        where = factories.area("990001100")
        people = [factories.volunteer(where) for _n in range(3)]
        for n in teams_of_members:
            factories.membership(factories.team(where, factories.strand()), people[n])
        found = value(Membership.objects.all(), Stock(), CountDistinct("volunteer"))
    assert found == Value(len(set(teams_of_members)), len(teams_of_members))


@with_database
@given(st.lists(st.one_of(st.none(), amounts), max_size=8))
@example([Decimal("0.10")] * 3)
def test_sum_is_exact_and_leaves_out_what_is_not_there(accepted):
    with taken_back():
        item = factories.item(factories.project(factories.area("990001100")))
        for quantity in accepted:
            day = DAY if quantity is not None else None
            factories.measurement(item, measured=10**8, accepted=quantity, accepted_on=day)
        found = value(Measurement.objects.all(), ToDate("measured_on"), Sum("accepted"))
    assert found == Value(sum((q for q in accepted if q is not None), Decimal("0.00")), len(accepted))


@with_database
@given(st.lists(st.sampled_from([True, False, None]), max_size=12))
@example([True] * 5 + [False] * 3)  # 62.5
@example([True] + [False] * 7)  # 12.5
def test_ratio_shows_what_it_divides_and_leaves_out(answers):
    with taken_back():
        where, category = factories.area("990001100"), factories.category()
        for answer in answers:
            factories.request(where, category, solved=answer)
        found = value(Request.objects.all(), FLOW, Ratio(Q(solved=True), excluded=Q(solved=None)))
    yes, no = answers.count(True), answers.count(False)
    per_cent = Decimal(yes) * 100 / (yes + no) if yes + no else None
    expected = None if per_cent is None else per_cent.quantize(Decimal("0.1"), ROUND_HALF_EVEN)
    assert found == Value(expected, len(answers), yes, yes + no, answers.count(None))


@with_database
@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["web", "phone"]), st.booleans()), max_size=8))
def test_ratio_counts_the_numerator_within_the_denominator(rows):
    """A row that is left out, or not in the denominator, is not in the numerator either."""
    with taken_back():
        where, category = factories.area("990001100"), factories.category()
        for solved, source, called in rows:
            factories.request(where, category, solved=solved, source=source, words="回访" if called else "无")
        measure = Ratio(Q(solved=True), denominator=Q(source="web"), excluded=Q(words="回访"))
        found = value(Request.objects.all(), FLOW, measure)
    base = [solved for solved, source, called in rows if source == "web" and not called]
    left_out = sum(called for _solved, _source, called in rows)
    assert (found.numerator, found.denominator, found.excluded) == (sum(base), len(base), left_out)
    assert found.records == len(rows)


hours = st.lists(st.one_of(st.none(), st.integers(0, 50)), max_size=9)


@with_database
@given(hours)
@example([3, 1])
@example([None, 7])
def test_median_is_the_middle(values):
    with taken_back():
        where, category = factories.area("990001100"), factories.category()
        for n in values:
            factories.request(where, category, hours_to_contact=n)
        found = value(Request.objects.all(), FLOW, Median("hours_to_contact"))
    there = [Decimal(n) for n in values if n is not None]
    middle = statistics.median(there) if there else None
    assert found == Value(middle, len(values), excluded=len(values) - len(there))


@with_database
@given(st.lists(amounts, min_size=1, max_size=7))
def test_median_of_exact_numbers_is_exact(quantities):
    with taken_back():
        item = factories.item(factories.project(factories.area("990001100")))
        for quantity in quantities:
            factories.measurement(item, measured=quantity)
        found = value(Measurement.objects.all(), ToDate("measured_on"), Median("measured"))
    assert found.value == statistics.median(quantities)


# Areas ----------------------------------------------------------------------------------------------------


@with_database
@given(st.lists(st.sampled_from(["east_1", "east_2", "west_1", "far_1"]), max_size=6), st.data())
def test_area_narrows_value_and_rows_alike(places, lying, data):
    name = data.draw(st.sampled_from(["county", "town", "east", "east_1", "other_town"]))
    scope = Scope.of([getattr(places, name).code])
    with taken_back():
        for where in lying:
            factories.venue(getattr(places, where))
        it = figure(Venue.objects.all(), Stock(), Count())
        found, rows = it.at(Over(HALF_YEAR, scope)), set(it.rows(Over(HALF_YEAR, scope)))
    assert found.value == len(rows) == sum(factories.CODES[where] in scope for where in lying)


def test_area_is_reached_through_a_path(places):
    category = factories.category()
    for where in (places.east_1, places.far_1):
        team = factories.team(where, factories.strand())
        factories.request(places.west_1, category, team=team)
    it = figure(Request.objects.all(), FLOW, Count(), area_path="team__")
    assert it.at(Over(HALF_YEAR, Scope.of([places.town.code]))).value == 1


# Cost ----------------------------------------------------------------------------------------------------

SINGLE_QUERY: list[Callable[[], Any]] = [
    lambda: Count(),
    lambda: CountDistinct("category"),
    lambda: Sum("hours_to_contact"),
    lambda: Ratio(Q(closed_at__lte=F("due_at")), excluded=Q(state=State.REFUSED)),
]


@pytest.mark.parametrize("measure", SINGLE_QUERY)
def test_measure_is_one_query(measure, django_assert_num_queries):
    with django_assert_num_queries(1):
        value(Request.objects.all(), FLOW, measure())


@pytest.mark.parametrize(("last", "per_cent"), [(DAY, "100.0"), (DAY + timedelta(days=1), "0.0")])
def test_records_may_depend_on_the_day_asked_for(places, last, per_cent):
    """“Posts filled” looks at who holds them on the period's last day."""
    factories.tenure(factories.person("wang"), "leader", places.town, valid_to=DAY)
    found = FIGURES["grid.posts_filled"].at(Over(Period(LONG_AGO, last)))
    assert (str(found.value), found.records) == (per_cent, 1)
