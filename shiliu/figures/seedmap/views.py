"""The seed map as a page: a figure, a period and an area, chosen in a form."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from shiliu.core.areas import VILLAGE
from shiliu.core.figures import Figure, Period
from shiliu.figures import kept, periods
from shiliu.figures.report import latest_period
from shiliu.figures.seedmap import asking
from shiliu.figures.views import asked_area
from shiliu.grid.scopes import areas_above_grids

FIRST = "requests.closed"  # what the map shows where nothing is chosen
HALVES = 6  # of a year, back from the latest, to choose from


def seed_map(request: HttpRequest) -> HttpResponse:
    latest = latest_period()
    period = _period(request, latest)
    area = asked_area(request)
    figure = _figure(request)
    what = ("map", figure.key, area and area.code, get_language())
    try:
        it = kept.computed(request, period, what, lambda: asking.compute(figure, period, area, request.user))
    except kept.TooMany:
        return render(request, "429.html", status=429)
    context = {
        "map": it,
        "area": area,
        "period_name": periods.named(period),
        "period_title": periods.title(period),
        "figures": asking.choices(),
        "periods": choice_of_periods(period, latest),
        "areas": areas_above_grids(period.end).filter(code__length__lt=VILLAGE),
    }
    return render(request, "figures/seedmap/page.html", context)


def _figure(request: HttpRequest) -> Figure:
    key = request.GET.get("figure") or FIRST
    found = next((each for each in asking.choices() if each.key == key), None)
    if found is None:
        raise Http404
    return found


def _period(request: HttpRequest, latest: Period) -> Period:
    try:
        return periods.parse(request.GET.get("period") or periods.named(latest))
    except ValueError:
        raise Http404 from None


def choice_of_periods(chosen: Period, latest: Period) -> list[tuple[str, str]]:
    """The last half-years, the newest first, and what is chosen where it is another one: name and title."""
    return [(periods.named(each), periods.title(each)) for each in _periods(chosen, latest)]


def _periods(chosen: Period, latest: Period) -> list[Period]:
    found = [latest]
    while len(found) < HALVES and found[-1].start.year > periods.FIRST_YEAR:
        found.append(periods.last_completed_half_year(found[-1].start))
    return found if chosen in found else [chosen, *found]
