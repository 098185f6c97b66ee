"""No program is ever answered with a page: whatever goes wrong below an API's address takes its shape.

Most faults are given their shape where they arise. What Django and the middlewares answer themselves (a body
that is too large, a host that is not ours, a method that is not allowed, an exception) comes by here.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from shiliu.api import problems
from shiliu.api.open311 import writing

Handler = Callable[[HttpRequest], HttpResponse]
API, OPEN311 = "/api/", "/open311/"


def in_its_shape(get_response: Handler) -> Handler:
    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code < 400 or not request.path.startswith((API, OPEN311)):
            return response
        if getattr(response, "in_its_shape", False):
            return response
        return _kept(response, _shaped(request, response.status_code))

    return handle


def _shaped(request: HttpRequest, status: int) -> HttpResponse:
    sentence = _sentence(status)
    if request.path.startswith(API):
        return problems.answer(status, sentence)
    return writing.errors(status, [sentence], writing.format_of(request.path))


def _sentence(status: int) -> str:
    sentences = {
        400: _("This request cannot be read."),
        404: _("There is nothing at this address."),
        405: _("This address does not take this method."),
        413: _("This is too large. Send less at once."),
    }
    broken = _("Something broke on our side. It was written down; try again later.")
    return sentences.get(status, broken if status >= 500 else _("This cannot be done."))


def _kept(old: HttpResponse, new: HttpResponse) -> HttpResponse:
    """The new answer, with what the old one's headers say besides its content."""
    for name, value in old.items():
        if not name.lower().startswith("content-"):
            new.headers.setdefault(name, value)
    return new
