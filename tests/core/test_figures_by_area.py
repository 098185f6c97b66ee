"""One question for many areas gives what asking each of them alone gives: every figure, every measure."""

from datetime import timedelta

import pytest
from django.db.models import Q
from hypothesis import given
from hypothesis import strategies as st

from shiliu.core.areas import EVERYWHERE, Scope
from shiliu.core.figures import (
    FIGURES,
    Count,
    CountDistinct,
    Figure,
    Flow,
    Median,
    Over,
    Ratio,
    Stock,
    Sum,
    ToDate,
)
from shiliu.grid.scopes import within_each
from shiliu.requests.models import Category, Request
from shiliu.volunteers.models import Membership
from shiliu.works.models import Measurement
from tests import factories
from tests.factories import CODES, DAY
from tests.strategies import HALF_YEAR, amounts, taken_back, with_database

pytestmark = pytest.mark.django_db


def alone(figure: Figure, scopes: dict[str, Scope]) -> dict:
    return {code: figure.at(Over(HALF_YEAR, scope)) for code, scope in scopes.items()}


@pytest.fixture
def busy(places):
    """Something of everything in grids of both towns, and in a community."""
    for where, n in ((places.east_1, 2), (places.east, 1), (places.west_1, 3), (places.far_1, 1)):
        factories.half_year(where, n)
        late = factories.moment(DAY + timedelta(days=20))
        factories.closed_request(where, Category.objects.first(), closed_at=late, satisfied=False)
    column = factories.column(places.east)
    told = factories.article(column, "a-1")
    factories.reads(told)
    group = factories.group(places.east_1)
    factories.reads(told, source="group", group=group)
    factories.delivery(told, group, state="posted", arrived_at=late)
    factories.reads(factories.article(factories.column(places.east_2, "other"), "a-2"))
    return places


def test_every_figure_by_area_is_what_each_area_alone_has(busy, subtests):
    scopes = within_each(CODES.values()) | {"all": EVERYWHERE}
    for key, figure in FIGURES.items():
        with subtests.test(key):
            found = figure.by_area(HALF_YEAR, scopes)
            assert found == alone(figure, scopes)
            assert found["all"].records > 0


def test_predecessors_count_with_their_successors(busy, subtests):
    """A grid became another, a community became a grid elsewhere, and one grid was split in two."""
    factories.succession(busy.east_1, busy.east_2)
    factories.succession(busy.west, busy.far_1)
    factories.succession(busy.far_1, busy.east_2)
    factories.succession(busy.far_1, busy.west_2)
    scopes = within_each(CODES.values())
    for key, figure in FIGURES.items():
        with subtests.test(key):
            assert figure.by_area(HALF_YEAR, scopes) == alone(figure, scopes)


lying = st.lists(st.tuples(st.sampled_from(sorted(CODES)), st.integers(0, 2), amounts), max_size=8)
pairs = st.lists(st.tuples(*[st.sampled_from(sorted(CODES))] * 2), max_size=3, unique=True)
asked = st.sets(st.sampled_from(sorted(CODES)), max_size=6)
MEASURES = [
    (Measurement, ToDate("measured_on"), Count()),
    (Measurement, ToDate("measured_on"), Sum("measured")),
    (Measurement, ToDate("measured_on"), Median("measured")),
    (Request, Flow("received_at"), Ratio(Q(solved=True), excluded=Q(solved=None))),
    (Membership, Stock(), CountDistinct("volunteer")),
]


@pytest.mark.parametrize(("model", "when", "measure"), MEASURES, ids=lambda it: getattr(it, "__name__", ""))
@with_database
@given(lying, pairs, asked)
def test_any_records_and_any_successions(places, model, when, measure, lying, pairs, asked):
    figure = Figure("test", "", "", "", lambda over: model.objects.all(), when, measure, "")
    with taken_back():
        _store(places, model, lying)
        for old, new in pairs:
            if old != new:
                factories.succession(getattr(places, old), getattr(places, new))
        scopes = within_each(CODES[name] for name in asked)
        assert figure.by_area(HALF_YEAR, scopes) == alone(figure, scopes)


def _store(places, model, lying) -> None:
    category, project = factories.category(), factories.project(places.town)
    people = [factories.volunteer(places.town) for _n in range(3)]
    strand = factories.strand()
    for name, n, amount in lying:
        where = getattr(places, name)
        if model is Request:
            factories.request(where, category, solved=[None, True, False][n])
        elif model is Membership:
            factories.membership(factories.team(where, strand), people[n])
        else:
            factories.measurement(factories.item(project, area_id=where.code), measured=amount)


def test_area_is_reached_through_a_path(places):
    """A request without a team lies in no team's area."""
    category = factories.category()
    factories.request(places.west_1, category, team=factories.team(places.east_1, factories.strand()))
    factories.request(places.west_1, category)
    for measure in (Count(), CountDistinct("category")):
        it = Figure(
            "test", "", "", "", lambda over: Request.objects.all(), Flow("received_at"), measure, "", "team__"
        )
        scopes = within_each(CODES.values())
        found = it.by_area(HALF_YEAR, scopes)
        assert found == alone(it, scopes)
        assert (found[places.east_1.code].value, found[places.west_1.code].value) == (1, 0)


@pytest.mark.parametrize(
    ("key", "queries"), [("requests.closed", 1), ("aid.paid", 1), ("volunteers.people", 2)]
)
@pytest.mark.parametrize("grids", [1, 3])
def test_one_question_is_asked_for_all_areas(busy, key, queries, grids, django_assert_num_queries):
    """Different people once for the grids and once for the communities."""
    for _grid in range(grids):
        factories.area(f"990001100001{100 + _grid}")
    scopes = within_each(code for code in [*CODES.values()] if len(code) >= 12)
    with django_assert_num_queries(queries):
        FIGURES[key].by_area(HALF_YEAR, scopes)


def test_nothing_asked_is_nothing_said(busy):
    assert all(figure.by_area(HALF_YEAR, {}) == {} for figure in FIGURES.values())


def test_areas_that_have_predecessors_are_the_only_ones_asked_alone(busy, django_assert_num_queries):
    factories.succession(busy.east_1, busy.east_2)
    scopes = within_each(CODES[name] for name in ("east_1", "east_2", "west_1"))
    with django_assert_num_queries(2):
        FIGURES["volunteers.people"].by_area(HALF_YEAR, scopes)


assert {type(measure) for _m, _w, measure in MEASURES} == {Count, Sum, Median, Ratio, CountDistinct}
