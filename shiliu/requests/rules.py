"""Rights of requests, and who serves one. Anybody may ask; whoever has the receipt may answer."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import access
from shiliu.core.access import NotPermitted
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
    configure=gettext_lazy("change the categories of requests and their deadlines"),
)
CONFIGURE = opens_admin("requests.configure")


def leads(actor: Any, team: Team | None) -> bool:
    """Whether `actor` leads the team today."""
    return leads_from(actor, team) is not None


def leads_any(actor: Any) -> bool:
    """Whether `actor` leads a team today."""
    return Team.objects.led_by(actor).exists()


def leads_from(actor: Any, team: Team | None) -> str | None:
    """The area of the post from which `actor` leads the team today; None for everybody else."""
    if team is None:
        return None
    led: str | None = (
        Team.objects.led_by(actor).filter(pk=team.pk).values_list("leader_post__area", flat=True).first()
    )
    return led


def serving_area(actor: Any, it: Request | Part) -> str:
    """Where the right to work on a request, or on a part of one, is asked for.

    Whoever sees requests there has it there; a team's leader has it from the leading post, wherever what
    went to the team lies. NotPermitted for whom neither is true.
    """
    sees = it.area_id in access.scope_of(actor, Request.view_right)
    if sees and it.area_id in access.scope_of(actor, "requests.report"):
        return it.area_id
    led_from = leads_from(actor, it.team)
    if led_from is None and not sees:
        raise NotPermitted(_("This went to somebody else. Ask the coordinator if it should be yours."))
    return led_from or it.area_id


def require_anywhere(actor: Any, right: str) -> None:
    """NotPermitted for whoever holds a right nowhere by a post, also where it is everybody's in public."""
    if not access.holds(actor, right):
        sentence = _("You may not %(what)s here. Ask your administrator for a post with this right.")
        raise NotPermitted(sentence % {"what": access.RIGHTS[right]})


def require_service(actor: Any) -> None:
    """NotPermitted for whoever works on no request anywhere."""
    if not access.holds(actor, "requests.report"):
        raise NotPermitted(
            _(
                "This page is for grid workers and team leaders. If you are one, ask your administrator for "
                "the post."
            )
        )
