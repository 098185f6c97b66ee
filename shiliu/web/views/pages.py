"""The residents' home page, how pages are shown, and the pages of errors."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from shiliu.channel.models import latest_articles
from shiliu.channel.published import in_language, wanted
from shiliu.core.figures import FIGURES
from shiliu.figures import periods
from shiliu.figures.report import Line, latest_period, over
from shiliu.figures.seedmap import asking
from shiliu.grid.town import inside, town
from shiliu.venues.models import Activity
from shiliu.web.context import TYPE_COOKIE

YEAR = 365 * 24 * 3600
DAYS, MOST = 7, 6  # of what is on
HOME_FIGURES = ("requests.closed", "works.street_paved", "volunteers.people", "venues.red_pomegranate_homes")


def home(request: HttpRequest) -> HttpResponse:
    """The ways in, what is on, what the town did lately, and its latest articles."""
    period, here = latest_period(), town()
    asked = over(period, here)
    on = Activity.objects.within(inside(here))  # today's: `asked` is of a period that is over
    context = {
        "on": on.on_days(timezone.localdate(), DAYS, most=MOST),
        "map": asking.compute(FIGURES[HOME_FIGURES[0]], period, here) if here else None,
        "articles": in_language(latest_articles(5), wanted(request)),
        "period_name": periods.named(period),
        "period_title": periods.title(period),
        "lines": [Line(FIGURES[key], FIGURES[key].at(asked)) for key in HOME_FIGURES],
    }
    return render(request, "web/home.html", context)


@csrf_exempt  # how the reader's own pages look is all it sets; without a token, pages are the same for all
@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Large or normal type from now on, and back to the page where it was chosen."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, request.get_host(), require_https=request.is_secure()):
        back = "/"
    response = redirect(back)
    if request.POST.get("type") == "large":
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(TYPE_COOKIE, "large", YEAR, secure=secure, httponly=True, samesite="Lax")
    else:
        response.delete_cookie(TYPE_COOKIE, samesite="Lax")
    return response


def _error(request: HttpRequest, status: int, sentence: str = "") -> HttpResponse:
    return render(request, f"{status}.html", {"sentence": sentence}, status=status)


def bad_request(request: HttpRequest, exception: Any) -> HttpResponse:
    return _error(request, 400)


def forbidden(request: HttpRequest, exception: Any) -> HttpResponse:
    return _error(request, 403, str(exception))


def expired_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without the token that belongs to the session: mostly because the session is over."""
    return _error(request, 403, _("This form is out of date. Load its page again, and send it once more."))


def not_found(request: HttpRequest, exception: Any) -> HttpResponse:
    return _error(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)
