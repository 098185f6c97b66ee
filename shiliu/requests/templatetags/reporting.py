"""The link by which readers report an error on the page that they are on."""

from django import template
from django.template.context import Context

from shiliu.requests import addresses

register = template.Library()


@register.simple_tag(takes_context=True)
def error_address(context: Context) -> str:
    """Where an error on this page is reported; empty where that is not wanted."""
    return addresses.of_error(context["request"].path)
