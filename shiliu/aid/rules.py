"""Rights of aid: proposing, approving and paying are three rights."""

from django.utils.translation import gettext_lazy as _

from shiliu.core import access

access.register(
    "aid",
    view=_("see aid payments"),
    propose=_("propose a payment"),
    approve=_("approve a payment"),
    pay=_("pay out"),
    reverse=_("reverse a payment"),
)
