"""What is signed: values, definitions, sentences, and digests of the records behind each figure by day."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import InterfaceError, OperationalError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from shiliu.core.areas import Scope
from shiliu.core.figures import Period, suppressed
from shiliu.core.snapshot import read_snapshot
from shiliu.core.templatetags.shiliu import figure as shown
from shiliu.figures.definitions import Definition
from shiliu.figures.papers import drafting
from shiliu.figures.report import CHAPTERS, Line, Report, compute, exact
from shiliu.figures.sentences import placeholders, writing
from shiliu.figures.sentences.models import Paragraph
from shiliu.figures.signing import digests
from shiliu.figures.signing.digests import Day
from shiliu.figures.signing.printed import LANGUAGES
from shiliu.figures.signing.seal import canonical
from shiliu.grid.models import Area

UNREACHABLE = (InterfaceError, OperationalError)  # the database, and not a figure
Own = Mapping[str, Mapping[str, Paragraph]]  # by language and part


@dataclass(frozen=True)
class State:
    """A report as it is at one moment, with everything that is signed of it."""

    report: Report
    own: Own
    at: datetime
    days: dict[str, dict[date, Day]]

    @property
    def seen(self) -> str:
        """What a person saw of it: the same as long as no value and no sentence of an editor has changed."""
        values = {key: _value(line) for key, line in self.report.lines.items()}
        own = {code: {part: [it.text, it.frozen] for part, it in of.items()} for code, of in self.own.items()}
        return hashlib.sha256(canonical([values, own])).hexdigest()


class Failed(Exception):
    """A figure could not be computed."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def state(period: Period, area: Area, *, with_days: bool, at: datetime | None = None) -> State:
    """The report, computed as of a moment: this one, or `at`, for the figures that move with time.

    with_days: also what stands behind each figure, which goes over all records. Raises Failed; what the
    database says when it is out of reach it says itself.
    """
    at = at or timezone.now()
    with read_snapshot():
        try:
            report = compute(period, area, compared=True, at=at)
        except UNREACHABLE:
            raise
        except Exception as error:
            raise Failed("") from error
        own = {code: writing.stored(area, period, code) for code in LANGUAGES}
        days = {key: _days(line, report) for key, line in report.lines.items()} if with_days else {}
    return State(report, own, at, days)


def _days(line: Line, report: Report) -> dict[date, Day]:
    try:
        return digests.by_day(line.figure, report.asked)
    except UNREACHABLE:
        raise
    except Exception as error:
        raise Failed(line.figure.key) from error


def about(it: State, area: Area, *, code: str, post: str) -> dict[str, Any]:
    """What the statement says of a report, beside its key and its parts."""
    period = it.report.period
    return {
        "code": code,
        "area": {"code": area.code, "name": area.name},
        "period": {"start": str(period.start), "end": str(period.end)},
        "scope": sorted(it.report.asked.area.codes),
        "signed_at": timezone.localtime(it.at).isoformat(timespec="seconds"),
        "post": post,
    }


def scope_of(statement: Mapping[str, Any]) -> Scope:
    """The areas that counted when it was signed: a later succession adds none."""
    return Scope.of(statement["scope"])


def contents(it: State) -> dict[str, Any]:
    """The parts by name: `value/…`, `before/…`, `year_ago/…`, `definition/…` and `days/…` of each figure,
    `text/part/language` of each paragraph, `frozen/part/language/key` of what it keeps, and `headings`.
    """
    headings: dict[str, Any] = {code: _headings(code) for code in LANGUAGES}
    parts: dict[str, Any] = {"headings": headings | {"figures": list(it.report.lines)}}
    for key, line in it.report.lines.items():
        parts[f"value/{key}"] = _value(line) | _in_words(line)
        parts[f"definition/{key}"] = _definition(line)
        parts[f"days/{key}"] = {str(day): found.told for day, found in it.days[key].items()}
        for name, past in zip(("before", "year_ago"), (line.past[0], line.past[-1]), strict=True):
            parts[f"{name}/{key}"] = {
                "value": exact(past.value.value),
                "number": shown(past.value.value),
                "few": past.few,
            }
    for code in LANGUAGES:
        with translation.override(code):
            for name, content in _texts(it, code):
                parts[name] = content
    return parts


def _value(line: Line) -> dict[str, Any]:
    it = line.value
    parts = {"numerator": it.numerator, "denominator": it.denominator, "excluded": it.excluded}
    few = suppressed(line.figure, it)
    return {"value": exact(it.value), "records": it.records, "few": few} | {
        name: n for name, n in parts.items() if n is not None
    }


def _each(words: Any) -> dict[str, str]:
    """Words in each language."""
    found = {}
    for code in LANGUAGES:
        with translation.override(code):
            found[code] = str(words() if callable(words) else words)
    return found


def _in_words(line: Line) -> dict[str, Any]:
    return {"words": _each(lambda: drafting.written(line)), "number": shown(line.value.value)}


def _definition(line: Line) -> dict[str, Any]:
    it = Definition(line.figure)
    return {
        "part": line.figure.part,
        "unit": line.figure.unit,
        "kind": line.figure.when.kind,
        "measure": type(line.figure.measure).__name__,
        "persons": line.figure.persons,
        "right": line.figure.right,
        **words_of(it),
    }


def words_of(it: Definition) -> dict[str, dict[str, str]]:
    """What a definition says, in each language."""
    said = {"label": it.figure.label, "explain": it.figure.meaning, "unit_words": it.unit}
    said |= {"moves": it.figure.moves, "time": it.time, "measured": it.measure, "answers": it.answers}
    return {name: _each(words) for name, words in said.items()}


def _headings(code: str) -> list[Any]:
    with translation.override(code):
        return [[str(chapter), [[part, str(title)] for part, title in parts]] for chapter, parts in CHAPTERS]


def _texts(it: State, code: str) -> Iterator[tuple[str, Any]]:
    """The paragraphs in one language, which is the active one."""
    for _chapter, parts in CHAPTERS:
        for part, title in parts:
            text = {"title": str(title), "few": _("few: not shown"), "between": ""}
            if own := it.own[code].get(part):
                sentences = [[_place(each) for each in placeholders.pieces(own.text)]]
                yield f"text/{part}/{code}", text | {"own": True, "sentences": sentences}
                for key, kept in own.frozen.items():
                    if line := it.report.lines.get(key):
                        yield f"frozen/{part}/{code}/{key}", _frozen(line, kept)
                continue
            templates = [str(each) for each in drafting.SENTENCES.get(part, ())]
            sentences = [
                [_place(each) for each in placeholders.pieces(template)]
                for template in templates
                if not any(_is_empty(it, place) for place in placeholders.places(template))
            ]
            between = "" if any(template.endswith("。") for template in templates) else " "
            yield f"text/{part}/{code}", text | {"own": False, "sentences": sentences, "between": between}


def _is_empty(it: State, place: placeholders.Place) -> bool:
    return it.report.lines[place.key].value.value is None


def _place(each: str | placeholders.Place) -> Any:
    return each if isinstance(each, str) else {"figure": each.key, "bare": each.bare, "frozen": each.frozen}


def _frozen(line: Line, kept: Mapping[str, Any]) -> dict[str, Any]:
    value, day = placeholders.read(kept)
    then = Line(line.figure, value)
    return {
        "value": exact(value.value),
        "few": suppressed(line.figure, value),
        "words": writing.words(then, bare=False, day=day),
        "number": writing.words(then, bare=True, day=day),
    }
