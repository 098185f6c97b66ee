"""Questions to the requests, each in the words of the index that answers it."""

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from shiliu.core import access, areas
from shiliu.core.areas import Scope
from shiliu.core.cursor import Cursor
from shiliu.grid.models import LocatedQuerySet, Post, Unit
from shiliu.requests.models.state import (
    ACTIVE,
    ENDED,
    PERSONAL,
    STANDING,
    UNSATISFIED,
    UNSOLVED,
    URGENT,
    Level,
    State,
)
from shiliu.volunteers.models import Team


def served_by(actor: Any) -> Q:
    """What went to a team that `actor` leads today, or to a unit that `actor` staffs."""
    return Q(team__in=Team.objects.led_by(actor)) | Q(unit__in=Unit.objects.staffed_by(actor))


class RequestQuerySet(LocatedQuerySet):
    def open(self) -> "RequestQuerySet":
        # Not `is_open=True`, which becomes a bare column: SQLite finds no index for that.
        return self.filter(is_open__in=[True])

    def open_within(self, scope: Scope) -> "RequestQuerySet":
        """The open ones of a scope. Of a whole county by the index of all that is open, for that of towns
        gives no order over several of them.
        """
        if scope.everywhere or not scope.spans_towns:
            return self.open().filter(scope.q())
        return self.filter(scope.unindexed(), is_open=True)

    def in_state(self, *states: "State") -> "RequestQuerySet":
        """The open ones in one of these states."""
        return self.open().filter(state__in=states)

    def unsolved(self) -> "RequestQuerySet":
        """Those whose deadline runs; the states first, which an index holds."""
        return self.in_state(*UNSOLVED, State.ON_HOLD).exclude(STANDING)

    def late(self, now: datetime) -> "RequestQuerySet":
        return self.unsolved().filter(due_at__lt=now)

    def due_today(self, now: datetime) -> "RequestQuerySet":
        """Due from now on until the day ends; midnight still belongs to the day."""
        midnight = timezone.make_aware(datetime.combine(timezone.localdate(now), time())) + timedelta(days=1)
        return self.unsolved().filter(due_at__gte=now, due_at__lte=midnight)

    def told_to(self, scope: Scope) -> "RequestQuerySet":
        """Unsolved ones that the clock told the desks of a scope: a town's once the deadline has passed."""
        of_towns = Scope.of(code for code in scope.codes if len(code) <= areas.TOWN)
        before = Q(escalated_to=Level.COMMUNITY) & ~of_towns.q()
        return self.filter(Q(escalated_to=Level.TOWN) | before, state__in=UNSOLVED)

    def written_within(self, scope: Scope) -> "RequestQuerySet":
        """Those of a scope where words of the resident wait, by the index of just these."""
        return self.filter(scope.unindexed(), wrote_at__isnull=False)

    def written_to(self, actor: Any) -> "RequestQuerySet":
        """Those that went to `actor` and where words of the resident wait, by the same index."""
        rows = self.filter(wrote_at__isnull=False)
        rows = rows.alias(**{f"of_{lead}": Coalesce(f"{lead}_id", 0) for lead in ("team", "unit", "post")})
        return rows.filter(
            Q(of_team__in=Team.objects.led_by(actor).values("pk"))
            | Q(of_unit__in=Unit.objects.staffed_by(actor).values("pk"))
            | Q(of_post__in=Post.objects.answered_by(actor).values("pk"))
        )

    # The conditions of the next ones are those of partial indexes, in the same words: SQLite compares them.

    def urgent(self) -> "RequestQuerySet":
        """Open, and urgent by its kind or because a deadline went by and the next level was told."""
        return self.filter(URGENT, is_open=True)

    def in_hand_again(self) -> "RequestQuerySet":
        """Open and not done, after somebody said that it was not solved."""
        return self.filter(is_open=True, reopened_at__isnull=False, state__in=ACTIVE)

    def unsatisfied(self) -> "RequestQuerySet":
        """Done or ended, and the resident said that it is not solved, or was not done well."""
        return self.filter(UNSATISFIED, state__in=(State.DONE, State.VERIFIED, *ENDED))

    def by_due(self, after: Cursor | None = None) -> "RequestQuerySet":
        """The longest due first, with what a list names at hand; those behind `after`, if given."""
        rows = self
        if after is not None:
            rows = rows.filter(Q(due_at__gt=after.at) | Q(pk__gt=after.id), due_at__gte=after.at)
        named = rows.select_related("category", "area", "team", "unit", "post")
        return named.defer(*PERSONAL).order_by("due_at", "pk")

    def public(self) -> "RequestQuerySet":
        """Of kinds that may be shown in public; of these, never the words or the code."""
        return self.filter(category__is_public=True)

    def visible_to(self, actor: Any) -> "RequestQuerySet":
        """Where `actor` may see requests, and wherever they are of those that went to `actor`."""
        scope = access.scope_of(actor, self.model.view_right)
        if scope.everywhere:  # its condition is empty, and an empty one vanishes from an “or”
            return self.all()
        return self.filter(scope.q() | served_by(actor) | Q(post__in=Post.objects.answered_by(actor)))
