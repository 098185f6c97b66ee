"""Text search for Chinese and everything else, the same on SQLite and PostgreSQL.

Chinese is written without spaces, so a run of Han (or kana) characters is indexed as its overlapping pairs
and its last character: 水管漏 gives 水管, 管漏, 漏. Letters and digits give words. A query means all of its
runs: two or more characters as a phrase of adjacent pairs (exactly the texts that hold them in a row), one
character and a word as a beginning.

Every token is lower-case ASCII letters and digits, so that FTS5's unicode61 and PostgreSQL's parser, which
know nothing of each other, both take it as one token, and nothing typed can be their syntax.

Limits: a word counts with its first 40 characters, a query with its first 32 runs of 64 characters, a text
with its first 16,383 tokens (PostgreSQL knows no later position, and at most 255 positions of one token).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby, islice, pairwise
from typing import Any, NamedTuple

from django.db import connection, models

from shiliu.core import areas
from shiliu.core.areas import Scope
from shiliu.core.models import SearchDocument

FTS_TABLE = "core_searchdocument_fts"  # SQLite's index; the migration that makes it has the triggers
BATCH = 1000
_STORE = (
    f"INSERT INTO {SearchDocument._meta.db_table} (kind, public_id, at, tokens) VALUES %s "  # noqa: S608
    "ON CONFLICT (kind, public_id) DO UPDATE SET at = EXCLUDED.at, tokens = EXCLUDED.tokens"
)
FEW = 2000  # hits that are looked up one by one sooner than a list is walked

_MAX_TOKENS = 16_383
_MAX_BYTES = 600_000  # a tsvector of these tokens with their positions stays under its limit of 1 MB
_MAX_WORD = 40
_MAX_RUNS = 32
_MAX_RUN = 64
_MAX_EXCERPTED = 20_000
_MAX_HITS = 50

_PAIRED = (
    (0x3005, 0x3007),  # 々 and 〇
    (0x3040, 0x30FF),  # hiragana, katakana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Han, extension A
    (0x4E00, 0x9FFF),  # Han
    (0xF900, 0xFAFF),  # compatibility Han; NFKC leaves twelve
    (0x20000, 0x3FFFF),  # Han, extensions B and later
)
_VARIANTS = (0x180B, 0x180C, 0x180D, 0x180F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
_GAP, _WORD, _PAIRS = range(3)


@dataclass(frozen=True)
class Term:
    """Adjacent tokens, or the beginning of one token."""

    tokens: tuple[str, ...]
    prefix: bool

    @property
    def fts5(self) -> str:
        return f'"{" ".join(self.tokens)}"{" *" * self.prefix}'

    @property
    def tsquery(self) -> str:
        return f"({' <-> '.join(self.tokens)}{':*' * self.prefix})"


@dataclass(frozen=True)
class Query:
    """All of `terms`."""

    terms: tuple[Term, ...]

    def __bool__(self) -> bool:
        return bool(self.terms)


class Document(NamedTuple):
    """What makes a record findable: its kind and public id, its date, its words; the code of its area."""

    kind: str
    public_id: str
    at: datetime
    text: str
    area: str = ""


def tokens(text: str) -> str:
    """The tokens of a text, in order, separated by spaces."""
    kept: list[str] = []
    room = _MAX_BYTES
    for token in islice(_tokens(text), _MAX_TOKENS):
        room -= len(token) + 1
        if room < 0:
            break
        kept.append(token)
    return " ".join(kept)


def stored_tokens(document: Document) -> str:
    """What the index holds of a document: tokens for its kind and its areas, and those of its text.

    By the first, a word that a million documents of other kinds or places hold is found as fast as a rare
    one.
    """
    return " ".join([marks(document.kind, document.area), tokens(document.text)]).rstrip()


def marks(kind: str, area: str = "") -> str:
    """The tokens of a document of this kind in this area: of the kind, the town, the village and the grid."""
    return " ".join([_mark(kind), *(f"a{area[:size]}" for size in areas.LEVELS[1:] if size <= len(area))])


def _mark(kind: str) -> str:
    return "k" + "".join(character for character in kind.lower() if character.isalnum())


def _places(inside: Scope | None) -> list[Term]:
    """What documents of a scope have one of; nothing for a county, which is most of all there is."""
    if inside is None or inside.everywhere or any(len(code) <= areas.COUNTY for code in inside.codes):
        return []
    return [Term((f"a{code}",), prefix=False) for code in sorted(inside.codes)]


def query(text: str) -> Query:
    """What somebody typed into a search field; without letters or digits it is empty (false)."""
    terms: list[Term] = []
    for kind, run in islice(_runs(text), _MAX_RUNS):
        if kind == _WORD:
            terms.append(Term((_word(run),), prefix=True))
        elif len(run) == 1:
            terms.append(Term((_single(run),), prefix=True))
        else:
            terms.append(Term(tuple(_pairs(run[:_MAX_RUN])), prefix=False))
    return Query(tuple(dict.fromkeys(terms)))


def matching(kind: str, text: str, inside: Scope | None = None) -> models.QuerySet[SearchDocument, Any]:
    """The public ids of the records of a kind that the text finds, as a subquery:

    `Request.objects.filter(code__in=search.matching("requests.request", "漏水"))`

    inside: only what lay there when it was indexed; whoever asks narrows the records themselves too. A text
    without letters or digits finds nothing. Any text may be given; it never raises.
    """
    wanted = query(text)
    if not wanted:
        return SearchDocument.objects.none().values_list("public_id", flat=True)
    return SearchDocument.objects.filter(_Matches(kind, wanted, inside)).values_list("public_id", flat=True)


def narrowed(
    rows: models.QuerySet[Any, Any], kind: str, text: str, *, inside: Scope | None = None, by: str = "code"
) -> tuple[models.QuerySet[Any, Any], bool]:
    """The rows that the text finds, and whether they are few. inside: as for `matching`; by: the field that
    holds the public id.

    For a list that is read in its own order and only as far as a page. Where the text finds few, all of
    them are looked up; where it finds many, each row is asked in the order of the list, which has a page
    of them soon. Neither walks a million rows to show forty.
    """
    hits = matching(kind, text, inside).order_by()
    found = list(hits[: FEW + 1])
    if len(found) <= FEW:
        return rows.filter(**{f"{by}__in": found}), True
    own = SearchDocument.objects.filter(
        *map(_Holds, query(text).terms), kind=kind, public_id=models.OuterRef(by)
    )
    return rows.filter(models.Exists(own)), False


def index(kind: str, public_id: str, *, at: datetime, text: str, area: str = "") -> None:
    """Make a record findable by `text`, or by this text instead of an earlier one: one statement."""
    index_many([Document(kind, public_id, at, text, area)])


def index_many(documents: Iterable[Document]) -> None:
    """`index` for many, in batches of 1,000: constant memory, and statements per batch.

    Of two documents of one record the later counts.
    """
    rest = iter(documents)
    while batch := list(islice(rest, BATCH)):
        latest = {(document.kind, document.public_id): document for document in batch}
        values = [
            value
            for d in latest.values()
            for value in (
                d.kind,
                d.public_id,
                connection.ops.adapt_datetimefield_value(d.at),
                stored_tokens(d),
            )
        ]
        with connection.cursor() as cursor:
            cursor.execute(_STORE % ", ".join(["(%s, %s, %s, %s)"] * len(latest)), values)


def remove(kind: str, public_id: str) -> None:
    """The record can no longer be found; nothing happens if it never could."""
    SearchDocument.objects.filter(kind=kind, public_id=public_id).delete()


class Piece(NamedTuple):
    """A part of a text as it is shown; `hit` where it is what was looked for."""

    text: str
    hit: bool


def excerpt(text: str, wanted: str, *, length: int = 120) -> list[Piece]:
    """A stretch of `text` from shortly before the first place that `wanted` finds, in pieces, in order.

    Where it finds nothing (what was found may stand in a title), the beginning. The pieces are plain text:
    whoever shows them escapes them.
    """
    text = " ".join(text[:_MAX_EXCERPTED].split())
    hits = _hits(text, wanted)
    start = max(hits[0][0] - length // 4, 0) if hits else 0
    end = min(start + length, len(text))
    pieces = [Piece("…", False)] if start else []
    at = start
    for first, last in hits:
        if last > end:
            break
        pieces += [Piece(text[at:first], False), Piece(text[first:last], True)]
        at = last
    pieces.append(Piece(text[at:end] + ("…" if end < len(text) else ""), False))
    return [piece for piece in pieces if piece.text]


def is_in(text: str, wanted: str) -> bool:
    """Whether `wanted` finds `text`, without an index: for the few texts that are not records."""
    return holds(padded(text), query(wanted))


def padded(text: str) -> str:
    """The tokens of a text as `holds` looks into them: for one text and many queries."""
    return f" {tokens(text)} "


def holds(padded: str, wanted: Query) -> bool:
    """Whether a query finds the text of which these are the tokens; an empty one finds nothing."""
    return bool(wanted) and all(
        f" {' '.join(term.tokens)}{'' if term.prefix else ' '}" in padded for term in wanted.terms
    )


def _hits(text: str, wanted: str) -> list[tuple[int, int]]:
    """Where the runs of a query stand in a text: first and last + 1, none inside another."""
    places = [(n, folded) for n, character in enumerate(text) for folded in _folded(character)]
    folded = "".join(character for _n, character in places)
    covered: set[int] = set()
    for kind, run in islice(_runs(wanted), _MAX_RUNS):
        begins = r"(?<!\w)" if kind == _WORD else ""
        for match in islice(re.finditer(begins + re.escape(run), folded), _MAX_HITS):
            covered.update(range(places[match.start()][0], places[match.end() - 1][0] + 1))
    return [(run[0], run[-1] + 1) for run in _stretches(sorted(covered))]


def _stretches(numbers: list[int]) -> Iterator[list[int]]:
    for _difference, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        yield [number for _place, number in run]


@lru_cache(maxsize=8192)
def _folded(character: str) -> str:
    """A character as `_runs` has it; what is composed of several is compared as it is written."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", character).casefold())


