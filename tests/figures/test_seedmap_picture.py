"""The picture's geometry, without a database: seeds that keep apart and stay, outlines, shades."""

import itertools
import re
from decimal import Decimal
from math import cos, dist, hypot, radians

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shiliu.figures.seedmap import land, packing
from shiliu.figures.seedmap.asking import MOST_SEEDS
from shiliu.figures.seedmap.packing import RADIUS, places
from shiliu.figures.seedmap.steps import SHADES, shade, steps
from shiliu.figures.templatetags.seedmap import em, short

pytestmark = pytest.mark.once
counts = st.integers(0, MOST_SEEDS)
TENTH = 0.1  # places are rounded to it


def test_no_two_seeds_overlap():
    seeds = list(places(MOST_SEEDS))
    nearest = min(
        dist((one.x, one.y), (other.x, other.y)) for n, one in enumerate(seeds) for other in seeds[:n]
    )
    assert nearest >= 2 * RADIUS - 2 * TENTH


def test_outline_of_a_seed_stays_within_its_circle():
    """The corners and handles of the path; its curves lie within their hull, its arc ends at the bottom."""
    numbers = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", re.sub(r"A[^-]*?1-", "L-", packing.OUTLINE))]
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    assert len(points) == 8
    ends = [points[0], points[3], points[4], points[-1]]
    assert all(hypot(*point) <= RADIUS for point in ends)
    assert RADIUS >= 1.8 + 11.6  # the middle of the arc and its radius
    curve = [
        tuple(
            (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t * t * c + t**3 * d
            for a, b, c, d in zip(*points[:4], strict=True)
        )
        for t in (n / 50 for n in range(51))
    ]
    assert all(hypot(*point) <= RADIUS for point in curve)


@given(counts)
@example(0)
@example(1)
def test_every_seed_lies_inside_the_box(count):
    seeds = list(places(count))
    box = packing.box(seeds)
    for seed in seeds:
        assert box.x <= seed.x - RADIUS
        assert seed.x + RADIUS <= box.x + box.width
        assert box.y <= seed.y - RADIUS
        assert seed.y + RADIUS <= box.y + box.height
    assert min(box.width, box.height) >= 2 * RADIUS


@given(counts, counts)
def test_one_more_seed_moves_none_of_the_others(one, other):
    fewer, more = sorted((one, other))
    assert list(places(fewer)) == list(places(more))[:fewer]


def test_cluster_is_about_as_small_as_it_can_be():
    """Calm, not scattered: of a round field around it, two thirds are seeds; less around a few seeds."""
    for count in (7, 18, 60, MOST_SEEDS):
        reach = max(hypot(seed.x, seed.y) for seed in places(count)) + RADIUS
        assert count * RADIUS**2 / reach**2 > (0.4 if count < 20 else 0.65)


def test_tip_points_to_the_middle():
    for seed in places(40):
        # Turned clockwise by `turn`, what points up (0, -1) points to (sin, -cos).
        tip = (seed.x + cos(radians(seed.turn - 90)), seed.y + cos(radians(seed.turn - 180)))
        assert hypot(*tip) == pytest.approx(hypot(seed.x, seed.y) - 1, abs=0.01)
        assert hypot(seed.text_x, seed.text_y) > hypot(seed.x, seed.y)


# Boundaries -----------------------------------------------------------------------------------------------

points = st.tuples(st.floats(0, 700), st.floats(0, 900))


@given(st.lists(points, min_size=3, max_size=40))
def test_simplified_ring_is_nowhere_further_away_than_half_a_pixel(corners):
    ring = [*corners, corners[0]]
    found = land.simplified(ring)
    assert (found[0], found[-1]) == (ring[0], ring[-1])
    assert set(found) <= set(ring)
    lines = list(itertools.pairwise(found))
    assert all(min(land._off(point, *line) for line in lines) <= land.DETAIL for point in ring)


def test_points_on_a_line_are_left_out():
    ring = [(float(x), 0.0) for x in range(100)] + [(99.0, 50.0), (0.0, 0.0)]
    assert land.simplified(ring) == [(0, 0), (99, 0), (99, 50), (0, 0)]


frames = st.tuples(st.floats(73, 135), st.floats(3, 53), st.floats(0.001, 1), st.floats(0.001, 1))


@given(frames)
@example((109.7, 40.5, 0.001, 1.0))
def test_projection_keeps_shapes_and_stays_inside(box):
    west, south, wide, high = box
    frame = land.Frame.around(west, south, west + wide, south + high)
    left, top = frame.at(west, south + high)
    right, bottom = frame.at(west + wide, south)
    assert (left, top) == pytest.approx((land.MARGIN, land.MARGIN))
    assert right == pytest.approx(frame.width - land.MARGIN, abs=0.01)
    assert bottom == pytest.approx(frame.height - land.MARGIN, abs=0.01)
    assert frame.width <= land.WIDTH + 0.01
    assert frame.height <= land.TALLEST + 0.01
    # A degree of longitude is shorter than one of latitude, by the cosine of the middle latitude.
    assert frame.per_lon / frame.per_lat == pytest.approx(cos(radians(south + high / 2)))


def test_number_stands_inside_also_in_a_crescent():
    frame = land.Frame(0, 0, 1, -1, 100, 100)
    crescent = [[[[0, 0], [90, 0], [90, 90], [0, 90], [0, 70], [70, 70], [70, 20], [0, 20], [0, 0]]]]
    found = land.outline(crescent, frame)
    x, y = found.x - land.MARGIN, found.y - land.MARGIN
    assert not (0 <= x <= 70 and 20 <= y <= 70)  # the hollow
    assert 0 <= x <= 90
    assert 0 <= y <= 90
    assert found.room == pytest.approx(20, abs=3)


# Shades ---------------------------------------------------------------------------------------------------

amounts = st.one_of(st.integers(0, 10**7), st.decimals("-100.00", "9999999.99", places=2))


@given(st.lists(st.one_of(st.none(), amounts), max_size=20))
@example([1])
@example([1, 2])
@example([Decimal("0.01")])
@example([5, 10, 50, 51])
def test_every_value_above_zero_has_one_shade_and_darker_is_more(values):
    found = steps(values)
    assert len(found) <= SHADES
    assert [step.shade for step in found] == sorted({step.shade for step in found})
    for value in values:
        if value is None:
            continue
        assert sum(step.above < value <= step.to for step in found) == (value > 0)
        assert (shade(value, found) > 0) == (value > 0)
    known = sorted(value for value in values if value is not None)
    shades = [shade(value, found) for value in known]
    assert shades == sorted(shades)


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([], []),
        ([0, None, -3], []),
        ([1], ["1"]),
        ([1, 3], ["1", "2", "3"]),
        ([13, 1], ["1–3", "4–6", "7–9", "10–12", "13–15"]),
        ([7], ["1–2", "3–4", "5–6", "7–8"]),
        ([Decimal("2432.05")], ["0–500", "500–1,000", "1,000–1,500", "1,500–2,000", "2,000–2,500"]),
        (
            [Decimal("24000.00")],
            ["1–5,000", "5,001–10,000", "10,001–15,000", "15,001–20,000", "20,001–25,000"],
        ),
    ],
)
def test_ranges_are_even_and_round(values, labels):
    assert [step.label for step in steps(values)] == labels


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (None, "–", "–"),
        (0, "0", "0"),
        (Decimal("90.05"), "90", "90"),
        (Decimal("9.05"), "9.0", "9.0"),
        (9999, "9999", "9999"),
        (24320, "24k", "2.4万"),
        (1_250_000, "1.2M", "125万"),
        (250_000_000, "250M", "2.5亿"),
    ],
)
def test_number_on_a_seed_is_short(value, english, chinese):
    from django.utils import translation

    assert short(value) == english
    with translation.override("zh-hans"):
        assert short(value) == chinese


def test_lengths_follow_the_letter_size():
    assert em(136) == "8.5em"
