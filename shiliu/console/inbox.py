"""What waits for whom: one bounded query for each kind of thing, asked only for those who may act on it.

An app knows nothing of the console, so what waits in it is written down here, from its models.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import pgettext, pgettext_lazy

from shiliu.aid.models import Payment
from shiliu.channel.models import ArticlePage
from shiliu.core import access
from shiliu.core.areas import TOWN, Scope
from shiliu.core.due import due
from shiliu.core.models import User
from shiliu.grid.models import Post, Tenure
from shiliu.plan.models import Task
from shiliu.requests.models import PERSONAL, CallBack, Level, Part, Request, RequestQuerySet, State, mine
from shiliu.works.models import Measurement

MANY = 100  # counts stop here: “99+”
FEW = 5


@dataclass(frozen=True)
class Item:
    """One thing that waits. until: when it should be done, in words."""

    words: str
    where: str
    until: str = ""
    url: str = ""
    late: bool = False


@dataclass(frozen=True)
class Waiting:
    """One kind of thing that waits for a person.

    right: what one must hold somewhere to act on it; empty where `records` itself asks. unless: whoever
    holds this sees it under another kind. records: those that this person may act on, the first due first.
    item: how one of them is told. url: the list that holds them all, "" where there is none.
    is_urgent: late already. is_rare: not spoken of where there is none.
    """

    key: str
    label: Any
    right: str
    records: Callable[[User], QuerySet[Any]]
    item: Callable[[Any], Item]
    url: Callable[[], str] = lambda: ""
    unless: str = ""
    is_urgent: bool = False
    is_rare: bool = False

    def concerns(self, user: User) -> bool:
        held = not self.right or access.holds(user, self.right)
        return held and not (self.unless and access.holds(user, self.unless))

    def count(self, user: User) -> int:
        """How many, up to `MANY`."""
        return self.records(user).order_by().values("pk")[:MANY].count()

    def first(self, user: User, most: int = FEW) -> list[Item]:
        """The first few, as they are told."""
        return [self.item(record) for record in self.records(user)[:most]]


# What each kind's records are -----------------------------------------------------------------------------


def _url(name: str, query: str = "") -> Callable[[], str]:
    return lambda: reverse(name) + query


def _requests(right: str, narrow: Callable[[RequestQuerySet], RequestQuerySet]) -> Callable[[User], QuerySet]:
    def records(user: User) -> QuerySet:
        inside = Request.objects.open_within(access.scope_of(user, right))
        return _told(narrow(inside))  # type: ignore[arg-type]

    return records


def _told(rows: QuerySet) -> QuerySet:
    related = rows.select_related("area", "category").defer(*PERSONAL)
    return related.order_by("due_at", "pk")


def _told_up_to_here(user: User) -> QuerySet:
    """What the clock told this person's desk: a town's once the deadline has passed, a community's before."""
    scope = access.scope_of(user, "requests.assign")
    of_towns = Scope.of(code for code in scope.codes if len(code) <= TOWN)
    waits = Q(escalated_to=Level.TOWN) | (Q(escalated_to=Level.COMMUNITY) & ~of_towns.q())
    return _told(Request.objects.open_within(scope).unsolved().filter(waits))  # type: ignore[attr-defined]


def _in_my_grids(user: User) -> QuerySet:
    scope = access.scope_of(user, "requests.report") & access.scope_of(user, "requests.view")
    return _told(Request.objects.within(scope).in_state(State.ASSIGNED, State.IN_PROGRESS))  # type: ignore[attr-defined]


def _given_to_me(user: User) -> QuerySet:
    """The most urgent of each team, unit and post: so many of them hold the most urgent of all."""
    rows = Request.objects.in_state(State.ASSIGNED, State.IN_PROGRESS).order_by("due_at", "pk")
    found = [pk for lead in mine.leads(user) for pk in rows.filter(lead).values_list("pk", flat=True)[:MANY]]
    return _told(Request.objects.filter(pk__in=found))


def _parts(user: User) -> QuerySet:
    return Part.objects.of_mine(user).waiting()


def _parts_back(user: User) -> QuerySet:
    inside = Part.objects.within(access.scope_of(user, "requests.assign"))
    return inside.given_back().filter(request__is_open__in=[True]).by_due()  # type: ignore[attr-defined]


def _part_back(it: Part) -> Item:
    address = f"{reverse('desk:detail', args=[it.request.code])}#parts"
    return replace(_part(it), url=address)


def _part(it: Part) -> Item:
    when = due(it.request.due_at, timezone.now())
    where = f"{it.doer} · {it.area.name}"
    address = reverse("field_requests:part", args=[it.code])
    return Item(Truncator(it.words).chars(60), where, when.words, address, when.late)


