"""How a request's state and deadline are said on a page."""

from django import template
from django.utils import timezone

from shiliu.core.due import Due, due
from shiliu.requests.models import Request, State
from shiliu.requests.story import STATE_TONES

register = template.Library()


@register.filter
def tone(request: Request) -> str:
    """How the state is marked: the tone of `.status`."""
    return STATE_TONES[State(request.state)]


@register.filter
def deadline(request: Request) -> Due | None:
    """Its deadline in words while somebody still has to solve it."""
    solved = not request.is_open or request.state in (State.DONE, State.VERIFIED)
    return None if solved else due(request.due_at, timezone.now())
