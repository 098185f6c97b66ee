"""One request as the desk shows it: what was asked, what happened, and the steps that are possible now."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Exists, OuterRef
from django.http import Http404
from django.utils import timezone

from shiliu.core import access, audit, receipts, worktime
from shiliu.core.due import Due, due
from shiliu.core.models import AuditEntry, User
from shiliu.requests import joint, questions, steps
from shiliu.requests.joint import ShownPart
from shiliu.requests.models import (
    PERSONAL,
    CallBack,
    Escalation,
    Milestone,
    Notice,
    Photo,
    Recording,
    Request,
)
from shiliu.requests.questions import Answered
from shiliu.requests.steps import Offer, StepForm
from shiliu.requests.story import Told, for_staff

SEES = "requests.view"
NEIGHBOURS = 5
MOST_TAKEN_IN = 50


def find(user: User, code: str) -> Request:
    """The request that `user` may see, with what stands beside it; Http404 where there is none."""
    rows = Request.objects.visible_to(user).select_related(
        "category", "area", "team", "unit", "post", "merged_into"
    )
    taken_in = Request.objects.filter(merged_into=OuterRef("pk"))
    found = rows.filter(code=code).annotate(has_taken_in=Exists(taken_in)).first()
    if found is None:
        raise Http404
    return found


def taken_in(user: User, it: Request) -> list["TakenIn"]:
    """What was merged into it, the first first; `it` as `find` gives it. No query where there is nothing."""
    if not it.has_taken_in:  # type: ignore[attr-defined]
        return []
    rows = it.merged.select_related("area").prefetch_related("photos", "recordings").defer(*PERSONAL)
    merged = list(rows.order_by("pk")[:MOST_TAKEN_IN])
    may = Request.objects.visible_to(user).filter(pk__in=[each.pk for each in merged])
    open_to = set(may.values_list("pk", flat=True))
    return [TakenIn(each, each.pk in open_to) for each in merged]


@dataclass(frozen=True)
class TakenIn:
    """A request that was merged into another one, on the page of that one.

    Whoever sees that one reads the words; its code, photos and recordings are for who may see it too.
    """

    it: Request
    is_open_to: bool

    @property
    def code(self) -> str:
        return receipts.shown(self.it.code)

    @property
    def photos(self) -> list[Photo]:
        return list(self.it.photos.all()) if self.is_open_to else []

    @property
    def recordings(self) -> list[Recording]:
        own = [each for each in self.it.recordings.all() if each.message_id is None]
        return own if self.is_open_to else []


def sees(user: User, subject: Request) -> bool:
    """Whether `user` may still see it: what a team gives back is no longer theirs."""
    return Request.objects.visible_to(user).filter(pk=subject.pk).exists()


def given_back(user: User, verb: str, code: str, *, seen: int | None, note: str) -> AuditEntry | None:
    """The entry of it, if `user` gave the request back and now sends the same again, but sees it no more."""
    if verb != "requests.return" or seen is None:
        return None
    before = steps.taken_before(verb, code, by=user, seen=seen, note=note.strip())
    return None if before is None or Request.objects.visible_to(user).filter(code=code).exists() else before


def by_receipt(user: User, typed: str) -> Request | None:
    """The request whose receipt code was typed into a search, if `user` may see it."""
    try:
        code = receipts.read(typed)
    except receipts.BadCode:
        return None
    return Request.objects.visible_to(user).filter(code=code).first()


def by_number(user: User, typed: str) -> Request | None:
    """The request whose receipt code or number of a work order was typed into a search."""
    if not typed:
        return None
    if found := by_receipt(user, typed):
        return found
    ordered = list(Request.objects.filter(order_number=typed).exclude(order_number="").values_list("pk"))
    if not ordered:
        return None
    # Of several systems' orders with one number no one is meant more than the other.
    found_of = list(Request.objects.visible_to(user).filter(pk__in=[pk for (pk,) in ordered])[:2])
    return found_of[0] if len(found_of) == 1 else None


def by_code(user: User, typed: str) -> Request | None:
    """The request whose code stands in an address or was typed, as `find` gives it; None if there is none."""
    typed = typed[:60].replace("\0", "")
    exact = Request.objects.visible_to(user).filter(code=typed).first() if typed else None
    found = exact or by_receipt(user, typed)
    return find(user, found.code) if found else None


def went_into(ended: Request, goes_on: Request) -> bool:
    """Whether the one is merged into the other by now."""
    return Request.objects.filter(pk=ended.pk, merged_into=goes_on).exists()


def photo(subject: Request, code: str) -> Photo:
    """One of its pictures; Http404 where it has none with this code."""
    found = subject.photos.filter(code=code).first()
    if found is None:
        raise Http404
    return found


def recording(subject: Request, code: str) -> Recording:
    """One of its spoken notes; Http404 where it has none with this code."""
    found = subject.recordings.filter(code=code).first()
    if found is None:
        raise Http404
    return found


def since(subject: Request, seen: int) -> list[AuditEntry]:
    """What was done after somebody saw version `seen`, oldest first."""
    return list(audit.entries_of(subject).filter(version__gt=seen))


def last(subject: Request) -> AuditEntry:
    """What was done last. There is always something: asking is on record too."""
    return audit.entries_of(subject).reverse()[0]


@dataclass(frozen=True)
class Choice:
    """A step on the page. is_open: it stands open; the others behind their names."""

    offer: Offer
    is_main: bool
    is_open: bool

    @property
    def key(self) -> str:
        return KEYS.get(self.offer.verb, "")


# The letters by which a step is reached at the desk; on a list those of `c`, `a` and `e` go for many.
KEYS = {
    "requests.accept": "c",
    "requests.assign": "a",
    "requests.extend": "e",
    "requests.hold": "h",
    "requests.close": "v",
    "requests.report": "r",
}


@dataclass(frozen=True)
class Stop:
    """A milestone on the page."""

    it: Milestone
    due: Due | None


@dataclass(frozen=True)
class Shown:
    """All that the page shows. lost: a form that came back for a step that is no longer possible.

    recordings: those that came with the request; what was said later stands with its message.
    goes_on: what it was merged into, for whoever may see that too.
    """

    it: Request
    due: Due | None
    choices: list[Choice]
    lost: StepForm | None
    story: list[Told]
    asked: list[Photo]
    added: list[Photo]
    done: list[Photo]
    recordings: list[Recording]
    milestones: list[Stop]
    parts: list[ShownPart]
    returns: list[Told]
    escalations: list[Escalation]
    notices: list[Notice]
    call_backs: list[CallBack]
    neighbours: list[Request]
    has_contact: bool
    may_contact: bool
    goes_on: Request | None
    taken_in: list[TakenIn]
    may_give: bool

    @property
    def code(self) -> str:
        return receipts.shown(self.it.code)

    @property
    def due_until(self) -> date | datetime:
        """When the deadline ends; at midnight, the day that ends there."""
        local = timezone.localtime(self.it.due_at)
        return worktime.last_day(local) if local.time() == time() else local

    @property
    def answers(self) -> list[Answered]:
        return questions.told(self.it.category, self.it.answers) if self.it.answers else []

    @property
    def goes_on_as(self) -> str:
        return receipts.shown(self.goes_on.code) if self.goes_on else ""


def shown(user: User, it: Request, now: datetime, *, form: StepForm | None, verb: str) -> Shown:
    """The page's content. form: what came back for `verb`, to stand in its place with what was typed. verb
    alone: that step stands open.
    """
    choices = _choices(user, it, form, verb)
    photos, recordings = list(it.photos.all()), list(it.recordings.all())
    entries = list(audit.entries_of(it))
    return Shown(
        it,
        due(it.due_at, now) if it.is_unsolved else None,
        choices,
        form if form and all(choice.offer.form is not form for choice in choices) else None,
        for_staff(reversed(entries), photos, recordings),
        [photo for photo in photos if photo.taken == Photo.Taken.ASKED],
        [photo for photo in photos if photo.taken == Photo.Taken.ADDED],
        [photo for photo in photos if photo.taken == Photo.Taken.DONE],
        [each for each in recordings if each.message_id is None],
        [Stop(one, None if one.met_at else due(one.due_at, now)) for one in it.milestones.all()],
        joint.shown(user, it),
        joint.returns(entries),
        list(it.escalations.all()),
        list(it.notices.all()),
        list(it.call_backs.all()),
        _neighbours(user, it),
        bool(it.contact_name or it.contact_phone or it.contact_email),
        access.allows(user, "requests.contact", it.area_id),
        it.merged_into if it.merged_into and sees(user, it.merged_into) else None,
        taken_in(user, it),
        access.allows(user, "requests.assign", it.area_id),
    )


def ids(verb: str) -> str:
    """Several forms stand on the page, so the ids of each begin with its step."""
    return f"{verb.removeprefix('requests.')}-%s"


def _choices(user: User, it: Request, form: StepForm | None, verb: str) -> list[Choice]:
    """The steps in the order of `WAYS`. The first stands open, or `verb`, whose form may have come back."""
    offered = steps.offered(user, it)
    choices = []
    for n, offer in enumerate(offered):
        offer.form.auto_id = ids(offer.verb)
        if form is not None and offer.verb == verb:
            offer = Offer(verb, offer.label, form)
        is_open = offer.verb == verb if verb else n == 0
        choices.append(Choice(offer, n == 0, is_open))
    return choices


def _neighbours(user: User, it: Request) -> list[Request]:
    """Other open requests in the same area, the most urgent first: the same thing is often told twice."""
    if it.area_id not in access.scope_of(user, SEES):
        return []
    others = Request.objects.open().filter(area=it.area_id).exclude(pk=it.pk)
    return list(others.select_related("category").defer(*PERSONAL).order_by("due_at", "pk")[:NEIGHBOURS])
