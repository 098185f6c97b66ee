"""Payments of aid that wait."""

from collections.abc import Callable

from django.db.models import Q, QuerySet
from django.utils.translation import pgettext, pgettext_lazy

from shiliu.aid.models import Payment
from shiliu.console.inbox.kinds import Item, Waiting
from shiliu.core import access
from shiliu.core.models import User


def _payments(right: str, state: str) -> Callable[[User], QuerySet]:
    """Payments for somebody who has had no other part in them: three people see to each."""

    def records(user: User) -> QuerySet:
        mine = Q(proposed_by=user) | Q(approved_by=user)
        found = Payment.objects.within(access.scope_of(user, right)).filter(state=state).exclude(mine)
        return found.select_related("programme", "area").defer("recipient").order_by("proposed_on", "pk")

    return records


def _payment(it: Payment) -> Item:
    amount = pgettext("money", "CNY %(amount)s") % {"amount": f"{it.amount:,}"}
    return Item(f"{it.programme} · {amount}", it.area.name, str(it.proposed_on))


WAITING = [
    Waiting(
        "payments_proposed",
        pgettext_lazy("what waits", "aid payments to approve"),
        "aid.approve",
        _payments("aid.approve", Payment.State.PROPOSED),
        _payment,
    ),
    Waiting(
        "payments_approved",
        pgettext_lazy("what waits", "aid payments to pay out"),
        "aid.pay",
        _payments("aid.pay", Payment.State.APPROVED),
        _payment,
    ),
]
