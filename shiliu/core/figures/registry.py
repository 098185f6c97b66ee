"""All figures, by their keys, and what the public may see of their records."""

from collections.abc import Iterable
from decimal import Decimal

from django.db import models
from django.db.models import Q

from shiliu.core.figures.figure import Figure
from shiliu.core.figures.measures import CountDistinct, Value
from shiliu.core.figures.times import Grouping

FIGURES: dict[str, Figure] = {}
PUBLIC_FIELDS: dict[type[models.Model], tuple[str, ...]] = {}
PUBLIC_ROWS: dict[type[models.Model], Q] = {}
GROUPINGS: dict[tuple[type[models.Model], str], Grouping] = {}  # by a name that stands in addresses
SMALL = 5


def register(*figures: Figure) -> None:
    for figure in figures:
        if figure.key in FIGURES:
            raise ValueError(f"figure {figure.key} is registered twice")
        FIGURES[figure.key] = figure


def publish(model: type[models.Model], fields: Iterable[str], *, only: Q | None = None) -> None:
    """Allow these fields of a model's rows in public drill-downs, and no others; and `only` those rows."""
    PUBLIC_FIELDS[model] = tuple(fields)
    if only is not None:
        PUBLIC_ROWS[model] = only


def suppressed(figure: Figure, value: Value) -> bool:
    """Whether the public must not see this value: a small count of persons (fewer than `SMALL`), or a rate
    of so few.
    """
    persons: int | Decimal = value.records
    if isinstance(figure.measure, CountDistinct) and value.value is not None:
        persons = value.value
    elif value.denominator is not None:
        persons = value.denominator
    return figure.persons and 0 < persons < SMALL
