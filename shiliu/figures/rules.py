"""Rights of the report. Values are everybody's; records open by the right that each figure names."""

from django.utils.translation import gettext_lazy as _

from shiliu.core import access

access.register(
    "figures",
    view=_("work with reports"),
    write=_("write the sentences of a report"),
    sign=_("sign a report"),
    judge=_("set from when on a service counts as thin"),
)
