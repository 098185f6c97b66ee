"""Every write of a request. Right, transaction, conditional update, audit, tasks: see `core.door`."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import access, audit, door, worktime
from shiliu.core.access import Actor
from shiliu.core.personal import phone_digest
from shiliu.grid.models import Area
from shiliu.requests import rules  # noqa: F401  registers the rights
from shiliu.requests.models import Category, Request
from shiliu.requests.states import LIFECYCLE
from shiliu.requests.tasks import index
from shiliu.volunteers.models import Team

ASK = audit.verb("requests.ask", gettext_lazy("asked for this"), masks=("words",))
ACCEPT = audit.verb("requests.accept", gettext_lazy("accepted it"))
REFUSE = audit.verb("requests.refuse", gettext_lazy("said that it does not belong here"))
ASSIGN = audit.verb("requests.assign", gettext_lazy("assigned it to team %(team)s"))
REPORT = audit.verb("requests.report", gettext_lazy("reported it done"))
CLOSE = audit.verb("requests.close", gettext_lazy("verified and closed it"))
REOPEN = audit.verb("requests.reopen", gettext_lazy("reopened it"))
CONTACT = audit.verb("requests.contact", gettext_lazy("looked at how to reach the person"))


def ask(
    *,
    by: Actor,
    category: Category,
    area: Area,
    words: str,
    source: str = Request.Source.WEB,
    contact_name: str = "",
    contact_phone: str = "",
    key: str = "",
) -> Request:
    """Store what somebody asks for; `key` makes the same submission sent twice one request.

    The deadline is the category's, in working time. A request has no first contact yet.
    """
    if not words.strip():
        raise door.Refused(_("Please write what it is about."))
    now = timezone.now()
    calendar = worktime.Calendar.load(now.year, now.year + 1)
    due = worktime.deadline(now, category.due_amount, worktime.Unit(category.due_unit), calendar)
    request = Request(
        category=category,
        area=area,
        words=words.strip(),
        source=source,
        received_at=now,
        due_at=due.at,
        contact_name=contact_name,
        contact_phone=contact_phone,
        contact_phone_digest=phone_digest(contact_phone) if contact_phone else "",
    )
    return door.create(request, ASK, by=by, key=key, later=((index, ()),))


def accept(request: Request, *, by: Actor, seen: int) -> Request:
    """Take the request on. The person has been answered by it: the first contact."""
    with door.change(request, ACCEPT, by=by, seen=seen) as change:
        change.step(LIFECYCLE)
        if request.contacted_at is None:
            now = timezone.now()
            change.set(contacted_at=now, hours_to_contact=whole_hours(request.received_at, now))
    return request


def refuse(request: Request, *, by: Actor, seen: int, note: str) -> Request:
    """Say that it does not belong here, why, and where to go; the note is for the person."""
    with door.change(request, REFUSE, by=by, seen=seen, note=note) as change:
        change.step(LIFECYCLE)
        change.set(closed_at=timezone.now())
    return request


def assign(request: Request, *, to: Team, by: Actor, seen: int, note: str = "") -> Request:
    """Give it to a team that serves the request's town; also to another one than before."""
    with door.change(request, ASSIGN, by=by, seen=seen, note=note) as change:
        if to.area_id[:9] != request.area_id[:9]:
            raise door.Refused(_("That team serves another town. Choose one of this town."))
        change.step(LIFECYCLE)
        change.set(team=to)
    return request


def report(request: Request, *, by: Actor, seen: int, note: str) -> Request:
    """The team says what it did."""
    with door.change(request, REPORT, by=by, seen=seen, note=note) as change:
        change.step(LIFECYCLE)
    return request


def close(request: Request, *, by: Actor, seen: int, solved: bool | None = None, note: str = "") -> Request:
    """Verified. `solved` is what the person said, None when nobody was reached."""
    with door.change(request, CLOSE, by=by, seen=seen, note=note) as change:
        change.step(LIFECYCLE)
        change.set(closed_at=timezone.now(), solved=solved)
    return request


def reopen(request: Request, *, by: Actor, seen: int, note: str) -> Request:
    """Not solved after all: back to where it is assigned."""
    with door.change(request, REOPEN, by=by, seen=seen, note=note) as change:
        change.step(LIFECYCLE)
        change.set(closed_at=None, solved=None)
    return request


def show_contact(request: Request, *, by: Actor) -> tuple[str, str]:
    """Name and phone, as an explicit step that leaves an entry."""
    access.require(by, "requests.contact", request.area_id)
    with transaction.atomic():
        audit.record(by, CONTACT, request)
    return request.contact_name, request.contact_phone


def whole_hours(start: datetime, end: datetime) -> int:
    """Full hours between two moments."""
    return int((end - start).total_seconds() // 3600)
