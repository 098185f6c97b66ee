"""Rights of the venues."""

from django.utils.translation import gettext_lazy as _

from shiliu.core import access

access.register("venues", view=_("see venues, lecturers and talks"))
