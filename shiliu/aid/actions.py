"""Every write of the aid ledger. Who proposes is not who approves, who approves is not who pays
(Interim Measures for Social Assistance, separation of duties)."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.aid import rules  # noqa: F401  registers the rights
from shiliu.aid.models import Payment, Programme
from shiliu.aid.states import LIFECYCLE
from shiliu.core import access, audit, door
from shiliu.core.models import User
from shiliu.grid.models import Area

PROPOSE = audit.verb("aid.propose", gettext_lazy("proposed it"))
APPROVE = audit.verb("aid.approve", gettext_lazy("approved it"))
REJECT = audit.verb("aid.reject", gettext_lazy("did not approve it"), right="aid.approve")
PAY = audit.verb("aid.pay", gettext_lazy("paid it out on %(paid_on)s"))
REVERSE = audit.verb("aid.reverse", gettext_lazy("reversed payment %(reverses)s"))


def propose(
    *, programme: Programme, area: Area, recipient: str, amount: Decimal, on: date, by: User, key: str = ""
) -> Payment:
    """Propose to pay `amount` CNY to a household."""
    if amount <= 0:
        raise door.Refused(_("The sum must be more than 0."))
    payment = Payment(
        programme=programme, area=area, recipient=recipient, amount=amount, proposed_on=on, proposed_by=by
    )
    return door.create(payment, PROPOSE, by=by, key=key)


def approve(payment: Payment, *, on: date, by: User, seen: int) -> Payment:
    with door.change(payment, APPROVE, by=by, seen=seen) as change:
        if payment.proposed_by_id == by.pk:
            raise door.Refused(_("You proposed this yourself: somebody else has to approve it."))
        change.step(LIFECYCLE)
        change.set(approved_on=on, approved_by=by)
    return payment


def reject(payment: Payment, *, by: User, seen: int, note: str) -> Payment:
    with door.change(payment, REJECT, by=by, seen=seen, note=note) as change:
        change.step(LIFECYCLE)
    return payment


def pay(payment: Payment, *, on: date, by: User, seen: int) -> Payment:
    with door.change(payment, PAY, by=by, seen=seen) as change:
        if by.pk in (payment.approved_by_id, payment.proposed_by_id):
            raise door.Refused(_("You proposed or approved this: somebody else has to pay it out."))
        change.step(LIFECYCLE)
        change.set(paid_on=on, paid_by=by)
    return payment


def reverse(payment: Payment, *, on: date, by: User, note: str) -> Payment:
    """Correct a paid row by its negative; the row itself stays as it is."""
    access.require(by, REVERSE, payment.area_id)
    if payment.state != Payment.State.PAID or payment.reverses_id is not None:
        raise door.Refused(_("Only a payment that was paid out can be reversed."))
    if Payment.objects.filter(reverses=payment).exists():
        raise door.Refused(_("This payment was reversed already."))
    if not note.strip():
        raise door.Refused(_("Please write why it is reversed."))
    counter = Payment(
        programme=payment.programme,
        area_id=payment.area_id,
        recipient=payment.recipient,
        amount=-payment.amount,
        state=Payment.State.PAID,
        proposed_on=on,
        approved_on=on,
        paid_on=on,
        paid_by=by,
        reverses=payment,
    )
    return door.create(counter, REVERSE, by=by, note=note)
