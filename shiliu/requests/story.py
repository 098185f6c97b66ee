"""What became of a request, as the person who asked reads it: posts instead of names, plain words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from shiliu.core import audit
from shiliu.core.models import AuditEntry
from shiliu.grid.models import Tenure
from shiliu.requests.models import ENDED, Request, State
from shiliu.requests.states import LIFECYCLE, STAGES

TONES = {"requests.refuse": "stop", "requests.dispute": "late", "requests.reopen": "late"} | dict.fromkeys(
    ("requests.report", "requests.verify", "requests.close", "requests.confirm"), "good"
)


@dataclass(frozen=True)
class Told:
    """One step: when, whose post, what, and the words that came with it."""

    at: datetime
    by: str
    words: str
    note: str
    tone: str


def told(request: Request) -> list[Told]:
    """The steps that the person may read, oldest first; two queries whatever there is."""
    entries = [
        entry
        for entry in audit.entries_of(request)
        if entry.verb == "requests.ask" or (entry.verb in LIFECYCLE and LIFECYCLE[entry.verb].told)
    ]
    posts = _posts(entries, request)
    return _from_elsewhere(request, entries) + [
        Told(entry.at, posts.get(entry.pk, ""), _words(entry), _note(entry), TONES.get(entry.verb, "go"))
        for entry in entries
    ]


def _from_elsewhere(request: Request, entries: list[AuditEntry]) -> list[Told]:
    """Of a request that was imported: what its own fields tell."""
    if any(entry.verb == "requests.ask" for entry in entries):
        return []
    known = [(request.received_at, _("It was received"), "go")]
    if request.contacted_at:
        known.append((request.contacted_at, _("The person was contacted"), "go"))
    if request.closed_at:
        known.append((request.closed_at, request.get_state_display(), request.tone))
    return [Told(at, "", words, "", tone) for at, words, tone in known]


def _words(entry: AuditEntry) -> str:
    if entry.verb == "requests.ask":
        return _("It was received")
    return str(LIFECYCLE[entry.verb].told) % audit.Blank(entry.data)


def tells_note(verb: str) -> bool:
    """Words that a step requires are for the person, if the step is; what may be added to others is not."""
    step = LIFECYCLE[verb]
    return step.note and bool(step.told)


def _note(entry: AuditEntry) -> str:
    return entry.note if entry.verb in LIFECYCLE and tells_note(entry.verb) else ""


def _posts(entries: list[AuditEntry], request: Request) -> dict[int, str]:
    """By entry, the post that its author held on that day; the one nearest to the request where several."""
    authors = {entry.actor_id for entry in entries if entry.actor_id}
    tenures: QuerySet[Tenure] = Tenure.objects.filter(user__in=authors).select_related("post")
    held = sorted(tenures, key=lambda it: _nearness(it.area_id, request.area_id), reverse=True)
    found: dict[int, str] = {}
    for entry in entries:
        day = timezone.localdate(entry.at)
        for tenure in held:
            if tenure.user_id == entry.actor_id and _on(tenure, day):
                found[entry.pk] = tenure.post.title
                break
    return found


def _nearness(post: str, place: str) -> int:
    return len(post) if place.startswith(post) else 0


def _on(tenure: Tenure, day: Any) -> bool:
    return tenure.valid_from <= day and (tenure.valid_to is None or day <= tenure.valid_to)


@dataclass(frozen=True)
class Stage:
    """One seed of the way: its name, and whether it is behind, here or ahead."""

    name: str
    done: bool
    here: bool


def stages(request: Request) -> list[Stage]:
    """The way from asking to the end; a request that ended otherwise has a shorter one."""
    at = STAGES[State(request.state)]
    if request.state in ENDED and request.state != State.CLOSED:
        names = [_("received"), request.get_state_display()]
        return [Stage(name, True, n == 1) for n, name in enumerate(names)]
    names = [_("received"), _("accepted"), _("in hand"), _("reported done"), _("closed")]
    ended = request.state in ENDED
    return [Stage(name, n < at or ended, n == at) for n, name in enumerate(names)]
