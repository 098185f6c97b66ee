"""The desk's lists of requests: what is looked for, page by page on the order of an index, and counted
only as far as people need to know.

A list never asks one query for several areas: an index gives its order for one area at a time, so each area
of a person's scope (mostly there is one) is read by itself, and what was read is put together.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import pgettext_lazy

from shiliu.core import access, areas, receipts, search, worktime
from shiliu.core.areas import Scope
from shiliu.core.cursor import Cursor
from shiliu.core.due import Due, due
from shiliu.core.models import User
from shiliu.grid.models import Area
from shiliu.grid.scopes import within
from shiliu.requests import rules, steps
from shiliu.requests.case import SEES
from shiliu.requests.models import PERSONAL, Category, Request, RequestQuerySet, State, mine

PAGE = 40
MANY = 100  # counts stop here: “99+”

Narrow = Callable[[RequestQuerySet, datetime], RequestQuerySet]


def _in(*states: State) -> Narrow:
    return lambda rows, now: rows.in_state(*states)


@dataclass(frozen=True)
class Show:
    """One of the lists. order: the column that an index sorts by, a minus where the latest come first.

    counted: whether the way to it says how many there are.
    """

    key: str
    label: Any
    narrow: Narrow
    order: str = "due_at"
    counted: bool = True

    @property
    def by(self) -> str:
        return self.order.lstrip("-")

    @property
    def descending(self) -> bool:
        return self.order.startswith("-")


_SHOWS = [
    Show("open", pgettext_lazy("list of requests", "Open"), lambda rows, now: rows.open(), counted=False),
    Show("received", pgettext_lazy("list of requests", "To accept"), _in(State.RECEIVED)),
    Show("accepted", pgettext_lazy("list of requests", "To assign"), _in(State.ACCEPTED)),
    Show(
        "assigned",
        pgettext_lazy("list of requests", "With teams"),
        _in(State.ASSIGNED, State.IN_PROGRESS),
        counted=False,
    ),
    Show("done", pgettext_lazy("list of requests", "To verify"), _in(State.DONE, State.VERIFIED)),
    Show("late", pgettext_lazy("list of requests", "Overdue"), RequestQuerySet.late),
    Show("today", pgettext_lazy("list of requests", "Due today"), RequestQuerySet.due_today),
    Show("again", pgettext_lazy("list of requests", "Reopened"), lambda rows, now: rows.in_hand_again()),
    Show(
        "waiting",
        pgettext_lazy("list of requests", "On hold or deferred"),
        _in(State.ON_HOLD, State.DEFERRED),
        counted=False,
    ),
    Show(
        "ended",
        pgettext_lazy("list of requests", "Ended"),
        lambda rows, now: rows.filter(closed_at__isnull=False),
        "-closed_at",
        counted=False,
    ),
    Show("all", pgettext_lazy("list of requests", "All"), lambda rows, now: rows, "-received_at", False),
    Show(
        "mine",
        pgettext_lazy("list of requests", "Given to me"),
        _in(State.ASSIGNED, State.IN_PROGRESS),
    ),
]
SHOWS = {show.key: show for show in _SHOWS}


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for, as the address of a list says it."""

    show: Show
    area: str = ""
    category: str = ""
    q: str = ""
    after: Cursor | None = None
    before: Cursor | None = None

    def address(self, **changes: Any) -> str:
        """The address's query for this list, or for one that differs: `address(show="late")`."""
        if "show" in changes:
            changes["show"] = SHOWS[changes["show"]]
        it = replace(self, **{"after": None, "before": None} | changes)
        parts = {
            "show": it.show.key,
            "area": it.area,
            "category": it.category,
            "q": it.q,
            "after": it.after,
            "before": it.before,
        }
        return urlencode({name: str(value) for name, value in parts.items() if value})

    @property
    def here(self) -> str:
        """The query of this very page of the list."""
        return self.address(after=self.after, before=self.before)

    @property
    def wide(self) -> str:
        """The query of the same list for all of one's areas."""
        return self.address(area="", category="", q="")

    @property
    def as_list(self) -> str:
        """The query under which a request's page knows the list that one came from."""
        return urlencode({"list": self.here})

    @property
    def is_narrowed(self) -> bool:
        return bool(self.area or self.category or self.q)


def read(given: Mapping[str, Any], usual: str = "open") -> Wanted:
    """What an address asks for. What makes no sense in it counts as not said; words alone search in all."""
    q = str(given.get("q", "")).strip()[:200].replace("\0", "")
    show = SHOWS.get(str(given.get("show", ""))) or SHOWS["all" if q else usual]
    area = str(given.get("area", ""))
    return Wanted(
        show,
        area if areas.CODE.fullmatch(area) else "",
        str(given.get("category", ""))[:40].replace("\0", ""),
        q,
        Cursor.read(str(given.get("after", ""))),
        Cursor.read(str(given.get("before", ""))),
    )


@dataclass(frozen=True)
class Row:
    """A request in a list, as one person sees it."""

    it: Request
    due: Due | None
    may_accept: bool

    @property
    def code(self) -> str:
        return receipts.shown(self.it.code)


@dataclass(frozen=True)
class Listed:
    """One page of a list. previous and next are queries of addresses, empty at the ends."""

    rows: list[Row]
    previous: str
    next: str


def row(subject: Request, user: User, now: datetime) -> Row:
    may_accept = subject.state == State.RECEIVED and steps.may(user, "requests.accept", subject)
    return Row(subject, due(subject.due_at, now) if subject.is_unsolved else None, may_accept)


