"""The states of a request, and what they have in common. What follows what stands in `requests.states`."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    RECEIVED = "received", _("received")
    ACCEPTED = "accepted", _("accepted")
    ASSIGNED = "assigned", _("assigned")
    IN_PROGRESS = "in_progress", _("in progress")
    DONE = "done", _("reported done")
    VERIFIED = "verified", _("verified")
    CLOSED = "closed", _("closed")
    REFUSED = "refused", _("not ours")
    ON_HOLD = "on_hold", _("on hold")
    DEFERRED = "deferred", _("cannot be solved now")
    MERGED = "merged", _("merged into another")
    TRANSFERRED = "transferred", _("passed to petitions")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Level(models.IntegerChoices):
    """How far up the clock has told that a request waits too long."""

    NOBODY = 0, "–"
    COMMUNITY = 1, _("community")
    TOWN = 2, _("town")


ENDED = (State.CLOSED, State.REFUSED, State.MERGED, State.TRANSFERRED, State.WITHDRAWN)
OPEN = tuple(state for state in State if state not in ENDED)
WITH_LEAD = (State.ASSIGNED, State.IN_PROGRESS, State.ON_HOLD, State.DONE, State.VERIFIED)
ACTIVE = (State.ACCEPTED, State.ASSIGNED, State.IN_PROGRESS)
UNSOLVED = (State.RECEIVED, *ACTIVE)  # what somebody still has to solve: of these the deadline runs
STANDING = Q(state=State.ON_HOLD, held_at__isnull=False)  # of what is on hold, where it does not
PERSONAL = ("contact_name", "contact_phone", "contact_email")  # never read where several are shown
URGENT = Q(is_urgent=True) | Q(escalated_to__gt=0)
UNSATISFIED = Q(solved=False) | Q(satisfied=False)
# How a state is marked: a shape and a colour beside its word.
STATE_TONES = {
    State.RECEIVED: "wait",
    State.ON_HOLD: "wait",
    State.DEFERRED: "wait",
    State.ACCEPTED: "go",
    State.ASSIGNED: "go",
    State.IN_PROGRESS: "go",
    State.DONE: "good",
    State.VERIFIED: "good",
    State.CLOSED: "good",
} | dict.fromkeys((State.REFUSED, State.MERGED, State.TRANSFERRED, State.WITHDRAWN), "stop")
