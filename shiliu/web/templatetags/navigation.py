"""The residents' navigation in their templates."""

from typing import Any

from django import template
from django.template.context import Context

from shiliu.web import navigation

register = template.Library()


@register.simple_tag(takes_context=True)
def site_links(context: Context) -> list[navigation.Link]:
    return navigation.links(navigation.ENTRIES, context["request"])


@register.simple_tag
def address_of(name: str) -> str:
    """The address of one of navigation's single entries (SEARCH); empty where there is none."""
    entry: Any = getattr(navigation, name)
    return navigation.address(entry)
