"""Rights of the channel. Wagtail's own permissions follow from them (`console.wagtail_groups`)."""

from django.utils.translation import gettext_lazy as _

from shiliu.core import access

access.register("channel", view=_("see groups and reads"), edit=_("write articles"))
