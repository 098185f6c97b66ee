"""The report page, and the records that each of its figures opens."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from shiliu.core.access import get_visible_or_404
from shiliu.core.figures import FIGURES, Period
from shiliu.figures import periods, rows
from shiliu.figures.report import Line, compute, latest_period, over
from shiliu.grid.models import Area
from shiliu.grid.scopes import areas_above_grids
from shiliu.grid.town import town


def latest(request: HttpRequest) -> HttpResponse:
    """The last half-year that is over."""
    return redirect("figures:report", period=latest_period())


def _area(request: HttpRequest) -> Area | None:
    """The area asked for; the site's town where none is."""
    code = request.GET.get("area")
    if not code:
        return town()
    return get_visible_or_404(Area, request.user, code=code)


def report(request: HttpRequest, period: Period) -> HttpResponse:
    area = _area(request)
    context = {
        "report": compute(period, area),
        "period_name": periods.named(period),
        "area": area,
        "areas": areas_above_grids(period.end),
    }
    return render(request, "figures/report.html", context)


def records(request: HttpRequest, period: Period, key: str) -> HttpResponse:
    """The records behind one figure: same area, same period, same queryset."""
    figure = FIGURES.get(key)
    if figure is None:
        raise Http404
    area = _area(request)
    asked = over(period, area)
    line = Line(figure, figure.at(asked))
    after = request.GET.get("after", "0")
    page = None
    if request.user.is_authenticated or not line.hidden:
        page = rows.records(figure, asked, request.user, after=int(after) if after.isdecimal() else 0)
    context = {
        "line": line,
        "period": period,
        "period_name": periods.named(period),
        "area": area,
        "page": page,
    }
    return render(request, "figures/records.html", context)
