"""The town whose site this is."""

from django.conf import settings
from django.utils.translation import gettext as _

from shiliu.core.areas import TOWN
from shiliu.grid.models import Area


def town() -> Area | None:
    """The area that SHILIU_TOWN names, else the first town there is."""
    towns = Area.objects.filter(code__length=TOWN).order_by("code")
    return (towns.filter(code=settings.TOWN) if settings.TOWN else towns).first()


def town_name() -> str:
    found = town()
    return found.name if found else _("Shiliu")
