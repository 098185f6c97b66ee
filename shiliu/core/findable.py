"""What the public may find: each app says once which of its records, by which words, and where they lead.

    findable.register(findable.Kind(
        "venues", Venue, _("venues"),
        stored=lambda: Venue.objects.all(), shown=lambda rows, today: rows.on(today),
        label=str, text=lambda venue: venue.address, date="valid_from",
    ))

An app does so in its `findable.py`, which is found by its name. The index holds the words of all `stored`
records under a kind of its own (`public.venues`), apart from what staff can find. What is shown comes from
the records themselves, as they are at that moment, so a record that is over, withdrawn or gone is not shown,
whatever the index holds.

The door and the import keep the index with what they write; code that writes a record in another way calls
`keep`. Every night, and with `shiliu reindex`, what differs is put right.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode

from shiliu.core import search
from shiliu.core.models import SearchDocument
from shiliu.core.search import Document

_KEY = re.compile(r"(\d{4}-\d\d-\d\d)\.(\d{1,18})", re.ASCII)
_NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)


def _all(rows: Any, today: date) -> Any:
    return rows


def _nothing(record: Any) -> str:
    return ""


def _no_page(record: Any) -> str:
    return ""


@dataclass(frozen=True)
class Kind:
    """The records of one model.

    name: in addresses and of the index. stored: those that may be public on some day, with what label, text
    and address need. shown: which of them are public today. label: what a result is called; text: further
    words by which it is found, of which an excerpt is shown, both indexed in every language; also: words by
    which it is found and that nobody is shown. url: "" for what has no page. date: the field of its date, ""
    for none. changed: the field of when its page was last changed, for the sitemap. language: of its words,
    as `lang` has it, "" for the interface's.
    """

    name: str
    model: type[models.Model]
    title: Any
    stored: Callable[[], QuerySet[Any]]
    label: Callable[[Any], str]
    text: Callable[[Any], str]
    shown: Callable[[Any, date], QuerySet[Any]] = _all
    url: Callable[[Any], str] = _no_page
    date: str = ""
    changed: str = ""
    language: Callable[[Any], str] = _nothing
    also: Callable[[Any], str] = _nothing

    @property
    def pages(self) -> bool:
        """Whether its records have pages."""
        return self.url is not _no_page

    @property
    def index_name(self) -> str:
        return f"public.{self.name}"

    def document(self, record: Any) -> Document:
        day = getattr(record, self.date) if self.date else None
        at = timezone.make_aware(datetime.combine(day, time.min)) if day else _NO_DATE
        words: dict[str, None] = {}
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                words |= dict.fromkeys((self.label(record), self.text(record)))
        words |= dict.fromkeys(filter(None, [self.also(record)]))
        return Document(self.index_name, record.code, at, "\n".join(words))


KINDS: dict[type[models.Model], Kind] = {}


def register(kind: Kind) -> None:
    if kind.model in KINDS or named(kind.name):
        raise ValueError(f"{kind.name} is registered twice")
    KINDS[kind.model] = kind


def named(name: str) -> Kind | None:
    return next((kind for kind in KINDS.values() if kind.name == name), None)


def address(name: str, *args: Any, **query: str) -> str:
    """The page of that name."""
    path = reverse(name, args=args)
    return f"{path}?{urlencode(query)}" if query else path


# Finding --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """One result: what it is called, where it leads, its date, why it was found, and in which language."""

    label: list[search.Piece]
    url: str
    date: date | None
    excerpt: list[search.Piece]
    key: str
    language: str = ""


def find(kind: Kind, text: str, *, after: str = "", limit: int) -> tuple[list[Found], str]:
    """The first `limit` results behind the one with the key `after`; the last one's key if more follow.

    The newest come first; what has no date comes by its code, so that an area stands before its parts.
    """
    rows = kind.shown(kind.stored(), timezone.localdate())
    rows = rows.filter(_behind(kind, after), code__in=search.matching(kind.index_name, text))
    order = [f"-{kind.date}", "-pk"] if kind.date else ["code"]
    records = list(rows.order_by(*order)[: limit + 1])
    results = [_found(kind, record, text) for record in records[:limit]]
    return results, results[-1].key if len(records) > limit else ""


def _found(kind: Kind, record: Any, text: str) -> Found:
    day = getattr(record, kind.date) if kind.date else None
    return Found(
        label=search.excerpt(kind.label(record), text, length=200),
        url=kind.url(record),
        date=day,
        excerpt=search.excerpt(kind.text(record), text),
        key=f"{day.isoformat()}.{record.pk}" if day else record.code,
        language=kind.language(record),
    )


def _behind(kind: Kind, key: str) -> Q:
    """What comes after a key; everything where the key makes no sense."""
    if not kind.date:
        return Q(code__gt=key) if key and key.isprintable() else Q()
    if not (match := _KEY.fullmatch(key)):
        return Q()
    try:
        day = date.fromisoformat(match[1])
    except ValueError:
        return Q()
    return Q(**{f"{kind.date}__lt": day}) | Q(**{kind.date: day, "pk__lt": int(match[2])})


# The index ------------------------------------------------------------------------------------------------


def keep(record: models.Model) -> None:
    """Bring the index up to date after a record was written or deleted; nothing for other models."""
    keep_many(type(record), [record])


def keep_many(model: type[models.Model], records: Iterable[Any]) -> None:
    """`keep` for many records of one model, in a few statements."""
    kind = KINDS.get(model)
    if kind is None:
        return
    rest = iter(records)
    while batch := list(islice(rest, search.BATCH)):
        stored = list(kind.stored().filter(pk__in=[record.pk for record in batch]))
        search.index_many(map(kind.document, stored))
        gone = {record.code for record in batch} - {record.code for record in stored}
        if gone:
            SearchDocument.objects.filter(kind=kind.index_name, public_id__in=gone).delete()


def differing(kind: Kind, *, lock: bool = False) -> Iterator[list[Document]]:
    """Documents that the index lacks or has otherwise, in batches. With `lock`, inside a transaction each."""
    last = 0
    while True:
        with transaction.atomic() if lock else nullcontext():
            rows = kind.stored().filter(pk__gt=last).order_by("pk")
            batch = list((rows.select_for_update(of=("self",)) if lock else rows)[: search.BATCH])
            if not batch:
                return
            last = batch[-1].pk
            documents = {document.public_id: document for document in map(kind.document, batch)}
            held = SearchDocument.objects.filter(kind=kind.index_name, public_id__in=documents)
            has = dict(held.values_list("public_id", "tokens"))
            yield [d for code, d in documents.items() if has.get(code) != search.stored_tokens(d)]


def surplus(kind: Kind) -> QuerySet[SearchDocument]:
    """Documents of records that are gone, or that the public may not find any more."""
    documents = SearchDocument.objects.filter(kind=kind.index_name)
    return documents.exclude(public_id__in=kind.stored().order_by().values("code"))


def reindex(kind: Kind) -> tuple[int, int]:
    """Put right what differs: how many documents were written, how many removed."""
    written = 0
    for documents in differing(kind, lock=True):
        search.index_many(documents)
        written += len(documents)
    removed, _by_model = surplus(kind).delete()
    return written, removed
