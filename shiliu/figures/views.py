"""The report page, and the records that each of its figures opens."""

import io
import re
from dataclasses import replace
from datetime import date

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from shiliu.core import access
from shiliu.core.access import get_visible_or_404
from shiliu.core.areas import CODE
from shiliu.core.figures import FIGURES, GROUPINGS, Figure, Grouping, Over, Period
from shiliu.core.snapshot import read_snapshot
from shiliu.figures import definitions, kept, papers, periods, rows
from shiliu.figures.bulletin import table
from shiliu.figures.charts import asking
from shiliu.figures.papers.content import paper
from shiliu.figures.report import Line, Report, compute, latest_period, over
from shiliu.figures.rows import inside
from shiliu.figures.sentences import writing
from shiliu.figures.sentences.models import Paragraph
from shiliu.figures.signing import reading
from shiliu.grid.models import Area
from shiliu.grid.scopes import areas_above_grids
from shiliu.grid.town import town

FEW_SIGNINGS = 3  # on the page of the report; all of them have their own


def latest(request: HttpRequest) -> HttpResponse:
    """The last half-year that is over, for the area that is asked for."""
    report = redirect("figures:report", period=latest_period())
    if request.GET:
        report["Location"] += f"?{request.GET.urlencode()}"
    return report


def asked_area(request: HttpRequest) -> Area | None:
    """The area asked for; the site's town where none is."""
    code = request.GET.get("area")
    if not code:
        return town()
    if not CODE.fullmatch(code):
        raise Http404
    return get_visible_or_404(Area, request.user, code=code)


def report(request: HttpRequest, period: Period) -> HttpResponse:
    area = asked_area(request)
    try:
        it, charts = _computed(request, period, area)
    except kept.TooMany:
        return render(request, "429.html", status=429)
    own = writing.stored(area, period, reading.language())
    outside = _outside(request, it, own)
    may_sign = _may(request, "figures.sign", area)
    context = {
        "report": it,
        "paper": paper(it, outside, own, charts),
        "signings": list(reading.signings(area, period, request.user)[:FEW_SIGNINGS]),
        "may_sign": may_sign,
        "unfinished": reading.unfinished(area, period, request.user) if area and may_sign else None,
        "may_write": _may(request, "figures.write", area),
        "hidden": {line.figure.key for line in it.lines.values() if line.hidden} & outside,
        "outside": outside,
        "period_name": periods.named(period),
        "period_title": periods.title(period),
        "area": area,
        "areas": areas_above_grids(period.end),
        "forms": [("docx", "Word"), ("pdf", "PDF"), ("xlsx", "XLSX"), ("json", "JSON")],
    }
    return render(request, "figures/report.html", context)


def _computed(request: HttpRequest, period: Period, area: Area | None) -> tuple[Report, list[asking.Shown]]:
    """The report and its charts, of one moment."""

    def both() -> tuple[Report, list[asking.Shown]]:
        with read_snapshot():
            it = compute(period, area, compared=True)
            return it, asking.all_charts(period, area, request.user)

    return kept.computed(request, period, ("report", area and area.code, get_language()), both)


def _may(request: HttpRequest, right: str, area: Area | None) -> bool:
    """Whether the reader may do this with the report of an area."""
    return area is not None and access.allows(request.user, right, area.code)


def _outside(request: HttpRequest, it: Report, own: dict[str, Paragraph]) -> frozenset[str]:
    """The figures that have small numbers of persons, which this reader must not see."""
    kept_few = writing.few_in(own.values())
    few = [
        line
        for key, line in it.lines.items()
        if line.hidden or key in kept_few or any(past.few for past in line.past)
    ]
    return frozenset(line.figure.key for line in few if not inside(line.figure, it.asked, request.user))


@require_safe
def file(request: HttpRequest, period: Period, form: str) -> HttpResponse:
    """The report as a file: what the page shows to the same reader."""
    make = papers.FORMS.get(form)
    if make is None:
        raise Http404
    area = asked_area(request)
    what = ("file", form, area and area.code, get_language())
    try:
        it, charts = _computed(request, period, area)
        own = writing.stored(area, period, reading.language())
        outside = _outside(request, it, own)
        content = kept.computed(request, period, what, lambda: make.content(paper(it, outside, own, charts)))
    except kept.TooMany:
        return render(request, "429.html", status=429)
    except papers.CannotMake as refused:
        return render(request, "refused.html", {"sentence": str(refused)}, status=503)
    name = f"{area.code if area else 'all'}-{periods.named(period)}.{form}"
    return FileResponse(
        io.BytesIO(content), content_type=make.content_type, as_attachment=True, filename=name
    )


@require_safe
def defined(request: HttpRequest) -> HttpResponse:
    """What each figure means, what it counts and who answers for it."""
    return render(request, "figures/definitions.html", {"chapters": list(definitions.chapters())})


def _after(request: HttpRequest) -> int:
    """The record after which the page begins; the first page where the address makes no sense."""
    after = request.GET.get("after", "")
    return int(after) if re.fullmatch(r"[0-9]{1,18}", after) else 0


def records(request: HttpRequest, period: Period, key: str) -> HttpResponse:
    """The records behind one figure: same area, same period, same queryset."""
    figure = FIGURES.get(key)
    if figure is None:
        raise Http404
    area = asked_area(request)
    asked, group = narrowed(request, figure, over(period, area, _day(request)))
    page = None
    with read_snapshot():
        line = Line(figure, figure.at(asked))
        if not line.hidden or inside(figure, asked, request.user):
            page = rows.records(figure, asked, request.user, after=_after(request))
    context = {
        "line": line,
        "period": period,
        "period_name": periods.named(period),
        "period_title": periods.title(period),
        "area": area,
        "page": page,
        "group": group,
        "asked_again": _query(request),  # not `query`: that is what the search field holds
    }
    return render(request, "figures/records.html", context)


def _day(request: HttpRequest) -> date | None:
    """As of which day the area is meant: of a part of a longer period, that one's last day."""
    try:
        return date.fromisoformat(request.GET.get("as_of", ""))
    except ValueError:
        return None


def narrowed(request: HttpRequest, figure: Figure, asked: Over) -> tuple[Over, str]:
    """What is asked for, of one group only where the address names one; and what that group is called. For
    staff alone, unless the grouping is everybody's.
    """
    model = figure.records(asked).model
    for (grouped, name), grouping in GROUPINGS.items():
        if grouped is model and (group := request.GET.get(name)):
            if not grouping.public and not inside(figure, asked, request.user):
                raise Http404
            try:
                return replace(asked, only=grouping.q(group)), _called(grouping, group)
            except LookupError:
                raise Http404 from None
    return asked, ""


def _called(grouping: Grouping, group: str) -> str:
    if grouping.labels is None:
        return table.named(group)
    return str(grouping.labels([group]).get(group, group))


def _query(request: HttpRequest) -> str:
    """The address's query for the page that follows, to be ended with where it begins."""
    kept = request.GET.copy()
    kept.pop("after", None)
    return f"{kept.urlencode()}&" if kept else ""
