"""Rights of the house itself. Most belong to the program's own actors: an import, the clock."""

from django.utils.translation import gettext_lazy as _

from shiliu.core import access

access.register(
    "core",
    load=_("import files"),
    export=_("export everything"),
    erase=_("erase what is no longer needed"),
)
access.register("audit", view=_("see who did what"))
