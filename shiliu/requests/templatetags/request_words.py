"""How a request's deadline is said on a page."""

from django import template
from django.utils import timezone

from shiliu.core.due import Due, due
from shiliu.requests.models import Request, State

register = template.Library()


@register.filter
def deadline(request: Request) -> Due | None:
    """Its deadline in words while somebody still has to solve it."""
    solved = not request.is_open or request.state in (State.DONE, State.VERIFIED)
    return None if solved else due(request.due_at, timezone.now())
