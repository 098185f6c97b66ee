"""What pages of a request share: its deadline in words, and what is written about it."""

from typing import Any

from django import template
from django.utils import timezone

from shiliu.core.due import Due, due
from shiliu.requests import writing
from shiliu.requests.models import Request

register = template.Library()


@register.filter
def deadline(request: Request) -> Due | None:
    """Its deadline in words while somebody still has to solve it."""
    return due(request.due_at, timezone.now()) if request.is_unsolved else None


@register.inclusion_tag("requests/console/_messages.html", takes_context=True)
def what_waits(context: template.Context, asked: Request, shell: str) -> dict[str, Any]:
    """Whether the resident's words wait for staff, or staff for the resident's."""
    may_write = bool(asked.wrote_at) and writing.may(context["request"].user, asked)
    return _of_page(context, asked, shell) | {"may_write": may_write, "now": timezone.now().isoformat()}


@register.inclusion_tag("requests/console/_write.html", takes_context=True)
def write_about(context: template.Context, asked: Request, shell: str) -> dict[str, Any]:
    """The two forms: a letter to the resident, a note for colleagues; nothing for who may not write."""
    forms = {kind: writing.form_for(kind, asked) for kind in writing.FORMS}
    may_write = writing.may(context["request"].user, asked)
    return _of_page(context, asked, shell) | forms | {"may_write": may_write}


def _of_page(context: template.Context, asked: Request, shell: str) -> dict[str, Any]:
    wanted = context.get("wanted")
    return {
        "asked": asked,
        "shell": shell,
        "list": wanted.here if wanted else "",
        "csrf_token": context.get("csrf_token"),
    }
