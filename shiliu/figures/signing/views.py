"""Signing a report, and reading what was signed beside what is."""

import io
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRefresh

from shiliu.core import access, door, receipts
from shiliu.core.access import find_visible, get_visible_or_404
from shiliu.core.figures import FIGURES, Period
from shiliu.core.http import StaffRequest
from shiliu.figures import kept, papers, periods, rows
from shiliu.figures.definitions import Definition
from shiliu.figures.papers import content as paper_content
from shiliu.figures.papers.content import Part
from shiliu.figures.report import Line
from shiliu.figures.signing import actions, content, digests, reading
from shiliu.figures.signing.models import SignedReport, Signing
from shiliu.figures.signing.reading import Changes, Difference, Signed
from shiliu.figures.views import asked_area
from shiliu.grid.models import Area

PAGE = 50
SOME_DAYS = 4  # so many changed days stand beside a figure; its own page names all
REMOVED = 50  # so many records that are gone are shown


def _area(request: HttpRequest) -> Area:
    """The area asked for; the site's town where none is."""
    area = asked_area(request)
    if area is None:  # nothing is on record yet
        raise Http404
    return area


def _context(period: Period, area: Area) -> dict[str, Any]:
    names = {"period_name": periods.named(period), "period_title": periods.title(period)}
    return {"period": period, "area": area, **names}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: StaffRequest, period: Period) -> HttpResponse:
    """What would be signed, and signing it."""
    area = _area(request)
    access.require(request.user, "figures.sign", area.code)
    refused, status = "", 200
    if request.method == "POST":
        sent = request.POST
        try:
            it = actions.sign(
                area, period, code=sent.get("code", ""), seen=sent.get("seen", ""), by=request.user
            )
        except door.Refused as error:
            refused, status = str(error), 409 if isinstance(error, door.StaleState) else 422
        else:
            return redirect("figures:signed", it.code)
    state = content.state(period, area, with_days=False)
    context = _context(period, area) | {
        "chapters": list(paper_content.paper(state.report, frozenset(), _own(state)).chapters()),
        "seen": state.seen,
        "code": receipts.new(),
        "post": actions.post_of(request.user, area.code),
        "refused": refused,
        "may": _may(period),
        "unfinished": reading.unfinished(area, period, request.user),
    }
    return render(request, "figures/signing/sign.html", context, status=status)


def _own(state: content.State) -> Any:
    return state.own[reading.language()]


def _may(period: Period) -> str:
    """Why a period's report cannot be signed yet; empty where it can."""
    try:
        actions.require_over(period)
    except door.Refused as refused:
        return str(refused)
    return ""


@require_safe
def signings(request: HttpRequest, period: Period) -> HttpResponse:
    """Every signing of a report, the newest first."""
    area = _area(request)
    found = reading.signings(area, period, request.user)
    if after := request.GET.get("after"):
        found = found.filter(pk__lt=get_visible_or_404(SignedReport, request.user, code=after).pk)
    page = list(found[: PAGE + 1])
    context = _context(period, area) | {
        "signings": page[:PAGE],
        "after": page[PAGE - 1].code if len(page) > PAGE else "",
    }
    return render(request, "figures/signing/list.html", context)


def _signed(request: HttpRequest, code: str) -> Signed:
    found = get_visible_or_404(SignedReport, request.user, code=code)
    return reading.signed(found, request.user)


@dataclass(frozen=True)
class Row:
    """A figure on the page of a signed report. hidden: not for this reader. days: those that are named."""

    line: Line
    difference: Difference
    hidden: bool
    days: tuple[date, ...]

    @property
    def moves(self) -> Any:
        """How it can be another one today without any change of a record."""
        return self.difference.now and Definition(self.difference.now.figure).moves

    @property
    def more_days(self) -> int:
        return len(self.difference.days or ()) - len(self.days) if self.days else 0


def _row(it: Signed, line: Line, difference: Difference) -> Row:
    key = line.figure.key
    out = key in it.outside
    hidden = out and (line.hidden or (difference.now is not None and difference.now.hidden))
    names_days = not out or (key in FIGURES and FIGURES[key].listed)
    days = (difference.days or ())[:SOME_DAYS] if names_days else ()
    return Row(line, difference, hidden, days)


def _unfinished(request: StaffRequest, code: str) -> HttpResponse:
    """What a report that was signed waits for in the background, or why there is none."""
    it = get_visible_or_404(Signing, request.user, code=code)
    if it.state == Signing.State.SIGNED:  # it has become so since it was looked for
        return HttpResponseClientRefresh() if request.htmx else redirect("figures:signed", code)
    context = _context(it.period, it.area) | {"it": it, "figure": reading.figure_that_failed(it)}
    name = "figures/signing/_unfinished.html" if request.htmx else "figures/signing/unfinished.html"
    return render(request, name, context)


