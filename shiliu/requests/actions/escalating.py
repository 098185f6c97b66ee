"""The clock of requests: what waits too long is told higher up, what paused goes on.

Each request carries the moment at which the clock has to look at it again (`alarm_at`), so that a look costs
what is due and not what there is. Telling and moving the alarm on are one transaction, and what was told is a
row: so each is told once, however many clocks run and however long none did. The version stays as it is,
for a page that somebody has open is as true as before.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy

from shiliu.core import audit, door
from shiliu.core.access import System
from shiliu.requests.actions.waiting import resume
from shiliu.requests.models import Escalation, Level, Milestone, Request, State
from shiliu.requests.tasks import tell_higher_up

log = logging.getLogger("shiliu.requests")
Reason = Escalation.Reason

CLOCK = System("clock")
BATCH = 250
RIGHT = "requests.assign"
VERBS = {
    Reason.SHARE: audit.verb(
        "requests.warn", gettext_lazy("told the community: most of the time is gone"), right=RIGHT
    ),
    Reason.OVERDUE: audit.verb(
        "requests.overdue", gettext_lazy("told the town: the deadline has passed"), right=RIGHT
    ),
    Reason.MILESTONE: audit.verb(
        "requests.miss",
        gettext_lazy("told the community: “%(milestone)s” was not reached in time"),
        right=RIGHT,
    ),
}
# From grid to community to town (local): how far up each reason is told.
LEVELS = {Reason.SHARE: Level.COMMUNITY, Reason.OVERDUE: Level.TOWN, Reason.MILESTONE: Level.COMMUNITY}
_STANDING = Q(request__state=State.ON_HOLD, request__held_at__isnull=False)


def look(now: datetime, *, most: int = BATCH) -> int:
    """Tell what is due by `now`; how many requests were looked at, 0 when nothing is left."""
    with transaction.atomic():
        found = list(_alarms(now)[:most])
        if not found:
            return 0
        told = _told(found)
        new = [
            _escalation(it, reason, it.due_at, now)
            for it in found
            for reason in _reasons(it, now)
            if (it.pk, reason, it.due_at) not in told
        ]
        for it in found:
            it.alarm_at = it.due_at if it.is_unsolved and it.due_at > now else None
        _tell(new)
        Request.objects.bulk_update(found, ["alarm_at", "escalated_to"])
    return len(found)


def look_at_milestones(now: datetime, *, most: int = BATCH) -> int:
    """The same for milestones that were not met."""
    with transaction.atomic():
        missed = Milestone.objects.filter(met_at=None, told_at=None, due_at__lte=now).exclude(_STANDING)
        rows = missed.select_related("request").select_for_update(of=("self", "request"), skip_locked=True)
        found = list(rows.order_by("due_at", "pk")[:most])
        told = _told([it.request for it in found])
        at_once = {
            (it.request_id, it.due_at): it
            for it in found
            if it.request.is_unsolved and (it.request_id, Reason.MILESTONE, it.due_at) not in told
        }
        new = [_escalation(it.request, Reason.MILESTONE, it.due_at, now) for it in at_once.values()]
        _tell(new, [{"milestone": it.title} for it in at_once.values()])
        Milestone.objects.filter(pk__in=[it.pk for it in found]).update(told_at=now)
        Request.objects.bulk_update({one.request for one in new}, ["escalated_to"])
    return len(found)


def let_go_on(now: datetime, *, most: int = BATCH) -> int:
    """Resume what was on hold until today; how many went on. A colleague who was faster did it already."""
    gone_on = 0
    for it in list(_to_go_on(now)[:most]):
        try:
            resume(it, by=CLOCK, seen=it.version)
        except door.Refused:
            continue
        except Exception:  # whatever it is with this one, those behind it go on
            log.exception("request %d does not go on", it.pk)
            continue
        gone_on += 1
    return gone_on


def wind_up() -> int:
    """Set the alarm of what runs without one, such as what was imported; how many.

    What was told to the town already has nothing more to be told.
    """
    without = Request.objects.unsolved().filter(alarm_at=None, escalated_to__lt=Level.TOWN)
    return without.update(alarm_at=F("due_at"))


def _alarms(now: datetime) -> QuerySet[Request]:
    """What the clock has to look at, held until the end; what a colleague holds comes next time."""
    due = Request.objects.filter(alarm_at__lte=now).order_by("alarm_at", "pk")
    return due.select_for_update(skip_locked=True)


def _to_go_on(now: datetime) -> QuerySet[Request]:
    """What is on hold until today, or was."""
    until = Request.objects.filter(resume_on__lte=timezone.localdate(now))
    return until.select_related("category").order_by("resume_on", "pk")


def _told(requests: Sequence[Request]) -> set[tuple[int, str, datetime]]:
    """What was told of these already; another category can bring a deadline that was told before."""
    before = Escalation.objects.filter(request__in=requests)
    return set(before.values_list("request", "reason", "due_at"))


def _reasons(it: Request, now: datetime) -> list[Reason]:
    """After a pause of the clock both may have come."""
    if not it.is_unsolved:
        return []
    return [Reason.SHARE, Reason.OVERDUE] if it.due_at <= now else [Reason.SHARE]


def _escalation(it: Request, reason: Reason, due_at: datetime, now: datetime) -> Escalation:
    it.escalated_to = max(it.escalated_to, LEVELS[reason])
    return Escalation(request=it, reason=reason, level=LEVELS[reason], due_at=due_at, at=now)


def _tell(new: Sequence[Escalation], data: Sequence[dict[str, Any]] | None = None) -> None:
    """Store what is told higher up, with an entry for each, and send it in the background."""
    if not new:
        return
    said = data or [{}] * len(new)
    stored = Escalation.objects.bulk_create(new)
    audit.record_many(
        CLOCK,
        [(VERBS[Reason(one.reason)], one.request, more) for one, more in zip(stored, said, strict=True)],
    )
    tell_higher_up.enqueue([one.pk for one in stored])
