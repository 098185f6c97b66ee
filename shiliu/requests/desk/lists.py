"""The rows of a list: page by page on the order of an index, and counted only as far as people need to know.

A list never asks one query for several areas: an index gives its order for one area at a time, so each area
of a person's scope (mostly there is one) is read by itself, and what was read is put together.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import CharField, ExpressionWrapper, F, Q
from django.db.models.lookups import StartsWith
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from shiliu.core import access, areas, receipts, search
from shiliu.core.areas import Scope
from shiliu.core.cursor import Cursor
from shiliu.core.due import Due, due
from shiliu.core.models import User
from shiliu.core.personal import phone_digest
from shiliu.grid.scopes import within
from shiliu.requests import steps
from shiliu.requests.case import SEES
from shiliu.requests.desk.shows import OWN, TOLD, Show
from shiliu.requests.desk.wanted import Wanted
from shiliu.requests.models import PERSONAL, Request, RequestQuerySet, State, mine

PAGE = 40
HEADLINE = 64  # characters
MANY = 100  # counts stop here: “99+”
SEES_CONTACT = "requests.contact"


@dataclass(frozen=True)
class Row:
    """A request in a list, as one person sees it."""

    it: Request
    due: Due | None
    may_accept: bool

    @property
    def code(self) -> str:
        return receipts.shown(self.it.code)

    # Words of forty rows a page: put together here, they take a third of the time that a template needs.

    @property
    def tick(self) -> str:
        return _("Tick %(code)s") % {"code": self.code}

    @property
    def accept(self) -> str:
        return _("Accept %(code)s") % {"code": self.code}

    accept_short = gettext_lazy("Accept")

    @property
    def headline(self) -> str:
        words = self.it.headline
        return words if len(words) <= HEADLINE else f"{words[: HEADLINE - 1]}…"

    @property
    def closed(self) -> datetime | None:
        return self.it.closed_at and timezone.localtime(self.it.closed_at)

    @property
    def marks(self) -> list[str]:
        """What must not be overlooked about it."""
        it, found = self.it, []
        if it.is_open and it.is_urgent:
            found.append(pgettext("a request", "urgent"))
        if it.is_open and it.escalated_to:
            level = {"level": it.get_escalated_to_display()}
            found.append(_("told up to the %(level)s") % level)
        return [*found, _("the resident wrote")] if it.wrote_at else found

    @property
    def waits(self) -> str:
        """That the resident has to say something, and has not yet."""
        it = self.it
        waits = it.is_open and it.waits_for_resident and not it.wrote_at
        return _("waits for the resident") if waits else ""

    @property
    def goes_on(self) -> str:
        """When it goes on, of what is on hold."""
        if not self.it.resume_on:
            return ""
        return _("goes on %(day)s") % {"day": date_format(self.it.resume_on, "MONTH_DAY_FORMAT")}


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
    found = slice_of(user, wanted, now, PAGE + 1)
    more, found = len(found) > PAGE, found[:PAGE]
    if backwards:
        found.reverse()
    before = more if backwards else wanted.after is not None
    after = backwards or more
    rows = [row(subject, user, now) for subject in found]
    return Listed(
        rows,
        f"?{wanted.address(before=cursor_of(found[0], wanted.show))}" if found and before else "",
        f"?{wanted.address(after=cursor_of(found[-1], wanted.show))}" if found and after else "",
    )


@dataclass(frozen=True)
class Place:
    """Where a request stood in the lists before a step moved it."""

    pk: int
    due_at: datetime
    received_at: datetime
    closed_at: datetime | None
    wrote_at: datetime | None


def place_of(subject: Request) -> Place:
    return Place(subject.pk, subject.due_at, subject.received_at, subject.closed_at, subject.wrote_at)


def following(user: User, wanted: Wanted, left: Place, now: datetime) -> Request | None:
    """The one after the place that was left; at the end of the list its first one."""
    place = cursor_of(left, wanted.show)
    for after in (place, None) if place else (None,):
        found = slice_of(user, replace(wanted, after=after, before=None), now, 2)
        others = [subject for subject in found if subject.pk != left.pk]
        if others:
            return others[0]
    return None


def cursor_of(subject: Request | Place, show: Show) -> Cursor | None:
    at = getattr(subject, show.by)
    return Cursor(at, subject.pk) if at else None


def slice_of(user: User, wanted: Wanted, now: datetime, most: int) -> list[Request]:
    """The first `most` rows after (or before) the cursor, over all parts of the scope."""
    by = wanted.show.by
    descending = wanted.show.descending != (wanted.before is not None)
    order = (f"-{by}", "-pk") if descending else (by, "pk")
    if cursor := wanted.before or wanted.after:
        beyond = _beyond(by, cursor, "lt" if descending else "gt")
    else:
        beyond = Q()
    found: list[Request] = []
    for part in parts(user, wanted, now):
        # Chosen by themselves, or a planner may begin at what they are joined with: at all areas there are.
        chosen = Request.objects.filter(pk__in=part.filter(beyond).order_by(*order).values("pk")[:most])
        found += chosen.select_related("category", "area", "team", "unit", "post").defer(*PERSONAL).order_by()
    found.sort(key=lambda it: (getattr(it, by), it.pk), reverse=descending)
    return found[:most]


def _beyond(by: str, cursor: Cursor, side: str) -> Q:
    """Written so that an index bounds it: beyond or at the value, and there beyond the number."""
    return Q(**{f"{by}__{side}e": cursor.at}) & ~(Q(**{by: cursor.at}) & ~Q(**{f"pk__{side}": cursor.id}))


def count(user: User, wanted: Wanted, now: datetime) -> int:
    """How many, up to `MANY`; no more rows than that are looked at in each part of the scope."""
    found = 0
    for part in parts(user, wanted, now):
        # Less work for Django than to wrap this in a COUNT, and no more for the database.
        found += len(part.order_by().values_list("pk")[: MANY - found])
        if found >= MANY:
            break
    return found


def bounded(number: int) -> str:
    """A count as it is shown: nothing for none, “99+” where it was not counted to its end."""
    return f"{MANY - 1}+" if number >= MANY else str(number or "")


# The rows in parts, for each of which an index has the order ------------------------------------------------


def parts(user: User, wanted: Wanted, now: datetime, *, whole: bool = False) -> Iterator[RequestQuerySet]:
    """The rows of a list. whole: all of them are to be read, and not a page."""
    rows: RequestQuerySet = wanted.show.narrow(Request.objects.all(), now)
    if wanted.category:
        rows = rows.filter(category__code=wanted.category)
    scope = access.scope_of(user, SEES)
    if wanted.show.key == TOLD:
        rows = rows.told_to(scope)
    if wanted.area:
        scope = scope & within([wanted.area])
    own, few = wanted.show.key == OWN, False
    if wanted.q:
        rows, few = _found(user, wanted.q, rows, None if own else scope, whole)
    if own:
        yield from _own(user, wanted, rows)
    else:
        for code in sorted(scope.codes):
            yield rows.filter(_inside(code, wanted.show, any_index=not few))


def _inside(code: str, show: Show, *, any_index: bool = True) -> Q:
    """What lies inside one area; said so that no index of areas serves it where another one serves better."""
    if len(code) > areas.COUNTY and any_index and not show.is_rare:
        return Scope(frozenset({code})).q()
    column = F({areas.VILLAGE: "village", areas.GRID: "area"}.get(len(code), "town"))
    inside = Q(StartsWith(ExpressionWrapper(column, CharField()), code))
    # The index of what is open holds nothing else; of its condition SQLite knows only by the very words.
    return inside & Q(is_open=True) if show.by == "due_at" else inside


def _own(user: User, wanted: Wanted, rows: RequestQuerySet) -> Iterator[RequestQuerySet]:
    """What went to the person, wherever it lies."""
    inside = within([wanted.area]).q() if wanted.area else Q()
    for lead in mine.leads(user):
        yield rows.filter(inside, lead)


def _found(
    user: User, typed: str, rows: RequestQuerySet, inside: Scope | None, whole: bool
) -> tuple[RequestQuerySet, bool]:
    """The rows that what was typed finds, and whether they are few: a telephone number, or words."""
    if digest := telephone(user, typed):
        reachable = access.scope_of(user, SEES_CONTACT)
        return rows.filter(reachable.q(), contact_phone_digest=digest), True
    kind = "requests.request"
    if whole:
        return rows.filter(code__in=search.matching(kind, typed, inside)), False
    return search.narrowed(rows, kind, typed, inside=inside)  # type: ignore[return-value]


def telephone(user: User, typed: str) -> str:
    """The digest of a telephone number that was typed in full by somebody who may see such numbers."""
    try:
        return phone_digest(typed) if access.holds(user, SEES_CONTACT) else ""
    except ValidationError:
        return ""


def first(user: User, wanted: Wanted, now: datetime, most: int) -> list[Request]:
    """The first rows of a list from its beginning."""
    return slice_of(user, replace(wanted, after=None, before=None), now, most)