@require_safe
def signed(request: StaffRequest, code: str) -> HttpResponse:
    """A signed report: its values beside those of today, and what has changed since."""
    found = find_visible(SignedReport, request.user, code=code)
    if found is None:
        return _unfinished(request, code)
    if request.htmx:  # from the page that has waited for it
        return HttpResponseClientRefresh()
    return _page(request, reading.signed(found, request.user))


def _page(request: HttpRequest, it: Signed) -> HttpResponse:
    code = it.it.code
    period = it.it.period
    try:
        found = kept.computed(
            request, period, ("signed", code, get_language()), lambda: reading.differences(it)
        )
    except kept.TooMany:
        return render(request, "429.html", status=429)
    paper = reading.paper(it)
    chapters: list[tuple[Any, list[tuple[Part, list[Row]]]]] = [
        (title, [(part, [_row(it, line, found[line.figure.key]) for line in part.lines]) for part in parts])
        for title, parts in paper.chapters()
    ]
    each = [row for _title, parts in chapters for _part, of in parts for row in of if not row.hidden]
    context = _context(period, it.it.area) | {
        "it": it,
        "place": paper.place,
        "chapters": chapters,
        "changed": sum(row.difference.changed for row in each),
        "moved": sum(row.difference.by_time for row in each),
        "looked": all(difference.days is not None for difference in found.values() if difference.now),
        "forms": [("docx", "Word"), ("pdf", "PDF"), ("xlsx", "XLSX"), ("json", "JSON")],
    }
    return render(request, "figures/signing/signed.html", context)


@require_safe
def file(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """The signed report as a file that carries what was signed."""
    make = papers.FORMS.get(form)
    if make is None:
        raise Http404
    it = _signed(request, code)
    what = ("signed file", form, code, get_language())
    try:
        made = kept.computed(request, it.it.period, what, lambda: make.content(reading.paper(it)))
    except kept.TooMany:
        return render(request, "429.html", status=429)
    except papers.CannotMake as refused:
        return render(request, "refused.html", {"sentence": str(refused)}, status=503)
    name = f"{it.it.area_id}-{periods.named(it.it.period)}-signed-{it.it.code}.{form}"
    return FileResponse(io.BytesIO(made), content_type=make.content_type, as_attachment=True, filename=name)


def _visible_row(request: HttpRequest, it: Signed, key: str) -> Row:
    """A figure of a signed report with what has changed, where this reader may see it."""
    if key not in it.lines or key not in FIGURES:
        raise Http404
    what = ("signed", it.it.code, key, get_language())
    found = kept.computed(request, it.it.period, what, lambda: reading.difference(it, key))
    row = _row(it, it.lines[key], found)
    if row.hidden or (key in it.outside and not FIGURES[key].listed):
        raise Http404
    return row


@require_safe
def figure(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """One figure of a signed report: then and now, and every day whose records have changed."""
    it = _signed(request, code)
    try:
        row = _visible_row(request, it, key)
    except kept.TooMany:
        return render(request, "429.html", status=429)
    then = it.days(key)
    days = [(day, then.get(day, [0])[0]) for day in row.difference.days or ()]
    context = _context(it.it.period, it.it.area) | {"it": it, "row": row, "days": days}
    return render(request, "figures/signing/figure.html", context)


@dataclass(frozen=True)
class Marked:
    """A record on the page of a changed day, and what has become of it."""

    cells: list[Any]
    word: str


@require_safe
def day(request: HttpRequest, code: str, key: str, day: date) -> HttpResponse:
    """The records of one day of a figure, as they are now, and which of them are other than they were."""
    it = _signed(request, code)
    try:
        row = _visible_row(request, it, key)
    except kept.TooMany:
        return render(request, "429.html", status=429)
    figure = FIGURES[key]
    asked = digests.on(figure, it.asked, day)
    page = rows.records(figure, asked, request.user, after=_after(request))
    found = reading.changes(it, key, day) if page.inside else None
    then = it.days(key).get(day)
    context = _context(it.it.period, it.it.area) | {
        "it": it,
        "row": row,
        "day": day,
        "fields": page.fields,
        "records": [
            Marked(cells, found.word(pk) if found else "")
            for pk, cells in zip(page.pks, page.rows, strict=True)
        ],
        "page": page,
        "then": then[0] if then else 0,
        "changes": found,
        "removed": _removed(request, it, key, page, found) if found else [],
    }
    return render(request, "figures/signing/day.html", context)


def _after(request: HttpRequest) -> int:
    after = request.GET.get("after", "")
    return int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0


def _removed(request: HttpRequest, it: Signed, key: str, page: rows.Page, found: Changes) -> list[list[Any]]:
    """Of the records that no longer count on a day, those that are still there and in the reader's areas."""
    return rows.named(FIGURES[key], it.asked, request.user, sorted(found.removed)[:REMOVED], page.fields)
