"""Work orders by API: in, one or many, and their answers out. The same actions as the desk's files.

The API's shell mounts `router` and knows who asks: `request.user`, with rights by posts. What is refused
raises; the shell answers 403, 409 or 422 with the sentence.
"""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from shiliu.core import access
from shiliu.core.access import NotPermitted
from shiliu.core.door import Refused, StaleState
from shiliu.requests import actions
from shiliu.requests.actions.orders import Taken
from shiliu.requests.orders import answers
from shiliu.requests.orders.answers import Answer
from shiliu.requests.orders.forms import USUAL_SOURCE, OrderForm
from shiliu.requests.orders.placing import Places, home

router = Router()
MOST = 500


class OrderIn(Schema):
    """A work order. Only number and words are needed; texts are read as the columns of a file are."""

    number: str
    source: str = USUAL_SOURCE
    title: str = ""
    words: str = ""
    category: str = Field("", description="Code or name; of a path the last part that is known.")
    area: str = Field("", description="Code of the area. Else it is looked for in place and address.")
    place: str = ""
    address: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    called_at: str = Field("", description="When the person called.")
    sent_at: str = Field("", description="When the hotline sent the order.")
    due_at: str = Field("", description="A moment, a day (until its end), or “5个工作日” from sent_at on.")

    def cells(self) -> dict[str, str]:
        """By the names of the form."""
        renamed = {"called_at": "called", "sent_at": "sent", "due_at": "due"}
        return {renamed.get(name, name): value for name, value in self.dict().items()}


class OrderOut(Schema):
    """What became of an order: new, known, changed; or refused, with the field and what to do."""

    number: str
    outcome: str
    code: str = Field("", description="The receipt: whoever has it reads how it goes. Never publish it.")
    state: str = ""
    due_at: datetime | None = None
    field: str = ""
    detail: str = ""


class AnswerOut(Schema):
    """version: to be sent with `handed`, so that no newer answer is taken for handed back."""

    number: str
    source: str
    state: str
    state_label: str
    result: str
    ended_at: datetime
    contacted: bool
    handled_by: str
    handed_back_at: datetime | None
    version: int


class HandedIn(Schema):
    seen: int = Field(ge=1, description="`version` of the answer that was handed back.")
    source: str = USUAL_SOURCE


class Refusal(Refused):
    """Of one order: the field that it is about, before its sentence."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@router.post("/orders", response=OrderOut | list[OrderOut], summary="Bring in one work order, or a list")
def bring_in(request: HttpRequest, orders: OrderIn | list[OrderIn]) -> Any:
    """Each order of a list in a transaction of its own; one that is refused stops no other."""
    user: Any = request.user
    access.require_anywhere(user, "requests.ask")
    places = Places(user)
    if not isinstance(orders, list):
        return _told(_taken(orders, places, user))
    if len(orders) > MOST:
        raise Refused(_("Send at most %d orders at once.") % MOST)
    return [_tried(each, places, user) for each in orders]


def _taken(order: OrderIn, places: Places, user: Any) -> Taken:
    form = OrderForm(order.cells(), places=places)
    if not form.is_valid():
        raise Refusal(*form.problem())
    return actions.take_in(form.coming(), by=user)


def _tried(order: OrderIn, places: Places, user: Any) -> dict[str, Any]:
    try:
        return _told(_taken(order, places, user))
    except (Refused, NotPermitted) as refused:
        field = getattr(refused, "field", "")
        return {"number": order.number, "outcome": "refused", "field": field, "detail": str(refused)}


def _told(taken: Taken) -> dict[str, Any]:
    it = taken.request
    return {
        "number": it.order_number,
        "outcome": taken.outcome.value,
        "code": it.code,
        "state": it.state,
        "due_at": it.due_at,
    }


@router.get("/orders/answers", response=list[AnswerOut], summary="Answers to work orders that have ended")
def list_answers(request: HttpRequest, since: datetime | None = None, source: str = Query("")) -> Any:
    """Those that wait to be handed back; with `since`, all that ended from then on. At most 500.

    The oldest end first: go on with `since` as the last `ended_at`.
    """
    user = request.user
    access.require_anywhere(user, answers.RIGHT)
    if since is None:
        rows = answers.waiting(user, source)
    else:
        rows = answers.ended(user, source, since if since.tzinfo else timezone.make_aware(since))
    return [_out(each) for each in answers.answers_to(rows)]


def _out(it: Answer) -> dict[str, Any]:
    return {
        "number": it.number,
        "source": it.request.order_source,
        "state": it.request.state,
        "state_label": it.state,
        "result": it.result,
        "ended_at": it.ended_at,
        "contacted": it.contacted,
        "handled_by": it.handled_by,
        "handed_back_at": it.request.order_answered_at,
        "version": it.request.version,
    }


@router.post(
    "/orders/answers/{number}/handed", response=AnswerOut, summary="Note that an answer was handed back"
)
def handed(request: HttpRequest, number: str, body: HandedIn) -> Any:
    """Once for each answer. A request that was reopened meanwhile gets another one: 409."""
    user: Any = request.user
    access.require_anywhere(user, answers.RIGHT)
    it = answers.one(user, body.source, number)
    if it is None:
        raise Http404
    if it.version != body.seen or not actions.hand_back([it], where=home(user), by=user):
        raise StaleState(_("This answer has changed since you read it. Read it again, then repeat."))
    return _out(answers.answers_to([it])[0])
