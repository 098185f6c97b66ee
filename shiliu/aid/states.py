"""How a payment goes, as a table. What is paid stays; a mistake is reversed by a row of its own."""

from shiliu.aid.models import Payment
from shiliu.core.states import Lifecycle, Step

State = Payment.State

LIFECYCLE = Lifecycle(
    State,
    [
        Step("aid.approve", frozenset({State.PROPOSED}), State.APPROVED),
        Step("aid.reject", frozenset({State.PROPOSED}), State.REJECTED, note=True),
        Step("aid.pay", frozenset({State.APPROVED}), State.PAID),
    ],
)
