"""What an article's page needs to be counted where proxies keep it."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse

register = template.Library()


@register.simple_tag(takes_context=True)
def beacon(context: dict[str, Any]) -> str:
    """The address by which this page says that it was read; empty where each view comes here anyway."""
    return reverse("read", args=[context["page"].code]) if settings.PAGE_SECONDS else ""
