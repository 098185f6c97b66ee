"""Figures of requests. Each rate shows what it divides and what it leaves out."""

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shiliu.core.figures import Count, Figure, Flow, Median, Ratio, Stock, publish, register
from shiliu.requests.models import Request, State

register(
    Figure(
        "requests.received",
        _("requests received"),
        "request",
        part="service",
        records=lambda over: Request.objects.all(),
        when=Flow("received_at"),
        measure=Count(),
        right="requests.view",
        explain=_("Requests received in the period, by whatever way they came."),
    ),
    Figure(
        "requests.open",
        _("requests open"),
        "request",
        part="service",
        records=lambda over: Request.objects.all(),
        when=Stock("received_at", "closed_at"),
        measure=Count(),
        right="requests.view",
        explain=_("Requests that had come in by the end of the last day and had not ended by then."),
    ),
    Figure(
        "requests.closed",
        _("requests closed"),
        "request",
        part="service",
        records=lambda over: Request.objects.filter(state=State.CLOSED),
        when=Flow("closed_at"),
        measure=Count(),
        right="requests.view",
        explain=_("Requests that were verified and closed in the period."),
    ),
    Figure(
        "requests.on_time",
        _("closed on time"),
        "%",
        part="service",
        records=lambda over: Request.objects.filter(state__in=[State.CLOSED, State.REFUSED]),
        when=Flow("closed_at"),
        right="requests.view",
        measure=Ratio(Q(closed_at__lte=F("due_at")), excluded=Q(state=State.REFUSED)),
        explain=_(
            "Of the requests closed in the period, those closed by their deadline. "
            "What did not belong here is left out."
        ),
    ),
    Figure(
        "requests.solved",
        _("solved, as residents say"),
        "%",
        part="service",
        records=lambda over: Request.objects.filter(state=State.CLOSED),
        when=Flow("closed_at"),
        right="requests.view",
        measure=Ratio(Q(solved=True), excluded=Q(solved=None)),
        explain=_("Of the requests closed in the period whose resident answered, those that are solved."),
    ),
    Figure(
        "requests.hours_to_contact",
        _("hours to first contact (median)"),
        "h",
        part="service",
        records=lambda over: Request.objects.all(),
        when=Flow("received_at"),
        measure=Median("hours_to_contact"),
        right="requests.view",
        explain=_(
            "Of the requests received in the period, half were answered within this time, "
            "in full clock hours."
        ),
    ),
)
# Never the code: whoever has it may read the words and answer.
publish(Request, ["category", "state", "received_at", "closed_at"], only=Q(category__is_public=True))
