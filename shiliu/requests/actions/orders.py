"""Work orders of another system, such as the 12345 hotline: in under their own number, and answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import audit, door, worktime
from shiliu.core.access import Actor
from shiliu.core.models import AuditEntry, User
from shiliu.grid.models import Area
from shiliu.requests import deadlines, rules
from shiliu.requests.actions.asking import ASK, Order, ask
from shiliu.requests.models import ENDED, Category, Message, Request

CHANGED = audit.verb(
    "requests.order_changed",
    gettext_lazy("brought in what the hotline changed in its work order"),
    right="requests.ask",
)
ANSWERED = audit.verb(
    "requests.order_answered",
    gettext_lazy("handed the answer back to the hotline"),
    right="requests.close",
)
HANDED_BACK = audit.verb(
    "requests.hand_back",
    gettext_lazy("handed the answers to %(n)s work orders back to the hotline"),
    right="requests.close",
)
TRIES = 5


@dataclass(frozen=True)
class Coming:
    """A work order, read and placed.

    remark: what it says besides and no field of ours holds; a note among staff.
    """

    order: Order
    area: Area
    category: Category
    words: str
    address: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    remark: str = ""


class Outcome(StrEnum):
    """What became of a work order that came in, or would become of it."""

    NEW = "new"
    KNOWN = "known"
    CHANGED = "changed"


@dataclass(frozen=True)
class Taken:
    """The request of a work order, and what became of the order."""

    request: Request
    outcome: Outcome


@dataclass(frozen=True)
class OnRecord:
    """What is known of a work order: its request, the deadline that came last with it, the words so far."""

    request: Request
    due_at: datetime | None
    words: tuple[str, ...]

    def later_deadline(self, coming: Coming) -> datetime | None:
        """The deadline that the order brings now, if it is another one than it brought last."""
        given = coming.order.due_at
        return None if given in (None, self.due_at) else given

    def more_words(self, coming: Coming) -> str:
        """The words that the order brings now and did not bring before; a longer text brings its end."""
        rest = coming.words.strip()
        for known in self.words:
            if known.startswith(rest):
                return ""
            rest = rest.removeprefix(known).strip()
        return rest

    def outcome(self, coming: Coming) -> Outcome:
        news = self.later_deadline(coming) or self.more_words(coming)
        return Outcome.CHANGED if news else Outcome.KNOWN


def on_record(orders: Iterable[Order]) -> dict[tuple[str, str], OnRecord]:
    """By source and number, the orders that are requests already; three queries whatever there is."""
    asked = {(order.source, order.number) for order in orders}
    rows = with_number({number for _source, number in asked}).select_related("category", "area")
    found = {(it.order_source, it.order_number): it for it in rows}
    requests = {key: it for key, it in found.items() if key in asked}
    given = _given_deadlines(requests.values())
    said = _said(requests.values())
    return {
        key: OnRecord(it, given.get(it.code), (it.words, *said.get(it.pk, ())))
        for key, it in requests.items()
    }


def with_number(numbers: Iterable[str]) -> QuerySet[Request]:
    """The requests of orders with these numbers, of any source; read from the unique index."""
    # The condition as it stands in the index: into a parameter SQLite does not look.
    nothing = RawSQL("''", [])
    return Request.objects.filter(order_number__in=list(numbers)).exclude(order_number=nothing).order_by()


def _given_deadlines(requests: Iterable[Request]) -> dict[str, datetime | None]:
    """By receipt code, the deadline that the order itself brought last: one's own extension is another."""
    given = {it.code: it.due_at if it.due_is_given else None for it in requests}
    entries = AuditEntry.objects.filter(
        kind=audit.kind_of(Request), public_id__in=list(given), verb__in=[ASK, CHANGED]
    )
    for code, data in entries.order_by("id").values_list("public_id", "data"):
        if data.get("due_is_given") and data.get("due_at"):
            given[code] = datetime.fromisoformat(data["due_at"])
    return given


