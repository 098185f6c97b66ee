"""What every kind of paper holds: title, chapters of parts, each with its paragraph and its lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shiliu.core.templatetags.shiliu import figure as shown
from shiliu.figures import periods
from shiliu.figures.charts.asking import Shown
from shiliu.figures.definitions import Definition
from shiliu.figures.papers.drafting import Draft, draft, written
from shiliu.figures.report import CHAPTERS, Line, Report
from shiliu.figures.sentences import writing
from shiliu.figures.sentences.models import Paragraph
from shiliu.grid.town import town_name

NUMBERS = "一二三四五六七八九十"


def numbered(n: int, words: Any, *, inner: bool = False) -> str:
    """A heading with its number, from 0: 一、 and （一） in Chinese, 1. and 1) elsewhere."""
    if (get_language() or "").startswith("zh"):
        return f"（{NUMBERS[n]}）{words}" if inner else f"{NUMBERS[n]}、{words}"
    return f"{n + 1}) {words}" if inner else f"{n + 1}. {words}"


@dataclass(frozen=True)
class Part:
    """own: whether an editor wrote the paragraph."""

    key: str
    title: Any
    drafted: Draft
    lines: list[Line]
    charts: Sequence[Shown] = ()
    own: bool = False


@dataclass(frozen=True)
class Paper:
    """A report for one reader. outside: figures of which this reader sees no small numbers of persons.

    own: the paragraphs that an editor wrote, by part. signed: the document that its files carry; none where
    the report is not a signed one.
    charts: those that show something, as this reader may see them.
    """

    report: Report
    outside: frozenset[str]
    made_on: date
    own: Mapping[str, Paragraph] = field(default_factory=dict)
    charts: Sequence[Shown] = ()
    signed = b""

    @property
    def place(self) -> str:
        return self.report.area.name if self.report.area else town_name()

    @property
    def title(self) -> str:
        names = {"place": self.place, "period": periods.title(self.report.period)}
        return _("%(place)s: report of the %(period)s") % names

    @property
    def dated(self) -> str:
        """Under the title: when the figures were computed."""
        return _("(computed on %(day)s)") % {"day": date_format(self.made_on, "DATE_FORMAT")}

    def chapters(self) -> Iterator[tuple[Any, list[Part]]]:
        for chapter, parts in CHAPTERS:
            filled = [self._part(part, title) for part, title in parts]
            if found := [part for part in filled if part.lines]:
                yield chapter, found

    def _part(self, part: str, title: Any) -> Part:
        lines = [line for line in self.report.lines.values() if line.figure.part == part]
        charts = [it for it in self.charts if it.chart.part == part]
        if own := self.own.get(part):
            drafted = writing.draft(own, self.report.lines, self.outside)
            return Part(part, title, drafted, lines, charts, own=True)
        return Part(part, title, draft(part, self.report.lines, self.hidden()), lines, charts)

    def notes(self) -> list[str]:
        """What stands at the end: of a signed report, who signed it and with which key."""
        return []

    @property
    def closing(self) -> tuple[str, str]:
        """Whose report it is and of which day, as documents end."""
        return self.place, date_format(self.made_on, "DATE_FORMAT")

    def explained(self, it: Definition) -> str:
        """A definition in the annex: what counts, over which time, and who answers for it."""
        names = {"meaning": it.meaning, "time": it.time, "answers": it.answers}
        return _("%(meaning)s (%(time)s; answers for it: %(answers)s)") % names

    def caption(self, it: Shown) -> str:
        """What stands under a chart: “Figure 3: requests by month”."""
        numbers = {"n": list(self.charts).index(it) + 1, "title": it.chart.title}
        return _("Figure %(n)s: %(title)s") % numbers

    def hidden(self) -> frozenset[str]:
        return frozenset(key for key, line in self.report.lines.items() if not self.shows(line))

    def shows(self, line: Line) -> bool:
        return not (line.hidden and line.figure.key in self.outside)

    def past(self, line: Line) -> tuple[int | Decimal | None, int | Decimal | None]:
        """The value before and a year ago, which of a whole year are the same; None where it is not shown."""
        few = line.figure.key in self.outside
        values = [None if past.few and few else past.value.value for past in line.past] or [None]
        return values[0], values[-1]

    def cells(self, line: Line) -> list[str]:
        """In words: the value, before and a year ago."""
        if not self.shows(line):
            return [_("few: not shown"), "–", "–"]
        return [written(line), *map(shown, self.past(line))]

    def definitions(self) -> list[Definition]:
        return [Definition(line.figure) for line in self.report.lines.values()]


def paper(
    report: Report,
    outside: frozenset[str],
    own: Mapping[str, Paragraph] | None = None,
    charts: Sequence[Shown] = (),
) -> Paper:
    shown = [it for it in charts if not it.is_empty]
    return Paper(report, outside, timezone.localdate(), own or {}, shown)
