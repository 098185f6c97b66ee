"""Figures of aid."""

from django.utils.translation import gettext_lazy as _

from shiliu.aid.models import Payment
from shiliu.core.figures import QUARTER, Chart, Count, Figure, Flow, Sum, draw, publish, register

register(
    Figure(
        "aid.paid",
        _("aid paid to residents in difficulty"),
        "CNY",
        part="livelihood",
        records=lambda over: Payment.objects.paid(),
        when=Flow("paid_on"),
        measure=Sum("amount"),
        persons=True,
        right="aid.view",
        daily=True,
        explain=_("Sums paid out in the period, less what was reversed in it."),
        without=_("Promises that are not paid yet are not counted."),
    ),
    Figure(
        "aid.payments",
        _("aid payments"),
        "payment",
        part="livelihood",
        records=lambda over: Payment.objects.paid().filter(reverses=None),
        when=Flow("paid_on"),
        measure=Count(),
        persons=True,
        right="aid.view",
        daily=True,
        explain=_("Payments made in the period."),
        without=_("Reversals are not counted, nor what is not paid yet."),
    ),
)
publish(Payment, ["programme", "amount", "paid_on"])
draw(
    Chart(
        "aid.by_quarter",
        _("aid by quarter"),
        part="livelihood",
        figures=("aid.paid",),
        step=QUARTER,
        explain=_("Sums paid out in each quarter, less what was reversed in it."),
    )
)
