"""Memory does not grow with the rows of a file."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.exchange.killed import Runner
from tests.exchange.sheets import TREE, area, sheet, write

FEW, MANY = 10_000, 20_000
GROWTH = 300_000  # bytes; one kept value per row would be more than half a million


def sizes(folder: Path, rows: int, members: str) -> Path:
    """Sizes of two groups, day by day: more days than are kept at hand."""
    first = date(1900, 1, 1)
    lines = (f"G{n % 2},{first + timedelta(days=n // 2)},{members}" for n in range(rows))
    return write(folder / f"{rows}-{members}", group_sizes=sheet("group,day,members", *lines))


@pytest.mark.once
def test_memory_of_an_import_does_not_grow_with_its_rows(
    prepared_install: dict[str, str], tmp_path: Path
) -> None:
    """Of new rows, of rows that are there already, and of rows that are all refused."""
    before = write(
        tmp_path,
        areas=sheet("code,name,valid_from", *map(area, TREE)),
        groups=sheet("code,name,area,valid_from", *(f"G{n},群,{TREE[2]},1900-01-01" for n in range(2))),
    )
    with Runner(prepared_install) as runner:
        runner.run("import", before)

        def peak(rows: int, members: str) -> int:
            *_told, last = runner.run("measure", sizes(tmp_path, rows, members))
            return int(last.removeprefix("peak "))

        growth = {}
        for what, members in (("new", "30"), ("there already", "30"), ("refused", "x")):
            few = peak(FEW, members)
            growth[what] = peak(MANY, members) - few
    assert all(grown < GROWTH for grown in growth.values()), growth
