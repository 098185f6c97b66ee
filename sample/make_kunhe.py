"""Write the sample township of Kunhe (昆河镇) as CSV files, the form in which every township is imported.

    python sample/make_kunhe.py [FOLDER]     the default is sample/kunhe beside this script

The same files come out on every machine and every Python: seeds are fixed, and of `random` only what its
documentation promises to keep is used (`recipe.base.Dice`). Python's standard library is enough.

What is real: the codes and names of the statistical areas (as of 2016), and the figures of the township's
own account of the first half of 2023, which the rows add up to. Everything else is invented, the people
above all. No file holds a total. Where the account gives one, the recipe holds the parts: the sums paid,
the lengths accepted, the reads of each article, which it spreads over days.
"""

import sys
from pathlib import Path

from recipe import aid, channel, grid, learning, plan, requests, routing, venues, volunteers, works
from recipe.base import Tables, write


def tables() -> Tables:
    """Every file by its name."""
    force = volunteers.tables()
    asked = requests.tables({team["code"]: team["valid_from"] for team in force["teams"].dicts()})
    return (
        grid.tables()
        | venues.tables()
        | channel.tables()
        | force
        | asked
        | routing.tables()
        | aid.tables()
        | works.tables()
        | plan.tables(asked["requests"])
        | learning.tables()
    )


def main(arguments: list[str]) -> None:
    folder = Path(arguments[0]) if arguments else Path(__file__).resolve().parent / "kunhe"
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables().items():
        write(folder / f"{name}.csv", table)


if __name__ == "__main__":
    main(sys.argv[1:])
