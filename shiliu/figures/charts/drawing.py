"""Panels of bars as plain geometry: what the templates write down as SVG.

Lengths are units of the picture; a letter is `TEXT` high. On a phone the style sheet makes letters larger
(figures/charts.css), so what has to fit is measured by `LARGE`.
"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from shiliu.core.templatetags.shiliu import figure as written
from shiliu.figures.charts.asking import Cell, Head, Series, Shown
from shiliu.figures.templatetags.seedmap import short

TEXT, LARGE = 15.0, 19.0
WIDE, NARROW = 480.0, 228.0  # a panel by itself, and one of many
HEIGHT, LOW = 160.0, 60.0  # of the bars in them
TOP, FOOT = 26.0, 27.0  # room for the number above a bar, and for what stands below
BAR = 60.0  # the widest
ROW = 56.0  # a row of a lying chart: a line of words, and the bar under it
ROUND = [Decimal(n) for n in ("1", "2", "2.5", "5", "10")]
TICKS = 4

Number = int | Decimal


@dataclass(frozen=True)
class Bar:
    """One bar with its number. box: all that belongs to it, for a finger. past: the mark of a year ago.

    kind: "bar", "other" (beside the others), "none" (there is nothing to draw), "few" (hidden).
    """

    cell: Cell
    head: Head
    x: float
    y: float
    width: float
    height: float
    box: tuple[float, float, float, float]
    text: str
    text_x: float
    text_y: float
    kind: str
    past: tuple[float, float] | None = None
    past_cell: Cell | None = None

    @property
    def mark(self) -> str:
        """Of a year ago: a hollow seed."""
        return f"M{self.past[0]} {self.past[1]}m-7 0l7-6 7 6-7 6z" if self.past else ""

    @property
    def rail(self) -> str:
        """On what a lying bar lies."""
        return f"M0 {self.y}h{self.box[2]}v{self.height}H0z"

    @property
    def outline(self) -> str:
        """As the attribute `d` has it."""
        return f"M{self.x} {self.y}h{self.width}v{self.height}h-{self.width}z"


@dataclass(frozen=True)
class Tick:
    """A line of the scale, with its number."""

    y: float
    words: str


@dataclass(frozen=True)
class Foot:
    """Words below a bar."""

    x: float
    y: float
    words: str


@dataclass(frozen=True)
class Panel:
    series: Series
    width: float
    height: float
    base: float
    left: float
    bars: list[Bar]
    ticks: list[Tick]
    feet: list[Foot]
    lies: bool = False
    small: bool = False

    @property
    def outlines(self) -> list[tuple[str, str]]:
        """All bars of a kind in one, where they need not be told apart; and all marks of a year ago."""
        kinds = {bar.kind for bar in self.bars} & {"bar", "other"}
        found = [
            (kind, "".join(bar.outline for bar in self.bars if bar.kind == kind)) for kind in sorted(kinds)
        ]
        marks = "".join(bar.mark for bar in self.bars)
        return found + ([("past", marks)] if marks else [])

    @property
    def view(self) -> str:
        return f"0 0 {self.width:g} {self.height:g}"


def text_width(words: str, letter: float) -> float:
    """About how wide words are: Chinese letters are square, others a bit more than half of that."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in words)
    return letter * (wide + 0.58 * (len(words) - wide))


def _short(number: float) -> float:
    """With one digit after the point, and none where it is zero: pages carry many of them."""
    rounded = round(number, 1)
    return int(rounded) if rounded == int(rounded) else rounded


# Scales ---------------------------------------------------------------------------------------------------


def scale(numbers: Iterable[Number | None]) -> list[Decimal]:
    """Round numbers from at most the smallest (or zero) to at least the largest, evenly apart."""
    known = [Decimal(number) for number in numbers if number is not None]
    low, high = min([*known, Decimal(0)]), max([*known, Decimal(0)])
    if low == high:
        return [Decimal(0), Decimal(1)]
    whole = all(number == number.to_integral_value() for number in known)
    width = _width(high - low, whole)
    first, last = low // width - (low % width < 0), -(-high // width) + (high % width > 0)
    return [width * n for n in range(int(first), int(last) + 1)]


def _width(span: Decimal, whole: bool) -> Decimal:
    """The smallest round number of which `TICKS` span the values."""
    power = Decimal(10) ** (span.adjusted() - 1)
    widths = [power * each * ten for ten in (1, 10, 100) for each in ROUND]
    fitting = [each for each in widths if each * TICKS >= span and (not whole or each == int(each))]
    return min(fitting)


# Standing bars --------------------------------------------------------------------------------------------


