"""Rights of the main line."""

from django.utils.translation import gettext_lazy as _

from shiliu.core import access

access.register(
    "plan",
    view=_("see meetings, decisions and tasks"),
    decide=_("record a decision and make tasks of it"),
    complete=_("mark a task as done or dropped"),
)
