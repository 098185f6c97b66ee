"""A list of requests as a file for a spreadsheet: what is filtered, in the list's order, without contacts.

Which rows those are is settled before the first one leaves, so a row that a colleague moves meanwhile is
neither missing nor there twice; of each only its number is held, eight bytes.
"""

import csv
import heapq
import io
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import receipts
from shiliu.core.exchange import cells
from shiliu.core.models import User
from shiliu.core.personal import without_numbers
from shiliu.grid.models import Area
from shiliu.requests.desk import lists
from shiliu.requests.desk.wanted import Wanted
from shiliu.requests.models import Category, Request, State

MOST = 100_000
CHUNK = 500
HEADER = [
    gettext_lazy("code"), gettext_lazy("received at"), gettext_lazy("area"), gettext_lazy("category"),
    gettext_lazy("state"), gettext_lazy("lead"), gettext_lazy("due at"), gettext_lazy("first contact at"),
    gettext_lazy("closed at"), gettext_lazy("on time"), gettext_lazy("solved, says the resident"),
    gettext_lazy("satisfied, says the resident"), gettext_lazy("urgent"),
    gettext_lazy("number of the work order"), gettext_lazy("where exactly"),
    gettext_lazy("what it is about"),
]  # fmt: skip
FIELDS = (
    "pk", "code", "received_at", "area__name", "category_id", "state", "team__name", "unit__name",
    "post__title", "due_at", "contacted_at", "done_at", "closed_at", "solved", "satisfied", "is_urgent",
    "order_number", "address", "words",
)  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """The rows of a file that is to be written. more: whether the list has more than a file may hold."""

    numbers: "array[int]"
    names: "_Names"
    more: bool

    def rows(self) -> Iterator[list[str]]:
        """The header and the rows as text, chunk by chunk."""
        yield self.names.header
        for start in range(0, len(self.numbers), CHUNK):
            chunk = self.numbers[start : start + CHUNK]
            found = {row[0]: row for row in Request.objects.filter(pk__in=chunk).values_list(*FIELDS)}
            yield from (self.names.told(*found[pk][1:]) for pk in chunk if pk in found)
        if self.more:
            yield [self.names.more]


def sheet(user: User, wanted: Wanted, now: datetime) -> Sheet:
    """What a file of this list holds; its words in the language of the moment."""
    numbers = array("q")
    for pk in _numbers(user, wanted, now):
        if len(numbers) == MOST:
            return Sheet(numbers, _names(), more=True)
        numbers.append(pk)
    return Sheet(numbers, _names(), more=False)


def _numbers(user: User, wanted: Wanted, now: datetime) -> Iterator[int]:
    """The rows' numbers in the list's order, over all parts of the scope."""
    by, descending = wanted.show.by, wanted.show.descending
    order = (f"-{by}", "-pk") if descending else (by, "pk")
    parts = [
        rows.order_by(*order).values_list(by, "pk")[: MOST + 1].iterator(chunk_size=2000)
        for rows in lists.parts(user, wanted, now, whole=True)
    ]
    return (pk for _at, pk in heapq.merge(*parts, reverse=descending))


@dataclass(frozen=True)
class _Names:
    """Words for what the columns hold, settled before the file is written: that happens after the view."""

    header: list[str]
    states: dict[str, str]
    categories: dict[int, str]
    yes: dict[Any, str]
    more: str

    def told(
        self, code: str, received_at: datetime, area: str, category: int, state: str, team: str | None,
        unit: str | None, post: str | None, due_at: datetime, contacted_at: datetime | None,
        done_at: datetime | None, closed_at: datetime | None, solved: bool | None, satisfied: bool | None,
        is_urgent: bool, order: str, address: str, words: str,
    ) -> list[str]:  # fmt: skip
        if order:  # as `Request.words_for_others`
            address, words = without_numbers(address), without_numbers(words)
        on_time = (done_at or closed_at) <= due_at if closed_at and state == State.CLOSED else None
        return [
            receipts.shown(code), _moment(received_at), area,
            self.categories[category], self.states[state],
            team or unit or post or "", _moment(due_at), _moment(contacted_at),
            _moment(closed_at), self.yes[on_time], self.yes[solved], self.yes[satisfied],
            self.yes[is_urgent or None], order, address, words,
        ]  # fmt: skip


def _names() -> _Names:
    return _Names(
        [str(name) for name in HEADER],
        {state.value: str(state.label) for state in State},
        {category.pk: str(category) for category in Category.objects.all()},
        {None: "", True: _("yes"), False: _("no")},
        _("The list goes on: a file holds at most %(most)d rows. Narrow the list for the rest.")
        % {"most": MOST},
    )


def _moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


def csv_lines(rows: Iterable[list[str]]) -> Iterator[bytes]:
    """The rows as CSV in UTF-8, with the mark that spreadsheets need and lines that end in CR LF."""
    held = io.StringIO(newline="")
    out = csv.writer(held, lineterminator="\r\n")
    held.write("\ufeff")
    for number, row in enumerate(rows, 1):
        out.writerow(map(cells.escaped, row))
        if number % CHUNK == 0:
            yield _taken(held)
    yield _taken(held)


def _taken(held: io.StringIO) -> bytes:
    text = held.getvalue()
    held.seek(0)
    held.truncate()
    return text.encode()


def told(user: User, wanted: Wanted, *, more: bool = False) -> str:
    """The filter in words for the record; a telephone number that was searched stays out of it.

    more: the list has more than the file.
    """
    area = Area.objects.filter(code=wanted.area).first() if wanted.area else None
    category = Category.objects.filter(code=wanted.category).first() if wanted.category else None
    words = "•••" if lists.telephone(user, wanted.q) else wanted.q
    parts = [
        wanted.show.label,
        area or wanted.area,
        category or wanted.category,
        f"“{words}”" if words else "",
        _("the list has more") if more else "",
    ]
    return " · ".join(str(part) for part in parts if part)
