"""A lifecycle is a table: which verb leads from which states to which, and what it must come with."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django_tasks.base import Task


@dataclass(frozen=True)
class Step:
    """One row: `verb` leads from any of `sources` to `target`.

    target: None where the state stays. note: words are required. told: the sentence that the person
    concerned reads about this step, with its note; empty where the step is among staff only.
    """

    verb: str
    sources: frozenset[Any]
    target: Any = None
    note: bool = False
    told: Any = ""


@dataclass
class Lifecycle:
    """The table of one model's state field.

    later: by verb, background work that each such step brings with it; it is called with the record's code
    and the version that the step made.
    """

    states: type[TextChoices]
    steps: Iterable[Step]
    field: str = "state"
    later: Mapping[str, Task] = dataclasses.field(default_factory=dict)
    _by_verb: dict[str, Step] = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self._by_verb = {step.verb: step for step in self.steps}

    def __getitem__(self, verb: str) -> Step:
        return self._by_verb[verb]

    def __contains__(self, verb: str) -> bool:
        return verb in self._by_verb

    def verbs_from(self, state: str) -> list[str]:
        """The verbs that the table has for a state, in its order."""
        return [step.verb for step in self._by_verb.values() if state in step.sources]

    def step(self, verb: str, state: str, *, note: str = "") -> Step:
        """The row for `verb` in `state`; ValueError with a sentence where there is none."""
        step = self._by_verb[verb]
        if state not in step.sources:
            raise ValueError(
                _("This is not possible while it is “%(state)s”. Look at it again: it may have moved on.")
                % {"state": self.states(state).label}
            )
        if step.note and not note.strip():
            raise ValueError(_("Please write a few words: they are part of this step."))
        return step
