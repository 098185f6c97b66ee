"""`among` says what `in` says, of a column, a foreign key, a path and an annotation."""

import pytest
from django.db.models import F

from shiliu.core import areas
from shiliu.core.among import Many
from shiliu.core.areas import Scope
from shiliu.grid.models import Area
from shiliu.plan.models import Decision, Meeting
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(places):
    for where in (places.east_1, places.east_2, places.west_1):
        factories.decision(factories.meeting(where))
    return places


CODES = ["990001100001001", "990001100002001", "123456789012345", "'\\\"'"]


@pytest.mark.parametrize("codes", [CODES, CODES[:1], []])
def test_among_is_in(held, codes):
    many = Many(codes)
    for found, said in (
        (Area.objects.filter(code__among=many), Area.objects.filter(code__in=codes)),
        (Meeting.objects.filter(area__among=many), Meeting.objects.filter(area__in=codes)),
        (Meeting.objects.exclude(area__among=many), Meeting.objects.exclude(area__in=codes)),
        (
            Decision.objects.filter(meeting__area__among=many),
            Decision.objects.filter(meeting__area__in=codes),
        ),
        (
            Area.objects.annotate(area=F("code")).filter(area__among=many),
            Area.objects.filter(code__in=codes),
        ),
    ):
        assert set(found) == set(said)


def test_scope_of_many_areas_finds_what_one_of_few_finds(held, monkeypatch):
    scope = Scope.of(["990001100001001", "990001100001002", "990001100002001"])
    few = set(Meeting.objects.within(scope))
    monkeypatch.setattr(areas, "FEW", 1)
    assert set(Meeting.objects.within(scope)) == few
    assert len(few) == 3
