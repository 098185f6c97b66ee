"""What the person who asked does, by the receipt code."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import audit, door
from shiliu.core.access import Actor
from shiliu.requests.actions.handling import again_open
from shiliu.requests.models import Request
from shiliu.requests.states import LIFECYCLE

RIGHT = "requests.answer"
CONFIRM = audit.verb("requests.confirm", gettext_lazy("said that it is solved"), right=RIGHT)
DISPUTE = audit.verb("requests.dispute", gettext_lazy("said that it is not solved"), right=RIGHT)
WITHDRAW = audit.verb("requests.withdraw", gettext_lazy("withdrew it"), right=RIGHT)


def confirm(request: Request, *, by: Actor, seen: int, note: str = "") -> Request:
    """It is solved, says the person who asked."""
    with door.change(request, CONFIRM, by=by, seen=seen, note=note) as change:
        change.step(LIFECYCLE)
        if request.solved:
            raise door.Refused(_("That it is solved is on record already. Thank you."))
        if not may_answer(request):
            raise door.Refused(_("This was closed too long ago for an answer. Thank you all the same."))
        change.set(solved=True)
    return request


def dispute(request: Request, *, by: Actor, seen: int, note: str) -> Request:
    """It is not solved, says the person who asked: it goes back to the same lead.

    A closed request can be disputed for as many days as its category says (local, configurable).
    """
    with door.change(request, DISPUTE, by=by, seen=seen, note=note) as change:
        change.step(LIFECYCLE)
        if not may_answer(request):
            raise door.Refused(
                _("This was closed too long ago to be reopened. Please ask anew, and give this code.")
            )
        change.set(**again_open(request))
    return request


def may_answer(request: Request) -> bool:
    """Whether the time for it is not over: as many days after the closing as the category says."""
    if request.closed_at is None:
        return True
    return timezone.now() <= request.closed_at + timedelta(days=request.category.reopen_days)


def withdraw(request: Request, *, by: Actor, seen: int, note: str = "") -> Request:
    """The person no longer needs it."""
    with door.change(request, WITHDRAW, by=by, seen=seen, note=note) as change:
        change.step(LIFECYCLE)
        change.set(closed_at=timezone.now(), resume_on=None, held_at=None)
    return request
