"""Figures of the works: accepted quantities, never planned or merely measured ones."""

from collections.abc import Callable

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from shiliu.core.figures import Chart, Count, Figure, Flow, Over, Sum, draw, publish, register
from shiliu.works.models import Item, Measurement


def _of(kind: Item.Kind) -> Callable[[Over], QuerySet]:
    return lambda over: Measurement.objects.filter(item__kind=kind)


EXPLAIN = _("Quantities accepted in the period, by the day of acceptance.")
KEYS = {
    Item.Kind.SEWER: "works.sewer_laid",
    Item.Kind.STREET_PAVING: "works.street_paved",
    Item.Kind.ROAD_HARDENING: "works.road_hardened",
    Item.Kind.WATER_MAIN: "works.water_main_renewed",
}

register(
    Figure(
        "works.accepted",
        _("quantities accepted"),
        "quantity",
        part="livelihood",
        records=lambda over: Measurement.objects.all(),
        when=Flow("accepted_on"),
        measure=Count(),
        right="works.view",
        explain=_("How many measured quantities were accepted in the period, of whatever kind."),
    ),
    *(
        Figure(
            key,
            kind.label,
            Item.UNIT_OF[kind].value,
            part="livelihood",
            records=_of(kind),
            when=Flow("accepted_on"),
            measure=Sum("accepted"),
            right="works.view",
            explain=EXPLAIN,
        )
        for kind, key in KEYS.items()
    ),
)
publish(Measurement, ["code", "item", "accepted_on", "accepted"])
draw(
    Chart(
        "works.by_kind",
        _("works by kind"),
        part="livelihood",
        figures=tuple(KEYS.values()),
        explain=_("Quantities by the month in which they were accepted. Each kind has its own scale."),
    )
)
