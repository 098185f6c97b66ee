"""What is on in the days to come, against a walk through all activities day by day."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from shiliu.core.door import Refused, in_words
from shiliu.grid.scopes import within
from shiliu.venues.models import Activity, Occurrence, Venue
from tests import factories
from tests.exchange.sheets import load, write
from tests.factories import DAY
from tests.strategies import taken_back, with_database

NEAR = st.dates(DAY - timedelta(days=12), DAY + timedelta(days=40))


@st.composite
def _spans(draw: Any) -> dict[str, Any]:
    first = draw(NEAR)
    return {"valid_from": first, "valid_to": draw(st.none() | st.dates(first, DAY + timedelta(days=50)))}


_weekdays = st.none() | st.integers(0, 6)
_hours = st.sampled_from([time(8), time(9), time(19, 30)])
_activities = st.lists(st.tuples(st.integers(0, 1), _weekdays, _hours, _spans()), max_size=8)


def _by_hand(first: date, days: int) -> list[tuple[date, int]]:
    """Day and activity, found by asking every activity on every day."""
    everything = list(Activity.objects.select_related("venue"))
    found = []
    for n in range(days):
        day = first + timedelta(days=n)
        for it in everything:
            lasts = all(
                span.valid_from <= day and (not span.valid_to or day <= span.valid_to)
                for span in (it, it.venue)
            )
            if lasts and (it.weekday is None or it.weekday == day.weekday()):
                found.append((day, it.starts, it.pk))
    return [(day, pk) for day, _starts, pk in sorted(found)]


def _pairs(occurrences: list[Occurrence]) -> list[tuple[date, int]]:
    return [(one.day, one.activity.pk) for one in occurrences]


@with_database
@given(
    spans=st.tuples(_spans(), _spans()),
    drawn=_activities,
    first=NEAR,
    days=st.integers(1, 31),
    most=st.sampled_from([1, 3, 100]),
)
def test_on_days_is_what_a_walk_through_all_days_finds(places, spans, drawn, first, days, most):
    with taken_back():
        venues = [factories.venue(places.east_1, **span) for span in spans]
        for n, weekday, starts, span in drawn:
            factories.activity(venues[n], weekday=weekday, starts=starts, ends=time(21), **span)
        assert _pairs(Activity.objects.on_days(first, days, most)) == _by_hand(first, days)[:most]


@pytest.mark.parametrize("n", [1, 3])
def test_on_days_is_one_query_whatever_there_is(places, n, django_assert_num_queries):
    for number in range(n):
        it = factories.activity(factories.venue(places.east_1), title=f"棋牌{number}")
        factories.activity(it.venue, weekday=2)
    east = within([places.east.code])
    with django_assert_num_queries(1):
        found = Activity.objects.within(east).on_days(DAY, 2)
        assert len([one.activity.venue.name for one in found]) == 3 * n


def test_on_days_keeps_to_the_area(places):
    here = factories.activity(factories.venue(places.east_1))
    factories.activity(factories.venue(places.west_1))
    found = Activity.objects.within(within([places.east.code])).on_days(DAY, 1)
    assert _pairs(found) == [(DAY, here.pk)]


def test_area_is_the_venues(places):
    it = factories.activity(factories.venue(places.east_1), area=places.west)
    it.refresh_from_db()
    assert (it.area_id, it.village) == (places.east_1.code, places.east.code)


# Bad input ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"starts": time(10), "ends": time(10)}, "It has to end later on the day than it begins."),
        ({"starts": time(22), "ends": time(1)}, "It has to end later on the day than it begins."),
        ({"weekday": 7}, "A weekday is a number from 0, Monday, to 6, Sunday."),
        ({"valid_to": factories.LONG_AGO - timedelta(days=1)}, "The last day is before the first one."),
    ],
)
def test_database_refuses_what_cannot_be_in_a_sentence(places, values, sentence):
    of = factories.venue(places.east_1)
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.activity(of, **values)
    with pytest.raises(Refused, match=sentence), transaction.atomic(), in_words(Activity):
        factories.activity(of, **values)


@pytest.mark.parametrize(
    ("weekday", "days", "refused"), [(2, 1, False), (3, 1, True), (3, 2, False), (1, 6, True), (1, 7, False)]
)
def test_weekday_that_never_comes_is_refused(places, weekday, days, refused):
    """From a Wednesday on."""
    last = DAY + timedelta(days=days - 1)
    it = Activity(venue=factories.venue(places.east_1), weekday=weekday, valid_from=DAY, valid_to=last)
    if not refused:
        it.clean()
        return
    with pytest.raises(ValidationError, match="between its first and its last day"):
        it.clean()


HEADER = "code,venue,title,weekday,starts,ends,valid_from,valid_to"


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("A,V,棋牌,0,9点半,10:00,2023-01-02,", "column starts: “9点半” is not a time of day. Write"),
        ("A,V,棋牌,0,25:00,26:00,2023-01-02,", "column starts: “25:00” is not a time of day."),
        ("A,V,棋牌,0,10:00,09:00,2023-01-02,", "It has to end later on the day than it begins."),
        ("A,V,棋牌,8,09:00,10:00,2023-01-02,", "column weekday: “8” is not known here."),
        ("A,W,棋牌,0,09:00,10:00,2023-01-02,", "column venue"),
        ("A,V,棋牌,4,09:00,10:00,2023-01-02,2023-01-04", "There is no Friday between"),
        ("A,V,棋牌,0,09:00,10:00,2023-01-02,2023-01-01", "The last day is before the first one."),
    ],
)
def test_import_refuses_with_a_sentence(places, tmp_path, row, sentence):
    factories.venue(places.east_1, code="V")
    found = load(write(tmp_path, activities=f"{HEADER}\n{row}\n"))
    assert found.of("activities") == (0, 0, 0, 1)
    assert sentence in found.problems[0]
    assert not Activity.objects.exists()


def test_import_reads_times_and_weekdays_as_people_write_them(places, tmp_path):
    factories.venue(places.east_1, code="V")
    rows = ["A,V,棋牌,周三,9:00,10点30分,2023-01-04,", "B,V,剪纸,,０９：００,9时45分,2023-01-04,"]
    found = load(write(tmp_path, activities="\n".join([HEADER, *rows])))
    assert found.problems == []
    stored = Activity.objects.order_by("code").values_list("weekday", "starts", "ends", "area_id")
    assert list(stored) == [
        (2, time(9), time(10, 30), places.east_1.code),
        (None, time(9), time(9, 45), places.east_1.code),
    ]


def test_import_does_not_move_a_venue_under_its_activities(places, tmp_path):
    factories.activity(factories.venue(places.east_1, code="V", name="家园"))
    header = "code,name,kind,area,valid_from"
    row = f"V,家园,red_pomegranate_home,{places.west_1.code},{factories.LONG_AGO}"
    found = load(write(tmp_path, venues=f"{header}\n{row}\n"))
    assert found.of("venues") == (0, 0, 0, 1)
    assert Venue.objects.get().area_id == places.east_1.code
