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
        Step("taken", frozenset({SENDING, UNCLEAR}), State.SENT),
        Step("go_on", frozenset({SENDING, UNCLEAR}), PREPARED),
        Step("give_up", frozenset({SENDING}), FAILED),
        Step("lose", frozenset({SENDING}), UNCLEAR),
        Step("withdraw", frozenset({PREPARED, FAILED}), State.WITHDRAWN),
        Step("restore", frozenset({State.WITHDRAWN}), PREPARED),
    ],
)
