"""How a delivery goes, as a table. What the bot's machine does stands in it too."""

from shiliu.channel.models import DeliveryState as State
from shiliu.core.states import Lifecycle, Step

PREPARED, SENDING, FAILED, UNCLEAR = State.PREPARED, State.SENDING, State.FAILED, State.UNCLEAR

LIFECYCLE = Lifecycle(
    State,
    [
        # by a person
        Step("channel.post", frozenset({PREPARED, FAILED, UNCLEAR}), State.POSTED),
        Step("channel.unpost", frozenset({State.POSTED}), PREPARED),
        Step("channel.confirm", frozenset({UNCLEAR}), State.SENT),
        Step("channel.again", frozenset({FAILED, UNCLEAR}), PREPARED),
        # by the machine: claimed before it is sent, so that nobody else sends it
        Step("claim", frozenset({PREPARED}), SENDING),
        Step("channel.sent", frozenset({SENDING, UNCLEAR}), State.SENT),
        Step("channel.sent_part", frozenset({SENDING, UNCLEAR}), PREPARED),
        Step("channel.put_off", frozenset({SENDING, UNCLEAR}), PREPARED),
        Step("channel.give_up", frozenset({SENDING}), FAILED),
        Step("channel.lose", frozenset({SENDING}), UNCLEAR),
        Step("withdraw", frozenset({PREPARED, FAILED}), State.WITHDRAWN),
        Step("restore", frozenset({State.WITHDRAWN}), PREPARED),
    ],
)
