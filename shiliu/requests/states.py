"""How a request goes, as a table. The stages are those of a city-management case."""

from django.utils.translation import gettext_lazy as _

from shiliu.core.states import Lifecycle, Step
from shiliu.requests.models import ACTIVE, ENDED, OPEN, State
from shiliu.requests.notices import SAYS
from shiliu.requests.tasks import tell_resident

RECEIVED, ACCEPTED, ASSIGNED, IN_PROGRESS = State.RECEIVED, State.ACCEPTED, State.ASSIGNED, State.IN_PROGRESS
DONE, VERIFIED, CLOSED = State.DONE, State.VERIFIED, State.CLOSED

# `told` follows the post of whoever did it: “Coordinator, East community: has taken it on.”
LIFECYCLE = Lifecycle(
    State,
    [
        Step("requests.accept", frozenset({RECEIVED}), ACCEPTED, told=_("has taken it on")),
        Step(
            "requests.refuse",
            frozenset({RECEIVED, ACCEPTED}),
            State.REFUSED,
            note=True,
            told=_("said that it does not belong here"),
        ),
        Step("requests.assign", frozenset(ACTIVE), ASSIGNED, told=_("gave it to %(lead)s")),
        Step("requests.take", frozenset({ASSIGNED}), IN_PROGRESS, told=_("has begun")),
        Step(
            "requests.report",
            frozenset({ASSIGNED, IN_PROGRESS}),
            DONE,
            note=True,
            told=_("reported it done"),
        ),
        Step("requests.verify", frozenset({DONE}), VERIFIED, told=_("looked at it and found it done")),
        Step("requests.close", frozenset({DONE, VERIFIED}), CLOSED, told=_("verified and closed it")),
        Step(
            "requests.reopen",
            frozenset({DONE, VERIFIED, CLOSED}),
            ASSIGNED,
            note=True,
            told=_("reopened it"),
        ),
        Step("requests.return", frozenset({ASSIGNED, IN_PROGRESS}), ACCEPTED, note=True),
        Step(
            "requests.hold",
            frozenset({ASSIGNED, IN_PROGRESS}),
            State.ON_HOLD,
            note=True,
            told=_("put it on hold until %(resume_on)s"),
        ),
        Step("requests.resume", frozenset({State.ON_HOLD}), IN_PROGRESS, told=_("goes on with it")),
        Step(
            "requests.extend",
            frozenset(OPEN),
            note=True,
            told=_("needs longer, until %(until)s"),
        ),
        Step(
            "requests.defer",
            frozenset(ACTIVE),
            State.DEFERRED,
            note=True,
            told=_("cannot solve it now and keeps it on the list"),
        ),
        Step("requests.take_up", frozenset({State.DEFERRED}), ACCEPTED, told=_("takes it up again")),
        Step(
            "requests.merge",
            frozenset({RECEIVED, *ACTIVE}),
            State.MERGED,
            told=_("put it together with another request about the same"),
        ),
        Step(
            "requests.transfer",
            frozenset({RECEIVED, ACCEPTED}),
            State.TRANSFERRED,
            note=True,
            told=_("passed it to the petition office"),
        ),
        Step(
            "requests.classify",
            frozenset({RECEIVED, *ACTIVE}),
            told=_("put it into the category “%(name)s”, to be solved by %(until)s"),
        ),
        Step("requests.move", frozenset({RECEIVED, *ACTIVE})),
        Step("requests.set_urgency", frozenset(OPEN)),
        Step(
            "requests.reach", frozenset({ASSIGNED, IN_PROGRESS}), note=True, told=_("reached “%(milestone)s”")
        ),
        Step("requests.join", frozenset(ACTIVE), told=_("asked %(doer)s to help")),
        Step(
            "requests.call",
            frozenset({DONE, VERIFIED, CLOSED}),
            told=_("called you and wrote down what you said"),
        ),
        # What the person who asked does, by the receipt code.
        Step("requests.confirm", frozenset({DONE, VERIFIED, CLOSED}), told=_("You said that it is solved")),
        Step(
            "requests.dispute",
            frozenset({DONE, VERIFIED, CLOSED}),
            ASSIGNED,
            note=True,
            told=_("You said that it is not solved"),
        ),
        Step(
            "requests.satisfied",
            frozenset({DONE, VERIFIED, CLOSED}),
            told=_("You said that you are satisfied with how it was handled"),
        ),
        Step(
            "requests.dissatisfied",
            frozenset({DONE, VERIFIED, CLOSED}),
            told=_("You said that you are not satisfied with how it was handled"),
        ),
        Step(
            "requests.withdraw",
            frozenset({RECEIVED, *ACTIVE, State.ON_HOLD, State.DEFERRED}),
            State.WITHDRAWN,
            told=_("You withdrew it"),
        ),
    ],
    # Classifying tells at once only of a later deadline; that says the action.
    later=dict.fromkeys(SAYS.keys() - {"requests.classify"}, tell_resident),
)
# How far a state is on the way, as the resident sees it: asked, taken on, in hand, done, closed.
STAGES = {
    RECEIVED: 0,
    ACCEPTED: 1,
    State.DEFERRED: 1,
    ASSIGNED: 2,
    IN_PROGRESS: 2,
    State.ON_HOLD: 2,
    DONE: 3,
    VERIFIED: 3,
} | dict.fromkeys(ENDED, 4)
