"""The town whose site this is."""

from datetime import date

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from shiliu.core import reference
from shiliu.core.areas import EVERYWHERE, TOWN, Scope
from shiliu.grid.models import Area
from shiliu.grid.scopes import within


def town() -> Area | None:
    """The area that SHILIU_TOWN names, else the first town there is."""
    return _town(settings.TOWN)


@reference.held
def _town(code: str) -> Area | None:
    towns = Area.objects.filter(code__length=TOWN).order_by("code")
    return (towns.filter(code=code) if code else towns).first()


def town_with(code: str) -> Area | None:
    """The town with this code, if it is valid today."""
    return _valid_town(code, timezone.localdate())


@reference.held
def _valid_town(code: str, day: date) -> Area | None:
    return Area.objects.on(day).located().filter(code=code, code__length=TOWN).first()


def inside(here: Area | None) -> Scope:
    """All that lies in the site's town today; everywhere as long as there is none."""
    return within([here.code]) if here else EVERYWHERE


def town_name() -> str:
    found = town()
    return found.name if found else _("Shiliu")
