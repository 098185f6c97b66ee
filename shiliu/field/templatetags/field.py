"""The field's tabs in its templates."""

from django import template
from django.template.context import Context

from shiliu.console.navigation import Counted, links
from shiliu.field.navigation import entries_for

register = template.Library()


@register.simple_tag(takes_context=True)
def field_links(context: Context) -> list[Counted]:
    request = context["request"]
    return links(entries_for(request.user), request)
