"""Rights of requests, and who serves one. Anybody may ask; whoever has the receipt may answer."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import access
from shiliu.core.access import NotPermitted
from shiliu.requests.models import Request
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
)


def leads(actor: Any, team: Team | None) -> bool:
    """Whether `actor` leads the team today."""
    return team is not None and Team.objects.led_by(actor).filter(pk=team.pk).exists()


def serving_area(actor: Any, request: Request) -> str:
    """Where the right to work on a request is asked for.

    A team's leader has it where the team is, for what went to that team; everybody else where the request
    is, if they may see requests there. NotPermitted for whom neither is true.
    """
    if request.area_id in access.scope_of(actor, Request.view_right):
        return request.area_id
    if leads(actor, request.team):
        return request.team.area_id  # type: ignore[union-attr]
    raise NotPermitted(_("This request went to another team. Ask the coordinator if it should be yours."))


def require_service(actor: Any) -> None:
    """NotPermitted for whoever works on no request anywhere."""
    if not access.holds(actor, "requests.report"):
        raise NotPermitted(
            _(
                "This page is for grid workers and team leaders. If you are one, ask your administrator for "
                "the post."
            )
        )
