"""The console's navigation in its templates."""

from django import template
from django.template.context import Context

from shiliu.console import navigation
from shiliu.web.navigation import address

register = template.Library()


@register.simple_tag(takes_context=True)
def console_links(context: Context) -> list[navigation.Counted]:
    return navigation.links(navigation.ENTRIES, context["request"])


@register.simple_tag
def console_search() -> str:
    """The address of the console's search; empty where there is none."""
    return address(navigation.SEARCH)
