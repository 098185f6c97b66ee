"""How a request's deadline is said on a page."""

from django import template
from django.utils import timezone

from shiliu.core.due import Due, due
from shiliu.requests.models import Request

register = template.Library()


@register.filter
def deadline(request: Request) -> Due | None:
    """Its deadline in words while somebody still has to solve it."""
    return due(request.due_at, timezone.now()) if request.is_unsolved else None
