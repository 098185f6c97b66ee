"""The matrix for staff: as a table, as a seed map, as a file; and what a town calls thin."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shiliu.core import access, door
from shiliu.core.access import get_visible_or_404
from shiliu.core.areas import CODE, TOWN
from shiliu.core.http import StaffRequest, version_of
from shiliu.core.matrix import SERVICES, Service
from shiliu.figures.bulletin.views import SHEETS
from shiliu.figures.matrix import asking, picture, sheets, table, thresholds
from shiliu.figures.matrix.asking import Asked
from shiliu.figures.matrix.forms import ThresholdForm
from shiliu.grid.models import Area
from shiliu.grid.scopes import within

PAGE = 40  # grids on a page: with ten services it weighs no more than other pages of staff
VIEW = "figures.view"


def _asked(request: StaffRequest) -> Asked:
    access.require_anywhere(request.user, VIEW)
    return asking.read(request.GET, request.user)


def _context(request: StaffRequest, asked: Asked, found: table.Table) -> dict[str, Any]:
    towns = [found.area.code[:TOWN]] if found.area.level >= TOWN else []
    standards = thresholds.of_towns(towns, asked.services)
    return {
        "asked": asked,
        "table": found,
        "areas": asking.areas(request.user, asked.day),
        "services": asking.services(),
        "standards": [standards[town, service.key] for town in towns for service in asked.services],
        "town": towns[0] if towns else "",
        "query": urlencode(asked.query),
        "next": f"?{urlencode(asked.query | {'after': found.after})}" if found.after else "",
        "today": timezone.localdate(),
    }


@login_required
@never_cache
@require_safe
def page(request: StaffRequest) -> HttpResponse:
    """Some grids, each with every service; `?after=` those that follow."""
    asked = _asked(request)
    found = table.compute(
        asked.area, asked.day, asked.services, most=PAGE, after=asked.after, only_thin=asked.only_thin
    )
    context = _context(request, asked, found)
    return render(request, "figures/matrix/page.html", context, status=422 if asked.fault else 200)


@login_required
@never_cache
@require_safe
def seeds(request: StaffRequest) -> HttpResponse:
    """One service over many grids as seeds; the first one where none is chosen."""
    asked = _asked(request)
    service = asked.service or next(iter(SERVICES.values()))
    found = table.compute(asked.area, asked.day, [service], most=picture.MOST, after=asked.after)
    context = _context(request, asked, found) | {"picture": picture.draw(found), "service": service}
    return render(request, "figures/matrix/map.html", context, status=422 if asked.fault else 200)


@login_required
@never_cache
@require_safe
def file(request: StaffRequest, kind: str) -> HttpResponse:
    """The same for a spreadsheet, all pages of it."""
    if kind not in SHEETS:
        raise Http404
    asked = _asked(request)
    content = sheets.as_csv(asked) if kind == "csv" else sheets.as_xlsx(asked)
    name = f"matrix-{asked.area.code}-{asked.day}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=SHEETS[kind], headers=headers)


# What counts as thin --------------------------------------------------------------------------------------


def _town(request: StaffRequest, code: str) -> Area:
    """The town, for whoever works in it or around it."""
    access.require_anywhere(request.user, VIEW)
    if not CODE.fullmatch(code) or len(code) != TOWN:
        raise Http404
    town = get_visible_or_404(Area, request.user, code=code)
    if not within([code]) & access.scope_of(request.user, VIEW):
        raise Http404
    return town


@login_required
@never_cache
@require_safe
def thresholds_of(request: StaffRequest, code: str) -> HttpResponse:
    """Each service with what the town calls thin, in the order of the columns."""
    town = _town(request, code)
    standards = thresholds.of_towns([town.code], SERVICES.values())
    context = {
        "town": town,
        "standards": list(standards.values()),
        "may_set": access.allows(request.user, thresholds.RIGHT, town.code),
    }
    return render(request, "figures/matrix/thresholds.html", context)


@login_required
@never_cache
def threshold(request: StaffRequest, code: str, key: str) -> HttpResponse:
    """What the town calls thin of one service."""
    town, service = _town(request, code), SERVICES.get(key)
    if service is None:
        raise Http404
    access.require(request.user, thresholds.RIGHT, town.code)
    if request.method == "POST" and "reset" in request.POST:
        return _reset(request, town, service)
    standard = _standard(town, service)
    form = ThresholdForm(request.POST if request.method == "POST" else None, standard=standard)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        number, reach, seen = said["number"], said["reach"], said["seen"]
        try:
            thresholds.set_threshold(town, service, number=number, reach=reach, by=request.user, seen=seen)
        except door.Refused as refused:
            status = _refuse(form, refused, _standard(town, service).seen)
        else:
            messages.success(request, _("It is stored. The matrix shows it at once."))
            return redirect("matrix:thresholds", town.code)
    return _asked_for(request, form, town, service, status)


def _asked_for(
    request: StaffRequest, form: ThresholdForm, town: Area, service: Service, status: int
) -> HttpResponse:
    usual = thresholds.of_service(service)
    context = {"form": form, "town": town, "service": service, "usual": usual}
    context["is_set"] = _standard(town, service).seen > 0
    return render(request, "figures/matrix/threshold.html", context, status=status)


def _reset(request: StaffRequest, town: Area, service: Service) -> HttpResponse:
    """Back to what the service brings; with the form as it is now where a colleague was faster."""
    try:
        seen = version_of(request.POST.get("seen")) or 0
        thresholds.reset_threshold(town, service, by=request.user, seen=seen)
    except door.Refused as refused:
        form = ThresholdForm(None, standard=_standard(town, service))
        messages.error(request, str(refused))
        return _asked_for(request, form, town, service, 409)
    messages.success(request, _("What Shiliu brings counts again. The matrix shows it at once."))
    return redirect("matrix:thresholds", town.code)


def _standard(town: Area, service: Service) -> thresholds.Standard:
    return thresholds.of_towns([town.code], [service])[town.code, service.key]


def _refuse(form: ThresholdForm, refused: door.Refused, seen: int) -> int:
    """Say why, with what was typed, so that it can be sent again."""
    form.add_error(None, str(refused))
    if not isinstance(refused, door.StaleState):
        return 422
    form.data = form.data.copy()
    form.data["seen"] = seen
    return 409