def _request(it: Request) -> Item:
    what, where = Truncator(it.headline).chars(60), f"{it.category} · {it.area.name}"
    address = reverse("desk:detail", args=[it.code])
    if not it.is_unsolved:
        return Item(what, where, url=address)
    when = due(it.due_at, timezone.now())
    return Item(what, where, when.words, address, when.late)


def _call_backs(user: User) -> QuerySet:
    deferred = (f"request__{name}" for name in PERSONAL)
    waiting = CallBack.objects.to_be_called_by(user)
    return waiting.select_related("request__category", "area").defer(*deferred)


def _call_back(it: CallBack) -> Item:
    what = Truncator(it.words or it.request.headline).chars(60)
    where = f"{it.request.category} · {it.area.name}"
    since = str(timezone.localdate(it.made_at))
    return Item(what, where, since, reverse("desk:call_back", args=[it.code]))


def _payments(right: str, state: str) -> Callable[[User], QuerySet]:
    """Payments for somebody who has had no other part in them: three people see to each."""

    def records(user: User) -> QuerySet:
        mine = Q(proposed_by=user) | Q(approved_by=user)
        found = Payment.objects.within(access.scope_of(user, right)).filter(state=state).exclude(mine)
        return found.select_related("programme", "area").defer("recipient").order_by("proposed_on", "pk")

    return records


def _payment(it: Payment) -> Item:
    amount = pgettext("money", "CNY %(amount)s") % {"amount": f"{it.amount:,}"}
    return Item(f"{it.programme} · {amount}", it.area.name, str(it.proposed_on))


def _measurements(user: User) -> QuerySet:
    inside = Measurement.objects.within(access.scope_of(user, "works.accept"))
    return inside.filter(accepted_on=None).select_related("item__project").order_by("measured_on", "pk")


def _measurement(it: Measurement) -> Item:
    what = f"{it.item.get_kind_display()} {it.measured} {it.item.get_unit_display()}"
    return Item(what, it.item.project.name, str(it.measured_on))


def _my_tasks(user: User) -> QuerySet:
    mine = Tenure.objects.of_today(user).values("post")
    return Task.objects.open().filter(owner__in=mine).select_related("owner").order_by("due_on", "pk")


def _late_tasks(user: User) -> QuerySet:
    inside = Task.objects.open().within(access.scope_of(user, "plan.complete"))
    late = inside.filter(due_on__lt=timezone.localdate())
    return late.select_related("owner").order_by("due_on", "pk")


def _task(it: Task) -> Item:
    return Item(it.title, it.owner.title, str(it.due_on), late=it.due_on < timezone.localdate())


def _vacant(user: User) -> QuerySet:
    today = timezone.localdate()
    held = Tenure.objects.on(today).filter(post=OuterRef("pk"))
    inside = Post.objects.on(today).within(access.scope_of(user, "grid.appoint"))
    return inside.filter(~Exists(held)).select_related("area").order_by("code")


def _post(it: Post) -> Item:
    return Item(it.title, it.area.name)


def _drafts(user: User) -> QuerySet:
    inside = ArticlePage.objects.filter(access.scope_of(user, "channel.edit").q())
    return inside.filter(has_unpublished_changes=True).order_by("-latest_revision_created_at", "pk")


def _draft(it: ArticlePage) -> Item:
    return Item(it.draft_title or it.title, "", "", reverse("wagtailadmin_pages:edit", args=[it.pk]))


def _desk(show: str) -> Callable[[], str]:
    return _url("desk:list", f"?show={show}")


