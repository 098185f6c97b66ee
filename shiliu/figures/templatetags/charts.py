"""How charts write their numbers and draw their panels."""

from typing import Any

from django import template
from django.utils.translation import get_language

from shiliu.figures.charts import drawing
from shiliu.figures.charts.asking import Cell, Series, Shown
from shiliu.figures.charts.drawing import Bar, Panel
from shiliu.figures.charts.words import spoken

register = template.Library()


@register.filter
def panels(it: Shown) -> list[Panel]:
    return drawing.panels(it)


@register.filter
def worded(cell: Cell, unit: Any) -> str:
    return drawing.said(cell, unit)


@register.simple_tag
def bar_said(bar: Bar, unit: Any) -> str:
    """What a bar says to whoever does not see it: “January 2023: 120 requests; a year ago 98 requests”."""
    value = drawing.said(bar.cell, unit)
    if bar.past_cell is not None:
        value = spoken(value, drawing.said(bar.past_cell, unit))
    between = "：" if (get_language() or "").startswith("zh") else ": "
    return f"{bar.head.long}{between}{value}"


@register.filter
def pairs(series: Series, it: Shown) -> list[tuple[Any, Cell, Cell | None]]:
    """The rows of a panel's table: head, number, and that of a year ago."""
    past = series.past or [None] * len(series.cells)
    return list(zip(it.heads, series.cells, past, strict=True))  # type: ignore[arg-type]
