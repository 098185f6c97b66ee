"""How a task goes, as a table."""

from shiliu.core.states import Lifecycle, Step
from shiliu.plan.models import Task

State = Task.State

LIFECYCLE = Lifecycle(
    State,
    [
        Step("plan.complete", frozenset({State.OPEN}), State.DONE),
        Step("plan.drop", frozenset({State.OPEN}), State.DROPPED, note=True),
        Step("plan.resume", frozenset({State.DONE, State.DROPPED}), State.OPEN, note=True),
    ],
)
