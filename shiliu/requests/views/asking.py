"""Asking, in three short steps: what, where, and the words. And following what others have reported.

Each step is a page of its own that works without scripts. As long as nothing was typed, what was chosen
stands in the address; what was typed is carried from page to page in the form. The last step is one ordinary
form, which may also be sent at once with everything in it.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shiliu.core import limits, reference, worktime
from shiliu.core.access import Resident
from shiliu.core.door import OtherContent, Refused
from shiliu.grid import locating
from shiliu.grid.models import Area
from shiliu.grid.town import town
from shiliu.requests import actions, addresses, catalogue, known
from shiliu.requests.forms import AskForm
from shiliu.requests.models import Request
from shiliu.requests.story import stages

WHAT, WHERE, WORDS, POSITION = "what", "where", "words", "position"
# What a page carries for the next one, besides the answers to questions; photos a browser does not keep.
CARRIED = (
    "key", "category", "area", "words", "address", "contact_name", "contact_phone", "contact_email", "lat",
    "long", "numbers", "not_elsewhere", "held",
)  # fmt: skip


@reference.once()
def ask(request: HttpRequest) -> HttpResponse:
    """What do you need? `?category=` and `?area=` (of a QR code on a door) choose beforehand."""
    here = town()
    if here is None:
        return render(request, "requests/closed.html", status=503)
    if request.method == "POST" and "step" not in request.POST:
        return _send(request, here)
    return _step(request, here, request.POST if request.method == "POST" else request.GET)


def _send(request: HttpRequest, here: Area) -> HttpResponse:
    """The last step, or everything at once."""
    if limits.is_reached("ask", request):
        return render(request, "429.html", status=429)
    form = AskForm(request.POST, request.FILES, town=here)
    if not form.is_valid():
        limits.count("ask", request)
    else:
        try:
            with limits.counting("ask", request):
                made = actions.ask(by=Resident(), **form.values())
        except OtherContent as refused:
            form.sent_before(refused)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect(f"{reverse('requests:progress', args=[made.code])}?new=1")
    form.hold_files()
    return _words_page(request, form, status=422)


def _step(request: HttpRequest, here: Area, given: QueryDict) -> HttpResponse:
    """The page of the step that somebody goes to, or of the first one that is still to be taken."""
    step, said = given.get("step", ""), ""
    chosen = {name: given.getlist(name) for name in given if name in CARRIED or name.startswith("q-")}
    if request.method == "GET" and (page := addresses.page_of_ours(given.get(addresses.PAGE, ""))):
        chosen = {"area": [here.code]} | chosen | {addresses.PAGE: [page], "words": [addresses.about(page)]}
    if step == POSITION:
        said = _locate(chosen, given, here)
    form = AskForm(town=here, initial=_initial(chosen))
    if step == WHAT or (form.what is None and step != WHERE):
        return _what_page(request, form, chosen)
    if step == WHERE or form.where is None:
        return _where_page(request, form, chosen, here, said)
    return _words_page(request, form)


def _initial(chosen: dict[str, list[str]]) -> dict[str, Any]:
    """For a new form: the answer to a question as a list where it may be several."""
    return {name: values[-1] if len(values) == 1 else values for name, values in chosen.items() if values}


def _locate(chosen: dict[str, list[str]], given: QueryDict, here: Area) -> str:
    """Choose the area in which the telephone is; a sentence where there is none.

    The position goes on in the form for a category that needs it, and nowhere else.
    """
    point = locating.read_point(given.get("lat", ""), given.get("long", ""))
    found = locating.area_at(point, here.code) if point else None
    if found is None:
        chosen.pop("area", None)
        return _("Your position lies in none of the areas that are known here. Please choose from the list.")
    chosen["area"] = [found.code]
    return ""


def _what_page(request: HttpRequest, form: AskForm, chosen: dict[str, list[str]]) -> HttpResponse:
    matters = catalogue.elsewhere()
    context = {
        "form": form,
        "groups": catalogue.grouped(form.categories.values()),
        "emergencies": [matter for matter in matters if matter.is_emergency],
        "elsewhere": [matter for matter in matters if not matter.is_emergency],
        "carried": _carried(request, chosen, but={"category"}),
    }
    return render(request, "requests/ask_what.html", context)


def _where_page(
    request: HttpRequest, form: AskForm, chosen: dict[str, list[str]], here: Area, said: str
) -> HttpResponse:
    context = {
        "form": form,
        "said": said,
        "by_position": locating.has_boundaries(here.code),
        "carried": _carried(request, chosen, but={"area", "lat", "long"}),
    }
    return render(request, "requests/ask_where.html", context, status=422 if said else 200)


def _carried(request: HttpRequest, chosen: dict[str, list[str]], but: set[str]) -> list[tuple[str, str]]:
    """What the page's form carries on: in an address only what was chosen, never what was typed."""
    of_address = {"category", "area", addresses.PAGE}
    names = chosen.keys() - but if request.method == "POST" else chosen.keys() & of_address - but
    return [(name, value) for name in chosen if name in names for value in chosen[name]]


def _words_page(request: HttpRequest, form: AskForm, status: int = 200) -> HttpResponse:
    what, where = form.what, form.where
    if what is None or not what.place_matters:  # then the position goes no further
        form.initial.pop("lat", None)
        form.initial.pop("long", None)
    context = {
        "form": form,
        "what": what,
        "where": where,
        "known": known.reported(what, where, timezone.now()) if what and where else [],
        "returned": request.method == "POST",
        "place": _shown_place(form),
    }
    return render(request, "requests/ask.html", context, status=status)


def _shown_place(form: AskForm) -> str:
    """The position that is sent along, as people read it."""
    if form.what is None or not form.what.place_matters:
        return ""
    point = locating.read_point(str(form["lat"].value() or ""), str(form["long"].value() or ""))
    return "{}, {}".format(*locating.in_degrees(point)) if point else ""


@never_cache
@require_safe
def follow(request: HttpRequest, public_id: str) -> HttpResponse:
    """What others have reported: how far it is. Nobody can answer here, and nothing personal is on it."""
    found = known.find(public_id)
    if found is None:
        raise Http404
    context = {
        "it": found,
        "stages": stages(found),
        "due_on": worktime.last_day(found.due_at),
        "ask": _ask_the_same(found),
    }
    return render(request, "requests/follow.html", context)


def _ask_the_same(it: Request) -> str:
    query = QueryDict(mutable=True)
    query.update({"category": it.category.code, "area": it.area_id})
    return f"{reverse('requests:ask')}?{query.urlencode()}"
