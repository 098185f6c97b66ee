"""A signed report as one reader sees it: its values, its paper, and what has changed since."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from shiliu.core import access
from shiliu.core.figures import (
    FIGURES,
    Count,
    CountDistinct,
    Figure,
    Flow,
    Median,
    Over,
    Period,
    Ratio,
    Stock,
    Sum,
    ToDate,
    Value,
)
from shiliu.core.models import User
from shiliu.core.snapshot import read_snapshot
from shiliu.core.templatetags.shiliu import figure as shown
from shiliu.figures.definitions import Definition
from shiliu.figures.papers.content import Paper, Part
from shiliu.figures.papers.drafting import Draft, Told
from shiliu.figures.report import Line, Past, Report
from shiliu.figures.signing import content, digests, seal
from shiliu.figures.signing.models import SignedReport, Signing
from shiliu.figures.signing.printed import LANGUAGES
from shiliu.figures.signing.seal import Document
from shiliu.figures.signing.telling import told, words_of
from shiliu.grid.models import Area

AT_ONCE = 100_000  # records: of more, the digests are compared figure by figure, when one asks for it
# What a figure was made of, to show it; it is not computed anew.
WHEN: dict[str, Any] = {"stock": Stock(), "to_date": ToDate(""), "flow": Flow("")}
MEASURE: dict[str, Any] = {
    "Count": Count(),
    "CountDistinct": CountDistinct(""),
    "Sum": Sum(""),
    "Ratio": Ratio(Q()),
    "Median": Median(""),
}


def language() -> str:
    """The language of the page, or the first one that reports are signed in."""
    current = get_language() or ""
    return current if current in LANGUAGES else LANGUAGES[0]


@dataclass(frozen=True)
class Definitions(Definition):
    """A definition in the words that were signed."""

    said: dict[str, dict[str, str]]

    @property
    def unit(self) -> str:
        return self.said["unit_words"][language()]

    @property
    def time(self) -> str:
        return self.said["time"][language()]

    @property
    def measure(self) -> str:
        return self.said["measured"][language()]

    @property
    def answers(self) -> str:
        return self.said["answers"][language()]


@dataclass(frozen=True)
class Signed:
    """A signing with its document. outside: figures of whose records this reader is not staff."""

    it: SignedReport
    stored: bytes
    outside: frozenset[str]

    @cached_property
    def document(self) -> Document:
        """All of it: what of it this reader may see is said by `hides`."""
        return seal.read(self.stored)

    @cached_property
    def shown(self) -> bytes:
        """The copy for this reader: without the parts that are not for them."""
        return seal.without(self.stored, self.hides)

    def hides(self, name: str, part: Any) -> bool:
        kind, _slash, rest = name.partition("/")
        key = rest.rpartition("/")[2]
        if key not in self.outside or kind in ("definition", "text", "headings"):
            return False
        return kind == "days" or bool(part["few"])

    @cached_property
    def asked(self) -> Over:
        """What its figures are asked for: the areas that counted when it was signed, as of that moment. What
        the records say today for this is another value only where a record is another one.
        """
        scope = content.scope_of(self.document.statement)
        return Over(self.it.period, scope, asked_at=self.it.signed_at)

    @cached_property
    def today(self) -> Over:
        """The same as of this moment: what the report says today."""
        return replace(self.asked, asked_at=None)

    @cached_property
    def lines(self) -> dict[str, Line]:
        values, defined = self.document.named("value"), self.document.named("definition")
        order = self.document.content("headings")["figures"]  # canonical JSON keeps none
        return {key: self._line(key, values[key], defined[key]) for key in order}

    def _line(self, key: str, value: dict[str, Any], said: dict[str, Any]) -> Line:
        figure = _figure(key, said)
        now = _value(value)
        names = {"before": pgettext("a figure", "before"), "year_ago": pgettext("a figure", "a year ago")}
        past = []
        for name, words in names.items():
            kept = self.document.content(f"{name}/{key}")
            past.append(Past(words, Value(_number(kept["value"]), 0), None, kept["few"]))
        return Line(figure, now, tuple(past))

    @property
    def post(self) -> str:
        return self.it.post or _("a post that had no title")

    def days(self, key: str) -> dict[date, list[Any]]:
        """Number of records and digest of each day, as they were."""
        kept = self.document.content(f"days/{key}") or {}
        return {date.fromisoformat(day): found for day, found in kept.items()}


def _number(value: int | str | None) -> int | Decimal | None:
    return Decimal(value) if isinstance(value, str) else value


def _value(kept: dict[str, Any]) -> Value:
    parts = (kept.get(name) for name in ("numerator", "denominator", "excluded"))
    return Value(_number(kept["value"]), kept["records"], *parts)


def _figure(key: str, said: dict[str, Any]) -> Figure:
    def nothing(over: Over) -> Any:
        raise LookupError(f"{key} as it was signed is not computed anew")

    return Figure(
        key,
        said["label"][language()],
        said["unit"],
        said["part"],
        nothing,
        WHEN[said["kind"]],
        MEASURE[said["measure"]],
        said["explain"][language()],
        persons=said["persons"],
        right=said["right"],
        moves=said.get("moves", {}).get(language(), ""),
    )


def signings(area: Area | None, period: Period, reader: Any) -> QuerySet[SignedReport]:
    """Those of a report that a reader sees, the newest first."""
    found = SignedReport.objects.visible_to(reader)
    return found.of(area.code, period) if area else found.none()


def unfinished(area: Area, period: Period, reader: Any) -> Signing | None:
    """The last signing of a report, where it is still being made or has failed."""
    newest = Signing.objects.visible_to(reader).of(area.code, period).first()
    return None if newest is None or newest.state == Signing.State.SIGNED else newest


def figure_that_failed(it: Signing) -> Any:
    """What the figure is called because of which a signing failed; its key where that is all there is."""
    return FIGURES[it.figure].label if it.figure in FIGURES else it.figure


def signed(it: SignedReport, reader: Any) -> Signed:
    """A signing for a reader."""
    stored = it.content.document.encode()
    document = seal.read(stored)
    scope = content.scope_of(document.statement)

    def inside(right: str) -> bool:
        known = isinstance(reader, User) and right in access.RIGHTS
        return known and bool(access.scope_of(reader, right) & scope)

    defined = document.named("definition")
    outside = frozenset(key for key, said in defined.items() if not inside(said["right"]))
    found = Signed(it, stored, outside)
    found.__dict__["document"] = document  # read already
    return found


@dataclass(frozen=True)
class SignedPaper(Paper):
    """A signed report on paper: the words and numbers that were signed."""

    source: Signed = field(kw_only=True)

    @property
    def signed(self) -> bytes:  # type: ignore[override]
        return self.source.shown

    @property
    def place(self) -> str:
        return str(self.source.document.statement["area"]["name"])

    def chapters(self) -> Any:
        for chapter, parts in self.source.document.content("headings")[language()]:
            filled = [self._part(part, title) for part, title in parts]
            if found := [part for part in filled if part.lines]:
                yield chapter, found

    def _part(self, part: str, title: Any) -> Part:
        lines = [line for line in self.report.lines.values() if line.figure.part == part]
        text = self.source.document.content(f"text/{part}/{language()}")
        return Part(part, title, self._draft(part, text), lines, own=text["own"])

    def _draft(self, part: str, text: Any) -> Draft:
        def shown(name: str) -> Any:
            found = self.source.document.content(name)
            return None if found is None or self.source.hides(name, found) else found

        lines, pieces = self.report.lines, told(text, words_of(part, language(), shown))
        return [each if isinstance(each, str) else Told(lines[each[0]], each[1]) for each in pieces]

    def cells(self, line: Line) -> list[str]:
        if not self.shows(line):
            return super().cells(line)
        said = self.source.document.content(f"value/{line.figure.key}")["words"][language()]
        return [said, *map(shown, self.past(line))]

    def definitions(self) -> list[Definition]:
        defined = self.source.document.named("definition")
        return [Definitions(line.figure, defined[key]) for key, line in self.report.lines.items()]

    def notes(self) -> list[str]:
        """Who signed, when, with which key, and how anybody checks it."""
        source = self.source
        names = {"post": source.post, "when": _moment(source.it.signed_at), "key": source.it.key}
        return [
            _("Signed on %(when)s by: %(post)s. Key: %(key)s.") % names,
            _("“shiliu report verify” with this file says whether it is as it was signed."),
        ]


def _moment(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")


def paper(it: Signed) -> SignedPaper:
    """The signed report on paper, for its reader."""
    report = Report(it.it.period, it.it.area, it.asked, it.lines)
    return SignedPaper(report, it.outside, timezone.localdate(it.it.signed_at), source=it)


# What has changed since -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """One figure then and now. now: None where it is no longer computed.

    days: those whose records have changed, None where that was not looked at. defined: whether the words of
    its definition are still the same. by_time: whether the value is another one because time has passed, and
    not because of a record.
    """

    then: Line
    now: Line | None
    days: tuple[date, ...] | None
    defined: bool
    by_time: bool = False

    @property
    def more(self) -> bool:
        """Whether the value is another one because of the records."""
        return self.now is not None and self.now.value != self.then.value and not self.by_time

    @property
    def changed(self) -> bool:
        return self.more or bool(self.days)


def differences(it: Signed) -> dict[str, Difference]:
    """Every figure then and now, as of one moment; with the days where that takes a moment, not minutes."""
    with read_snapshot():
        now = {key: FIGURES[key].at(it.today) for key in it.lines if key in FIGURES}
        many = sum(value.records for value in now.values()) > AT_ONCE
        return {key: _difference(it, key, now.get(key), with_days=not many) for key in it.lines}


def difference(it: Signed, key: str) -> Difference:
    """One figure then and now, with the days."""
    with read_snapshot():
        now = FIGURES[key].at(it.today) if key in FIGURES else None
        return _difference(it, key, now, with_days=True)


def _difference(it: Signed, key: str, now: Value | None, *, with_days: bool) -> Difference:
    if now is None:
        return Difference(it.lines[key], None, None, True)
    figure = FIGURES[key]
    days = tuple(changed_days(it, key)) if with_days else None
    said = it.document.content(f"definition/{key}")
    words = content.words_of(Definition(figure))
    same = all(said[name] == words[name] for name in words if name in said)
    then = it.lines[key]
    by_time = bool(figure.moves) and now != then.value and not days and figure.at(it.asked) == then.value
    return Difference(then, Line(figure, now), days, same, by_time)


def changed_days(it: Signed, key: str) -> list[date]:
    """The days of a figure whose records are not those that were signed."""
    then = it.days(key)
    now = {day: found.told for day, found in digests.by_day(FIGURES[key], it.asked).items()}
    return [day for day in sorted(then.keys() | now.keys()) if then.get(day) != now.get(day)]


@dataclass(frozen=True)
class Changes:
    """The records of one day of a figure, by key. None where it was not kept which they were.

    added: counted now, not then. removed: the other way round. altered: counted both times, otherwise.
    """

    added: frozenset[int]
    removed: frozenset[int]
    altered: frozenset[int]

    def word(self, pk: int) -> str:
        if pk in self.added:
            return _("added since")
        return _("changed since") if pk in self.altered else ""


def changes(it: Signed, key: str, day: date) -> Changes | None:
    kept = it.it.days.filter(figure=key, day=day).first()
    if kept is None and day in it.days(key):
        return None
    then = digests.read_marks(bytes(kept.marks)) if kept else {}
    now = digests.marks(FIGURES[key], it.asked, day)
    both = then.keys() & now.keys()
    altered = frozenset(pk for pk in both if then[pk] != now[pk])
    return Changes(frozenset(now.keys() - then.keys()), frozenset(then.keys() - now.keys()), altered)
