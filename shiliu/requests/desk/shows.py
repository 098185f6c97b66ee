"""The lists of the desk, each a named question to the requests that an index answers in its order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import pgettext_lazy

from shiliu.requests.models import RequestQuerySet, State

Narrow = Callable[[RequestQuerySet, datetime], RequestQuerySet]
OWN = "mine"  # what is with one's own teams, units and posts, wherever it lies
TOLD = "escalated"  # of which the clock told one's own desk


@dataclass(frozen=True)
class Show:
    """One of the lists. order: the column that an index sorts by, a minus where the latest come first.

    is_main: stands in sight, the others under “more”. is_counted: the way to it says how many there are.
    is_rare: few of all requests are in it, and an index holds just those, of all areas together.
    """

    key: str
    label: Any
    narrow: Narrow
    order: str = "due_at"
    is_main: bool = False
    is_counted: bool = False
    is_rare: bool = False

    @property
    def by(self) -> str:
        return self.order.lstrip("-")

    @property
    def descending(self) -> bool:
        return self.order.startswith("-")


def _in(*states: State) -> Narrow:
    return lambda rows, now: rows.in_state(*states)


def _main(key: str, label: Any, narrow: Narrow, **more: Any) -> Show:
    return Show(key, label, narrow, **{"is_main": True, "is_counted": True} | more)


def _rare(key: str, label: Any, narrow: Narrow, order: str = "due_at", **more: Any) -> Show:
    return Show(key, label, narrow, order, is_rare=True, **more)


_SHOWS = [
    _main("open", pgettext_lazy("list of requests", "Open"), lambda rows, now: rows.open(), is_counted=False),
    _main("received", pgettext_lazy("list of requests", "To accept"), _in(State.RECEIVED)),
    _main("accepted", pgettext_lazy("list of requests", "To assign"), _in(State.ACCEPTED)),
    _main("done", pgettext_lazy("list of requests", "To verify"), _in(State.DONE, State.VERIFIED)),
    _main("late", pgettext_lazy("list of requests", "Overdue"), RequestQuerySet.late),
    _main("today", pgettext_lazy("list of requests", "Due today"), RequestQuerySet.due_today),
    _rare(
        "urgent",
        pgettext_lazy("list of requests", "Urgent"),
        lambda rows, now: rows.urgent(),
        is_main=True,
        is_counted=True,
    ),
    _rare(
        "wrote",
        pgettext_lazy("list of requests", "The resident wrote"),
        lambda rows, now: rows.filter(wrote_at__isnull=False),
        "wrote_at",
        is_main=True,
        is_counted=True,
    ),
    _main(OWN, pgettext_lazy("list of requests", "Given to me"), _in(State.ASSIGNED, State.IN_PROGRESS)),
    Show(
        "assigned",
        pgettext_lazy("list of requests", "With teams"),
        _in(State.ASSIGNED, State.IN_PROGRESS),
    ),
    _rare(
        "asked",
        pgettext_lazy("list of requests", "Waiting for the resident"),
        lambda rows, now: rows.filter(is_open=True, waits_for_resident=True),
    ),
    Show(
        "waiting",
        pgettext_lazy("list of requests", "On hold or deferred"),
        _in(State.ON_HOLD, State.DEFERRED),
    ),
    _rare(
        TOLD,
        pgettext_lazy("list of requests", "Told higher up"),
        lambda rows, now: rows.filter(is_open=True, escalated_to__gt=0),
    ),
    _rare("again", pgettext_lazy("list of requests", "Reopened"), lambda rows, now: rows.in_hand_again()),
    _rare(
        "unsatisfied",
        pgettext_lazy("list of requests", "Not satisfied"),
        lambda rows, now: rows.unsatisfied(),
        "-received_at",
    ),
    Show(
        "ended",
        pgettext_lazy("list of requests", "Ended"),
        lambda rows, now: rows.filter(closed_at__isnull=False),
        "-closed_at",
    ),
    Show("all", pgettext_lazy("list of requests", "All"), lambda rows, now: rows, "-received_at"),
]
SHOWS = {show.key: show for show in _SHOWS}