def standing(
    it: Shown, series: Series, *, width: float, letter: float, of: Sequence[Series] | None = None
) -> Panel:
    """Bars side by side. of: the panels with which it shares its scale; it has none of its own drawn then."""
    small = of is not None
    numbers = [cell.number for each in (of or [series]) for cell in [*each.cells, *each.past]]
    ticks = scale(numbers)
    labels = [written(tick) if abs(tick) < 100_000 else short(tick) for tick in ticks]
    left = 0.0 if small else 10 + max(text_width(words, letter) for words in labels)
    inner = LOW if small else HEIGHT
    to_y = _to_y(ticks, inner)
    slot = (width - left) / len(it.heads)
    bars = [_bar(it, series, n, left + slot * n, slot, to_y, letter) for n in range(len(it.heads))]
    height = TOP + inner + FOOT
    return Panel(
        series,
        width,
        height,
        to_y(0),
        _short(left),
        bars,
        [] if small else [Tick(to_y(tick), words) for tick, words in zip(ticks, labels, strict=True)],
        list(_feet([head.short for head in it.heads], left, slot, height - 7, letter)),
        small=small,
    )


def _to_y(ticks: list[Decimal], inner: float) -> Callable[[Number], float]:
    span = ticks[-1] - ticks[0]
    return lambda number: _short(TOP + inner * float((ticks[-1] - number) / span))


def _bar(
    it: Shown, series: Series, n: int, x: float, slot: float, to_y: Callable[[Number], float], letter: float
) -> Bar:
    cell, past = series.cells[n], series.past[n] if series.past else None
    number, wide, middle = cell.number or 0, min(BAR, slot * 0.64), _short(x + slot / 2)
    top, base = to_y(max(number, 0)), to_y(0)
    height = _short(abs(base - to_y(number)))
    has_mark = past is not None and past.number is not None
    return Bar(
        cell,
        it.heads[n],
        _short(middle - wide / 2),
        top,
        _short(wide),
        height,
        (_short(x), 0, _short(slot), base + FOOT),
        _number(cell, slot, letter),
        middle,
        _short(top + height + 15 if number < 0 else top - 6),
        _kind(it, cell, n),
        (middle, to_y(past.number)) if has_mark and past else None,
        past,
    )


def _kind(it: Shown, cell: Cell, n: int) -> str:
    if cell.few:
        return "few"
    if not cell.number:
        return "none"
    return "other" if it.is_distribution and n == len(it.heads) - 1 else "bar"


def _number(cell: Cell, room: float, letter: float) -> str:
    """The number as the site writes it; rounded where it does not fit; nothing where that does not either."""
    if cell.few:
        return "*"
    if cell.number is None:
        return "–"
    ways = (written(cell.number), f"{cell.number:,.0f}", short(cell.number))
    return next((words for words in ways if text_width(words, letter) <= room + 4), "")


def _feet(heads: list[str], left: float, slot: float, y: float, letter: float) -> Iterable[Foot]:
    """What fits below the bars: each, or every second or third one."""
    widest = max(text_width(words, letter) for words in heads)
    every = next(n for n in range(1, len(heads) + 1) if widest <= slot * n + 2 or n == len(heads))
    for n, words in enumerate(heads):
        if n % every == 0:
            yield Foot(_short(left + slot * (n + 0.5)), _short(y), words)


# Lying bars -----------------------------------------------------------------------------------------------


def lying(it: Shown, series: Series, *, width: float, letter: float) -> Panel:
    """A bar for each group, under its words and its number."""
    largest = max([abs(cell.number) for cell in series.cells if cell.number] or [1])
    bars = []
    for n, (head, cell) in enumerate(zip(it.heads, series.cells, strict=True)):
        top = _short(ROW * n)
        long = _short(width * float(abs(cell.number or 0) / largest))
        box = (0.0, top, width, ROW)
        said, kind = _number(cell, 160, letter), _kind(it, cell, n)
        bars.append(Bar(cell, head, 0.0, top + 28, long, 16.0, box, said, width, top + 20, kind))
    feet = [Foot(0.0, ROW * n + 20, _cut(head.short, width - 130, letter)) for n, head in enumerate(it.heads)]
    return Panel(series, width, ROW * len(bars), 0.0, 0.0, bars, [], feet, lies=True)


def _cut(words: str, room: float, letter: float) -> str:
    if text_width(words, letter) <= room:
        return words
    while words and text_width(words + "…", letter) > room:
        words = words[:-1]
    return f"{words}…"


# Pictures -------------------------------------------------------------------------------------------------


def panels(it: Shown, *, wide: float = WIDE, narrow: float = NARROW, letter: float = LARGE) -> list[Panel]:
    """The panels of a chart, in their order. What is not told apart is in the table alone."""
    if not it.is_along_time and not it.is_distribution:
        return [lying(it, series, width=wide, letter=letter) for series in it.series]
    if not it.has_parts:
        return [standing(it, series, width=wide, letter=letter) for series in it.series]
    whole, *parts = [series for series in it.series if not series.is_rest]
    small = [standing(it, each, width=narrow, letter=letter, of=parts) for each in parts]
    return [standing(it, whole, width=wide, letter=letter), *small]


def said(cell: Cell, unit: Any) -> str:
    """A number in words: “120 requests”."""
    if cell.few:
        return _("few: not shown")
    return written(cell.number) if cell.number is None else f"{written(cell.number)} {unit}"
