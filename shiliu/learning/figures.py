"""Figures of fingertip learning: what there is. Who used it is nowhere recorded."""

from django.utils.translation import gettext_lazy as _

from shiliu.core.figures import Count, Figure, Stock, publish, register
from shiliu.learning.models import Guide, Resource

register(
    Figure(
        "learning.resources",
        _("learning resources"),
        "resource",
        part="learning",
        records=lambda over: Resource.objects.all(),
        when=Stock(),
        measure=Count(),
        right="learning.view",
        explain=_("Resources that the library offers on the last day."),
        without=_("What is no longer offered is not counted. Who used a resource is not recorded."),
    ),
    Figure(
        "learning.guides",
        _("policy guides"),
        "guide",
        part="learning",
        records=lambda over: Guide.objects.all(),
        when=Stock(),
        measure=Count(),
        right="learning.view",
        explain=_("Policy guides that residents can use on the last day, examples among them."),
        without=_("What is no longer offered is not counted."),
    ),
)
publish(Resource, ["code", "title", "provider", "kind", "topic", "language", "valid_from"])
publish(Guide, ["code", "title", "source", "source_number", "source_date", "is_example"])
