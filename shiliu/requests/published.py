"""What other programs may read of requests besides what their own columns say: when something last happened
to one, and what. Never the words that came with it, and not what the person who asked said.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shiliu.core import audit
from shiliu.core.models import AuditEntry
from shiliu.requests.actions.answering import RIGHT
from shiliu.requests.actions.calling import CALL
from shiliu.requests.models import Request
from shiliu.requests.states import LIFECYCLE

_TOLD = [
    step.verb
    for step in LIFECYCLE.steps
    if step.told and step.verb != CALL and audit.VERBS[step.verb].right != RIGHT
]


@dataclass(frozen=True)
class Note:
    """One step that the town took."""

    at: datetime
    verb: str
    words: str


def steps(requests: Iterable[Request]) -> dict[str, list[Note]]:
    """By receipt code, what was done, oldest first; one query. A code that had no step is missing."""
    found: dict[str, list[Note]] = {}
    entries = AuditEntry.objects.filter(
        kind=audit.kind_of(Request), public_id__in=[it.code for it in requests], verb__in=_TOLD
    )
    for entry in entries.order_by("id"):
        words = str(LIFECYCLE[entry.verb].told) % audit.Blank(entry.data)
        found.setdefault(entry.public_id, []).append(Note(entry.at, entry.verb, words))
    return found
