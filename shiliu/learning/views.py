"""The learning library, and the guides to what one is entitled to. Who reads is nowhere counted or kept."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from shiliu.core import languages, links
from shiliu.core.access import get_visible_or_404
from shiliu.grid.town import inside, town
from shiliu.learning import files, listing, reading
from shiliu.learning import session as sessions
from shiliu.learning.models import Guide, Readable, Resource

CATEGORY = "requests.category"


@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """What can be learned. `?q=` searches, four more narrow, `?after=` goes on after a resource."""
    here, wanted = inside(town()), listing.Wanted.read(request.GET)
    page = listing.library(request.user, here, wanted, request.GET.get("after", ""))
    choices = listing.choices(request.user, here)
    context = {
        "page": page,
        "wanted": wanted,
        "choices": choices,
        "topics": listing.topics(wanted, choices["topic"]),
        "languages": languages.choices(),
        "kinds": Resource.Kind.choices,
        "coming": [] if wanted or page.goes_on else listing.coming(request.user, here),
    }
    return render(request, "learning/library.html", context)


@require_safe
def resource(request: HttpRequest, code: str) -> HttpResponse:
    return resource_page(request, get_visible_or_404(Resource, request.user, code=code))


def resource_page(request: HttpRequest, it: Resource, *, faults: Sequence[str] = ()) -> HttpResponse:
    """faults: in an editor's preview, what is still wrong."""
    context = _page(it, "learning:resource") | {"faults": faults}
    return render(request, "learning/resource.html", context)


@require_safe
def text(request: HttpRequest, code: str) -> HttpResponse:
    """The text of a resource as one file that needs nothing else: to be saved and read without network."""
    it = get_visible_or_404(Resource, request.user, code=code)
    if not it.text:
        raise Http404
    context = {"it": it, "address": request.build_absolute_uri(reverse("learning:resource", args=[it.code]))}
    response = HttpResponse(render_to_string("learning/saved.html", context))
    response["Content-Disposition"] = content_disposition_header(True, files.name_of(it, ".html"))
    return response


@require_safe
def file(request: HttpRequest, code: str) -> FileResponse:
    return files.answer(get_visible_or_404(Resource, request.user, code=code))


@require_safe
def session(request: HttpRequest, code: str) -> HttpResponse:
    """A live session for a calendar."""
    it = get_visible_or_404(Resource, request.user, code=code)
    if it.starts_at is None:
        raise Http404
    address = request.build_absolute_uri(reverse("learning:resource", args=[it.code]))
    content = sessions.calendar(it, host=request.get_host(), address=address, now=timezone.now())
    response = HttpResponse(content, content_type=sessions.TYPE)
    response["Content-Disposition"] = content_disposition_header(True, files.name_of(it, ".ics"))
    return response


@require_safe
def guides(request: HttpRequest) -> HttpResponse:
    """What am I entitled to? `?after=` goes on after a guide."""
    page = listing.guides(request.user, inside(town()), request.GET.get("after", ""))
    return render(request, "learning/guides.html", {"page": page})


@require_safe
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """A guide with all its questions: they are answered in the page, and no answer ever comes here."""
    return guide_page(request, get_visible_or_404(Guide, request.user, code=code))


def guide_page(request: HttpRequest, it: Guide, *, faults: Sequence[str] = ()) -> HttpResponse:
    """faults: in an editor's preview, what is still wrong."""
    context = _page(it, "learning:guide") | {
        "faults": faults,
        "ask": _asking(it, request.user),
        "asked": list(reading.asked(it.tree, it.language)),
        "ends": reading.ends(it.tree),
    }
    return render(request, "learning/guide.html", context)


def _page(it: Readable, name: str) -> dict[str, Any]:
    """What both pages need, among it what those are told who share or index them."""
    return {
        "it": it,
        "today": timezone.localdate(),
        "address": settings.BASE_URL + reverse(name, args=[it.code]),
        "picture": settings.BASE_URL + static("channel/share.png"),
        "locale": languages.language(it.language).locale,
    }


def _asking(it: Guide, user: Any) -> str:
    """Where the matching request is made: with its category where there is such a one, and nothing more."""
    found = links.resolve(CATEGORY, it.category, user) if it.category else None
    return (found.url if found else "") or reverse("requests:ask")
