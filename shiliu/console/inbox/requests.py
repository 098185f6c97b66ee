"""Requests, calls and parts that wait."""

from collections.abc import Callable
from dataclasses import replace

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import pgettext_lazy

from shiliu.console.inbox.kinds import MANY, Item, Waiting, url
from shiliu.core import access
from shiliu.core.due import due
from shiliu.core.models import User
from shiliu.requests.models import PERSONAL, CallBack, Part, Request, RequestQuerySet, State, mine


def _requests(right: str, narrow: Callable[[RequestQuerySet], RequestQuerySet]) -> Callable[[User], QuerySet]:
    def records(user: User) -> QuerySet:
        inside = Request.objects.open_within(access.scope_of(user, right))
        return _told(narrow(inside))  # type: ignore[arg-type]

    return records


def _told(rows: QuerySet) -> QuerySet:
    related = rows.select_related("area", "category").defer(*PERSONAL)
    return related.order_by("due_at", "pk")


def _told_up_to_here(user: User) -> QuerySet:
    """What the clock told this person's desk."""
    scope = access.scope_of(user, "requests.assign")
    return _told(Request.objects.open_within(scope).told_to(scope))


def _written(user: User) -> QuerySet:
    """What residents wrote and nobody has answered, also of what has ended; the longest waiting first."""
    scope = access.scope_of(user, "requests.report") & access.scope_of(user, "requests.view")
    return _by_words(Request.objects.written_within(scope))


def _written_to_me(user: User) -> QuerySet:
    """The same for whoever sees only what went to them."""
    return _by_words(Request.objects.written_to(user))


def _by_words(rows: QuerySet) -> QuerySet:
    return _told(rows).order_by("wrote_at", "pk")


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


def _desk(show: str) -> Callable[[], str]:
    return url("desk:list", f"?show={show}")


# In this order: the first that is not empty is what a person's day begins with.
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
        "wrote",
        pgettext_lazy("what waits", "requests to which the resident wrote"),
        "requests.view",
        _written,
        _request,
        _desk("wrote"),
        is_rare=True,
    ),
    Waiting(
        "wrote_to_me",
        pgettext_lazy("what waits", "requests of mine to which the resident wrote"),
        "requests.report",
        _written_to_me,
        _request,
        unless="requests.view",
        is_rare=True,
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
        url("desk:call_backs"),
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
        url("field:start"),
        is_rare=True,
    ),
]
