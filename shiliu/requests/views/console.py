"""The desk: lists of requests, one request with the steps that are possible, filing for somebody."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shiliu.core import access, audit, pictures, receipts, sounds
from shiliu.core.access import NotPermitted
from shiliu.core.door import OtherContent, Refused, StaleState
from shiliu.core.http import StaffRequest, signed_in, version_of
from shiliu.core.personal import without_numbers
from shiliu.requests import actions, addresses, case, desk, steps
from shiliu.requests.filing import FilingForm, chosen
from shiliu.requests.models import Request
from shiliu.requests.steps import StepForm
from shiliu.requests.story import for_staff

NEXT = "desk_next"  # in the session: whether the next one opens after a step


@login_required
@never_cache
@require_safe
def listed(request: StaffRequest) -> HttpResponse:
    """The requests of one's areas: what waits, what is late, what has ended."""
    user, now = request.user, timezone.now()
    wanted = asked_list(request)
    if found := case.by_number(user, wanted.q):
        return redirect("desk:detail", code=found.code)
    context = {
        "wanted": wanted,
        "page": desk.listed(user, wanted, now),
        "ways": desk.ways(user, wanted, now),
        "places": desk.places(user),
        "categories": desk.categories(),
        "may_file": access.holds(user, "requests.ask"),
        "steps": desk.steps_for_many(user),
        "typed": request.GET.get("name", "")[:100],
    }
    return render(request, "requests/console/list.html", context)


def asked_list(request: StaffRequest) -> desk.Wanted:
    """The list that the address asks for, if the person may look at it."""
    usual = "open" if access.holds(request.user, case.SEES) else desk.OWN
    wanted = desk.read(request.GET, usual)
    desk.require_list(request.user, wanted)
    return wanted


@login_required
@never_cache
@require_safe
def detail(request: StaffRequest, code: str) -> HttpResponse:
    """One request: what was asked, what happened, what may be done now."""
    verb = actions.moving.MOVE if "move" in request.GET else ""
    return _page(request, case.find(request.user, code), verb=verb)


def _page(
    request: StaffRequest, subject: Request, *, form: StepForm | None = None, verb: str = "", **more: Any
) -> HttpResponse:
    """The request's page. form: the one that came back for `verb`, with what was typed."""
    user, now = request.user, timezone.now()
    wanted = _came_from(request)
    status = more.pop("status", 200)
    context = {
        "it": case.shown(user, subject, now, form=form, verb=verb),
        "bound": form,
        "moving": verb == actions.moving.MOVE,
        "wanted": wanted,
        "page": _beside(desk.listed(user, wanted, now)) if wanted else None,
        "open_next": request.session.get(NEXT, True),
        **more,
    }
    return render(request, "requests/console/detail.html", context, status=status)


def _beside(page: desk.Listed) -> desk.Listed:
    """A list beside a request: its other pages are opened there too."""
    previous, following = (
        f"?{urlencode({'list': query[1:]})}" if query else "" for query in (page.previous, page.next)
    )
    return replace(page, previous=previous, next=following)


def _came_from(request: StaffRequest) -> desk.Wanted | None:
    """The list that the address or the form names, as one's own; None where one came from none."""
    given = request.POST.get("list") or request.GET.get("list")
    return desk.read(QueryDict(given)) if given else None


@signed_in
@never_cache
@require_POST
def step(request: StaffRequest, code: str, step: str) -> HttpResponse:
    """Take a step. A colleague was faster: 409 and what they did; words that are missing: 422.

    To htmx all of it is told in the row that was clicked.
    """
    verb = f"requests.{step}"
    if verb not in steps.WAYS:
        raise Http404
    try:
        return _step(request, code, verb)
    except (Http404, NotPermitted) as refused:
        if not request.htmx:
            raise
        return _row_refused(request, code, refused)


def _step(request: StaffRequest, code: str, verb: str) -> HttpResponse:
    user, seen = request.user, version_of(request.POST.get("seen"))
    if before := case.given_back(user, verb, code, seen=seen, note=request.POST.get("note", "")):
        messages.success(request, f"{receipts.shown(code)} · {audit.sentence(before)}")
        return redirect("desk:list")
    subject = case.find(user, code)
    steps.require(user, verb, subject)
    form = _form(verb, subject, user, request.POST, request.FILES)
    if seen not in (None, subject.version):
        return _stale(request, code, verb)
    if not form.is_valid():
        return _refused(request, subject, form, verb)
    place = desk.place_of(subject)
    try:
        steps.run(verb, subject, form, by=user)
    except StaleState:
        return _stale(request, code, verb)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _refused(request, case.find(user, code), form, verb)
    return _done(request, subject, place)


def _refused(request: StaffRequest, subject: Request, form: StepForm, verb: str) -> HttpResponse:
    """The form with what is wrong in it; in a row there is no place for more than the sentences."""
    if request.htmx:
        told = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return _row(request, subject, told)
    return _page(request, subject, form=form, verb=verb, status=422)


def _form(verb: str, subject: Request, user: Any, *data: Any) -> StepForm:
    form = steps.form_for(verb, subject, user, *data)
    form.auto_id = case.ids(verb)
    return form


