"""The tabs under the thumb of somebody on the round; the console's kind of entry, five at most."""

from django.utils.translation import pgettext_lazy

from shiliu.channel.models import Delivery
from shiliu.console.navigation import Entry, may
from shiliu.core.models import User
from shiliu.requests import rules
from shiliu.requests.models import Part, Request, State, mine

MANY = 100


def new_for(user: User) -> int:
    """How much was given to somebody and is not begun, and how often they were asked to join."""
    given = mine.count(Request.objects.in_state(State.ASSIGNED), mine.leads(user), MANY)
    return given + Part.objects.of_mine(user).waiting()[:MANY].count()


TO_DO = Entry(pgettext_lazy("tab", "To do"), "field:start", "done", count=new_for, right="requests.report")
MY_GRID = Entry(pgettext_lazy("tab", "My grid"), "field:grid", "areas", right="grid.view")
MY_TEAM = Entry(pgettext_lazy("tab", "My team"), "field:grid", "people", right="requests.report")
MY_UNIT = Entry(pgettext_lazy("tab", "My unit"), "field:grid", "people", right="requests.report")
FILE = Entry(pgettext_lazy("tab", "File"), "field_requests:ask", "plus", right="requests.ask")
GROUPS = Entry(
    pgettext_lazy("tab", "Groups"),
    "field_groups:waiting",
    "channel",
    count=lambda user: Delivery.objects.to_post_by(user).order_by()[:MANY].count(),
    right="channel.post",
    within=("field_groups",),
)
ME = Entry(pgettext_lazy("tab", "Me"), "field:me", "mine")


def entries_for(user: User) -> list[Entry]:
    """Grid workers have a grid, leaders of a team the team alone, and a unit's staff the unit."""
    own = MY_GRID if may(MY_GRID, user) else MY_TEAM if rules.leads_any(user) else MY_UNIT
    return [TO_DO, own, GROUPS, FILE, ME]
