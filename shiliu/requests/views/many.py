"""The desk's lists as a whole: one step for many rows, files and paper, and lists that somebody keeps."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import (
    FileResponse,
    Http404,
    HttpResponse,
    HttpResponseBase,
    QueryDict,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shiliu.core.door import Refused
from shiliu.core.exchange import workbook
from shiliu.core.http import StaffRequest
from shiliu.requests import actions, desk
from shiliu.requests.desk import bulk, export, lists, saved
from shiliu.requests.steps import WAYS
from shiliu.requests.views.console import asked_list

PRINTED = 200


@login_required
@never_cache
@require_POST
def many(request: StaffRequest) -> HttpResponse:
    """One step for the rows that were ticked: its form, or where that was sent, what became of each row."""
    user, sent = request.user, request.POST
    wanted = desk.read(QueryDict(sent.get("list", "")))
    desk.require_list(user, wanted)
    name = sent.get("step", "")
    if name not in bulk.STEPS:
        raise Http404
    verb = f"requests.{name}"
    context = {"wanted": wanted, "name": name, "label": WAYS[verb].label}
    try:
        chosen = bulk.picks(sent.getlist("pick"))
    except Refused as refused:
        return _page(request, context | {"refused": str(refused)}, 422)
    rows = bulk.gathered(user, verb, chosen)
    going = "go" in sent
    form = bulk.form_for(user, verb, rows, *([_with_version(sent)] if going else []))
    context |= {
        "chosen": chosen,
        "rows": rows,
        "form": form,
        "able": [row for row in rows if not row.hinders],
    }
    asks_nothing = form is not None and not form.visible_fields()
    if not asks_nothing and not going:
        return _page(request, context, 200)
    if going and form is not None and not form.is_valid():
        return _page(request, context, 422)
    outcomes = bulk.run(user, verb, chosen, sent)
    context |= {"outcomes": outcomes, "done": sum(each.tone == "good" for each in outcomes)}
    return render(request, "requests/console/many_done.html", context)


def _with_version(sent: QueryDict) -> QueryDict:
    """What was sent for all; each row brings its own version, and this form none of them."""
    given = sent.copy()
    given["seen"] = "1"
    return given


def _page(request: StaffRequest, context: dict[str, object], status: int) -> HttpResponse:
    return render(request, "requests/console/many.html", context, status=status)


@login_required
@never_cache
@require_POST
def file(request: StaffRequest, form: str) -> HttpResponseBase:
    """What is filtered, as a file; on record, since what leaves the house is seen by whoever gets it."""
    if form not in ("csv", "xlsx"):
        raise Http404
    user, now = request.user, timezone.now()
    wanted = desk.read(QueryDict(request.POST.get("list", "")))
    desk.require_list(user, wanted)
    sheet = export.sheet(user, wanted, now)
    actions.export(filter=export.told(user, wanted, more=sheet.more), number=len(sheet.numbers), by=user)
    name = f"{wanted.show.key}-{timezone.localdate(now)}.{form}"
    if form == "xlsx":
        return FileResponse(
            workbook.write(sheet.rows()), as_attachment=True, filename=name, content_type=workbook.TYPE
        )
    response = StreamingHttpResponse(export.csv_lines(sheet.rows()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@login_required
@never_cache
@require_safe
def paper(request: StaffRequest) -> HttpResponse:
    """The list on paper, to take along."""
    user, now = request.user, timezone.now()
    wanted = asked_list(request)
    found = lists.first(user, wanted, now, PRINTED + 1)
    context = {
        "wanted": wanted,
        "filter": export.told(user, wanted),
        "rows": [desk.row(subject, user, now) for subject in found[:PRINTED]],
        "more": len(found) > PRINTED,
        "now": now,
    }
    return render(request, "requests/console/paper_list.html", context)


@login_required
@never_cache
@require_POST
def keep(request: StaffRequest) -> HttpResponse:
    """Keep the list that is looked at under a name."""
    query = request.POST.get("list", "")
    wanted = desk.read(QueryDict(query))
    desk.require_list(request.user, wanted)
    try:
        kept = saved.keep(request.user, request.POST.get("name", ""), query)
    except Refused as refused:
        messages.error(request, str(refused))
        typed = QueryDict(wanted.here, mutable=True)
        typed["name"] = request.POST.get("name", "")[:100]
        return redirect(f"{reverse('desk:list')}?{typed.urlencode()}#keep")
    messages.success(request, _("The list is kept as “%(name)s”.") % {"name": kept.name})
    return redirect(f"{reverse('desk:list')}?{kept.query}")


@login_required
@never_cache
@require_POST
def drop(request: StaffRequest, number: int) -> HttpResponse:
    """Delete one of one's own lists. The requests in it stay as they are."""
    name = saved.drop(request.user, number)
    if name is None:
        raise Http404
    messages.success(request, _("The list “%(name)s” is no longer kept.") % {"name": name})
    return redirect("desk:list")
