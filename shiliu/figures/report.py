"""The report: its figures, asked for one period and area, in the order of the account."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shiliu.core.areas import EVERYWHERE
from shiliu.core.figures import FIGURES, Figure, Over, Period, Value, daily, suppressed
from shiliu.core.snapshot import read_snapshot
from shiliu.core.templatetags.shiliu import figure as shown
from shiliu.figures import periods
from shiliu.figures.periods import last_completed_half_year
from shiliu.grid.models import Area
from shiliu.grid.scopes import within
from shiliu.grid.town import town
from shiliu.requests.models import Request

# One main line, two platforms, three modes.
CHAPTERS = [
    (_("One main line"), [("main_line", _("Plan, meetings, grid"))]),
    (_("Two platforms"), [("offline", _("Offline: homes and talks")), ("online", _("Online: the channel"))]),
    (
        _("Three modes"),
        [
            ("learning", _("Fingertip learning")),
            ("service", _("Service to residents")),
            ("rates", _("Requests: the three rates")),
            ("bulletin", _("Requests: further figures of the monthly bulletin")),
            ("livelihood", _("Livelihood response")),
        ],
    ),
]

# In Chinese a unit is a measure word, so each has its context.
UNITS = {
    "venue": pgettext_lazy("unit", "venues"),
    "person": pgettext_lazy("unit", "people"),
    "award": pgettext_lazy("unit", "awards"),
    "talk": pgettext_lazy("unit", "talks"),
    "visit": pgettext_lazy("unit", "visits"),
    "column": pgettext_lazy("unit", "columns"),
    "resource": pgettext_lazy("unit", "resources"),
    "guide": pgettext_lazy("unit", "guides"),
    "article": pgettext_lazy("unit", "articles"),
    "read": pgettext_lazy("unit", "reads"),
    "group": pgettext_lazy("unit", "groups"),
    "team": pgettext_lazy("unit", "teams"),
    "request": pgettext_lazy("unit", "requests"),
    "h": pgettext_lazy("unit", "h"),
    "CNY": pgettext_lazy("unit", "yuan"),
    "payment": pgettext_lazy("unit", "payments"),
    "m": pgettext_lazy("unit", "m"),
    "m²": pgettext_lazy("unit", "m²"),
    "meeting": pgettext_lazy("unit", "meetings"),
    "decision": pgettext_lazy("unit", "decisions"),
    "grid": pgettext_lazy("unit", "grids"),
    "post": pgettext_lazy("unit", "posts"),
    "message": pgettext_lazy("unit", "messages"),
    "project": pgettext_lazy("unit", "works"),
    "task": pgettext_lazy("unit", "tasks"),
    "time": pgettext_lazy("unit", "times"),
    "quantity": pgettext_lazy("unit", "quantities"),
    "%": "%",
}
REPORTED = {part for _chapter, parts in CHAPTERS for part, _title in parts}


def unit_of(figure: Figure) -> Any:
    """A figure's unit in words: one of the account's, or the word that an app brings itself."""
    return UNITS.get(figure.unit, figure.unit)


def reported() -> list[Figure]:
    """The figures of the report, which are not all: a column of the matrix need be none of them."""
    return [figure for figure in FIGURES.values() if figure.part in REPORTED]


@dataclass(frozen=True)
class Past:
    """What a figure was in an earlier period, and by how much it is more (or less) now."""

    words: Any
    value: Value
    more: int | Decimal | None
    few: bool


@dataclass(frozen=True)
class Line:
    """One figure and what it is. past: the period before and the same days a year ago, where asked for."""

    figure: Figure
    value: Value
    past: tuple[Past, ...] = ()

    @property
    def unit(self) -> Any:
        return unit_of(self.figure)

    @property
    def parts(self) -> str:
        """Of a rate, what was divided by what, and what was left out: “464 of 500, 67 left out”."""
        if self.value.denominator is None:
            return ""
        numbers = {"n": self.value.numerator, "d": self.value.denominator, "x": self.value.excluded}
        words = _("%(n)s of %(d)s, %(x)s left out")
        return words % {name: shown(number) for name, number in numbers.items()}

    @property
    def hidden(self) -> bool:
        """Too small a number of persons for the public to see."""
        return suppressed(self.figure, self.value)


@dataclass(frozen=True)
class Report:
    period: Period
    area: Area | None
    asked: Over
    lines: dict[str, Line]

    def chapters(self) -> Iterator[tuple[Any, list[tuple[Any, list[Line]]]]]:
        """(chapter, [(part, lines)]), without parts that have no figure yet."""
        for chapter, parts in CHAPTERS:
            filled = [
                (title, [line for line in self.lines.values() if line.figure.part == part])
                for part, title in parts
            ]
            yield chapter, [(title, lines) for title, lines in filled if lines]


def latest_period() -> Period:
    """The half-year that was over when the last request came in: what the home page and /report/ show.

    One in which nothing came in, since the town did not work with it then, is passed over.
    """
    here = town()
    requests = Request.objects.filter(town=here.code if here else "").order_by("-received_at")
    moments = requests.values_list("received_at", flat=True)
    last = moments.filter(received_at__lte=timezone.now()).first() or timezone.now()
    period = latest = last_completed_half_year(timezone.localdate(last))
    while earlier := moments.filter(received_at__lt=period.after_end).first():
        if earlier >= period.first_moment:
            return period
        period = last_completed_half_year(timezone.localdate(earlier))
    return latest


def as_of(period: Period) -> date:
    """The day whose areas and successions count for a period: its last one, today where it is not over."""
    return min(period.end, timezone.localdate())


def over(period: Period, area: Area | None, day: date | None = None) -> Over:
    """What a figure is asked for: an area with what it was before, as of a day, or everything.

    That day is the period's end: a later succession leaves a past period's figures as they were signed; one
    to come does not count yet. Of a part of a longer period it is that one's end.
    """
    return Over(period, within([area.code], day or as_of(period)) if area else EVERYWHERE)


def compute(
    period: Period, area: Area | None = None, *, compared: bool = False, at: datetime | None = None
) -> Report:
    """Each figure as of one moment; compared: also in the period before, and on the same days a year ago.

    at: the moment as of which a figure that moves with time is asked; this one where it is None.
    """
    with read_snapshot():
        asked = replace(over(period, area), asked_at=at)
        earlier = _earlier(period, area) if compared else []
        now, *past = daily.values(reported(), [asked, *(each for _words, each in earlier)])
    was = [(words, values) for (words, _over), values in zip(earlier, past, strict=True)]
    lines = {
        it.key: _line(it, now[it.key], [(words, values[it.key]) for words, values in was])
        for it in reported()
    }
    return Report(period, area, asked, lines)


def _earlier(period: Period, area: Area | None) -> list[tuple[Any, Over]]:
    """The two earlier periods; one alone where they are the same, as for a whole year."""
    times = {
        periods.before(period): pgettext_lazy("a figure", "before"),
        periods.year_before(period): pgettext_lazy("a figure", "a year ago"),
    }
    return [(words, over(each, area)) for each, words in times.items()]


def _line(figure: Figure, value: Value, earlier: list[tuple[Any, Value]]) -> Line:
    return Line(figure, value, tuple(_past(figure, value, words, was) for words, was in earlier))


def _past(figure: Figure, now: Value, words: Any, was: Value) -> Past:
    known = now.value is not None and was.value is not None
    return Past(words, was, now.value - was.value if known else None, suppressed(figure, was))  # type: ignore[operator]


def exact(value: int | Decimal | None) -> int | str | None:
    """A value for JSON and CSV: whole numbers as such, decimals as text."""
    return format(value, "f") if isinstance(value, Decimal) else value


def as_json(report: Report) -> dict[str, Any]:
    """The report as other programs read it; the shape is a promise (docs/guide/report.md)."""
    return {
        "period": {"start": str(report.period.start), "end": str(report.period.end)},
        "area": report.area.code if report.area else None,
        "figures": {
            key: {
                "value": exact(line.value.value),
                "unit": line.figure.unit,
                "label": str(line.figure.label),
                "records": line.value.records,
                "kind": line.figure.when.kind,
                **_parts(line.value),
            }
            for key, line in report.lines.items()
        },
    }


def _parts(value: Value) -> dict[str, int]:
    """Of a rate, what was divided by what, and what was left out."""
    parts = {"numerator": value.numerator, "denominator": value.denominator, "excluded": value.excluded}
    return {name: n for name, n in parts.items() if n is not None}
