"""Rights of the venues."""

from django.utils.translation import gettext_lazy as _

from shiliu.core import access
from shiliu.grid.rules import opens_admin

access.register("venues", view=_("see venues, lecturers and talks"), edit=_("change venues"))
EDIT = opens_admin("venues.edit")
