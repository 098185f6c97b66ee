"""Rights of learning."""

from django.utils.translation import gettext_lazy as _

from shiliu.core import access
from shiliu.grid.rules import opens_admin

access.register(
    "learning",
    view=_("see the figures of the learning library"),
    edit=_("change learning resources and policy guides"),
)
EDIT = opens_admin("learning.edit")
