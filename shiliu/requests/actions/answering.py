"""What the person who asked does, by the receipt code. Their words go into messages, not into the audit."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import audit, door
from shiliu.core.access import Actor
from shiliu.requests.actions.call_backs import end_call_back, end_telling
from shiliu.requests.actions.handling import again_open
from shiliu.requests.actions.messages import may_answer, say
from shiliu.requests.models import Message, Request
from shiliu.requests.states import LIFECYCLE

RIGHT = "requests.answer"
CONFIRM = audit.verb("requests.confirm", gettext_lazy("said that it is solved"), right=RIGHT, masks=("note",))
DISPUTE = audit.verb(
    "requests.dispute", gettext_lazy("said that it is not solved"), right=RIGHT, masks=("note",)
)
WITHDRAW = audit.verb("requests.withdraw", gettext_lazy("withdrew it"), right=RIGHT, masks=("note",))
SATISFIED = audit.verb(
    "requests.satisfied", gettext_lazy("is satisfied with how it was handled"), right=RIGHT, masks=("note",)
)
DISSATISFIED = audit.verb(
    "requests.dissatisfied",
    gettext_lazy("is not satisfied with how it was handled"),
    right=RIGHT,
    masks=("note",),
)


def confirm(request: Request, *, by: Actor, seen: int, note: str = "") -> Request:
    """It is solved, says the person who asked."""
    with door.together():
        with door.change(request, CONFIRM, by=by, seen=seen, note=note) as change:
            change.step(LIFECYCLE)
            if request.solved:
                raise door.Refused(_("That it is solved is on record already. Thank you."))
            if not may_answer(request):
                raise door.Refused(_("This was closed too long ago for an answer. Thank you all the same."))
            change.set(solved=True)
            if note.strip():
                say(change, note, by=by)
        end_call_back(request)
    return request


def dispute(request: Request, *, by: Actor, seen: int, note: str) -> Request:
    """It is not solved, says the person who asked: it goes back to the same lead.

    A closed request can be disputed for as many days as its category says (local, configurable).
    """
    with door.together():
        with door.change(request, DISPUTE, by=by, seen=seen, note=note) as change:
            change.step(LIFECYCLE)
            if not may_answer(request):
                raise door.Refused(
                    _("This was closed too long ago to be reopened. Please ask anew, and give this code.")
                )
            change.set(waits_for_resident=False, **again_open(request))
            say(change, note, by=by)
        end_call_back(request)
    return request


def rate(request: Request, *, satisfied: bool, by: Actor, seen: int, note: str = "") -> Request:
    """Satisfied or not with how it was handled, says the person who asked; also another time, otherwise.

    Whether it is solved is another question: one can be solved and handled badly, or the other way round.
    """
    verb = SATISFIED if satisfied else DISSATISFIED
    with door.change(request, verb, by=by, seen=seen, note=note) as change:
        change.step(LIFECYCLE)
        if request.satisfied == satisfied:
            raise door.Refused(_("That is on record already. Thank you."))
        if not may_answer(request):
            raise door.Refused(_("This was closed too long ago for an answer. Thank you all the same."))
        change.set(satisfied=satisfied)
        if note.strip():
            say(change, note, by=by)
    return request


def answered_before(request: Request, *, answer: str, seen: int, note: str) -> bool:
    """Whether this very answer is stored already: the same form, sent twice."""
    stored = audit.entries_of(request).filter(verb=f"requests.{answer}", version=seen + 1).first()
    if stored is None:
        return False
    message = Message.objects.filter(code=stored.data.get("message", "")).first()
    return (message.words if message else "") == note.strip()


def withdraw(request: Request, *, by: Actor, seen: int, note: str = "") -> Request:
    """The person no longer needs it."""
    with door.together():
        with door.change(request, WITHDRAW, by=by, seen=seen, note=note) as change:
            change.step(LIFECYCLE)
            change.set(closed_at=timezone.now(), resume_on=None, held_at=None, waits_for_resident=False)
            if note.strip():
                say(change, note, by=by)
        end_telling(request)
    return request
