"""Rights of requests, and who serves one. Anybody may ask; whoever has the receipt may answer."""

from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import access
from shiliu.core.access import NotPermitted, Resident
from shiliu.core.models import User
from shiliu.grid.models import Area, Tenure
from shiliu.grid.roles import ANSWERING, SERVING
from shiliu.grid.rules import opens_admin
from shiliu.requests.models import Part, Request
from shiliu.volunteers.models import Team

access.register(
    "requests",
    public=["ask", "answer"],
    ask=gettext_lazy("ask for something"),
    answer=gettext_lazy("say what became of one's own request"),
    view=gettext_lazy("see requests"),
    accept=gettext_lazy("accept a request"),
    refuse=gettext_lazy("refuse a request"),
    assign=gettext_lazy("assign a request to a team"),
    report=gettext_lazy("report a request done"),
    close=gettext_lazy("verify and close a request"),
    reopen=gettext_lazy("reopen a request"),
    contact=gettext_lazy("see how to reach the person"),
    configure=gettext_lazy("change the categories of requests, their deadlines and to whom they go"),
)
CONFIGURE = opens_admin("requests.configure")


def leads_any(actor: Any) -> bool:
    """Whether `actor` leads a team today."""
    return Team.objects.led_by(actor).exists()


def serves_any(actor: Any) -> bool:
    """Whether something can be given to `actor` today: by a team led, a unit staffed or a post held."""
    if not isinstance(actor, User):
        return False
    held = Tenure.objects.of_today(actor)
    by_post = Q(post__role__in=ANSWERING) | Q(post__role__in=SERVING, post__unit__isnull=False)
    return held.filter(by_post | Q(post__teams__isnull=False)).exists()


def leads_from(actor: Any, team: Team | None) -> str | None:
    """The area of the post from which `actor` leads the team today; None for everybody else."""
    if team is None:
        return None
    led: str | None = (
        Team.objects.led_by(actor).filter(pk=team.pk).values_list("leader_post__area", flat=True).first()
    )
    return led


def served_from(actor: Any, it: Request | Part) -> str | None:
    """The area of the post from which `actor` serves what this went to; None for everybody else."""
    if it.team_id is not None:
        return leads_from(actor, it.team)
    if not isinstance(actor, User):
        return None
    held = Tenure.objects.of_today(actor)
    if it.unit_id is not None:
        held = held.filter(post__unit=it.unit_id, post__role__in=SERVING)
    elif getattr(it, "post_id", None) is not None:
        held = held.filter(post=it.post_id, post__role__in=ANSWERING)  # type: ignore[union-attr]
    else:
        return None
    return held.order_by("pk").values_list("post__area", flat=True).first()


def serves(actor: Any, it: Request | Part) -> bool:
    """Whether it went to `actor`."""
    return served_from(actor, it) is not None


def is_served(it: Request) -> bool:
    """Whether somebody takes on today what this went to; others need not see to it then."""
    today = Tenure.objects.held_on(timezone.localdate())
    if it.team_id is not None:
        return it.team is not None and it.team.leader_post_id is not None
    if it.unit_id is not None:
        return today.filter(post__unit=it.unit_id, post__role__in=SERVING).exists()
    return it.post_id is not None and today.filter(post=it.post_id).exists()


def serving_area(actor: Any, it: Request | Part) -> str:
    """Where the right to work on a request, or on a part of one, is asked for.

    Whoever sees requests there has it there; a team's leader, a unit's staff and the holder of a post have
    it from that post, wherever what went to them lies. NotPermitted for whom neither is true.
    """
    sees = it.area_id in access.scope_of(actor, Request.view_right)
    if sees and it.area_id in access.scope_of(actor, "requests.report"):
        return it.area_id
    from_there = served_from(actor, it)
    if from_there is None and not sees:
        raise NotPermitted(_("This went to somebody else. Ask the coordinator if it should be yours."))
    return from_there or it.area_id


def require_service(actor: Any) -> None:
    """NotPermitted for whoever works on no request anywhere."""
    if not access.holds(actor, "requests.report"):
        raise NotPermitted(
            _(
                "This page is for grid workers and team leaders. If you are one, ask your administrator for "
                "the post."
            )
        )


def require_filing(actor: Any, area: Area) -> None:
    """NotPermitted unless `actor` files in the area by a post: that anybody may ask brings no orders in."""
    if isinstance(actor, Resident) or area.code not in access.scope_of(actor, "requests.ask"):
        sentence = _("You may not file for %(area)s. Ask a coordinator there, or the town, to take it in.")
        raise NotPermitted(sentence % {"area": area.name})
