"""How numbers, days and cells are written on a page."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.db.models import Field
from django.template import engines
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shiliu.core import qr as codes

register = template.Library()

SELECTED = SafeString(" selected")


@register.simple_tag
def qr(content: str, label: str = "") -> SafeString:
    """`{% qr address %}`: a QR code that leads to an address."""
    return codes.svg(content, label or _("QR code: %(content)s") % {"content": content})


@register.simple_tag(takes_context=True)
def compiled(context: template.Context, name: str, **given: Any) -> SafeString:
    """`{% compiled "app/rows.html" rows=rows %}`: a template of Jinja2's, for what repeats many times."""
    html = engines["jinja2"].get_template(name).render(given, request=context.get("request"))
    return SafeString(html)  # escaped there


@register.simple_tag
def colon() -> str:
    """Between a name and what it says: Chinese has a sign of its own, and no space after it."""
    return pgettext("between a name and what it says", ": ")


@register.filter
def figure(value: int | Decimal | None) -> str:
    """A figure's value with thousands separated; “–” where there is none. Decimals as they are kept."""
    if value is None:
        return "–"
    if isinstance(value, Decimal) and value == value.to_integral_value():
        value = int(value)
    return f"{value:,}"


@register.filter
def cell(value: Any) -> str:
    """A field's value in a table of records."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, Decimal)):
        return figure(value)
    text = str(value)
    return text if len(text) <= 80 else text[:79] + "…"


@register.filter
def heading(field: Field) -> str:
    """A field's column heading: its own name, for a reference the name of what it refers to."""
    named = getattr(field, "_verbose_name", None)  # what was written down, before Django makes one up
    if field.related_model is not None and named is None:
        return str(field.related_model._meta.verbose_name)
    return str(field.verbose_name)


@register.simple_tag
def options(pairs: Iterable[tuple[str, str]], chosen: str = "") -> SafeString:
    """The options of a `<select>`, by value and label. For hundreds, a loop in the template takes long."""
    shown = ((value, SELECTED if value == chosen else "", label) for value, label in pairs)
    return format_html_join("", '<option value="{}"{}>{}</option>', shown)
