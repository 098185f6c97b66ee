"""The console's navigation in its templates."""

from django import template
from django.template.context import Context

from shiliu.console import navigation
from shiliu.core.models import User
from shiliu.web.navigation import address

register = template.Library()


@register.simple_tag(takes_context=True)
def console_links(context: Context) -> list[navigation.Counted]:
    return navigation.links(navigation.ENTRIES, context["request"])


@register.simple_tag(takes_context=True)
def console_search(context: Context) -> str:
    """The address of the console's search; empty for whoever may not see what it finds."""
    user = context["request"].user
    may = isinstance(user, User) and navigation.may(navigation.SEARCH, user)
    return address(navigation.SEARCH) if may else ""
