"""One question for groups gives what asking each of them alone gives, and the groups make the whole."""

from collections import Counter
from dataclasses import replace

import pytest
from django.db.models import Q
from hypothesis import given
from hypothesis import strategies as st

from shiliu.core.areas import Scope
from shiliu.core.figures import (
    Count,
    CountDistinct,
    Figure,
    Flow,
    Grouping,
    Median,
    Over,
    Ratio,
    Sum,
    ToDate,
)
from shiliu.requests.models import Request
from shiliu.works.models import Measurement
from tests import factories
from tests.factories import CODES
from tests.strategies import HALF_YEAR, amounts, taken_back, with_database

pytestmark = pytest.mark.django_db

# Two columns; two of their values belong together.
BY_STATE = Grouping(
    ("solved", "source"),
    lambda solved, source: "asked" if solved is None else f"{source} {solved}",
    lambda name: (
        Q(solved=None) if name == "asked" else Q(source=name.split()[0], solved=name.endswith("True"))
    ),
)
BY_PROJECT = Grouping(("item__project__code",), lambda code: code, lambda name: Q(item__project__code=name))
MEASURES = [
    (Request, Flow("received_at"), Count(), BY_STATE),
    (Request, Flow("received_at"), Ratio(Q(satisfied=True), excluded=Q(satisfied=None)), BY_STATE),
    (Request, Flow("received_at"), CountDistinct("category"), BY_STATE),
    (Request, Flow("received_at"), Median("hours_to_contact"), BY_STATE),
    (Measurement, ToDate("measured_on"), Sum("measured"), BY_PROJECT),
]
lying = st.lists(
    st.tuples(
        st.sampled_from(sorted(CODES)),
        st.sampled_from([None, True, False]),
        st.sampled_from([None, True, False]),
        st.sampled_from(["web", "phone"]),
        amounts,
    ),
    max_size=10,
)
asked = st.sets(st.sampled_from(sorted(CODES)), min_size=1, max_size=4)


@pytest.mark.parametrize(("model", "when", "measure", "grouping"), MEASURES)
@with_database
@given(lying, asked)
def test_each_group_is_what_it_is_alone(places, model, when, measure, grouping, lying, asked):
    figure = Figure("test", "", "", "", lambda over: model.objects.all(), when, measure, "")
    with taken_back():
        _store(places, model, lying)
        over = Over(HALF_YEAR, Scope.of(CODES[name] for name in asked))

        found = figure.by(over, grouping)

        assert found == {name: figure.at(replace(over, only=grouping.q(name))) for name in found}
        whole = figure.at(over)
        assert sum(value.records for value in found.values()) == whole.records
        if measure.additive:
            assert _parts(*found.values()) == _parts(whole)


ADDING = ("value", "numerator", "denominator", "excluded")


def _parts(*values):
    """What adds up of values; of a rate, not the rate itself."""
    names = ADDING[1:] if any(it.denominator is not None for it in values) else ADDING[:1]
    return sum((Counter({name: getattr(it, name) or 0 for name in names}) for it in values), Counter())


def _store(places, model, lying) -> None:
    categories = [factories.category(), factories.category()]
    projects = [factories.project(places.town) for _n in range(2)]
    for name, solved, satisfied, source, amount in lying:
        where = getattr(places, name)
        if model is Request:
            hours = None if solved is False else int(amount) % 9
            factories.request(
                where,
                categories[bool(satisfied)],
                solved=solved,
                satisfied=satisfied,
                source=source,
                hours_to_contact=hours,
            )
        else:
            factories.measurement(
                factories.item(projects[source == "web"], area_id=where.code), measured=amount
            )


@pytest.mark.parametrize("n", [1, 3])
def test_groups_of_what_adds_up_are_one_question(places, n, django_assert_num_queries):
    for index in range(n):
        factories.request(places.east_1, factories.category(), solved=bool(index % 2))
    figure = Figure("test", "", "", "", lambda over: Request.objects.all(), Flow("received_at"), Count(), "")
    with django_assert_num_queries(1):
        assert len(figure.by(Over(HALF_YEAR), BY_STATE)) == min(n, 2)
