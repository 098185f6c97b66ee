"""Many work orders at once: what would become of each, and then what became of it."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from datetime import time as clock
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from shiliu.core import worktime
from shiliu.core.access import NotPermitted
from shiliu.core.door import Refused
from shiliu.core.exchange.reading import Problem
from shiliu.requests import actions
from shiliu.requests.actions.orders import Coming, OnRecord, Outcome, on_record
from shiliu.requests.models import Request
from shiliu.requests.orders.forms import OrderForm
from shiliu.requests.orders.placing import Places
from shiliu.requests.orders.tables import Line, Table

CHUNK = 500
NEWS = (Outcome.NEW, Outcome.CHANGED)


@dataclass(frozen=True)
class Result:
    """What becomes of one line: an outcome with its request as far as there is one, or why it is refused."""

    line: int
    coming: Coming | None = None
    outcome: Outcome | None = None
    request: Request | None = None
    problem: Problem | None = None

    @property
    def number(self) -> str:
        return self.coming.order.number if self.coming else ""

    @property
    def due_until(self) -> date | datetime | None:
        """When the order's own deadline ends; at midnight, the day that ends there."""
        if self.coming is None or self.coming.order.due_at is None:
            return None
        local = timezone.localtime(self.coming.order.due_at)
        return worktime.last_day(local) if local.time() == clock() else local


@dataclass
class Report:
    """What became of a table's lines, as far as it went. left: lines that nobody has come to."""

    results: list[Result] = field(default_factory=list)
    left: int = 0

    def counts(self) -> Counter[str]:
        """How many of each outcome, and how many were refused."""
        return Counter(str(each.outcome or "refused") for each in self.results)

    @property
    def to_do(self) -> int:
        """How many of the lines bring something."""
        return sum(each.outcome in NEWS for each in self.results)

    def of(self, outcome: Outcome | None) -> list[Result]:
        return [each for each in self.results if each.outcome == outcome]


def look(table: Table, *, by: Any) -> Report:
    """What would become of each line; nothing is written. A query or four for each `CHUNK` of lines."""
    return Report([_foreseen(result, known) for result, known in _looked_up(table, by)])


def bring_in(table: Table, *, by: Any, seconds: float) -> Report:
    """Take each line in, in a transaction of its own, until the time is over; the rest is left.

    Done again it goes on where it stopped: what is on record already costs next to nothing.
    """
    report, end = Report(), time.monotonic() + seconds
    for result, known in _looked_up(table, by):
        foreseen = _foreseen(result, known)
        if foreseen.outcome in NEWS:
            if time.monotonic() > end:
                report.left += 1
                continue
            foreseen = _taken(table, result, by)
        report.results.append(foreseen)
    return report


def _looked_up(table: Table, by: Any) -> Iterator[tuple[Result, OnRecord | None]]:
    """Each line as an order, or with what is wrong with it, and what is on record under its number."""
    places, seen = Places(by), dict[tuple[str, str], int]()
    for start in range(0, len(table.lines), CHUNK):
        results = [_read(table, line, places, by, seen) for line in table.lines[start : start + CHUNK]]
        known = on_record(each.coming.order for each in results if each.coming)
        for each in results:
            order = each.coming.order if each.coming else None
            yield each, known.get((order.source, order.number)) if order else None


def _read(table: Table, line: Line, places: Places, by: Any, seen: dict[tuple[str, str], int]) -> Result:
    if line.problem:
        return Result(line.number, problem=line.problem)
    form = OrderForm(line.cells, places=places)
    if not form.is_valid():
        return Result(line.number, problem=table.problem(line.number, *form.problem()))
    coming = form.coming()
    first = seen.setdefault((coming.order.source, coming.order.number), line.number)
    if first != line.number:
        sentence = _("This number stands on line %d already. Only that one was read; delete one of the two.")
        return Result(line.number, problem=table.problem(line.number, "number", sentence % first))
    return Result(line.number, coming)


def _foreseen(result: Result, known: OnRecord | None) -> Result:
    if result.coming is None or known is None:
        return result if result.coming is None else Result(result.line, result.coming, Outcome.NEW)
    return Result(result.line, result.coming, known.outcome(result.coming), known.request)


def _taken(table: Table, result: Result, by: Any) -> Result:
    assert result.coming  # noqa: S101 (for the type checker: only such lines come here)
    try:
        taken = actions.take_in(result.coming, by=by)
    except (Refused, NotPermitted) as refused:
        return Result(result.line, problem=table.problem(result.line, "", str(refused)))
    return Result(result.line, result.coming, taken.outcome, taken.request)
