"""Charts as files: one SVG that stands by itself, and the PNG of it.

The page's SVG takes its colours from the page, light or dark. A file has none around it, so it carries them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from shiliu.figures import periods
from shiliu.figures.charts.asking import Shown
from shiliu.figures.charts.drawing import TEXT, Panel, panels
from shiliu.figures.papers import CannotMake
from shiliu.grid.town import town_name

STYLE = "figures/chart-file.css"
WIDTH, GAP, MARGIN = 760.0, 20.0, 20.0
HALF, THIRD = (WIDTH - GAP) / 2, (WIDTH - 2 * GAP) / 3
HEADING, LABEL, LEGEND = 76.0, 26.0, 30.0
SCALE = 2  # of the PNG: 1,600 pixels wide


@dataclass(frozen=True)
class Placed:
    """A panel in the picture, under its label at (x, y)."""

    panel: Panel
    x: float
    y: float

    @property
    def below(self) -> float:
        return self.y + LABEL


@dataclass(frozen=True)
class Picture:
    shown: Shown
    placed: list[Placed]
    width: float
    height: float
    titled: bool

    @property
    def place(self) -> str:
        return self.shown.area.name if self.shown.area else town_name()

    @property
    def period_title(self) -> str:
        return periods.title(self.shown.period)

    @property
    def legend_y(self) -> float:
        return self.height - 16


def picture(it: Shown, *, titled: bool = True) -> Picture:
    """All panels of a chart, in rows. titled: with what it is, where and when, as it needs by itself."""
    alone = len(it.series) == 1
    wide = WIDTH if alone or it.has_parts else HALF
    drawn = panels(it, wide=wide, narrow=THIRD, letter=TEXT)
    placed, bottom = [], HEADING if titled else 4.0
    for row in _rows(drawn):
        x = MARGIN
        for panel in row:
            placed.append(Placed(panel, x, bottom))
            x += panel.width + GAP
        bottom += LABEL + max(panel.height for panel in row) + GAP
    legend = LEGEND if it.has_past or it.has_hidden else 0
    return Picture(it, placed, WIDTH + 2 * MARGIN, bottom + legend, titled)


def _rows(drawn: list[Panel]) -> Iterator[list[Panel]]:
    row: list[Panel] = []
    for panel in drawn:
        if row and sum(each.width + GAP for each in row) + panel.width > WIDTH + 1:
            yield row
            row = []
        row.append(panel)
    if row:
        yield row


def as_svg(it: Shown, *, titled: bool = True) -> str:
    style = Path(str(finders.find(STYLE))).read_text("utf-8")
    return render_to_string(
        "figures/charts/file.svg", {"picture": picture(it, titled=titled), "style": " ".join(style.split())}
    )


def as_png(it: Shown, *, titled: bool = True) -> bytes:
    """Of the SVG, with the fonts that this machine has."""
    try:
        import resvg_py  # only here: it looks through the machine's fonts
    except ImportError as error:
        raise CannotMake(_("This machine cannot make PNG pictures. Take the SVG.")) from error
    made = resvg_py.svg_to_bytes(svg_string=as_svg(it, titled=titled), zoom=SCALE, background="#ffffff")
    return bytes(made)
