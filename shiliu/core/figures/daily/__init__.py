"""Daily sums: what each day of a town adds to a figure, kept beside the records and never trusted past them.

A figure with `daily=True` is the sum over days of what its records of that day give. `settle` computes
these parts and stores them (`DailySum`). Whatever changes a record of its table, by whatever door, also
stores a mark (`DailyMark`) in the same transaction: a trigger of the database does it. So at each moment a
day of a town has a mark, or its sums are those of its records; `values` takes the sums of days without a mark
and asks the records of the others, in one snapshot, and gives what `Figure.at` gives. `DailyFigure` says of
which definition of a figure the sums are: another definition is computed anew. See decision 20.

    with read_snapshot():
        now, before = daily.values(FIGURES.values(), [over, over_before])
    now["requests.closed"].value
"""

from shiliu.core.figures.daily.asking import values
from shiliu.core.figures.daily.marks import Source, distrust, sources, watch
from shiliu.core.figures.daily.sums import differences, settle, some_days

__all__ = ["Source", "differences", "distrust", "settle", "some_days", "sources", "values", "watch"]
