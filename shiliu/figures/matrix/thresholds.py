"""What counts as thin in a town: what it has set, or what the service says by itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shiliu.core import access, audit, door
from shiliu.core.access import Actor
from shiliu.core.areas import GRID
from shiliu.core.matrix import AtLeast, AtMost, Service, Thin
from shiliu.figures import rules  # noqa: F401  registers the right
from shiliu.figures.models import Threshold
from shiliu.grid.models import Area

RIGHT = "figures.judge"
SET = audit.verb(
    "figures.set_threshold",
    gettext_lazy("set from when on %(service)s counts as thin"),
    right=RIGHT,
)

RESET = audit.verb(
    "figures.reset_threshold",
    gettext_lazy("set %(service)s back to what counts as thin where the town sets nothing"),
    right=RIGHT,
)


@dataclass(frozen=True)
class Standard:
    """Of one service in one town: what is thin, and whose records serve a grid (`core.matrix`).

    seen: the version of what the town has set; 0 where it has set nothing.
    """

    service: Service
    thin: Thin
    reach: int
    seen: int = 0

    @property
    def words(self) -> str:
        """When it is thin, as a sentence's end: “fewer than 1”."""
        number = self.thin.number
        if number is None:
            return _("not judged")
        if isinstance(self.thin, AtLeast):
            return _("thin with fewer than %(number)d") % {"number": number}
        if isinstance(self.thin, AtMost):
            return _("thin with more than %(number)d") % {"number": number}
        words = ngettext(
            "thin after more than %(number)d day", "thin after more than %(number)d days", number
        )
        return words % {"number": number}

    @property
    def reach_words(self) -> Any:
        return Threshold.Reach(self.reach).label

    @property
    def of_community(self) -> bool:
        return self.reach != GRID


def of_service(service: Service) -> Standard:
    """What a service brings by itself."""
    return _standard(service, None)


def of_towns(towns: Iterable[str], services: Iterable[Service]) -> Mapping[tuple[str, str], Standard]:
    """The standard of each town and service, in one query."""
    towns, services = sorted(set(towns)), list(services)
    rows = Threshold.objects.filter(area__in=towns)
    stored = {(row.area_id, row.service): row for row in rows}
    return {
        (town, service.key): _standard(service, stored.get((town, service.key)))
        for town in towns
        for service in services
    }


def _standard(service: Service, row: Threshold | None) -> Standard:
    if row is None:
        return Standard(service, service.thin, service.reach)
    return Standard(service, service.with_number(row.number), row.reach, row.version)


def set_threshold(
    town: Area, service: Service, *, number: int | None, reach: int, by: Actor, seen: int
) -> Threshold:
    """From now on this is what the town calls thin; `seen` is 0 where it had set nothing yet."""
    it = Threshold.objects.filter(area=town, service=service.key).first()
    if it is None:
        new = Threshold(area=town, service=service.key, number=number, reach=reach)
        return door.create(new, SET, by=by)
    with door.change(it, SET, by=by, seen=seen) as change:
        change.set(number=number, reach=reach)
        change.say(service=service.key)
    return it


def reset_threshold(town: Area, service: Service, *, by: Actor, seen: int) -> None:
    """From now on the service's own default counts again, whatever that becomes.

    The audit keeps what was set. Raises NotPermitted, and StaleState where a colleague was faster.
    """
    access.require(by, RIGHT, town.code)
    it = Threshold.objects.filter(area=town, service=service.key).first()
    if it is None:
        raise door.StaleState(_("A colleague was faster: the town has set nothing here any more."))
    with transaction.atomic():
        was = {"number": it.number, "reach": it.reach}
        audit.record(by, RESET, it, data={"service": service.key, **was})
        if not Threshold.objects.filter(pk=it.pk, version=seen).delete()[0]:
            raise door.StaleState(_("A colleague was faster: this has just been set anew. Look again."))
