"""What an article's card shows of a figure: its value as the registry gives it now.

Such a card is named `key/period/area`, both as they stand in addresses: `works.sewer_laid/2023H1/`.
Without a period it is this year up to today, without an area that of the site's town.
"""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from shiliu.core import links
from shiliu.core.areas import CODE
from shiliu.core.figures import FIGURES, Figure, Period
from shiliu.figures import periods
from shiliu.figures.report import Line, over, shown
from shiliu.grid.models import Area
from shiliu.grid.town import town


def figures(ids: list[str]) -> Iterator[links.Card]:
    for each in ids:
        key, _slash, rest = each.partition("/")
        name, _slash, code = rest.partition("/")
        period, area = _period(name), _area(code)
        if key in FIGURES and period and area:
            yield _card(each, FIGURES[key], period, area)


def _period(name: str) -> Period | None:
    if not name:
        today = timezone.localdate()
        return Period(date(today.year, 1, 1), today)
    try:
        return periods.parse(name)
    except ValueError:
        return None


def _area(code: str) -> Area | None:
    if not code:
        return town()
    return Area.objects.filter(code=code).first() if CODE.fullmatch(code) else None


def _card(public_id: str, figure: Figure, period: Period, area: Area) -> links.Card:
    line = Line(figure, figure.at(over(period, area)))
    value = _("few: not shown") if line.hidden else f"{shown(line.value.value)} {line.unit}"
    url = f"{reverse('figures:records', args=[period, figure.key])}?{urlencode({'area': area.code})}"
    note = f"{periods.title(period)} · {area.name}"
    return links.Card(public_id, str(figure.label), note, url, value)


links.present("figures.figure", figures)
