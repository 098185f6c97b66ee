"""What the public finds of the venues."""

from django.utils.translation import gettext_lazy as _

from shiliu.core import findable
from shiliu.venues.models import Venue


def _where(venue: Venue) -> str:
    return " · ".join(filter(None, (venue.get_kind_display(), venue.area.name, venue.address)))


findable.register(
    findable.Kind(
        "venues",
        Venue,
        _("venues"),
        stored=lambda: Venue.objects.select_related("area"),
        shown=lambda venues, today: venues.on(today),
        label=str,
        text=_where,
        url=lambda venue: findable.address("venues:venue", venue.code),
        date="valid_from",
    )
)
