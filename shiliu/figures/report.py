"""The report: every registered figure, asked for one period and area, in the order of the account."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shiliu.core.areas import EVERYWHERE
from shiliu.core.figures import FIGURES, Figure, Over, Period, Value, suppressed
from shiliu.core.snapshot import read_snapshot
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
            ("livelihood", _("Livelihood response")),
        ],
    ),
]

UNITS = {
    "venue": _("venues"), "person": _("people"), "award": _("awards"), "talk": _("talks"),
    "visit": _("visits"),
    "column": _("columns"), "article": _("articles"), "read": _("reads"), "group": _("groups"),
    "team": _("teams"), "request": _("requests"), "h": _("h"), "CNY": _("yuan"), "payment": _("payments"),
    "m": _("m"), "m²": _("m²"), "meeting": _("meetings"), "decision": _("decisions"), "grid": _("grids"),
    "%": "%",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One figure and what it is."""

    figure: Figure
    value: Value

    @property
    def unit(self) -> Any:
        return UNITS[self.figure.unit]

    @property
    def hidden(self) -> bool:
        """Too small a number of persons for the public to see."""
        return suppressed(self.figure, self.value)


@dataclass(frozen=True)
class Report:
    period: Period
    area: Area | None
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
    """The half-year that was over when the last request came in: what the home page and /report/ show."""
    here = town()
    requests = Request.objects.filter(town=here.code if here else "").order_by("-received_at")
    last = requests.values_list("received_at", flat=True).first() or timezone.now()
    return last_completed_half_year(timezone.localdate(min(last, timezone.now())))


def over(period: Period, area: Area | None) -> Over:
    """What a figure is asked for: an area with its predecessors, or everything."""
    return Over(period, within([area.code]) if area else EVERYWHERE)


def compute(period: Period, area: Area | None = None) -> Report:
    """Every figure as of one moment."""
    with read_snapshot():
        asked = over(period, area)
        lines = {key: Line(figure, figure.at(asked)) for key, figure in FIGURES.items()}
    return Report(period, area, lines)


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
