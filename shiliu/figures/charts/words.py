"""What stands below a bar: “Jan”, “Q1”, “2023”."""

import itertools

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shiliu.core.figures import Period
from shiliu.figures import periods


def long_name(part: Period) -> str:
    return periods.title(part)


def short_name(part: Period) -> str:
    """As short as it can be."""
    if part.start.year != part.end.year:
        return f"{part.start.year}–{part.end.year}"
    months = part.end.month - part.start.month + 1
    year = str(part.start.year)
    if months > 6:
        return year
    if months > 1:
        return pgettext("below a bar", "Q%(n)s") % {"n": (part.start.month + 2) // 3}
    return date_format(part.start, pgettext("below a bar: format of a month", "M"))


def spoken(value: str, before: str) -> str:
    """A value with that of a year ago."""
    return _("%(value)s; a year ago %(before)s") % {"value": value, "before": before}


def sizes(names: list[str]) -> list[str]:
    """Groups that are named by where they begin, as short as can be: “<1”, “1–4”, “≥48”, and “none”."""
    *starts, _none = names
    between = [f"{start}–{end}" for start, end in itertools.pairwise(starts[1:])]
    return [f"<{starts[1]}", *between, f"≥{starts[-1]}", pgettext("below a bar", "none")]
