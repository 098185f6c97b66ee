"""How the seed map writes its numbers."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from shiliu.core.templatetags.shiliu import figure
from shiliu.figures.seedmap import packing
from shiliu.figures.seedmap.asking import Seed

register = template.Library()


@register.filter
def short(value: int | Decimal | None) -> str:
    """A number for a seed, of four or five signs; the title and the table have it exactly."""
    if value is None:
        return "–"
    if abs(value) < 10_000:
        return f"{value:.0f}" if value == int(value) or abs(value) >= 10 else f"{value:.1f}"
    chinese = (get_language() or "").startswith("zh")
    for size, name in ((10**8, "亿"), (10**4, "万")) if chinese else ((10**6, "M"), (10**3, "k")):
        if abs(value) >= size:
            scaled = value / size
            return f"{scaled:.1f}{name}" if abs(scaled) < 10 else f"{scaled:.0f}{name}"
    return figure(value)


@register.filter
def em(units: float) -> str:
    """A length of the picture on the page: 16 units are as wide as the letter size there."""
    return f"{units / 16:g}em"


@register.simple_tag
def seed_said(seed: Seed, unit: Any) -> str:
    """What a seed is called by whoever does not see its shade: “Grid 3: 12 requests”."""
    if seed.mark == "few":
        value = _("few: not shown")
    else:
        value = _("no value") if seed.number is None else f"{figure(seed.number)} {unit}"
    return pgettext("area: value", "%(area)s: %(value)s") % {"area": seed.area.name, "value": value}


@register.simple_tag
def seed_outline() -> str:
    return packing.OUTLINE


@register.simple_tag
def seed_glint() -> str:
    return packing.GLINT
