"""To whom a request can be given: as a form offers it, and why somebody is proposed."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core.areas import VILLAGE
from shiliu.grid.models import Post, Unit
from shiliu.grid.scopes import answering, around
from shiliu.requests.models import Request
from shiliu.requests.routing import Route
from shiliu.volunteers.models import Team

Lead = Team | Unit | Post


def key_of(to: Lead) -> str:
    """A lead in a form: `team:CODE`, `unit:CODE` or `post:CODE`."""
    return f"{to._meta.model_name}:{to.code}"


def _serving(subject: Request) -> tuple[set[str], list[Team], list[Unit]]:
    """The areas whose posts, teams and units serve the request; the teams, the nearest first; the units.

    Read once per request object: several forms of one page offer them.
    """
    if "_serving" not in subject.__dict__:
        today, near = timezone.localdate(), around(subject.area_id)
        teams = Team.objects.on(today).filter(area__in=near).select_related("area")
        nearest = sorted(teams, key=lambda it: (-len(it.area_id), it.code))
        units = list(Unit.objects.on(today).filter(area__in=near).order_by("code"))
        subject.__dict__["_serving"] = near, nearest, units
    return subject.__dict__["_serving"]  # type: ignore[no-any-return]


class LeadField(forms.ChoiceField):
    """Who serves the request's area, the nearest first: grid worker, teams, offices and companies."""

    default_error_messages = {
        "invalid_choice": gettext_lazy("That one does not serve this place. Choose another one.")
    }

    def offer(self, subject: Request, *, with_posts: bool = True, without: Collection[str] = ()) -> None:
        """with_posts: also who answers for the grid and its village. without: keys that are left out."""
        near, teams, units = _serving(subject)
        groups: dict[str, list[Lead]] = {}
        if with_posts:
            closest = min(VILLAGE, len(subject.area_id))
            posts = answering({code for code in near if len(code) >= closest}, timezone.localdate())
            posts = posts.filter(held=True)
            nearest = sorted(posts, key=lambda it: (-len(it.area_id), it.code))
            groups[_("Grid workers and coordinators")] = list(nearest)
        for team in teams:
            groups.setdefault(team.area.name, []).append(team)
        groups[_("Offices and companies")] = list(units)
        self.found: dict[str, Lead] = {
            key: it for group in groups.values() for it in group if (key := key_of(it)) not in without
        }
        offered = {
            label: [(key_of(it), it.name) for it in group if key_of(it) in self.found]
            for label, group in groups.items()
        }
        self.choices = [("", _("Choose…")), *((label, group) for label, group in offered.items() if group)]

    def nearest(self, subject: Request) -> str:
        """The grid's own team, if it has one; the choice of any other is a person's."""
        own = (
            key for key, it in self.found.items() if isinstance(it, Team) and it.area_id == subject.area_id
        )
        return next(own, "")

    def clean(self, value: Any) -> Lead | None:
        chosen = super().clean(value)
        return self.found[chosen] if chosen else None


def told_why(route: Route) -> str:
    """Why somebody is proposed."""
    if route.rule is None:
        return _("Proposed: who answers for the grid. No rule fits.")
    return _("Proposed by the rule “%(rule)s”.") % {"rule": route.rule.name}
