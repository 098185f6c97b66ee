"""The area tree and posts in the database: dates, constraints, columns that the database computes."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from shiliu.core.areas import Scope
from shiliu.grid.models import Area, Post, Succession, Tenure, Unit
from shiliu.grid.town import town, town_name
from tests import factories
from tests.factories import DAY, LONG_AGO
from tests.strategies import days, taken_back, with_database

spans = st.tuples(days, st.one_of(st.none(), st.integers(0, 200)))


@pytest.mark.django_db
@with_database
@given(st.lists(spans, max_size=5), days)
def test_on_finds_what_is_valid_on_a_day(held, day):
    """First and last day count; without a last day it goes on."""
    with taken_back():
        where = factories.area("990001100")
        for since, length in held:
            until = None if length is None else since + timedelta(days=length)
            Unit.objects.create(name=f"{since}/{until}", area=where, valid_from=since, valid_to=until)
        found = sorted(Unit.objects.on(day).values_list("name", flat=True))
    expected = [(since, None if length is None else since + timedelta(days=length)) for since, length in held]
    assert found == sorted(
        f"{since}/{until}" for since, until in expected if since <= day and (until is None or day <= until)
    )


def test_last_day_before_the_first_is_refused(places):
    dates = {"valid_from": DAY, "valid_to": DAY - timedelta(days=1)}
    with pytest.raises(IntegrityError, match="area_dates"), transaction.atomic():
        factories.area("990001100009", **dates)
    with pytest.raises(IntegrityError, match="post_dates"), transaction.atomic():
        factories.post("leader", places.town, **dates)


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["99000", "9900011", "9900011000010011"])
def test_database_refuses_what_is_no_code(code):
    with pytest.raises(DatabaseError, match=r"area_code_length|too long"), transaction.atomic():
        Area.objects.create(code=code, name="不是区域", valid_from=LONG_AGO)


def test_area_lies_inside_its_parent(places):
    with pytest.raises(IntegrityError, match="area_inside_parent"), transaction.atomic():
        Area.objects.create(
            code="990001100003", name="错放", parent_id=places.other_town.code, valid_from=LONG_AGO
        )


def test_code_is_validated_for_people(places):
    with pytest.raises(ValidationError, match="Give 6, 9, 12 or 15 digits"):
        Area(code="99000a", name="错码", valid_from=LONG_AGO).full_clean()


def test_area_with_records_cannot_be_deleted(places):
    from django.db.models import ProtectedError

    factories.meeting(places.east)
    with pytest.raises(ProtectedError):
        places.east.delete()


@pytest.mark.parametrize(
    ("name", "town", "village"),
    [
        ("county", "990001", "990001"),
        ("town", "990001100", "990001100"),
        ("east", "990001100", "990001100001"),
        ("east_1", "990001100", "990001100001"),
    ],
)
def test_town_and_village_follow_from_the_area(places, name, town, village):
    stored = Post.objects.get(pk=factories.post("leader", getattr(places, name)).pk)
    assert (stored.town, stored.village) == (town, village)


def test_town_and_village_cannot_be_written(places):
    post = factories.post("leader", places.east)
    post.town = "990001200"
    post.save()
    assert Post.objects.get(pk=post.pk).town == "990001100"


def test_within_and_visible_to_follow_the_scope(places, staff):
    for name in ("east_1", "west_1", "far_1"):
        factories.post("leader", getattr(places, name), code=name)
    ours = Post.objects.filter(code__in=["east_1", "west_1", "far_1"])

    def codes(found) -> set[str]:
        return set(found.values_list("code", flat=True))

    assert codes(ours.within(Scope.of([places.town.code]))) == {"east_1", "west_1"}
    assert codes(ours.visible_to(staff.coordinator)) == {"east_1"}
    assert codes(ours.visible_to(staff.leader)) == {"east_1", "west_1"}
    assert codes(ours.visible_to(staff.nobody)) == set()


def test_area_knows_its_own_code_and_level(places):
    assert (places.east.area_id, places.east.level, str(places.east)) == ("990001100001", 12, "测试east")


def test_succession_is_recorded_once_and_to_another(places):
    factories.succession(places.west, places.east)
    for pair in ((places.west, places.east), (places.east, places.east)):
        with pytest.raises(IntegrityError), transaction.atomic():
            factories.succession(*pair)
    assert Succession.objects.count() == 1


@pytest.mark.parametrize(
    ("of", "dates", "given"),
    [
        ("tenure", {}, True),
        ("post", {}, True),
        ("tenure", {"valid_from": 1}, False),
        ("post", {"valid_from": 1}, False),
        ("tenure", {"valid_to": 0}, True),
        ("post", {"valid_to": 0}, True),
        ("tenure", {"valid_to": -1}, False),
        ("post", {"valid_to": -1}, False),
    ],
)
def test_tenures_of_today_are_of_posts_that_stand(places, of, dates, given):
    """Days from today. A post that was given up gives no rights, whatever its holder's dates say."""
    today = timezone.localdate()
    tenure = factories.tenure(factories.person("wang"), "leader", places.town)
    changed = tenure if of == "tenure" else tenure.post
    values = {name: today + timedelta(days=n) for name, n in dates.items()}
    type(changed).objects.filter(pk=changed.pk).update(**values)

    assert Tenure.objects.of_today(tenure.user).exists() == given


def test_town_is_the_one_that_the_setting_names(places, settings):
    assert town() == places.town
    settings.TOWN = places.other_town.code
    assert (town(), town_name()) == (places.other_town, "测试other_town")
    settings.TOWN = "990009999"
    assert town() is None


@pytest.mark.django_db
def test_empty_install_has_a_name_too():
    assert (town(), town_name()) == (None, "Shiliu")


def test_dates_of_an_area_are_whole_days(places):
    assert Area.objects.get(code=places.east.code).valid_from == date(2020, 1, 1)
