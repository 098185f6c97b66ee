"""A request as the person who asked follows it: who has it, since when, by when, what they can say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from shiliu.core import audit, receipts, worktime
from shiliu.core.models import AuditEntry
from shiliu.grid.scopes import answering, around, nearness
from shiliu.requests import actions, questions
from shiliu.requests.forms import AnswerForm
from shiliu.requests.models import Milestone, Photo, Recording, Request, State
from shiliu.requests.questions import Answered
from shiliu.requests.states import LIFECYCLE
from shiliu.requests.story import Stage, Told, of_the_other, stages, told

# After these it lies with a lead, or with the desk.
LED, UNLED = ("requests.assign",), ("requests.accept", "requests.return", "requests.take_up")


@dataclass(frozen=True)
class Holder:
    """Who has it: a team, a unit or a post, never a person by name. since: None where it is not on record."""

    name: str
    since: datetime | None


@dataclass(frozen=True)
class Followed:
    """All that the page shows. question: what staff wait to be told. may: the answers that are possible."""

    it: Request
    code: str
    holder: Holder | None
    due_on: date
    next: Milestone | None
    stages: list[Stage]
    told: list[Told]
    asked: list[Photo]
    done: list[Photo]
    recordings: list[Recording]
    answered: list[Answered]
    question: Told | None
    may: frozenset[str]
    may_add: bool
    goes_on: Request | None

    @property
    def tone(self) -> str:
        return self.it.tone

    @property
    def goes_on_with(self) -> str:
        """Who has what it goes on as; "" for nobody yet."""
        return str(self.goes_on.lead or "") if self.goes_on else ""


def followed(it: Request, *, by_staff: bool = False) -> Followed:
    """The page's content; `by_staff`: somebody signed in looks at it, who does not answer for residents."""
    photos, recordings = list(it.photos.all()), list(it.recordings.all())
    entries = list(audit.entries_of(it))
    story, chain = told(it, photos, recordings, entries), _goes_on(it)
    if chain:
        story = sorted([*story, *of_the_other([it, *chain])], key=lambda told: told.at)
    may_add = not by_staff and actions.may_answer(it)
    asking = [each for each in story if each.message and each.message.asks]
    return Followed(
        it,
        receipts.shown(it.code),
        _holder(it, entries),
        worktime.last_day(it.due_at),
        it.milestones.filter(met_at=None).first() if it.is_unsolved else None,
        stages(it),
        story,
        [photo for photo in photos if photo.taken == Photo.Taken.ASKED],
        [photo for photo in photos if photo.taken == Photo.Taken.DONE],
        [each for each in recordings if each.message_id is None],
        questions.told(it.category, it.answers) if it.answers else [],
        asking[-1] if asking and may_add and it.waits_for_resident else None,
        _answers(it) if may_add else frozenset(),
        may_add,
        chain[-1] if chain else None,
    )


def _holder(it: Request, entries: Sequence[AuditEntry]) -> Holder | None:
    """Its lead; while nobody leads, the post that took it on, or the nearest one that is to take it on."""
    if it.lead:
        return Holder(str(it.lead), _last(entries, LED))
    if it.first_post:
        return Holder(it.first_post.title, _last(entries, UNLED))
    desk = _desk_of(it.area_id) if it.state == State.RECEIVED else ""
    return Holder(desk, it.received_at) if desk else None


def _last(entries: Sequence[AuditEntry], verbs: Iterable[str]) -> datetime | None:
    return next((entry.at for entry in reversed(entries) if entry.verb in verbs), None)


def _desk_of(area: str) -> str:
    """The coordinator's post that requests of an area come to; "" where there is none that somebody holds."""
    posts = answering(around(area), timezone.localdate()).filter(role="coordinator", held=True)
    nearest = max(posts, key=lambda post: nearness(post.area_id, area), default=None)
    return nearest.title if nearest else ""


def _answers(it: Request) -> frozenset[str]:
    """What the person can say now, and has not said yet."""
    possible = {verb.removeprefix("requests.") for verb in LIFECYCLE.verbs_from(it.state)}
    said = {"confirm"} if it.solved else set()
    if it.satisfied is not None:
        said.add("satisfied" if it.satisfied else "dissatisfied")
    return frozenset(possible & set(AnswerForm.ANSWERS) - said)


def _goes_on(it: Request) -> list[Request]:
    """What it was put together with, and what that was, to the end. Their codes stay their own."""
    chain, seen, follow = [], {it.pk}, it
    while (after := follow.merged_into) is not None and after.pk not in seen:
        chain.append(after)
        seen.add(after.pk)
        follow = after
    return chain
