"""Measured quantities that wait."""

from django.db.models import QuerySet
from django.utils.translation import pgettext_lazy

from shiliu.console.inbox.kinds import Item, Waiting
from shiliu.core import access
from shiliu.core.models import User
from shiliu.works.models import Measurement


def _measurements(user: User) -> QuerySet:
    inside = Measurement.objects.within(access.scope_of(user, "works.accept"))
    return inside.filter(accepted_on=None).select_related("item__project").order_by("measured_on", "pk")


def _measurement(it: Measurement) -> Item:
    what = f"{it.item.get_kind_display()} {it.measured} {it.item.get_unit_display()}"
    return Item(what, it.item.project.name, str(it.measured_on))


WAITING = [
    Waiting(
        "measurements",
        pgettext_lazy("what waits", "quantities to accept"),
        "works.accept",
        _measurements,
        _measurement,
    ),
]
