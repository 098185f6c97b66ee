"""What the public finds of the area tree."""

from django.utils.translation import gettext_lazy as _

from shiliu.core import findable
from shiliu.grid.models import Area

findable.register(
    findable.Kind(
        "areas",
        Area,
        _("communities and grids"),
        stored=lambda: Area.objects.select_related("parent"),
        shown=lambda areas, today: areas.on(today),
        label=str,
        text=lambda area: area.parent.name if area.parent else "",
        url=lambda area: findable.address("area", area.code),
    )
)
