"""The way of a request from desk to team and back, to its verified end."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import access, audit, door
from shiliu.core.access import Actor, System
from shiliu.core.models import User
from shiliu.core.pictures import Picture
from shiliu.grid.models import Post, Tenure, Unit
from shiliu.grid.roles import ANSWERING, ROLES
from shiliu.grid.scopes import around, nearness
from shiliu.requests import deadlines, rules
from shiliu.requests.actions.asking import add_photos
from shiliu.requests.actions.call_backs import end_call_back, end_telling, plan_call_back
from shiliu.requests.models import Kind, Milestone, Photo, Request, State
from shiliu.requests.states import LIFECYCLE
from shiliu.volunteers.models import Team

ACCEPT = audit.verb("requests.accept", gettext_lazy("accepted it"))
REFUSE = audit.verb("requests.refuse", gettext_lazy("said that it does not belong here"))
ASSIGN = audit.verb("requests.assign", gettext_lazy("assigned it to %(lead)s"))
TAKE = audit.verb("requests.take", gettext_lazy("took it and began"), right="requests.report")
REPORT = audit.verb("requests.report", gettext_lazy("reported it done"))
RETURN = audit.verb("requests.return", gettext_lazy("gave it back"), right="requests.report")
REACH = audit.verb("requests.reach", gettext_lazy("reached “%(milestone)s”"), right="requests.report")
VERIFY = audit.verb("requests.verify", gettext_lazy("verified it on the spot"), right="requests.close")
CLOSE = audit.verb("requests.close", gettext_lazy("verified and closed it"))
REOPEN = audit.verb("requests.reopen", gettext_lazy("reopened it"))
_ACCEPTING = [name for name, role in ROLES.items() if "requests.accept" in role.rights]
LONGER = ("requests.hold", "requests.extend", "requests.defer", "requests.reopen")  # till it is done
CONTACT = audit.verb("requests.contact", gettext_lazy("looked at how to reach the person"))


def accept(request: Request, *, by: Actor, seen: int, to: Team | Unit | Post | None = None) -> Request:
    """Take the request on. The person has been answered by it: the first contact, if somebody does it.

    The post that it was taken on from answers for it until the end, whoever leads (首接负责).
    to: it is known to whom it goes, and is assigned in the same transaction.
    """
    with door.together():
        with door.change(request, ACCEPT, by=by, seen=seen) as change:
            change.step(LIFECYCLE)
            change.set(first_post=_post_of(by, request))
            contacted(request, change, by)
            if to is not None:
                change.say(given=f"{to._meta.model_name}:{to.code}")
        if to is not None:
            assign(request, to=to, by=by, seen=seen + 1)
    return request


def _post_of(by: Actor, request: Request) -> Post | None:
    """The post from which `by` may accept it, the nearest where there are several; None for the program."""
    if not isinstance(by, User):
        return None
    held = Tenure.objects.of_today(by).filter(post__role__in=_ACCEPTING).select_related("post")
    near = sorted(held, key=lambda it: (-nearness(it.area_id, request.area_id), it.pk))
    return near[0].post if near else None


def contacted(request: Request, change: door.Change, by: Actor) -> None:
    """Somebody has turned to the request, and not a program: the first contact, if there was none.

    So counts each step that tells the person something, a letter, and to begin or report what only a program
    had given out. Whether it was in time is settled then: the deadline may still move.
    """
    if request.contacted_at is None and not isinstance(by, System):
        now = timezone.now()
        change.set(contacted_at=now, hours_to_contact=whole_hours(request.received_at, now))
        if not request.milestones.filter(kind=Kind.CONTACT, met_at=None).update(met_at=now):
            change.set(contact_due_at=request.due_at)


def _answered(request: Request, change: door.Change) -> None:
    """Nothing is waited for any more: the person has answered in some way, or it was done without."""
    if request.waits_for_resident:
        change.set(waits_for_resident=False)


def refuse(request: Request, *, by: Actor, seen: int, note: str) -> Request:
    """Say that it does not belong here, why, and where to go; the note is for the person."""
    with door.change(request, REFUSE, by=by, seen=seen, note=note) as change:
        change.step(LIFECYCLE)
        change.set(closed_at=timezone.now())
    return request


def assign(request: Request, *, to: Team | Unit | Post, by: Actor, seen: int, note: str = "") -> Request:
    """Give it to a team, a unit or a grid worker's post that serves the request's town; also anew."""
    with door.change(request, ASSIGN, by=by, seen=seen, note=note) as change:
        check_serves(to, request)
        if isinstance(to, Post) and to.role not in ANSWERING:
            raise door.Refused(_("That post takes on no requests. Choose another one."))
        change.step(LIFECYCLE)
        change.set(**lead_fields(to))
        change.say(lead=str(to))
    return request


def take(request: Request, *, by: Actor, seen: int) -> Request:
    """The team says that it has begun."""
    where = rules.serving_area(by, request)
    with door.change(request, TAKE, by=by, seen=seen, where=where) as change:
        change.step(LIFECYCLE)
        contacted(request, change, by)
    return request


def report(
    request: Request,
    *,
    by: Actor,
    seen: int,
    note: str,
    pictures: Sequence[Picture] = (),
    without_parts: bool = False,
) -> Request:
    """The lead says what was done, with pictures if there are any.

    without_parts: although somebody who was asked to join has not reported; the note says why.
    """
    where = rules.serving_area(by, request)
    with transaction.atomic():
        with door.change(request, REPORT, by=by, seen=seen, note=note, where=where) as change:
            change.step(LIFECYCLE)
            contacted(request, change, by)
            _answered(request, change)
            change.set(done_at=timezone.now())
            if missing := [str(part.doer) for part in request.open_parts()]:
                if not without_parts:
                    raise door.Refused(
                        _(
                            "%(who)s was asked to join and has not reported yet. Wait for that, or tick that "
                            "it is done without, and write why."
                        )
                        % {"who": "、".join(missing)}
                    )
                change.say(without_parts=True)
        end_telling(request, *LONGER)
        add_photos(request, pictures, Photo.Taken.DONE)  # last: files of a refused step would stay behind
    return request


def reach(request: Request, *, milestone: Milestone, by: Actor, seen: int, note: str) -> Request:
    """A part of the solution is there: the milestone is met, and the note says how."""
    where = rules.serving_area(by, request)
    with door.change(request, REACH, by=by, seen=seen, note=note, where=where) as change:
        change.step(LIFECYCLE)
        open_ones = request.milestones.filter(pk=milestone.pk, met_at=None)
        if not open_ones.update(met_at=timezone.now()):
            raise door.Refused(_("This milestone is not one of this request, or was met already."))
        change.say(milestone=milestone.title)
    return request


def return_(request: Request, *, by: Actor, seen: int, note: str) -> Request:
    """It is not theirs: back to the desk that gave it and answers for it; the note says why."""
    where = rules.serving_area(by, request)
    with door.change(request, RETURN, by=by, seen=seen, note=note, where=where) as change:
        change.step(LIFECYCLE)
        change.say(was=str(request.lead))
        change.set(**lead_fields(None))
    return request


def verify(request: Request, *, by: Actor, seen: int, note: str = "") -> Request:
    """Somebody looked: it is done. The person is to be called back; closing is a step of its own."""
    with transaction.atomic():
        with door.change(request, VERIFY, by=by, seen=seen, note=note) as change:
            change.step(LIFECYCLE)
        if request.solved is None:
            plan_call_back(request)
    return request


def close(request: Request, *, by: Actor, seen: int, solved: bool | None = None, note: str = "") -> Request:
    """Verified. `solved` is what the person said when called back, None when nobody was reached.

    What the person said in the meantime, by the receipt, stays unless the call brought something else. Who
    has said nothing yet is to be called back.
    """
    with transaction.atomic():
        with door.change(request, CLOSE, by=by, seen=seen, note=note) as change:
            change.step(LIFECYCLE)
            change.set(closed_at=timezone.now(), solved=request.solved if solved is None else solved)
            _answered(request, change)
            change.say(called=solved)
        if request.solved is None:
            plan_call_back(request)
        elif solved is not None:
            end_call_back(request, called_by=by if isinstance(by, User) else None)
    return request


def reopen(request: Request, *, by: Actor, seen: int, note: str) -> Request:
    """Not solved after all: back to the same lead, with the category's deadline from now on."""
    with door.together():
        with door.change(request, REOPEN, by=by, seen=seen, note=note) as change:
            change.step(LIFECYCLE)
            change.set(**again_open(request))
        end_call_back(request)
    return request


