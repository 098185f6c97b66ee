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
def console_address(context: Context, name: str) -> str:
    """The address of one of navigation's single entries; empty for whoever may not go there."""
    entry, user = getattr(navigation, name), context["request"].user
    return address(entry) if isinstance(user, User) and navigation.may(entry, user) else ""