def _stale(request: StaffRequest, code: str, verb: str) -> HttpResponse:
    """The page anew with what changed meanwhile; what was typed stands in the form, ready to be repeated."""
    user = request.user
    subject = case.find(user, code)
    seen = version_of(request.POST.get("seen")) or 0
    since = case.since(subject, seen)
    typed = request.POST.copy()
    typed["seen"] = str(subject.version)
    form = _form(verb, subject, user, typed, request.FILES)
    if form.is_valid() and steps.taken_before(verb, code, by=user, seen=seen, **form.sent()):
        return _done(request, subject, desk.place_of(subject))  # one's own second click
    if request.htmx:
        return _row(request, subject, _("A colleague was faster. This is how it stands now."))
    return _page(request, subject, form=form, verb=verb, since=for_staff(since), status=409)


def _done(request: StaffRequest, subject: Request, place: desk.Place) -> HttpResponse:
    """On to the next one of the list, back to the list, or to the request again: as was chosen."""
    said = audit.sentence(case.last(subject))
    if request.htmx:
        return _row(request, case.find(request.user, subject.code), said)
    messages.success(request, f"{receipts.shown(subject.code)} · {said}")
    wanted, then = _came_from(request), request.POST.get("then", "")
    if wanted is not None and then == "list":
        return redirect(f"{reverse('desk:list')}?{wanted.here}#r-{subject.code}")
    if wanted is not None:
        request.session[NEXT] = then == "next"
    here = reverse("desk:detail", args=[subject.code])
    if wanted is None or then != "next":
        if not case.sees(request.user, subject):
            return redirect("desk:list")
        return redirect(f"{here}?{wanted.as_list}" if wanted else here)
    following = desk.following(request.user, wanted, place, timezone.now())
    if following is None:
        messages.info(request, _("That was the last one in this list."))
        return redirect(f"{reverse('desk:list')}?{wanted.address()}")
    return redirect(f"{reverse('desk:detail', args=[following.code])}?{wanted.as_list}")


def _row(request: StaffRequest, subject: Request, said: str) -> HttpResponse:
    """The request's row of the list as it now is, with what happened: takes the old row's place."""
    row = desk.row(subject, request.user, timezone.now())
    wanted = _came_from(request) or desk.read({})
    ticks = bool(request.POST.get("ticks")) and bool(desk.steps_for_many(request.user))
    context = {"row": row, "wanted": wanted, "said": said, "ticks": ticks, "chosen": ""}
    return render(request, "requests/console/row.html", context, using="jinja2")


def _row_refused(request: StaffRequest, code: str, refused: Exception) -> HttpResponse:
    """The row with why not; of what one no longer sees, that alone."""
    subject = case.by_code(request.user, code)
    if subject is not None:
        return _row(request, subject, str(refused))
    said = _("This is no longer yours to see: it went elsewhere.")
    return render(request, "requests/console/_row_gone.html", {"said": said})


@login_required
@never_cache
@require_POST
def contact(request: StaffRequest, code: str) -> HttpResponse:
    """How to reach the person: on this one answer, and on record."""
    subject = case.find(request.user, code)
    return _page(request, subject, contact=actions.show_contact(subject, by=request.user))


@login_required
@require_safe
def photo(request: StaffRequest, code: str, photo: str, size: str) -> FileResponse:
    """A picture of a request that one may see."""
    found = case.photo(case.find(request.user, code), photo)
    return pictures.answer(found.picture if size == "whole" else found.thumbnail, f"{found.code}.jpg")


@login_required
@require_safe
def recording(request: StaffRequest, code: str, recording: str) -> HttpResponse:
    """A spoken note of a request that one may see."""
    found = case.recording(case.find(request.user, code), recording)
    return sounds.answer(request, found.sound, f"{found.code}.ogg")


@login_required
@never_cache
def new(request: StaffRequest) -> HttpResponse:
    """File for somebody who called or stands at the counter."""
    user = request.user
    access.require_anywhere(user, "requests.ask")
    scope = access.scope_of(user, "requests.ask")
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = FilingForm(*sent, scope=scope, initial=chosen(request.GET))
    if "further" in request.GET:
        return render(request, "requests/_further.html", {"form": form})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.ask(by=user, **form.values())
        except OtherContent as refused:
            form.sent_before(refused)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("desk:slip", code=made.code)
    if sent:
        form.hold_files()
    status = 422 if form.errors else 200
    return render(request, "requests/console/new.html", {"form": form}, status=status)


@login_required
@never_cache
@require_safe
def slip(request: StaffRequest, code: str) -> HttpResponse:
    """The receipt, to be printed or copied for whoever asked."""
    subject = case.find(request.user, code)
    context = {
        "it": subject,
        "code": receipts.shown(subject.code),
        "due": desk.day_of(subject.due_at),
        "address": addresses.of_receipt(subject.code),
    }
    return render(request, "requests/console/slip.html", context)


@login_required
@never_cache
@require_safe
def paper(request: StaffRequest, code: str) -> HttpResponse:
    """One request on paper, for taking to the site. How to reach the person is not on it."""
    subject = case.find(request.user, code)
    it = case.shown(request.user, subject, timezone.now(), form=None, verb="")
    for each in it.story:
        if subject.order_number and each.message:  # a later version of the order may have brought it by file
            each.message.words = without_numbers(each.message.words)
    context = {"it": it, "now": timezone.now()}
    return render(request, "requests/console/paper.html", context)