class _Holds(models.Func):
    """Whether a document holds a term, asked of the document at hand, as `holds` does: without an index."""

    output_field = models.BooleanField()

    def __init__(self, term: Term, **extra: Any) -> None:
        super().__init__("tokens", **extra)
        self.part = f" {' '.join(term.tokens)}{'' if term.prefix else ' '}"

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, tuple[str, ...]]:
        [text] = (compiler.compile(column)[0] for column in self.source_expressions)
        return f"instr(' ' || {text} || ' ', %s) > 0", (self.part,)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, tuple[str, ...]]:
        [text] = (compiler.compile(column)[0] for column in self.source_expressions)
        return f"strpos(' ' || {text} || ' ', %s) > 0", (self.part,)


class _Matches(models.Func):
    """Whether a document is of a kind and satisfies a query, through the index of either database."""

    output_field = models.BooleanField()

    def __init__(self, kind: str, wanted: Query, inside: Scope | None, **extra: Any) -> None:
        super().__init__("id", "kind", "tokens", **extra)
        self.kind, self.wanted, self.places = kind, wanted, _places(inside)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, tuple[str, ...]]:
        # The + hides `kind` from the planner, which would rather walk all of a kind than start at the words.
        row, kind, _tokens = (compiler.compile(column)[0] for column in self.source_expressions)
        found = f"SELECT rowid FROM {FTS_TABLE} WHERE {FTS_TABLE} MATCH %s"  # noqa: S608 (constants)
        asked = [_mark(self.kind), *(term.fts5 for term in self.wanted.terms)]
        if self.places:
            asked.append(f"({' OR '.join(term.fts5 for term in self.places)})")
        return f"({row} IN ({found}) AND +{kind} = %s)", (" AND ".join(asked), self.kind)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, tuple[str, ...]]:
        _row, kind, text = (compiler.compile(column)[0] for column in self.source_expressions)
        matches = f"to_tsvector('simple', {text}) @@ to_tsquery('simple', %s)"
        asked = [_mark(self.kind), *(term.tsquery for term in self.wanted.terms)]
        if self.places:
            asked.append(f"({' | '.join(term.tsquery for term in self.places)})")
        return f"({matches} AND {kind} = %s)", (" & ".join(asked), self.kind)


