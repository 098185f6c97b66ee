"""The desk's door for work orders of a hotline: a file in, looked at before it counts; answers out."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shiliu.core import access, held
from shiliu.core.exchange.reading import UnreadableFile
from shiliu.core.http import StaffRequest
from shiliu.requests import actions
from shiliu.requests.orders import answers, intake, tables
from shiliu.requests.orders.answers import Answer
from shiliu.requests.orders.files import AgainForm, FileForm, HandBackForm
from shiliu.requests.orders.intake import Report
from shiliu.requests.orders.placing import home

SECONDS = 20.0  # of one answer; a file that takes longer goes on with the next button
SHOWN = 100


@login_required
@never_cache
@require_safe
def index(request: StaffRequest) -> HttpResponse:
    """Bring a file in; hand answers back."""
    access.require_anywhere(request.user, "requests.ask")
    return _page(request, FileForm())


def _page(request: StaffRequest, form: FileForm, again: AgainForm | None = None) -> HttpResponse:
    user = request.user
    may_answer = access.holds(user, answers.RIGHT)
    waiting = answers.waiting(user) if may_answer else []
    sources: dict[str, list[Any]] = {}
    for each in waiting:
        sources.setdefault(each.order_source, []).append(each)
    context = {
        "form": form,
        "again": again or AgainForm(initial={"first": timezone.localdate(), "last": timezone.localdate()}),
        "may_answer": may_answer,
        "sources": [(source, len(rows), rows[:SHOWN]) for source, rows in sources.items()],
        "at_once": answers.AT_ONCE,
        "is_full": len(waiting) == answers.AT_ONCE,
    }
    bad = form.errors or (again and again.errors)
    return render(request, "requests/console/orders.html", context, status=422 if bad else 200)


@login_required
@never_cache
@require_POST
def look(request: StaffRequest) -> HttpResponse:
    """What would come in with this file; nothing does yet."""
    user = request.user
    access.require_anywhere(user, "requests.ask")
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form)
    name, content = form.cleaned_data["file"]
    try:
        table = tables.read(name, content)
    except UnreadableFile as unreadable:
        form.add_error("file", str(unreadable))
        return _page(request, form)
    report = intake.look(table, by=user)
    token = held.hold(content, by=user) if report.to_do else ""
    return _report(request, report, table, token=token, is_done=False)


@login_required
@never_cache
@require_POST
def take(request: StaffRequest) -> HttpResponse:
    """Take the orders in of the file that was looked at. Doing it twice changes nothing."""
    user = request.user
    access.require_anywhere(user, "requests.ask")
    token, name = request.POST.get("token", ""), request.POST.get("name", "")[:100]
    content = held.held(token, by=user)
    if content is None:
        messages.info(request, _("This file is no longer here. If it was not taken in yet, choose it again."))
        return redirect("desk:orders")
    table = tables.read(name, content)
    report = intake.bring_in(table, by=user, seconds=SECONDS)
    if not report.left:
        held.drop(token, by=user)
    return _report(request, report, table, token=token, is_done=True)


def _report(
    request: StaffRequest, report: Report, table: tables.Table, *, token: str, is_done: bool
) -> HttpResponse:
    counts = report.counts()
    context = {
        "report": report,
        "table": table,
        "token": token,
        "is_done": is_done,
        "counts": counts,
        "new": report.of(actions.orders.Outcome.NEW)[:SHOWN],
        "changed": report.of(actions.orders.Outcome.CHANGED)[:SHOWN],
        "refused": report.of(None)[:SHOWN],
        "shown": SHOWN,
    }
    return render(request, "requests/console/orders_report.html", context)


@login_required
@never_cache
@require_POST
def hand_back(request: StaffRequest) -> HttpResponse:
    """The answers that wait, as a file; by this they are handed back."""
    user = request.user
    access.require_anywhere(user, answers.RIGHT)
    form = HandBackForm(request.POST)
    if not form.is_valid():
        return redirect("desk:orders")
    rows = answers.waiting(user, form.cleaned_data["source"])
    answered = answers.answers_to(rows)
    handed = {it.pk for it in actions.hand_back(rows, where=home(user), by=user)}
    if not handed:
        messages.info(request, _("No answer waits any more. What was handed back can be downloaded again."))
        return redirect("desk:orders")
    return _file([it for it in answered if it.request.pk in handed], form.cleaned_data["format"])


@login_required
@never_cache
@require_safe
def again(request: StaffRequest) -> HttpResponse:
    """Answers of some days that were handed back already, once more; nothing changes."""
    user = request.user
    access.require_anywhere(user, answers.RIGHT)
    form = AgainForm(request.GET)
    if form.is_valid():
        given = form.cleaned_data
        rows = answers.handed_back(user, given["source"], given["first"], given["last"])
        if 0 < len(rows) <= answers.AGAIN:
            return _file(answers.answers_to(rows), given["format"])
        sentence = _("Nothing was handed back on these days. Choose others.")
        if rows:
            sentence = _("These are more than %d answers. Choose fewer days.") % answers.AGAIN
        form.add_error("first", sentence)
    return _page(request, FileForm(), form)


def _file(rows: list[Answer], kind: str) -> HttpResponse:
    write, content_type = answers.FORMATS[kind]
    name = f"orders-{timezone.localtime():%Y%m%d-%H%M}.{kind}"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(write(rows), content_type=content_type, headers=disposition)
