"""Writes of the works: what was measured, and what of it was accepted."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import audit, door
from shiliu.core.access import Actor
from shiliu.works import rules  # noqa: F401  registers the rights
from shiliu.works.models import Item, Measurement

MEASURE = audit.verb("works.measure", gettext_lazy("measured %(measured)s"))
ACCEPT = audit.verb("works.accept", gettext_lazy("accepted %(accepted)s"))


def measure(item: Item, *, quantity: Decimal, on: date, by: Actor, key: str = "") -> Measurement:
    """Record what was measured on site, in the item's unit."""
    if quantity <= 0:
        raise door.Refused(_("The quantity must be more than 0."))
    it = Measurement(item=item, area_id=item.area_id, measured=quantity, measured_on=on)
    return door.create(it, MEASURE, by=by, key=key)


def accept(it: Measurement, *, quantity: Decimal, on: date, by: Actor, seen: int) -> Measurement:
    """Accept all or a part of what was measured; once."""
    with door.change(it, ACCEPT, by=by, seen=seen) as change:
        if it.accepted is not None:
            raise door.Refused(_("This was accepted already."))
        if not 0 <= quantity <= it.measured:
            raise door.Refused(_("At most the measured quantity can be accepted."))
        if on < it.measured_on:
            raise door.Refused(_("It cannot be accepted before it was measured."))
        change.set(accepted=quantity, accepted_on=on)
    return it