def _said(requests: Iterable[Request]) -> dict[int, list[str]]:
    """By primary key, what came in of the resident's after the request, in order."""
    said: dict[int, list[str]] = {}
    rows = Message.objects.filter(
        request__in=[it.pk for it in requests], kind=Message.Kind.FROM_RESIDENT
    ).order_by("pk")
    for request, words in rows.values_list("request_id", "words"):
        said.setdefault(request, []).append(words)
    return said


def take_in(coming: Coming, *, by: Actor) -> Taken:
    """Make a work order a request; the same order again is the same request, also of two at once.

    What a known order brings anew, a later deadline or more words, is added to its request. Raises
    NotPermitted and Refused.
    """
    rules.require_filing(by, coming.area)
    if coming.order.due_at:
        deadlines.refuse_too_far(worktime.last_day(coming.order.due_at))
    key = (coming.order.source, coming.order.number)
    for _try in range(TRIES):
        known = on_record([coming.order]).get(key)
        try:
            if known is None:
                return Taken(_new(coming, by), Outcome.NEW)
            return _again(known, coming, by)
        except door.StaleState:
            continue  # somebody works on it: read it anew
        except door.Refused:
            if known is not None or key not in on_record([coming.order]):
                raise  # else it came in at the same instant
    raise door.Refused(_("Others are working on this one. Please take the order in again in a moment."))


def _new(coming: Coming, by: Actor) -> Request:
    with transaction.atomic():
        request = ask(
            by=by,
            category=coming.category,
            area=coming.area,
            words=coming.words,
            source=Request.Source.HOTLINE,
            address=coming.address,
            contact_name=coming.contact_name,
            contact_phone=coming.contact_phone,
            order=coming.order,
        )
        if coming.remark:
            _write(request, Message.Kind.NOTE, coming.remark, by)
    return request


def _again(known: OnRecord, coming: Coming, by: Actor) -> Taken:
    request, outcome = known.request, known.outcome(coming)
    rules.require_filing(by, request.area)
    if outcome is Outcome.KNOWN:
        return Taken(request, outcome)
    with door.change(request, CHANGED, by=by, seen=request.version) as change:
        if due_at := known.later_deadline(coming):
            change.set(due_at=due_at, due_is_given=True)
            if request.state not in ENDED:
                percent = request.category.warn_percent
                change.set(**deadlines.running(request.clock_began, due_at, percent))
        if words := known.more_words(coming):
            change.set(wrote_at=timezone.now())
            _write(request, Message.Kind.FROM_RESIDENT, words, by)
    return Taken(request, outcome)


def _write(request: Request, kind: Message.Kind, words: str, by: Actor) -> None:
    writer = by if isinstance(by, User) and kind == Message.Kind.NOTE else None
    Message.objects.create(request=request, kind=kind, words=words, by=writer, at=timezone.now())


def hand_back(requests: Iterable[Request], *, where: Area, by: Actor) -> list[Request]:
    """Note that the answers to these orders are handed back, all in one step; returns those that are.

    Left out is what a colleague has changed since it was read: its answer may be another one now. where: the
    town that hands back.
    """
    now, handed = timezone.now(), []
    with transaction.atomic():
        for request in requests:
            try:
                with door.change(request, ANSWERED, by=by, seen=request.version) as change:
                    if not answer_is_due(request):
                        raise door.Refused(_("The answer to this order was handed back already."))
                    change.set(order_answered_at=now)
            except door.StaleState:
                continue
            handed.append(request)
        if handed:
            audit.record(by, HANDED_BACK, where, data={"n": len(handed)}, area=where.code)
    return handed


def answer_is_due(request: Request) -> bool:
    """Whether it came as an order and was settled since the last answer, if there was one."""
    if not request.order_number or request.settled_at is None:
        return False
    return request.order_answered_at is None or request.order_answered_at < request.settled_at
