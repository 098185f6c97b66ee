"""An editor's paragraph with its figures, as a page or a paper writes it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from shiliu.core.figures import FIGURES, Period, suppressed
from shiliu.core.templatetags.shiliu import figure as shown
from shiliu.figures.papers.drafting import Draft, Told, written
from shiliu.figures.report import Line
from shiliu.figures.sentences import placeholders
from shiliu.figures.sentences.models import Paragraph
from shiliu.figures.sentences.placeholders import Place
from shiliu.grid.models import Area


def stored(area: Area | None, period: Period, language: str) -> dict[str, Paragraph]:
    """The paragraphs that editors wrote for a report, by part; without those that were given up."""
    if area is None:
        return {}
    of_report = Paragraph.objects.filter(area=area, start=period.start, end=period.end, language=language)
    return {paragraph.part: paragraph for paragraph in of_report.exclude(text="")}


def few_in(paragraphs: Iterable[Paragraph]) -> set[str]:
    """The figures that paragraphs keep as they were, with a number of persons too small for the public."""
    return {
        key
        for paragraph in paragraphs
        for key, kept in paragraph.frozen.items()
        if key in FIGURES and suppressed(FIGURES[key], placeholders.read(kept)[0])
    }


def draft(paragraph: Paragraph, lines: Mapping[str, Line], outside: frozenset[str]) -> Draft:
    """The paragraph. A number that this reader must not see is told to be few; the words around it stay."""
    return [
        _told(each, paragraph, lines, outside) if isinstance(each, Place) else each
        for each in placeholders.pieces(paragraph.text)
    ]


def _told(
    place: Place, paragraph: Paragraph, lines: Mapping[str, Line], outside: frozenset[str]
) -> Told | str:
    line, day = lines.get(place.key), None
    if line is None:
        return shown(None)
    if place.frozen:
        value, day = placeholders.read(paragraph.frozen[place.key])
        line = replace(line, value=value, past=())
    if line.hidden and place.key in outside:
        return Told(line, _("few: not shown"))
    return Told(line, words(line, bare=place.bare, day=day))


def words(line: Line, *, bare: bool, day: date | None = None) -> str:
    """A figure in a sentence; day: the one of which it is kept."""
    told = shown(line.value.value) if bare else written(line)
    return _("%(value)s (as of %(day)s)") % {"value": told, "day": day} if day else told
