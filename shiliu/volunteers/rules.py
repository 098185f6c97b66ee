"""Rights of the volunteer force."""

from django.utils.translation import gettext_lazy as _

from shiliu.core import access

access.register("volunteers", view=_("see teams and their members"))
