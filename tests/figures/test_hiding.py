"""What a seed map hides cannot be computed from what it shows."""

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shiliu.core.figures import SMALL, CountDistinct, Figure, Stock, Value
from shiliu.figures.seedmap import asking, hiding
from tests.strategies import HALF_YEAR

FEW = range(1, SMALL)
trees = st.lists(st.lists(st.integers(0, 12), max_size=4), max_size=4)  # the grids' values, by community


def drawn(tree: list[list[int]]) -> tuple[dict[str, int], dict[str, str]]:
    """The values of a town, its communities and their grids, by name; and of each part its whole."""
    values, parents = {"town": sum(map(sum, tree))}, {}
    for n, grids in enumerate(tree):
        values[f"c{n}"], parents[f"c{n}"] = sum(grids), "town"
        for m, value in enumerate(grids):
            values[f"c{n}g{m}"], parents[f"c{n}g{m}"] = value, f"c{n}"
    return values, parents


def solved(unknown: list[str], parents: dict[str, str]) -> set[str]:
    """The unknowns that follow from “a whole is the sum of its parts”, by Gauss and Jordan."""
    rows = []
    for whole in sorted(set(parents.values())):
        row = [Fraction((name == whole) - (parents.get(name) == whole)) for name in unknown]
        rows.append(row)
    done = 0
    for column in range(len(unknown)):
        pivot = next((row for row in rows[done:] if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        pivot = [each / pivot[column] for each in pivot]
        rows = [[a - row[column] * b for a, b in zip(row, pivot, strict=True)] for row in rows]
        rows.insert(done, pivot)
        done += 1
    return {name for n, name in enumerate(unknown) for row in rows if row[n] and sum(map(bool, row)) == 1}


@given(trees)
@example([[10, 17, 3]])
@example([[10, 17, 3], [6, 6], [7]])
@example([[3], [20]])
@example([[2, 2, 30], [0, 0]])
def test_nothing_hidden_can_be_computed(tree):
    values, parents = drawn(tree)
    few = {name for name, value in values.items() if value in FEW}
    found = hiding.hidden(few, values, parents)
    assert few <= found
    assert (found == set()) == (few == set())
    assert solved(sorted(found), parents) == set()


def test_test_itself_finds_what_can_be_computed():
    _values, parents = drawn([[10, 17, 3], [6, 6]])
    assert solved(["c0g2"], parents) == {"c0g2"}
    assert solved(["c0", "c0g2"], parents) == {"c0", "c0g2"}  # by way of the town
    assert solved(["c0g0", "c0g2"], parents) == set()


@pytest.mark.parametrize(
    ("tree", "found"),
    [
        ([[10, 17, 3]], {"c0g2", "c0g0"}),
        ([[10, 17, 3, 2]], {"c0g2", "c0g3"}),
        ([[0, 17, 3]], {"c0g2", "c0g1"}),
        ([[10, 17], [6, 6]], set()),
        ([[3], [8, 9], [20]], {"c0", "c0g0", "c1", "c1g0"}),
    ],
)
def test_smallest_above_zero_is_hidden_besides(tree, found):
    values, parents = drawn(tree)
    few = {name for name, value in values.items() if value in FEW}
    assert hiding.hidden(few, values, parents) == found


def test_what_a_reader_may_see_is_not_hidden():
    _values, parents = drawn([[10, 17, 3]])
    assert hiding.hidden({"c0g2"}, {"c0g1": 17, "c0g2": 3}, parents) == {"c0g2", "c0g1"}
    assert hiding.hidden({"c0g2"}, {"c0g2": 3}, parents) == {"c0g2"}


def test_picture_hides_a_second_seed(places, monkeypatch):
    """On every level: the town's sum, the communities' and the grids'."""
    counted = {"east_1": 3, "east_2": 10, "west_1": 20, "west_2": 0, "east": 13, "west": 20, "town": 33}
    by_code = {getattr(places, name).code: Value(n, n) for name, n in counted.items()}
    figure = Figure(
        "volunteers.people", "", "person", part="service", records=lambda over: None, when=Stock(),
        measure=CountDistinct("pk"), explain="", persons=True,
    )  # fmt: skip
    monkeypatch.setattr(
        Figure, "by_area", lambda self, period, scopes: {code: by_code[code] for code in scopes}
    )
    it = asking.compute(figure, HALF_YEAR, places.town)
    seeds = [it.whole, *(seed for each in it.clusters for seed in [each.whole, *each.seeds])]
    assert [seed.number for seed in seeds] == [33, 13, None, None, 20, 20, 0]
    assert [seed.mark for seed in seeds].count("few") == 2
