"""Rights of the works."""

from django.utils.translation import gettext_lazy as _

from shiliu.core import access

access.register(
    "works", view=_("see works"), measure=_("enter a measured quantity"), accept=_("accept a quantity")
)
