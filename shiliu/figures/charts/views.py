"""The charts of a period and an area on one page, and each of them as a picture to save."""

import io
from collections.abc import Callable

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from shiliu.core.figures import CHARTS, Period
from shiliu.figures import kept, periods
from shiliu.figures.charts import asking, pictures
from shiliu.figures.charts.asking import Shown
from shiliu.figures.papers import CannotMake
from shiliu.figures.report import latest_period
from shiliu.figures.seedmap.views import choice_of_periods
from shiliu.figures.views import asked_area
from shiliu.grid.models import Area
from shiliu.grid.scopes import areas_above_grids

FORMS: dict[str, tuple[str, Callable[[Shown], bytes]]] = {
    "svg": ("image/svg+xml", lambda it: pictures.as_svg(it).encode()),
    "png": ("image/png", pictures.as_png),
}


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    latest = latest_period()
    period, area = _period(request, latest), asked_area(request)
    try:
        charts = computed(request, period, area)
    except kept.TooMany:
        return render(request, "429.html", status=429)
    context = {
        "charts": charts,
        "area": area,
        "light": not request.user.is_authenticated,  # the table has the links; a phone loads half as much
        "areas": areas_above_grids(period.end),
        "period_name": periods.named(period),
        "period_title": periods.title(period),
        "periods": choice_of_periods(period, latest),
    }
    return render(request, "figures/charts/page.html", context)


@require_safe
def file(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """One chart as a picture: what the page shows to the same reader."""
    if key not in CHARTS or form not in FORMS:
        raise Http404
    period, area = _period(request, latest_period()), asked_area(request)
    content_type, make = FORMS[form]
    what = ("chart", key, form, area and area.code, get_language())
    try:
        content = kept.computed(
            request, period, what, lambda: make(asking.compute(CHARTS[key], period, area, request.user))
        )
    except kept.TooMany:
        return render(request, "429.html", status=429)
    except CannotMake as refused:
        return render(request, "refused.html", {"sentence": str(refused)}, status=503)
    name = f"{key}-{area.code if area else 'all'}-{periods.named(period)}.{form}"
    return FileResponse(io.BytesIO(content), content_type=content_type, as_attachment=True, filename=name)


def computed(request: HttpRequest, period: Period, area: Area | None) -> list[Shown]:
    """All charts as this reader may see them; for the public perhaps as they were a moment ago."""
    what = ("charts", area and area.code, get_language())
    return kept.computed(
        request,
        period,
        what,
        lambda: asking.all_charts(period, area, request.user),
    )


def _period(request: HttpRequest, latest: Period) -> Period:
    try:
        return periods.parse(request.GET.get("period") or periods.named(latest))
    except ValueError:
        raise Http404 from None
