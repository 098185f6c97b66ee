"""How a request goes, as a table. The stages are those of a city-management case."""

from shiliu.core.states import Lifecycle, Step
from shiliu.requests.models import State

LIFECYCLE = Lifecycle(
    State,
    [
        Step("requests.accept", frozenset({State.RECEIVED}), State.ACCEPTED),
        Step("requests.refuse", frozenset({State.RECEIVED, State.ACCEPTED}), State.REFUSED, note=True),
        Step("requests.assign", frozenset({State.ACCEPTED, State.ASSIGNED}), State.ASSIGNED),
        Step("requests.report", frozenset({State.ASSIGNED}), State.DONE, note=True),
        Step("requests.close", frozenset({State.DONE}), State.CLOSED),
        Step("requests.reopen", frozenset({State.DONE, State.CLOSED}), State.ACCEPTED, note=True),
    ],
)
