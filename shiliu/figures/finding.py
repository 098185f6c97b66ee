"""Figures by what they are called and what they count: few enough to be looked through."""

from django.urls import reverse

from shiliu.core import search
from shiliu.core.figures import FIGURES
from shiliu.core.findable import Found
from shiliu.figures import periods
from shiliu.figures.report import latest_period


def find(text: str, *, limit: int) -> list[Found]:
    """The first figures that the text finds in the language of the page; each leads to its records."""
    figures = [f for f in FIGURES.values() if search.is_in(f"{f.label} {f.meaning}", text)][:limit]
    if not figures:
        return []
    period = periods.named(latest_period())
    return [
        Found(
            label=search.excerpt(str(figure.label), text),
            url=reverse("figures:records", args=[period, figure.key]),
            date=None,
            excerpt=search.excerpt(str(figure.meaning), text),
            key=figure.key,
        )
        for figure in figures
    ]
