"""The choice of the language in which articles are read."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shiliu.channel.published import COOKIE
from shiliu.core.languages import LANGUAGES

YEAR = 365 * 24 * 3600


@require_safe
@never_cache
def choose(request: HttpRequest, code: str) -> HttpResponse:
    """Articles in this language from now on, where there are such; on to the page that `next` names.

    A plain link: it works without a script and on a page that was kept for everybody. It says nothing of who
    reads, and the worst that a stranger's link can do is to show another language.
    """
    if code not in LANGUAGES:
        raise Http404
    onward = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, request.get_host(), require_https=request.is_secure()):
        onward = "/channel/"
    response = redirect(onward)
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(COOKIE, code, YEAR, secure=secure, httponly=True, samesite="Lax")
    return response
