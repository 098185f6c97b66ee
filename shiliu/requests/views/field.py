"""A request in the field: read it, reach the person, begin, report done, give back; file one for somebody."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shiliu.core import access, audit, pictures, receipts, sounds, worktime
from shiliu.core.access import NotPermitted, find_visible, get_visible_or_404
from shiliu.core.door import OtherContent, Refused, StaleState
from shiliu.core.http import version_of
from shiliu.requests import actions, addresses, case, joint, questions, rules, steps
from shiliu.requests.filing import FilingForm, chosen
from shiliu.requests.models import Photo, Request
from shiliu.requests.states import LIFECYCLE
from shiliu.requests.story import Told, for_staff, unread

SERVING = ("requests.take", "requests.report", "requests.reach", "requests.return")
TOLD_AFTER = {
    "requests.take": gettext_lazy("You have begun. It now stands under “In hand”."),
    "requests.report": gettext_lazy("Reported done. The coordinator looks at it and closes it."),
    "requests.reach": gettext_lazy("Marked. It stays with you until it is done."),
    "requests.return": gettext_lazy("Given back. The coordinator finds somebody else for it."),
}
# What the button of a form says; `steps.WAYS` has what leads to it.
SEND = {
    "requests.take": pgettext_lazy("button", "Begin"),
    "requests.report": pgettext_lazy("button", "Report done"),
    "requests.reach": pgettext_lazy("button", "Milestone reached"),
    "requests.return": pgettext_lazy("button", "Give back"),
}
ENTRIES = 50  # of a story; the latest ones


@login_required
@never_cache
@require_safe
def detail(request: HttpRequest, code: str) -> HttpResponse:
    return _page(request, case.find(request.user, code))


@login_required
@never_cache
@require_POST
def contact(request: HttpRequest, code: str) -> HttpResponse:
    """How to reach the person: a step that leaves an entry, and never an address that shows it again."""
    subject = case.find(request.user, code)
    return _page(request, subject, contact=actions.show_contact(subject, by=request.user))


@login_required
@require_safe
def photo(request: HttpRequest, code: str, photo: str, size: str) -> HttpResponse:
    """A picture, for whoever may see its request."""
    subject = get_visible_or_404(Request, request.user, code=code)
    found = subject.photos.filter(code=photo).first()
    if found is None:
        raise Http404
    return pictures.answer(found.picture if size == "whole" else found.thumbnail, f"{found.code}.jpg")


@login_required
@require_safe
def recording(request: HttpRequest, code: str, recording: str) -> HttpResponse:
    """A spoken note, for whoever may see its request."""
    subject = get_visible_or_404(Request, request.user, code=code)
    found = subject.recordings.filter(code=recording).first()
    if found is None:
        raise Http404
    return sounds.answer(request, found.sound, f"{found.code}.ogg")


def _page(request: HttpRequest, subject: Request, **more: Any) -> HttpResponse:
    offers = steps.offered(request.user, subject, SERVING)
    first = 1 if _is_served_by(request, subject) else 0
    photos, recordings = list(subject.photos.all()), list(subject.recordings.all())
    context = {
        "asked": subject,
        "code": receipts.shown(subject.code),
        "main": next(iter(offers[:first]), None),
        "others": offers[first:],
        "may_contact": access.allows(request.user, "requests.contact", subject.area_id),
        "story": for_staff(audit.entries_of(subject).order_by("-id")[:ENTRIES], photos, recordings),
        "parts": joint.shown(request.user, subject),
        "photos": [each for each in photos if each.taken == Photo.Taken.ASKED],
        "photos_done": [each for each in photos if each.taken == Photo.Taken.DONE],
        "recordings": [each for each in recordings if each.message_id is None],
        "taken_in": case.taken_in(request.user, subject),
        "answers": questions.told(subject.category, subject.answers),
    }
    return render(request, "requests/field/detail.html", context | more)


def _is_served_by(request: HttpRequest, subject: Request) -> bool:
    """Whether it waits for this person: not where somebody else takes it on."""
    return rules.serves(request.user, subject) or not rules.is_served(subject)


# Steps ----------------------------------------------------------------------------------------------------


@login_required
@never_cache
def step(request: HttpRequest, code: str, step: str) -> HttpResponse:
    """The form of one step, and taking it."""
    verb = f"requests.{step}"
    if verb not in SERVING:
        raise Http404
    if request.method == "POST":
        return _take(request, verb, code)
    subject = get_visible_or_404(Request, request.user, code=code)
    _require(request, verb, subject)
    if verb not in LIFECYCLE.verbs_from(subject.state):
        return redirect("field_requests:detail", code=code)
    return _form_page(request, verb, subject, steps.form_for(verb, subject, request.user))


def _take(request: HttpRequest, verb: str, code: str) -> HttpResponse:
    """Run a step that was sent; the same one sent twice is answered as done."""
    subject = find_visible(Request, request.user, code=code)
    if subject is None:  # given back, it is another team's: only the one who did that may hear so
        if _sent_before(request, verb, code, request.POST.get("note", "").strip()):
            return _done(request, verb)
        raise Http404
    _require(request, verb, subject)
    form = steps.form_for(verb, subject, request.user, request.POST, request.FILES)
    if not form.is_valid():
        return _form_page(request, verb, subject, form, status=422)
    if form.cleaned_data["seen"] != subject.version:
        return _too_late(request, verb, code, form)
    try:
        steps.run(verb, subject, form, by=request.user)
    except StaleState:
        return _too_late(request, verb, code, form)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _form_page(request, verb, subject, form, status=422)
    return _done(request, verb)


def _require(request: HttpRequest, verb: str, subject: Request) -> None:
    if not steps.may(request.user, verb, subject):
        raise NotPermitted(_("This request went to another team. Ask the coordinator if it should be yours."))


def _done(request: HttpRequest, verb: str) -> HttpResponse:
    messages.success(request, TOLD_AFTER[verb])
    return redirect("field:start")


def _sent_before(request: HttpRequest, verb: str, code: str, note: str, photos: Any = ()) -> bool:
    seen = version_of(request.POST.get("seen"))
    if seen is None:
        return False
    return bool(steps.taken_before(verb, code, by=request.user, seen=seen, note=note, pictures=photos))


def _too_late(request: HttpRequest, verb: str, code: str, form: steps.StepForm) -> HttpResponse:
    """A colleague was faster: what has changed since, and the words that were typed, to send them again."""
    given = form.cleaned_data
    subject = find_visible(Request, request.user, code=code)
    possible = subject is not None and verb in LIFECYCLE.verbs_from(subject.state)
    # Where the step is possible again, what it did was undone since: an old form must not claim it.
    if not possible and _sent_before(request, verb, code, given.get("note", ""), given.get("pictures", ())):
        return _done(request, verb)
    context: dict[str, Any] = {"late": True, "sent_photos": bool(request.FILES)}
    if subject is None or not possible:
        context |= {"asked": subject, "typed": given.get("note", ""), "since": _since(subject, given["seen"])}
        return render(request, "requests/field/late.html", context, status=409)
    typed = request.POST.copy()
    typed["seen"] = str(subject.version)
    again = steps.form_for(verb, subject, request.user, typed)
    return _form_page(
        request, verb, subject, again, status=409, since=_since(subject, given["seen"]), **context
    )


def _since(subject: Request | None, seen: int) -> list[Told]:
    """What was done after a version, the latest first."""
    if subject is None:
        return []
    return for_staff(audit.entries_of(subject).filter(version__gt=seen).order_by("-id")[:ENTRIES])


def _form_page(
    request: HttpRequest, verb: str, subject: Request, form: steps.StepForm, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "asked": subject,
        "title": steps.WAYS[verb].label,
        "send": SEND[verb],
        "form": form,
        "unread": unread(subject),  # the form says that what stood here was read
    }
    return render(request, "requests/field/step.html", context | more, status=status)


# Filing for somebody --------------------------------------------------------------------------------------


@login_required
def ask(request: HttpRequest) -> HttpResponse:
    """For somebody without a telephone: the same form as theirs, in one's own grids."""
    scope = access.scope_of(request.user, "requests.ask")
    if not scope:
        raise NotPermitted(
            _("Only grid workers and coordinators file for others. Residents ask on the home page.")
        )
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = FilingForm(*sent, scope=scope, on_round=True, initial=chosen(request.GET))
    if "further" in request.GET:
        return render(request, "requests/_further.html", {"form": form})
    if form.is_valid():
        try:
            made = actions.ask(by=request.user, **form.values())
        except OtherContent as refused:
            form.sent_before(refused)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("field_requests:slip", code=made.code)
    if sent:
        form.hold_files()
    return render(request, "requests/field/ask.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@never_cache
@require_safe
def slip(request: HttpRequest, code: str) -> HttpResponse:
    """What the person takes home: the code, large, and where it leads."""
    subject = get_visible_or_404(Request, request.user, code=code)
    context = {
        "asked": subject,
        "code": receipts.shown(subject.code),
        "address": addresses.of_receipt(subject.code),
        "due_on": worktime.last_day(subject.due_at),
    }
    return render(request, "requests/field/slip.html", context)
