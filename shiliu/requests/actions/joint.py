"""Several requests about one thing, and several hands on one request."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import access, audit, door
from shiliu.core.access import Actor
from shiliu.core.pictures import Picture
from shiliu.grid.models import Unit
from shiliu.requests import rules
from shiliu.requests.actions.asking import add_photos
from shiliu.requests.actions.handling import check_serves
from shiliu.requests.models import TAKEN_ON, Part, Photo, Request
from shiliu.requests.states import LIFECYCLE
from shiliu.volunteers.models import Team

# Whoever reads this one's story need not see the other: its code is a key, and stays out of the entry.
MERGE = audit.verb(
    "requests.merge",
    gettext_lazy("merged it into another one about the same"),
    right="requests.assign",
    masks=("merged_into",),
)
JOIN = audit.verb("requests.join", gettext_lazy("asked %(doer)s to join in"), right="requests.assign")
ASK_PART = audit.verb("requests.ask_part", gettext_lazy("asked for this part"), right="requests.assign")
REPORT_PART = audit.verb(
    "requests.report_part", gettext_lazy("reported the part done"), right="requests.report"
)
RETURN_PART = audit.verb(
    "requests.return_part", gettext_lazy("said that it is not theirs"), right="requests.report"
)
DROP_PART = audit.verb("requests.drop_part", gettext_lazy("no longer asks for it"), right="requests.assign")


def merge(request: Request, *, into: Request, by: Actor, seen: int, seen_into: int | None = None) -> Request:
    """The same matter twice: `request` ends, `into` goes on. The receipt of either is still good.

    seen_into: the version of the other one that was on the screen, where both were looked at.
    """
    with door.change(request, MERGE, by=by, seen=seen) as change:
        access.require(by, "requests.assign", into.area_id)
        held = _held_open(request.pk, into.pk)
        if seen_into is not None and held.get(into.pk, seen_into) != seen_into:
            raise door.StaleState(
                _("A colleague was faster: the other request has changed. Look at both again, then repeat.")
            )
        if into.pk not in held or into.pk == request.pk:
            raise door.Refused(
                _("The other request is not open. Choose one that is, and not this one itself.")
            )
        if into.area_id[:9] != request.area_id[:9]:
            raise door.Refused(_("The other request is another town's. Choose one of this town."))
        change.step(LIFECYCLE)
        change.set(merged_into=into, closed_at=timezone.now())
        request.merged.update(merged_into=into)  # what it had taken in goes on with it
    return request


def _held_open(*pks: int) -> dict[int, int]:
    """Which of these requests are open now, each with its version; they stay so until the transaction ends.

    Locked in one order: of two who merge each into the other, the second waits for the first and is refused.
    """
    rows = Request.objects.select_for_update().filter(pk__in=pks).order_by("pk")
    return {pk: version for pk, version, is_open in rows.values_list("pk", "version", "is_open") if is_open}


def join(request: Request, *, doer: Team | Unit, words: str, by: Actor, seen: int) -> Part:
    """Ask another team or unit for a part of the work; the lead stays where it is."""
    if not words.strip():
        raise door.Refused(_("Please write what is to be done."))
    team, unit = (doer, None) if isinstance(doer, Team) else (None, doer)
    part = Part(request=request, area_id=request.area_id, team=team, unit=unit, words=words.strip())
    with door.change(request, JOIN, by=by, seen=seen, note=words) as change:
        change.step(LIFECYCLE)
        check_serves(doer, request)
        if doer == request.lead:
            raise door.Refused(_("That one leads already. Choose another."))
        if request.parts.filter(team=team, unit=unit, state__in=TAKEN_ON).exists():
            raise door.Refused(_("That one was asked already. Choose another."))
        change.say(doer=doer.name)
        door.create(part, ASK_PART, by=by)
    return part


def report_part(part: Part, *, by: Actor, seen: int, note: str, pictures: Sequence[Picture] = ()) -> Part:
    """The one who joined says what was done, with pictures if there are any."""
    where = rules.serving_area(by, part)
    with transaction.atomic():
        _answer(part, REPORT_PART, Part.State.REPORTED, by=by, seen=seen, note=note, where=where)
        add_photos(part.request, pictures, Photo.Taken.DONE)
    return part


def return_part(part: Part, *, by: Actor, seen: int, note: str) -> Part:
    """It is not theirs, says the one who was asked, and why: the desk asks somebody else."""
    where = rules.serving_area(by, part)
    _answer(part, RETURN_PART, Part.State.RETURNED, by=by, seen=seen, note=note, where=where)
    return part


def drop_part(part: Part, *, by: Actor, seen: int, note: str) -> Part:
    """The desk no longer needs it, and says why; also where it was given back and nobody else is asked."""
    _answer(part, DROP_PART, Part.State.WITHDRAWN, by=by, seen=seen, note=note)
    return part


def _answer(
    part: Part, verb: str, state: Part.State, *, by: Actor, seen: int, note: str, where: str | None = None
) -> None:
    """One step of a part, from asked to its end."""
    if not note.strip():
        raise door.Refused(_("Please write a few words: they are part of this step."))
    with door.change(part, verb, by=by, seen=seen, note=note, where=where) as change:
        if part.state == Part.State.REPORTED:
            raise door.Refused(_("This part was already reported done."))
        dropped = verb == DROP_PART and part.state == Part.State.RETURNED
        if part.state != Part.State.ASKED and not dropped:
            raise door.Refused(_("This part is no longer asked for. Nothing more is to be done."))
        if not _held_open(part.request_id):
            raise door.Refused(_("The request has ended in the meantime. Nothing more is to be done for it."))
        change.set(state=state)
