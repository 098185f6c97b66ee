"""Rights of the channel. Wagtail's own permissions follow from them (`actions.sync_editor`)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from shiliu.core import access

access.register("channel", view=_("see groups and reads"), edit=_("write articles"))
EDIT = "channel.edit"


def may_enter(user: Any) -> bool:
    """Whether somebody may use Wagtail's admin: editors by their post, and the install's superuser."""
    return user.is_superuser or access.holds(user, EDIT)
