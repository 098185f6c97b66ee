"""What takes longer: on hold, extended, not solvable now; or belongs to another procedure."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import audit, door, worktime
from shiliu.core.access import Actor
from shiliu.requests import deadlines
from shiliu.requests.actions.call_backs import end_telling
from shiliu.requests.actions.handling import contacted
from shiliu.requests.models import Milestone, Request
from shiliu.requests.states import LIFECYCLE

RIGHT = "requests.assign"
HOLD = audit.verb("requests.hold", gettext_lazy("put it on hold until %(resume_on)s"), right=RIGHT)
RESUME = audit.verb("requests.resume", gettext_lazy("went on with it"), right=RIGHT)
EXTEND = audit.verb("requests.extend", gettext_lazy("extended the deadline until %(until)s"), right=RIGHT)
DEFER = audit.verb("requests.defer", gettext_lazy("explained why it cannot be solved now"), right=RIGHT)
TAKE_UP = audit.verb("requests.take_up", gettext_lazy("took it up again"), right=RIGHT)
TRANSFER = audit.verb(
    "requests.transfer", gettext_lazy("passed it to the petition office"), right="requests.refuse"
)


def hold(request: Request, *, until: date, by: Actor, seen: int, note: str) -> Request:
    """It waits for something until a day; the reason is told. On that day the clock lets it go on.

    Whether the deadline stands still meanwhile says the category (`clock_stops`).
    """
    with door.change(request, HOLD, by=by, seen=seen, note=note) as change:
        if until <= timezone.localdate():
            raise door.Refused(_("Choose a day after today on which it goes on."))
        deadlines.refuse_too_far(until)
        change.step(LIFECYCLE)
        contacted(request, change, by)
        change.set(resume_on=until)
        if request.category.clock_stops:
            change.set(held_at=timezone.now(), alarm_at=None)
        change.say(was=request.state)
    return request


def resume(request: Request, *, by: Actor, seen: int) -> Request:
    """What it waited for is there: it goes on where it was, so what nobody has begun is still to be begun."""
    with door.together():
        with door.change(request, RESUME, by=by, seen=seen) as change:
            change.step(LIFECYCLE)
            change.set(resume_on=None, held_at=None, **_as_it_was(request), **_clock_goes_on(request))
        end_telling(request, HOLD)
    return request


def _clock_goes_on(request: Request) -> dict[str, Any]:
    """The deadlines after a pause in which they stood still: as far away as they were when it began."""
    now, held_at, category = timezone.now(), request.held_at, request.category
    if held_at is None:
        return {}
    ahead = list(request.milestones.filter(met_at=None, told_at=None, due_at__gt=held_at))
    if ahead:
        units = {(rule.kind, rule.name): rule.unit for rule in category.milestones.all()}
        for it in ahead:
            unit = units.get((it.kind, it.name), category.due_unit)
            it.due_at = deadlines.after_pause(it.due_at, held_at, now, unit)
        Milestone.objects.bulk_update(ahead, ["due_at"])
    due_at = deadlines.after_pause(request.due_at, held_at, now, category.due_unit)
    began = request.clock_began + (now - held_at)
    return deadlines.running(now, due_at, category.warn_percent) | {"runs_since": began}


def _as_it_was(request: Request) -> dict[str, str]:
    """The state from which it was put on hold; what came on hold from an earlier list counts as begun."""
    held = audit.entries_of(request).filter(verb=HOLD).last()
    return {"state": held.data["was"]} if held else {}


def extend(request: Request, *, until: datetime, by: Actor, seen: int, note: str) -> Request:
    """A later deadline, with a reason that the person is told."""
    with door.change(request, EXTEND, by=by, seen=seen, note=note) as change:
        change.step(LIFECYCLE)
        contacted(request, change, by)
        if until <= request.due_at or until <= timezone.now():
            raise door.Refused(_("Choose a later time than the present deadline."))
        deadlines.refuse_too_far(worktime.last_day(until))
        change.set(**deadlines.running(timezone.now(), until, request.category.warn_percent))
        change.say(until=worktime.last_day(until))
    return request


def defer(request: Request, *, by: Actor, seen: int, note: str) -> Request:
    """It cannot be solved now: a written explanation, and it stays on the list (挂账)."""
    with door.change(request, DEFER, by=by, seen=seen, note=note) as change:
        change.step(LIFECYCLE)
        contacted(request, change, by)
    return request


def take_up(request: Request, *, by: Actor, seen: int) -> Request:
    """What stood on the list can be solved now: the category's deadline, from now on."""
    with door.together():
        with door.change(request, TAKE_UP, by=by, seen=seen) as change:
            change.step(LIFECYCLE)
            change.set(**deadlines.anew(request.category, timezone.now()))
        end_telling(request, DEFER)
    return request


def transfer(request: Request, *, by: Actor, seen: int, note: str) -> Request:
    """A petition: marked as passed on, never run here."""
    with door.change(request, TRANSFER, by=by, seen=seen, note=note) as change:
        change.step(LIFECYCLE)
        change.set(closed_at=timezone.now())
    return request