@lru_cache(maxsize=8192)
def _class(character: str) -> int:
    if any(first <= ord(character) <= last for first, last in _PAIRED) and character.isalnum():
        return _PAIRS
    return _WORD if character.isalnum() or unicodedata.category(character)[0] == "M" else _GAP


@lru_cache(maxsize=8192)
def _is_invisible(character: str) -> bool:
    """Joiners and variation selectors: typed or not by chance, and seen by nobody."""
    return ord(character) in _VARIANTS or unicodedata.category(character) == "Cf"


def _runs(text: str) -> Iterator[tuple[int, str]]:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    visible = (character for character in folded if not _is_invisible(character))
    for kind, run in groupby(visible, key=_class):
        if kind != _GAP:
            yield kind, "".join(run)


def _tokens(text: str) -> Iterator[str]:
    for kind, run in _runs(text):
        if kind == _WORD:
            yield _word(run)
        else:
            yield from _pairs(run)
            yield _single(run[-1])


def _pairs(run: str) -> Iterator[str]:
    return ("u" + first + second for first, second in pairwise(map(_code, run)))


def _single(character: str) -> str:
    """The beginning of every pair that begins with the character."""
    return "u" + _code(character)


@lru_cache(maxsize=8192)
def _code(character: str) -> str:
    return f"{ord(character):05x}"


def _word(word: str) -> str:
    """A word in ASCII, such that a word's beginning is also the beginning of its code."""
    if word.isascii() and "z" not in word:
        return "w" + word[:_MAX_WORD]
    return "w" + "".join(map(_letter, word[:_MAX_WORD]))


@lru_cache(maxsize=1024)
def _letter(character: str) -> str:
    if character == "z":
        return "zz"
    return character if character.isascii() else "z" + _code(character)
