"""What was asked in the invented county over three years: most of it closed long ago, some of it open."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from operator import itemgetter
from random import Random
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.db.models import Model

from shiliu.core import receipts, search, worktime
from shiliu.core.models import AuditEntry, SearchDocument
from shiliu.core.personal import phone_digest
from shiliu.requests.models import (
    ACTIVE,
    ENDED,
    UNSOLVED,
    WITH_LEAD,
    Category,
    Escalation,
    Message,
    Request,
    State,
)
from shiliu.web.generating import bulk, story, words
from shiliu.web.generating.places import STEMS, County, Grid

TABLES = (Request, SearchDocument, AuditEntry, Message, Escalation)
DAY = 86_400
YEARS = 3 * 365 * DAY
FRESH = 40 * DAY  # what is older has ended, but for what cannot be solved
TOLD = 60 * DAY  # younger ones have their story on record
CONTACTS = 200


def _spread(shares: dict[Any, int]) -> list[Any]:
    """A list of a hundred, from which each is drawn as often as its share says."""
    return [each for each, share in shares.items() for _n in range(share)]


SHARES = _spread({
    State.RECEIVED: 12,
    State.ACCEPTED: 10,
    State.ASSIGNED: 22,
    State.IN_PROGRESS: 26,
    State.DONE: 10,
    State.VERIFIED: 4,
    State.ON_HOLD: 7,
    State.DEFERRED: 9,
})  # fmt: skip
ENDS = _spread({State.CLOSED: 92, State.REFUSED: 4, State.TRANSFERRED: 1, State.WITHDRAWN: 3})
SOURCES = _spread({"web": 55, "grid_worker": 25, "phone": 15, "counter": 5})


_CLOCK = [f"{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}" for n in range(DAY)]


@cache
def _date(day: int) -> str:
    return str(date.fromordinal(date(1970, 1, 1).toordinal() + day))


def stamp(at: int) -> str:
    """Seconds since 1970 as both databases take a time: UTC, without saying so."""
    return f"{_date(at // DAY)} {_CLOCK[at % DAY]}"


@dataclass
class Batch:
    """Rows by table, for `bulk.insert`."""

    requests: list[bulk.Row] = field(default_factory=list)
    documents: list[bulk.Row] = field(default_factory=list)
    entries: list[bulk.Row] = field(default_factory=list)
    messages: list[bulk.Row] = field(default_factory=list)
    escalations: list[bulk.Row] = field(default_factory=list)

    def store(self) -> None:
        tables = (self.requests, self.documents, self.entries, self.messages, self.escalations)
        for model, rows in zip(TABLES, tables, strict=True):
            bulk.insert(model, bulk.columns(model), rows)
            rows.clear()


class Asking:
    """Makes requests in the order of their coming, each with what stands beside it.

    Times are seconds since 1970: a million of them are made faster so.
    """

    def __init__(self, county: County, categories: list[Category], now: datetime, random: Random) -> None:
        self.county, self.categories, self.random = county, categories, random
        self.now = int(now.timestamp())
        self.calendar = worktime.Calendar.load(now.year - 5, now.year + 2)
        self.contacts = [_contact(n) for n in range(CONTACTS)]
        self.batch = Batch()
        self.last = Counter({model: bulk.last(model) for model in TABLES})
        self.row = itemgetter(*bulk.columns(Request))
        self.usual = dict.fromkeys(bulk.columns(Request)) | _USUAL
        self._day_due = cache(self._due)

    def run(self, n: int, size: int = 20_000) -> Iterator[int]:
        """Store `n` requests; yields how many there are so far."""
        for number in range(1, n + 1):
            self._ask(number, n)
            if number % size == 0 or number == n:
                self.batch.store()
                yield number

    def _ask(self, number: int, n: int) -> None:
        draw = self.random.random
        received = self.now - int(YEARS * (n - number + draw()) / n)
        category = self.categories[int(draw() * len(self.categories))]
        grid = self.county.grids[int(draw() * len(self.county.grids))]
        state = self._state(received)
        phrases = words.write(category.code, self.random)
        code = receipts.new(self.random)
        values = self.usual | {
            "id": self._next(Request),
            "code": code,
            "area_id": grid.code,
            "category_id": category.pk,
            "words": words.text(phrases),
            "source": SOURCES[int(draw() * 100)],
            "state": str(state),
            "received_at": stamp(received),
            "is_urgent": draw() < (0.02 if state in ENDED else 0.04),
        }
        until = self._end(values, state, received) if state in ENDED else self.now
        due = self._due_at(received, category)
        if state not in ENDED:
            due = self._open(values, state, received, due, category.warn_percent)
        values["due_at"] = stamp(due)
        if state != State.RECEIVED:
            self._receive(values, grid, received, until)
        if state in WITH_LEAD or (state == State.CLOSED and draw() < 0.95):
            self._lead(values, grid)
        if state not in ENDED or self.now - received < TOLD:
            self._tell(values, state, grid, received, until)
        self.batch.requests.append(self.row(values))
        marks = search.marks("requests.request", values["area_id"])
        tokens = f"{marks} {words.tokens(code, phrases)}"
        self.batch.documents.append(
            (self._next(SearchDocument), "requests.request", code, values["received_at"], tokens)
        )

    def _state(self, received: int) -> State:
        draw = self.random.random
        if self.now - received < FRESH:
            return (SHARES if draw() < 0.8 else ENDS)[int(draw() * 100)]
        return State.DEFERRED if draw() < 0.002 else ENDS[int(draw() * 100)]

    def _end(self, values: dict[str, Any], state: State, received: int) -> int:
        draw = self.random.random
        closed = min(received + 3600 + int(draw() ** 4 * 2_400_000), self.now)
        values["closed_at"] = stamp(closed)
        if state == State.CLOSED and draw() < 0.4:
            values["solved"] = draw() < 0.92
            values["satisfied"] = values["solved"] and draw() < 0.97
        return closed

    def _open(self, values: dict[str, Any], state: State, received: int, due: int, percent: int) -> int:
        """What is open is due at some time around now: some late, some today, most in the days to come."""
        draw, now = self.random.random, self.now
        kind = draw()
        if kind < 0.12:
            due = received + int((now - received) * (0.5 + draw() / 2))
        elif kind < 0.2:
            due = now + int(draw() * 36_000)
        elif due < now:
            due = now + int(draw() * 20 * DAY)
        if state in (*UNSOLVED, State.ON_HOLD):
            self._alarm(values, due, received + (due - received) * percent // 100)
        if state == State.ON_HOLD:
            day = (now + _EAST) // DAY + 1 + int(draw() * 20)
            values["resume_on"] = _date(day)
        return due

    def _alarm(self, values: dict[str, Any], due: int, warning: int) -> None:
        """When the clock looks at it next, and that it was told higher up already."""
        if warning > self.now:
            values["alarm_at"] = stamp(warning)
            return
        late = due <= self.now
        reason, level, at = ("overdue", 2, due) if late else ("share", 1, warning)
        values["escalated_to"] = level
        values["alarm_at"] = None if late else stamp(due)
        row = (self._next(Escalation), values["id"], reason, level, stamp(due), stamp(at))
        self.batch.escalations.append(row)

    def _receive(self, values: dict[str, Any], grid: Grid, received: int, until: int) -> None:
        first = min(received + int(self.random.random() ** 3 * 120_000), until)
        values["contacted_at"] = stamp(first)
        values["hours_to_contact"] = (first - received) // 3600
        values["first_post_id"] = grid.coordinator.pk

    def _lead(self, values: dict[str, Any], grid: Grid) -> None:
        draw = self.random.random()
        if draw < 0.6:
            values["team_id"], values["lead"] = grid.team.pk, grid.team.name
        elif draw < 0.8:
            unit = grid.units[int(draw * 1000) % len(grid.units)]
            values["unit_id"], values["lead"] = unit.pk, unit.name
        else:
            values["post_id"], values["lead"] = grid.worker.pk, grid.worker.title

    def _tell(self, values: dict[str, Any], state: State, grid: Grid, received: int, until: int) -> None:
        """Who asked, and on record what was done, of what is young or open."""
        if self.random.random() < 0.6:
            values |= self.contacts[int(self.random.random() * CONTACTS)]
        told = story.steps(state, self.random)
        values["version"] = len(told)
        for n, (verb, note) in enumerate(told):
            at = stamp(received + (until - received) * n // len(told))
            number = self._next(AuditEntry)
            if verb == "dispute":
                values["reopened_at"] = at
            self.batch.entries.append(story.entry(number, values, verb, note, n + 1, at, grid, self.random))
        if state in ACTIVE:
            self._write(values, grid)

    def _write(self, values: dict[str, Any], grid: Grid) -> None:
        """Words between staff and resident that wait for an answer."""
        draw = self.random.random()
        if draw > 0.12:
            return
        asks, at = draw < 0.07, stamp(self.now - int(self.random.random() * 2 * DAY))
        values |= {"waits_for_resident": True} if asks else {"wrote_at": at}
        kind, said = ("to_resident", "请问是哪一层？") if asks else ("from_resident", "今天又不行了。")
        number, code, by = self._next(Message), receipts.new(self.random), grid.by.pk if asks else None
        self.batch.messages.append((number, code, 1, values["id"], kind, said, asks, by, at))

    def _next(self, model: type[Model]) -> int:
        self.last[model] += 1
        return self.last[model]

    def _due_at(self, received: int, category: Category) -> int:
        amount, unit = category.due_amount, worktime.Unit(category.due_unit)
        if unit == worktime.Unit.CLOCK_HOUR:
            return received + amount * 3600
        if unit == worktime.Unit.WORK_HOUR:
            return self._due(received, amount, unit)
        noon = (received + _EAST) // DAY * DAY + DAY // 2 - _EAST  # of that day; its hour does not matter
        return self._day_due(noon, amount, unit)

    def _due(self, received: int, amount: int, unit: worktime.Unit) -> int:
        start = datetime.fromtimestamp(received, UTC)
        return int(worktime.deadline(start, amount, unit, self.calendar).at.timestamp())


_EAST = 8 * 3600  # Shanghai's offset
_USUAL: dict[str, Any] = {
    "version": 1,
    "answers": "{}",
    "address": "",
    "waits_for_resident": False,
    "escalated_to": 0,
    "order_source": "",
    "order_number": "",
    "due_is_given": False,
    "contact_name": "",
    "contact_phone": "",
    "contact_email": "",
    "contact_phone_digest": "",
}


def _contact(n: int) -> dict[str, str]:
    """An invented person: encrypting each anew would take longer than all the rest."""
    cipher = Fernet(settings.FIELD_KEYS[0])
    phone = f"169{n:08}"
    return {
        "contact_name": cipher.encrypt(f"{STEMS[n % 10]}某".encode()).decode(),
        "contact_phone": cipher.encrypt(phone.encode()).decode(),
        "contact_phone_digest": phone_digest(phone),
    }
