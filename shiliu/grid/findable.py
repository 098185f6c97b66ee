"""What the public finds of the area tree."""

from django.utils.translation import gettext_lazy as _

from shiliu.core import findable
from shiliu.grid.models import Area


def _place(area: Area) -> str:
    return f"{area.parent.name} · {area.code}" if area.parent else area.code


findable.register(
    findable.Kind(
        "areas",
        Area,
        _("communities and grids"),
        stored=lambda: Area.objects.select_related("parent"),
        shown=lambda areas, today: areas.on(today),
        label=str,
        text=_place,
        url=lambda area: findable.address("figures:latest", area=area.code),
        date="valid_from",
    )
)
