"""What an article's card shows of a figure: its value as the registry gives it now.

Such a card is named `key/period/area`, both as they stand in addresses: `works.sewer_laid/2023H1/`.
Without a period, or with `to-date`, it is this year up to today, without an area that of the site's town.

A period is a kind of its own, so that it is chosen as all else: offered are the years, half-years and
quarters of which there are records; whoever types the name of a month, or of any days, finds that one.
"""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import links
from shiliu.core.areas import CODE, Scope
from shiliu.core.figures import FIGURES, Figure, Period
from shiliu.figures import periods
from shiliu.figures.report import Line, over, reported, shown
from shiliu.grid.models import Area
from shiliu.grid.town import town

TO_DATE = "to-date"
PARTS = ("", "H2", "H1", "Q4", "Q3", "Q2", "Q1")  # of a year


def figures(ids: list[str]) -> Iterator[links.Card]:
    for each in ids:
        key, _slash, rest = each.partition("/")
        name, _slash, code = rest.partition("/")
        period, area = _period(name), _area(code)
        if key in FIGURES and period and area:
            yield _card(each, FIGURES[key], period, area)


def _period(name: str) -> Period | None:
    if name in ("", TO_DATE):
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


def chosen_periods(ids: list[str]) -> list[links.Card]:
    return [_period_card(each, period) for each in ids if each and (period := _period(each))]


def offered_periods(words: list[str], scope: Scope, most: int) -> list[links.Card]:
    """Up to today, then year by year, the last one first; whatever the scope, since time is the same."""
    today = timezone.localdate()
    first, last = _years(today)
    names = [TO_DATE, *(f"{year}{part}" for year in range(last, first - 1, -1) for part in PARTS)]
    there = [(name, period) for name in names if (period := _period(name)) and period.start <= today]
    found = [_period_card(name, period) for name, period in there]
    return [it for it in found if all(word.lower() in _words(it) for word in words)][:most]


def _words(it: links.Card) -> str:
    """What a period is found by; people write its name with and without spaces."""
    return f"{it.public_id} {it.label} {it.label.replace(' ', '')}".lower()


def _years(today: date) -> tuple[int, int]:
    """In which the first and the last happened of what the report counts in the town; else this one."""
    asked = over(Period(date(periods.FIRST_YEAR, 1, 1), today), town())
    years: list[int] = []
    looked_at = set()
    for figure in reported():
        rows, field = figure.rows(asked), figure.when.counts_by
        if figure.when.kind == "stock" or (rows.model, field) in looked_at:
            continue
        looked_at.add((rows.model, field))
        for order in (field, f"-{field}"):
            years += [moment.year for moment in rows.order_by(order).values_list(field, flat=True)[:1]]
    return (min(years), max(years)) if years else (today.year, today.year)


def _period_card(name: str, period: Period) -> links.Card:
    if name == TO_DATE:
        return links.Card(name, _("this year up to today"), _("grows with each day"))
    goes_on = _("not over yet") if period.end >= timezone.localdate() else ""
    return links.Card(name, periods.title(period), goes_on, reverse("figures:report", args=[period]))


links.present("figures.figure", figures)
links.present("figures.period", chosen_periods)
links.offer("figures.period", gettext_lazy("Choose a period"), offered_periods)
