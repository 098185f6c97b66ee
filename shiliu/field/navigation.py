"""The tabs under the thumb of somebody on the round; the console's kind of entry, four at most."""

from django.utils.translation import pgettext_lazy

from shiliu.console.navigation import Entry
from shiliu.core.models import User
from shiliu.requests.models import Request, State


def new_for(user: User) -> int:
    """How much was given to the teams that somebody leads and is not begun."""
    return Request.objects.of_teams_of(user).open().filter(state=State.ASSIGNED)[:100].count()


ENTRIES: list[Entry] = [
    Entry(pgettext_lazy("tab", "To do"), "field:start", "done", count=new_for, right="requests.report"),
    Entry(pgettext_lazy("tab", "My grid"), "field:grid", "areas", right="grid.view"),
    Entry(pgettext_lazy("tab", "File"), "field_requests:ask", "plus", right="requests.ask"),
    Entry(pgettext_lazy("tab", "Me"), "field:me", "mine"),
]
