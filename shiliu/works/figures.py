"""Figures of the works: accepted quantities, never planned or merely measured ones."""

from collections.abc import Callable

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from shiliu.core import matrix
from shiliu.core.areas import VILLAGE
from shiliu.core.figures import Chart, Count, Figure, Flow, Over, Stock, Sum, draw, publish, register
from shiliu.core.matrix import AtLeast, Service
from shiliu.works.models import Item, Measurement, Project


def _of(kind: Item.Kind) -> Callable[[Over], QuerySet]:
    return lambda over: Measurement.objects.filter(item__kind=kind)


EXPLAIN = _("Quantities accepted in the period, by the day of acceptance.")
WITHOUT = _("What is planned, or measured and not accepted, is not counted.")
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
        part="morning",
        records=lambda over: Measurement.objects.all(),
        when=Flow("accepted_on"),
        measure=Count(),
        right="works.view",
        explain=_("How many measured quantities were accepted in the period, of whatever kind."),
        without=_("What is only measured is not counted."),
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
            without=WITHOUT,
        )
        for kind, key in KEYS.items()
    ),
)
register(
    Figure(
        "works.in_progress",
        _("works in progress"),
        "project",
        part="matrix",
        records=lambda over: Project.objects.all(),
        when=Stock("started_on", "finished_on"),
        measure=Count(),
        right="works.view",
        explain=_("Works that had begun by the last day and were not finished before it."),
        without=_("What is only planned is not counted."),
    ),
)
# How much is being built says nothing of how much there should be: not judged unless the town wants it.
matrix.register(Service("works.in_progress", _("Works in progress"), AtLeast(None), reach=VILLAGE))
publish(Project, ["code", "name", "area", "started_on", "finished_on"])
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
