"""Where residents meet and what is on there: the list of the town, and a page for each venue."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from shiliu.core.access import get_visible_or_404
from shiliu.grid.town import inside, town
from shiliu.venues import listing
from shiliu.venues.models import Venue

TALKS = 6


def venues(request: HttpRequest) -> HttpResponse:
    """What is open today, by community. `?kind=` narrows, `?after=` goes on after a venue."""
    kind = request.GET.get("kind", "")
    if kind and kind not in Venue.Kind.values:
        raise Http404
    here = inside(town())
    page = listing.page(request.user, here, kind=kind, after=request.GET.get("after", ""))
    context = {
        "page": page,
        "kind": kind,
        "kinds": Venue.Kind.choices,
        "on": [] if page.goes_on else listing.on_soon(request.user, here),
    }
    return render(request, "venues/venues.html", context)


def venue(request: HttpRequest, code: str) -> HttpResponse:
    """One venue: where it is, when it is open, what is on in the next two weeks, what was told there."""
    it = get_visible_or_404(Venue, request.user, code=code)
    today = timezone.localdate()
    daily, on = listing.ahead(it)
    context = {
        "venue": it,
        "place": it.area,
        "is_open": it.is_open(today),
        "is_over": it.valid_to is not None and it.valid_to < today,
        "daily": daily,
        "on": on,
        "talks": it.talks_lately(TALKS),
    }
    return render(request, "venues/venue.html", context)
