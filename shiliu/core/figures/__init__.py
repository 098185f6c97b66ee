"""A figure is a named queryset and a measure; value and records come from the same queryset.

    register(Figure(
        "works.sewer_laid", _("sewer laid"), "m", part="livelihood",
        records=lambda over: Measurement.objects.filter(item__kind=Kind.SEWER),
        when=Flow("accepted_on"), measure=Sum("accepted"), explain=_("…"),
    ))

`figure.at(scope)` narrows the records to an area and a time and measures them. No view counts by itself.
"""

from shiliu.core.figures.charts import CHARTS, Chart, draw
from shiliu.core.figures.figure import COLUMNS, Figure
from shiliu.core.figures.measures import (
    Count,
    CountDistinct,
    Found,
    Grouped,
    Measure,
    Median,
    Ratio,
    Sum,
    Value,
)
from shiliu.core.figures.registry import (
    FIGURES,
    GROUPINGS,
    PUBLIC_FIELDS,
    PUBLIC_ROWS,
    SMALL,
    publish,
    register,
    suppressed,
)
from shiliu.core.figures.steps import QUARTER, buckets
from shiliu.core.figures.times import Flow, Grouping, InHand, Latest, Over, Period, Stock, ToDate, When

__all__ = [
    "CHARTS",
    "COLUMNS",
    "FIGURES",
    "GROUPINGS",
    "PUBLIC_FIELDS",
    "PUBLIC_ROWS",
    "QUARTER",
    "SMALL",
    "Chart",
    "Count",
    "CountDistinct",
    "Figure",
    "Flow",
    "Found",
    "Grouped",
    "Grouping",
    "InHand",
    "Latest",
    "Measure",
    "Median",
    "Over",
    "Period",
    "Ratio",
    "Stock",
    "Sum",
    "ToDate",
    "Value",
    "When",
    "buckets",
    "draw",
    "publish",
    "register",
    "suppressed",
]
