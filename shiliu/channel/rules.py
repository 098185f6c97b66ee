"""Rights of the channel. Wagtail's own permissions follow from them (`actions.sync_editor`)."""

from django.utils.translation import gettext_lazy as _

from shiliu.core import access
from shiliu.grid.rules import opens_admin

access.register(
    "channel",
    view=_("see groups and reads"),
    edit=_("write articles"),
    groups=_("keep the grid groups and their bots"),
    post=_("post articles into the grid groups"),
)
EDIT = opens_admin("channel.edit")
