"""In which area a place lies."""

import json
from datetime import date
from decimal import Decimal

import pytest

from shiliu.grid.locating import area_at, has_boundaries, in_degrees, read_point
from shiliu.grid.models import Boundary

TOWN = "990001100"


def square(area, west: int, south: int, size: int = 10_000) -> Boundary:
    """A square by millionths of a degree."""
    east, north = west + size, south + size
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    box = {"west": west, "south": south, "east": east, "north": north}
    return Boundary.objects.create(
        area=area,
        geometry=json.dumps([[[[x / 1e6, y / 1e6] for x, y in ring]]]),
        came_in="wgs84",
        source="test",
        **{name: Decimal(value).scaleb(-6) for name, value in box.items()},
    )


WEST, SOUTH = 109_840_000, 40_650_000
INSIDE = (WEST + 5000, SOUTH + 5000)


def test_deepest_area_is_found(places):
    square(places.town, WEST, SOUTH, 50_000)
    square(places.east_1, WEST, SOUTH)
    square(places.east, WEST, SOUTH, 20_000)
    assert area_at(INSIDE, TOWN) == places.east_1
    assert area_at((WEST + 15_000, SOUTH + 1), TOWN) == places.east
    assert area_at((WEST + 25_000, SOUTH + 1), TOWN) == places.town
    assert area_at((WEST - 1, SOUTH), TOWN) is None


def test_place_on_an_edge_of_two_lies_in_the_first(places):
    square(places.east_2, WEST + 10_000, SOUTH)
    square(places.east_1, WEST, SOUTH)
    assert area_at((WEST + 10_000, SOUTH + 1), TOWN) == places.east_1


def test_box_is_not_enough(places):
    made = square(places.east_1, WEST, SOUTH)
    ring = [[109.84, 40.65], [109.85, 40.65], [109.84, 40.66], [109.84, 40.65]]  # the lower left half
    Boundary.objects.filter(pk=made.pk).update(geometry=json.dumps([[ring]]))
    assert area_at((WEST + 1000, SOUTH + 1000), TOWN) == places.east_1
    assert area_at((WEST + 9000, SOUTH + 9000), TOWN) is None


def test_area_that_has_ended_or_is_another_towns_is_not_found(places):
    square(places.east_1, WEST, SOUTH)
    square(places.far_1, WEST, SOUTH)
    assert has_boundaries(TOWN)
    places.east_1.valid_to = date(2021, 1, 1)
    places.east_1.save()
    assert area_at(INSIDE, TOWN) is None


def test_town_without_boundaries_has_none(places):
    square(places.far_1, WEST, SOUTH)
    assert not has_boundaries(TOWN)


def test_place_is_found_in_one_query(places, django_assert_num_queries):
    for place in (places.east_1, places.east_2, places.east):
        square(place, WEST, SOUTH)
    with django_assert_num_queries(1):
        area_at(INSIDE, TOWN)


@pytest.mark.parametrize(
    ("lat", "long", "point"),
    [
        ("40.65", "109.84", (109_840_000, 40_650_000)),
        (" 40.6500009 ", "109.8400001", (109_840_000, 40_650_000)),
        ("40", "109", (109_000_000, 40_000_000)),
        ("-40.65", "109.84", None),
        ("91", "109.84", None),
        ("40.65", "", None),
        ("1e1", "109", None),
        ("٤٠", "109", None),
        ("NaN", "inf", None),
        ("4" * 400, "109", None),
    ],
)
def test_place_is_read_exactly_or_not_at_all(lat, long, point):
    assert read_point(lat, long) == point
    if point:
        assert in_degrees(point) == (Decimal(point[1]).scaleb(-6), Decimal(point[0]).scaleb(-6))
