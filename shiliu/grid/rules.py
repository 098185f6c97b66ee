"""Rights of the grid."""

from django.utils.translation import gettext_lazy as _

from shiliu.core import access

access.register(
    "grid",
    view=_("see units, posts and who holds them"),
    edit=_("change areas, units and posts"),
    appoint=_("give somebody a post, or end it"),
)
