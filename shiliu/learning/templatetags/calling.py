"""Telephone numbers in a line of text, to be called by a tap."""

import re

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# A fixed line with its area code, a mobile telephone, 400 numbers, and the hotlines 123xx.
NUMBER = re.compile(
    r"(?<![\d-])(0\d{2,3}[- ]?\d{7,8}|1[3-9]\d{9}|400[- ]?\d{3}[- ]?\d{4}|123\d\d)(?![\d-])", re.ASCII
)


@register.filter
def with_calls(text: str) -> SafeString:
    """The text with its telephone numbers as links."""
    told, at = [], 0
    for found in NUMBER.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        told += [
            format_html("{}", text[at : found.start()]),
            format_html('<a class="call" href="tel:{}">{}</a>', digits, found[0]),
        ]
        at = found.end()
    return mark_safe("".join([*told, format_html("{}", text[at:])]))  # noqa: S308 (each part is escaped)
