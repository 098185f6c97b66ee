"""The monthly bulletin: as a page, and as a file for spreadsheets."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shiliu.core import access
from shiliu.core.figures import Period
from shiliu.core.http import StaffRequest
from shiliu.figures import periods
from shiliu.figures.bulletin import sheets, table
from shiliu.figures.report import as_of
from shiliu.grid.models import Area

SHEETS = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def _area(request: StaffRequest, period: Period | None = None) -> Area:
    """The area asked for, which has to lie in the scope; one's own where none is asked for."""
    access.require_anywhere(request.user, "figures.view")
    day = as_of(period) if period else None
    return table.asked_area(request.user, request.GET.get("area", ""), day)


@login_required
@never_cache
@require_safe
def latest(request: StaffRequest) -> HttpResponse:
    """The month that was typed, or the last one that is over where it is none."""
    area = _area(request)
    try:
        period: Period | None = periods.parse(request.GET.get("month", ""))
    except ValueError:
        period = table.latest_month(area)
    if period is None or not table.is_month(period):
        raise Http404
    found = redirect("bulletin:month", period=periods.named(period))
    found["Location"] += f"?{urlencode({'area': area.code})}"
    return found


@login_required
@never_cache
@require_safe
def page(request: StaffRequest, period: Period) -> HttpResponse:
    """One month of one area."""
    it = _computed(request, period)
    context = {
        "it": it,
        "columns": table.COLUMNS,
        "period_name": periods.named(period),
        "period_title": periods.title(period),
        "previous": it.previous and periods.named(it.previous),
        "next": it.next and periods.named(it.next),
        "areas": table.areas_of(request.user, as_of(period)),
        "query": urlencode({"area": it.area.code}),
    }
    return render(request, "figures/bulletin/page.html", context)


@login_required
@never_cache
@require_safe
def file(request: StaffRequest, period: Period, kind: str) -> HttpResponse:
    """The same for a spreadsheet."""
    if kind not in SHEETS:
        raise Http404
    it = _computed(request, period)
    name = periods.named(period)
    content = sheets.as_csv(it) if kind == "csv" else sheets.as_xlsx(it, name)
    headers = {"Content-Disposition": f'attachment; filename="requests-{it.area.code}-{name}.{kind}"'}
    return HttpResponse(content, content_type=SHEETS[kind], headers=headers)


def _computed(request: StaffRequest, period: Period) -> table.Bulletin:
    if not table.is_month(period):
        raise Http404
    return table.compute(period, _area(request, period))