# The first that is not empty is what a person's day begins with.
WAITING = [
    Waiting(
        "received",
        pgettext_lazy("what waits", "requests to accept"),
        "requests.accept",
        _requests("requests.accept", lambda rows: rows.in_state(State.RECEIVED)),
        _request,
        _desk("received"),
    ),
    Waiting(
        "again",
        pgettext_lazy("what waits", "requests reopened"),
        "requests.assign",
        _requests("requests.assign", lambda rows: rows.in_hand_again()),
        _request,
        _desk("again"),
    ),
    Waiting(
        "escalated",
        pgettext_lazy("what waits", "requests told higher up"),
        "requests.assign",
        _told_up_to_here,
        _request,
        _desk("escalated"),
        is_urgent=True,
        is_rare=True,
    ),
    Waiting(
        "late",
        pgettext_lazy("what waits", "requests overdue"),
        "requests.assign",
        _requests("requests.assign", lambda rows: rows.late(timezone.now())),
        _request,
        _desk("late"),
        is_urgent=True,
    ),
    Waiting(
        "today",
        pgettext_lazy("what waits", "requests due today"),
        "requests.assign",
        _requests("requests.assign", lambda rows: rows.due_today(timezone.now())),
        _request,
        _desk("today"),
    ),
    Waiting(
        "done",
        pgettext_lazy("what waits", "requests to verify"),
        "requests.close",
        _requests("requests.close", lambda rows: rows.in_state(State.DONE, State.VERIFIED)),
        _request,
        _desk("done"),
    ),
    Waiting(
        "call_backs",
        pgettext_lazy("what waits", "people to call back"),
        "requests.contact",
        _call_backs,
        _call_back,
        _url("desk:call_backs"),
        is_rare=True,
    ),
    Waiting(
        "accepted",
        pgettext_lazy("what waits", "requests to assign"),
        "requests.assign",
        _requests("requests.assign", lambda rows: rows.in_state(State.ACCEPTED)),
        _request,
        _desk("accepted"),
    ),
    Waiting(
        "parts_back",
        pgettext_lazy("what waits", "parts given back as not theirs"),
        "requests.assign",
        _parts_back,
        _part_back,
        is_rare=True,
    ),
    Waiting(
        "in_my_grids",
        pgettext_lazy("what waits", "requests in my grids"),
        "requests.report",
        _in_my_grids,
        _request,
        _desk("assigned"),
        unless="requests.accept",
    ),
    Waiting(
        "given_to_me",
        pgettext_lazy("what waits", "requests given to me or my team"),
        "requests.report",
        _given_to_me,
        _request,
        _desk("mine"),
        is_rare=True,
    ),
    Waiting(
        "parts",
        pgettext_lazy("what waits", "parts that I was asked to join in"),
        "requests.report",
        _parts,
        _part,
        _url("field:start"),
        is_rare=True,
    ),
    Waiting(
        "payments_proposed",
        pgettext_lazy("what waits", "aid payments to approve"),
        "aid.approve",
        _payments("aid.approve", Payment.State.PROPOSED),
        _payment,
    ),
    Waiting(
        "payments_approved",
        pgettext_lazy("what waits", "aid payments to pay out"),
        "aid.pay",
        _payments("aid.pay", Payment.State.APPROVED),
        _payment,
    ),
    Waiting(
        "measurements",
        pgettext_lazy("what waits", "quantities to accept"),
        "works.accept",
        _measurements,
        _measurement,
    ),
    Waiting("tasks", pgettext_lazy("what waits", "tasks of my posts"), "", _my_tasks, _task, is_rare=True),
    Waiting(
        "late_tasks",
        pgettext_lazy("what waits", "tasks overdue in the town"),
        "plan.complete",
        _late_tasks,
        _task,
        is_urgent=True,
    ),
    Waiting(
        "drafts",
        pgettext_lazy("what waits", "articles not published yet"),
        "channel.edit",
        _drafts,
        _draft,
    ),
    Waiting(
        "vacant",
        pgettext_lazy("what waits", "posts without anybody"),
        "grid.appoint",
        _vacant,
        _post,
        _url("posts:index"),
    ),
]


def of(user: User) -> list[Waiting]:
    """The kinds of things that may wait for a person at all."""
    return [waiting for waiting in WAITING if waiting.concerns(user)]


def to_accept(user: User) -> int:
    """For the navigation: how many requests nobody has answered yet."""
    received = WAITING[0]
    return received.count(user) if received.concerns(user) else 0


@dataclass(frozen=True)
class Counted:
    """A kind, and how many of it wait."""

    kind: Waiting
    number: int

    @property
    def url(self) -> str:
        """The list that it counts; the inbox where there is none."""
        return self.kind.url() or f"{reverse('console:inbox')}#{self.kind.key}"

    @property
    def shown(self) -> str:
        return f"{MANY - 1}+" if self.number >= MANY else str(self.number)


@dataclass(frozen=True)
class Told:
    """A kind with the first of what waits. more: whether there are others."""

    kind: Waiting
    items: list[Item]
    more: bool


def counted(user: User) -> list[Counted]:
    """All kinds that concern a person, with how many wait."""
    found = [Counted(waiting, waiting.count(user)) for waiting in of(user)]
    return [each for each in found if each.number or not each.kind.is_rare]


def told(user: User) -> list[Told]:
    """The kinds of which something waits, with the first few each."""
    found = [(waiting, waiting.first(user, FEW + 1)) for waiting in of(user)]
    return [Told(waiting, items[:FEW], len(items) > FEW) for waiting, items in found if items]
