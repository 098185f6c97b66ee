"""Writes of the main line: decisions become tasks, tasks become done, with their evidence."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import audit, door, links
from shiliu.core.access import Actor
from shiliu.grid.models import Post
from shiliu.plan import rules  # noqa: F401  registers the rights
from shiliu.plan.models import Decision, Evidence, Meeting, Task
from shiliu.plan.states import LIFECYCLE

DECIDE = audit.verb("plan.decide", gettext_lazy("recorded it"))
TASK = audit.verb("plan.task", gettext_lazy("made it a task, due on %(due_on)s"), right="plan.decide")
COMPLETE = audit.verb("plan.complete", gettext_lazy("marked it as done on %(done_on)s"))
DROP = audit.verb("plan.drop", gettext_lazy("dropped it"), right="plan.complete")
RESUME = audit.verb("plan.resume", gettext_lazy("took it up again"), right="plan.complete")
EVIDENCE = audit.verb(
    "plan.evidence", gettext_lazy("added the evidence %(public_id)s"), right="plan.complete"
)


def decide(meeting: Meeting, *, text: str, by: Actor) -> Decision:
    """Record what a meeting decided."""
    if not text.strip():
        raise door.Refused(_("Please write what was decided."))
    decision = Decision(meeting=meeting, area_id=meeting.area_id, text=text, decided_on=meeting.held_on)
    return door.create(decision, DECIDE, by=by)


def make_task(decision: Decision, *, title: str, owner: Post, due_on: date, by: Actor) -> Task:
    """Make a task of a decision, owned by a post."""
    task = Task(decision=decision, area_id=decision.area_id, title=title, owner=owner, due_on=due_on)
    return door.create(task, TASK, by=by)


def complete(
    task: Task, *, on: date, by: Actor, seen: int, evidence: tuple[tuple[str, str], ...] = ()
) -> Task:
    """Mark a task as done, with the records that show it: pairs of kind and public id."""
    with transaction.atomic():
        with door.change(task, COMPLETE, by=by, seen=seen) as change:
            change.step(LIFECYCLE)
            change.set(done_on=on)
        for kind, public_id in evidence:
            _add_evidence(task, kind, public_id, by=by)
    return task


def _add_evidence(task: Task, kind: str, public_id: str, *, by: Actor) -> None:
    if links.resolve(kind, public_id, by) is None:
        raise door.Refused(_("%s is not a record that you can see. Correct its code.") % public_id)
    door.create(Evidence(task=task, area_id=task.area_id, kind=kind, public_id=public_id), EVIDENCE, by=by)


def drop(task: Task, *, by: Actor, seen: int, note: str) -> Task:
    with door.change(task, DROP, by=by, seen=seen, note=note) as change:
        change.step(LIFECYCLE)
    return task


def resume(task: Task, *, by: Actor, seen: int, note: str) -> Task:
    with door.change(task, RESUME, by=by, seen=seen, note=note) as change:
        change.step(LIFECYCLE)
        change.set(done_on=None)
    return task