def again_open(request: Request) -> dict[str, Any]:
    """The fields of a request that was not solved after all. What its resident said has to be said anew."""
    lead = to_its_lead(request)
    clock = deadlines.anew(request.category, timezone.now())
    said = {"solved": None, "satisfied": None}
    return {"done_at": None, "closed_at": None, "due_is_given": False} | said | clock | lead


def to_its_lead(request: Request) -> dict[str, Any]:
    """What reopening changes: it goes to its lead; to be assigned where it has none that still exists."""
    again = {"reopened_at": timezone.now()}
    if request.lead and _exists_today(request.lead):
        return again
    return again | {"state": State.ACCEPTED, **lead_fields(None)}


def lead_fields(to: Team | Unit | Post | None) -> dict[str, Any]:
    """The fields that say who leads: one of them, or none."""
    kinds = {"team": Team, "unit": Unit, "post": Post}
    return {name: to if isinstance(to, kind) else None for name, kind in kinds.items()}


def check_serves(to: Team | Unit | Post, request: Request) -> None:
    """Refused unless it serves the request's town, or a predecessor of its area, today."""
    of_town = to.area_id[:9] in (request.area_id[:9], request.area_id[:6])
    if not of_town and to.area_id not in around(request.area_id):
        raise door.Refused(_("That team serves another town. Choose one of this town."))
    if not _exists_today(to):
        raise door.Refused(_("That team does not exist today. Choose another one."))


def _exists_today(lead: Team | Unit | Post) -> bool:
    today = timezone.localdate()
    return lead.valid_from <= today and (lead.valid_to is None or lead.valid_to >= today)


class Contact(NamedTuple):
    """How to reach the person; "" for what they did not leave."""

    name: str
    phone: str
    email: str


def show_contact(request: Request, *, by: Actor) -> Contact:
    """How to reach the person, as an explicit step that leaves an entry."""
    access.require(by, "requests.contact", request.area_id)
    with transaction.atomic():
        audit.record(by, CONTACT, request)
    return Contact(request.contact_name, request.contact_phone, request.contact_email)


def whole_hours(start: datetime, end: datetime) -> int:
    """Full hours between two moments."""
    return int((end - start).total_seconds() // 3600)