def listed(user: User, wanted: Wanted, now: datetime) -> Listed:
    """One page of what `user` looks for, within their scope."""
    backwards = wanted.before is not None
    found = _slice(user, wanted, now, PAGE + 1)
    more, found = len(found) > PAGE, found[:PAGE]
    if backwards:
        found.reverse()
    before = more if backwards else wanted.after is not None
    after = backwards or more
    rows = [row(subject, user, now) for subject in found]
    return Listed(
        rows,
        f"?{wanted.address(before=_cursor(found[0], wanted.show))}" if found and before else "",
        f"?{wanted.address(after=_cursor(found[-1], wanted.show))}" if found and after else "",
    )


@dataclass(frozen=True)
class Place:
    """Where a request stood in the lists before a step moved it."""

    pk: int
    due_at: datetime
    received_at: datetime
    closed_at: datetime | None


def place_of(subject: Request) -> Place:
    return Place(subject.pk, subject.due_at, subject.received_at, subject.closed_at)


def following(user: User, wanted: Wanted, left: Place, now: datetime) -> Request | None:
    """The one after the place that was left; at the end of the list its first one."""
    place = _cursor(left, wanted.show)
    for after in (place, None) if place else (None,):
        found = _slice(user, replace(wanted, after=after, before=None), now, 2)
        others = [subject for subject in found if subject.pk != left.pk]
        if others:
            return others[0]
    return None


def _cursor(subject: Request | Place, show: Show) -> Cursor | None:
    at = getattr(subject, show.by)
    return Cursor(at, subject.pk) if at else None


def _slice(user: User, wanted: Wanted, now: datetime, most: int) -> list[Request]:
    """The first `most` rows after (or before) the cursor, over all parts of the scope."""
    by = wanted.show.by
    descending = wanted.show.descending != (wanted.before is not None)
    order = (f"-{by}", "-pk") if descending else (by, "pk")
    rows = wanted.show.narrow(Request.objects.all(), now).filter(_asked(wanted))
    if cursor := wanted.before or wanted.after:
        rows = rows.filter(_beyond(by, cursor, "lt" if descending else "gt"))
    rows = rows.select_related("category", "area", "team", "unit", "post").defer(*PERSONAL).order_by(*order)
    found = [subject for part in _parts(user, wanted) for subject in rows.filter(part)[:most]]
    found.sort(key=lambda it: (getattr(it, by), it.pk), reverse=descending)
    return found[:most]


def _beyond(by: str, cursor: Cursor, side: str) -> Q:
    """Written so that an index bounds it: beyond or at the value, and there beyond the number."""
    return Q(**{f"{by}__{side}e": cursor.at}) & ~(Q(**{by: cursor.at}) & ~Q(**{f"pk__{side}": cursor.id}))


def _asked(wanted: Wanted) -> Q:
    asked = Q()
    if wanted.category:
        asked &= Q(category__code=wanted.category)
    if wanted.q:
        asked &= Q(code__in=search.matching("requests.request", wanted.q))
    return asked


def _parts(user: User, wanted: Wanted) -> Iterable[Q]:
    """The scope in pieces for each of which an index has the order."""
    if wanted.show.key == "mine":
        return mine.leads(user)
    scope = access.scope_of(user, SEES)
    if wanted.area:
        scope = scope & within([wanted.area])
    return [Scope(frozenset({code})).q() for code in sorted(scope.codes)]


@dataclass(frozen=True)
class Tab:
    """The way to one of the lists, and how many are in it where that is told."""

    label: Any
    query: str
    is_here: bool
    count: str


def tabs(user: User, wanted: Wanted, now: datetime) -> list[Tab]:
    """The lists that `user` may look at, within the same area, category and words."""
    found = []
    for show in SHOWS.values():
        if show.key == "mine" or not access.holds(user, SEES):
            continue
        number = bounded(count(user, replace(wanted, show=show), now)) if show.counted else ""
        found.append(Tab(show.label, wanted.address(show=show.key), show == wanted.show, number))
    if rules.serves_any(user):
        show = SHOWS["mine"]
        number = bounded(count(user, replace(wanted, show=show), now))
        found.append(Tab(show.label, wanted.address(show="mine"), show == wanted.show, number))
    return found


def bounded(number: int) -> str:
    """A count as it is shown: nothing for none, “99+” where it was not counted to its end."""
    return f"{MANY - 1}+" if number >= MANY else str(number or "")


def count(user: User, wanted: Wanted, now: datetime) -> int:
    """How many, up to `MANY`; no more rows than that are looked at."""
    rows = wanted.show.narrow(Request.objects.all(), now).filter(_asked(wanted))
    if wanted.show.key == "mine":
        return mine.count(rows, mine.leads(user), MANY)
    scope = access.scope_of(user, SEES)
    rows = rows.filter((scope & within([wanted.area]) if wanted.area else scope).q())
    return rows.order_by().values("pk")[:MANY].count()


# What one can choose from -----------------------------------------------------------------------------------


def places(user: User) -> list[Any]:
    """The areas of `user`'s scope as choices: communities, each with its grids."""
    scope = access.scope_of(user, SEES)
    found = [area for area in _areas_of(scope) if area.code in scope]
    groups: dict[str, list[tuple[str, str]]] = {}
    names = {area.code: area.name for area in found}
    for area in found:
        if area.level >= areas.VILLAGE:
            village = area.code[: areas.VILLAGE]
            groups.setdefault(names.get(village, ""), []).append((area.code, area.name))
    return list(groups.items())


def _areas_of(scope: Scope) -> QuerySet[Area]:
    inside = Q(pk__in=[])
    for code in scope.codes:
        inside |= Q(code__startswith=code)
    return Area.objects.on(timezone.localdate()).filter(inside).order_by("code")


def categories() -> list[Category]:
    return list(Category.objects.offered())


def day_of(due_at: datetime) -> date:
    """The last day on which something is in time."""
    return worktime.last_day(due_at)
