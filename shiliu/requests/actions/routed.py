"""What the rules do by themselves, without a person."""

from shiliu.core.access import System
from shiliu.core.door import Refused
from shiliu.requests.actions.handling import accept
from shiliu.requests.models import Request, State
from shiliu.requests.routing import propose

BY = System("routing")


def at_once(request: Request) -> bool:
    """Accept it and give it to whom an automatic rule names; whether that was done.

    Only what nobody has touched since it came in. What a colleague or the database refuses stays with the
    desk, as if there were no such rule. Safe to run twice.
    """
    if (request.state, request.version) != (State.RECEIVED, 1):
        return False
    route = propose(request)
    if route.rule is None or not route.rule.is_automatic or route.to is None:
        return False
    try:
        accept(request, to=route.to, by=BY, seen=request.version)
    except Refused:
        return False
    return True
