"""Where a request lies, when that was told wrong or not at all."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import access, areas, audit, door, search
from shiliu.core.access import Actor
from shiliu.grid.models import Area
from shiliu.requests.actions.messages import refuse_numbers
from shiliu.requests.models import Request
from shiliu.requests.states import LIFECYCLE

MOVE = audit.verb(
    "requests.move",
    gettext_lazy("put it where it belongs: %(place)s"),
    right="requests.accept",
    masks=("address",),
)


def move(request: Request, *, to: Area, address: str, by: Actor, seen: int) -> Request:
    """Say where it is, within its town; deadlines and milestones stay, and so does who leads.

    What was asked of others for it, and who is to be called about it, goes with it.
    """
    with door.change(request, MOVE, by=by, seen=seen) as change:
        access.require(by, audit.VERBS[MOVE].right, to.code)
        change.step(LIFECYCLE)
        if to.code[: areas.TOWN] != request.area_id[: areas.TOWN]:
            raise door.Refused(_("That is in another town. Choose a place in this town, or say “Not ours”."))
        if not Area.objects.on(timezone.localdate()).filter(pk=to.pk).exists():
            raise door.Refused(_("That area does not exist today. Choose another one."))
        address = address.strip()
        refuse_numbers(address)
        if (to.code, address) == (request.area_id, request.address):
            raise door.Refused(_("It lies there already. Choose another place, or write where exactly."))
        change.set(area=to, address=address)
        change.say(place=to.name)
        search.index(
            "requests.request", request.code, at=request.received_at, text=request.findable, area=to.code
        )
        request.parts.update(area=to)
        request.call_backs.update(area=to)
    return request
