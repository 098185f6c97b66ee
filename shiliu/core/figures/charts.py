"""Charts: which figures a picture shows, and along what. `figures.charts` draws them, and counts nothing."""

from dataclasses import dataclass
from typing import Any

from shiliu.core.figures.steps import MONTH


@dataclass(frozen=True)
class Chart:
    """A picture of one figure, or of a few side by side.

    figures: their keys. step: along time, in steps of at least so many months; None: not along time.
    groups: the name in GROUPINGS by which the records are told apart; public_groups: the one for everybody,
    where that is another. said: a figure that is told above the picture, such as a median. part: where the
    report shows it.
    """

    key: str
    title: Any
    part: str
    figures: tuple[str, ...]
    explain: Any
    step: int | None = MONTH
    groups: str = ""
    public_groups: str = ""
    said: str = ""


CHARTS: dict[str, Chart] = {}


def draw(*charts: Chart) -> None:
    for chart in charts:
        if chart.key in CHARTS:
            raise ValueError(f"chart {chart.key} is registered twice")
        CHARTS[chart.key] = chart
