"""What went to somebody: to the teams that they lead, the units that they staff and the posts that they hold.

A list reads each of these by itself, since an index gives its order for one lead at a time, and puts together
what was read.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from shiliu.core import access
from shiliu.core.cursor import Cursor
from shiliu.core.models import User
from shiliu.grid.models import Tenure
from shiliu.grid.roles import ANSWERING, SERVING
from shiliu.requests.models.beside import Part
from shiliu.requests.models.querysets import RequestQuerySet
from shiliu.requests.models.request import Request
from shiliu.requests.models.state import State
from shiliu.volunteers.models import Team


def leads(actor: Any) -> list[Q]:
    """For each lead that `actor` stands behind today, what went to it: two queries."""
    if not isinstance(actor, User):
        return []
    held = list(
        Tenure.objects.of_today(actor).order_by("pk").values_list("post_id", "post__role", "post__unit_id")
    )
    if not held:
        return []
    teams = Team.objects.filter(leader_post__in=[post for post, _role, _unit in held])
    units = {unit for _post, role, unit in held if unit and role in SERVING}
    posts = {post for post, role, _unit in held if role in ANSWERING}
    return [
        *(Q(team=team) for team in teams.order_by("pk").values_list("pk", flat=True)),
        *(Q(unit=unit) for unit in sorted(units)),
        *(Q(post=post) for post in sorted(posts)),
    ]


def first(rows: RequestQuerySet, among: Iterable[Q], most: int, after: Cursor | None = None) -> list[Request]:
    """The first `most` of `rows` that went to the leads `among`, the longest due first.

    after: only those behind this place.
    """
    found = [it for lead in among for it in rows.filter(lead).by_due(after)[:most]]  # type: ignore[attr-defined]
    found.sort(key=lambda it: (it.due_at, it.pk))
    return found[:most]


def count(rows: RequestQuerySet, among: Iterable[Q], most: int) -> int:
    """How many of `rows` went to the leads `among`, up to `most`; no more rows than that are looked at."""
    found = 0
    for lead in among:
        found += rows.filter(lead).order_by().values("pk")[: most - found].count()
        if found >= most:
            break
    return found


# What waits for somebody on the round: `first` of it, for an actor with these `leads`. ---------------------

Reader = Callable[[Any, Sequence[Q], int, Cursor | None], list[Request]]


def _in(*states: State) -> Reader:
    return lambda actor, own, most, after: first(Request.objects.in_state(*states), own, most, after)


new = _in(State.ASSIGNED)
in_hand = _in(State.IN_PROGRESS, State.ON_HOLD)
reported = _in(State.DONE, State.VERIFIED)


def near(actor: Any, own: Sequence[Q], most: int, after: Cursor | None) -> list[Request]:
    """What else is to be solved where `actor` may see requests."""
    open_ones = Request.objects.open().within(access.scope_of(actor, Request.view_right))
    begun = Q(state__in=[State.ASSIGNED, State.IN_PROGRESS, State.ON_HOLD])
    others = open_ones.exclude(reduce(or_, own, Q(pk__in=[])) & begun)
    return list(others.exclude(state__in=[State.DONE, State.VERIFIED]).by_due(after)[:most])


def parts(actor: Any, most: int) -> list[Part]:
    """What `actor` was asked to do for requests that others lead."""
    return list(Part.objects.of_mine(actor).waiting()[:most])
