"""Rights of requests. Anybody may ask."""

from django.utils.translation import gettext_lazy as _

from shiliu.core import access
from shiliu.grid.rules import opens_admin

access.register(
    "requests",
    public=["ask"],
    ask=_("ask for something"),
    view=_("see requests"),
    accept=_("accept a request"),
    refuse=_("refuse a request"),
    assign=_("assign a request to a team"),
    report=_("report a request done"),
    close=_("verify and close a request"),
    reopen=_("reopen a request"),
    contact=_("see how to reach the person"),
)
access.register("requests", configure=_("change the categories of requests and their deadlines"))
CONFIGURE = opens_admin("requests.configure")
