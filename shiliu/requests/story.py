"""What became of a request: steps and messages in the order in which they came.

The person who asked reads posts instead of names, plain words, and no note among staff (`told`); those who
work on it read all of it, by name (`for_staff`). What was written lies in messages, which entries name.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import audit
from shiliu.core.models import AuditEntry
from shiliu.grid.models import Tenure
from shiliu.grid.scopes import nearness
from shiliu.requests.models import ENDED, STATE_TONES, Message, Photo, Recording, Request, State
from shiliu.requests.states import LIFECYCLE, STAGES

TONES = {"requests.refuse": "stop", "requests.dispute": "late", "requests.reopen": "late"} | dict.fromkeys(
    ("requests.report", "requests.verify", "requests.close", "requests.confirm", "requests.satisfied"), "good"
)
TONES |= {"requests.dissatisfied": "late"}
# What was written, as the person who asked reads of it; notes among staff are not here.
WRITTEN = {
    "requests.tell": gettext_lazy("wrote to you"),
    "requests.inquire": gettext_lazy("asks you something"),
    "requests.add": gettext_lazy("You wrote"),
}
# What the person reads of the request with which theirs goes on (`notices.OF_THE_OTHER`).
OF_THE_OTHER = {
    "requests.report": gettext_lazy("The request with which it goes on was reported done"),
    "requests.close": gettext_lazy("The request with which it goes on was closed"),
    "requests.defer": gettext_lazy("The request with which it goes on cannot be solved now"),
}


@dataclass(frozen=True)
class Told:
    """One step or message: when, whose post, what, and the words, photos and voice notes that came with it.

    message: whose words they are, if they lie in one: its kind decides how it looks.
    """

    at: datetime
    by: str
    words: str
    note: str
    tone: str
    message: Message | None = None
    photos: Sequence[Photo] = ()
    recordings: Sequence[Recording] = ()


@dataclass(frozen=True)
class _Beside:
    """What stands beside entries: the messages that they name, and the request's photos and voice notes."""

    messages: dict[str, Message]
    photos: Sequence[Photo]
    recordings: Sequence[Recording]


def told(
    request: Request,
    photos: Iterable[Photo] = (),
    recordings: Iterable[Recording] = (),
    entries: Iterable[AuditEntry] | None = None,
) -> list[Told]:
    """What the person who asked may read, oldest first; three queries whatever there is.

    photos, recordings, entries: of the request, where they are at hand already.
    """
    readable = [entry for entry in entries or audit.entries_of(request) if is_told(entry)]
    return _from_elsewhere(request, readable) + told_of(request, readable, photos, recordings)


def told_of(
    request: Request,
    entries: Iterable[AuditEntry],
    photos: Iterable[Photo] = (),
    recordings: Iterable[Recording] = (),
) -> list[Told]:
    """`told` of some of the request's entries."""
    readable = [entry for entry in entries if is_told(entry)]
    posts = _posts(readable, request)
    beside = _Beside(_messages(readable), list(photos), list(recordings))
    return [
        _told(
            entry, posts.get(entry.pk, ""), _words(entry), _note(entry), TONES.get(entry.verb, "go"), beside
        )
        for entry in readable
    ]


def of_the_other(chain: Sequence[Request]) -> list[Told]:
    """What was done with the requests with which the first of a chain goes on, each since it does; one query.

    Only that it was: the words and who it was belong to whoever asked for that one.
    """
    since = {goes_on.code: ended.closed_at for ended, goes_on in pairwise(chain)}
    steps = AuditEntry.objects.filter(kind=audit.kind_of(Request), public_id__in=since, verb__in=OF_THE_OTHER)
    return [
        Told(step.at, "", str(OF_THE_OTHER[step.verb]), "", _tone(step.verb))
        for step in steps.order_by("id")
        if step.at >= since[step.public_id]
    ]


def is_told(entry: AuditEntry) -> bool:
    """Whether the person who asked may read it."""
    if entry.verb in LIFECYCLE:
        return bool(LIFECYCLE[entry.verb].told)
    return entry.verb == "requests.ask" or entry.verb in WRITTEN


def for_staff(
    entries: Iterable[AuditEntry], photos: Iterable[Photo] = (), recordings: Iterable[Recording] = ()
) -> list[Told]:
    """Entries as those who work read them: all of it, by name, in the order given; one query at most."""
    entries = list(entries)
    beside = _Beside(_messages(entries), list(photos), list(recordings))
    return [
        _told(entry, "", audit.sentence(entry), _plain(entry.note), _tone(entry.verb), beside)
        for entry in entries
    ]


def unread(request: Request) -> list[Told]:
    """What the person wrote and nobody has marked as read, oldest first; no query where there is nothing."""
    if request.wrote_at is None:
        return []
    since = for_staff(
        audit.entries_of(request).filter(at__gte=request.wrote_at),
        request.photos.all(),
        request.recordings.all(),
    )
    return [each for each in since if each.message and each.message.kind == Message.Kind.FROM_RESIDENT]


def _tone(verb: str) -> str:
    target = LIFECYCLE[verb].target if verb in LIFECYCLE else None
    return TONES.get(verb) or (STATE_TONES[target] if target else "wait")


def _messages(entries: Iterable[AuditEntry]) -> dict[str, Message]:
    """By code, the messages that entries name; no query where they name none."""
    codes = [entry.data["message"] for entry in entries if "message" in entry.data]
    return {message.code: message for message in Message.objects.filter(code__in=codes)} if codes else {}


def _told(entry: AuditEntry, by: str, words: str, note: str, tone: str, beside: _Beside) -> Told:
    """An entry with the message that it names, and what was sent with that."""
    message = beside.messages.get(entry.data.get("message", ""))
    if message is None:
        return Told(entry.at, by, words, note, tone)
    photos = [photo for photo in beside.photos if photo.message_id == message.pk]
    recordings = [each for each in beside.recordings if each.message_id == message.pk]
    return Told(entry.at, by, words, message.words, tone, message, photos, recordings)


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
    if entry.verb in WRITTEN:
        return str(WRITTEN[entry.verb])
    return str(LIFECYCLE[entry.verb].told) % audit.Blank(entry.data)


def tells_note(verb: str) -> bool:
    """Words that a step requires are for the person, if the step is; what may be added to others is not."""
    step = LIFECYCLE[verb]
    return step.note and bool(step.told)


def _note(entry: AuditEntry) -> str:
    return _plain(entry.note) if entry.verb in LIFECYCLE and tells_note(entry.verb) else ""


def _plain(note: str) -> str:
    """A note as it stands in the entry; words that lie in a message are masked there."""
    return "" if note == audit.MASK else note


def _posts(entries: list[AuditEntry], request: Request) -> dict[int, str]:
    """By entry, the post that its author held on that day; the one nearest to the request where several."""
    authors = {entry.actor_id for entry in entries if entry.actor_id}
    tenures: QuerySet[Tenure] = Tenure.objects.filter(user__in=authors).select_related("post")
    held = sorted(tenures, key=lambda it: nearness(it.area_id, request.area_id), reverse=True)
    found: dict[int, str] = {}
    for entry in entries:
        day = timezone.localdate(entry.at)
        for tenure in held:
            if tenure.user_id == entry.actor_id and _on(tenure, day):
                found[entry.pk] = tenure.post.title
                break
    return found


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
