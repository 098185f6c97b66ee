"""The tabs under the thumb of somebody on the round; the console's kind of entry, four at most."""

from django.utils.translation import pgettext_lazy

from shiliu.console.navigation import Entry, may
from shiliu.core.models import User
from shiliu.requests.models import Request, State


def new_for(user: User) -> int:
    """How much was given to the teams that somebody leads and is not begun."""
    return Request.objects.of_teams_of(user).open().filter(state=State.ASSIGNED)[:100].count()


TO_DO = Entry(pgettext_lazy("tab", "To do"), "field:start", "done", count=new_for, right="requests.report")
MY_GRID = Entry(pgettext_lazy("tab", "My grid"), "field:grid", "areas", right="grid.view")
MY_TEAM = Entry(pgettext_lazy("tab", "My team"), "field:grid", "people", right="requests.report")
FILE = Entry(pgettext_lazy("tab", "File"), "field_requests:ask", "plus", right="requests.ask")
ME = Entry(pgettext_lazy("tab", "Me"), "field:me", "mine")


def entries_for(user: User) -> list[Entry]:
    """Grid workers have a grid, leaders of a team the team alone."""
    return [TO_DO, MY_GRID if may(MY_GRID, user) else MY_TEAM, FILE, ME]
