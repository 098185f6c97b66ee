"""What every response passes: health checks, policies on content and caches, refusals as pages."""

from collections.abc import Callable

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from shiliu.core.door import Refused, StaleState
from shiliu.grid.rules import may_enter

Handler = Callable[[HttpRequest], HttpResponse]


def health(get_response: Handler) -> Handler:
    """/healthz: the process answers. /readyz: the database does too. Before host checks and sessions."""

    def handle(request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return HttpResponse("ok\n", content_type="text/plain")
        if request.path == "/readyz":
            return _ready()
        return get_response(request)

    return handle


def _ready() -> HttpResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
    except Exception:
        return HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")


def content_security_policy(get_response: Handler) -> Handler:
    """The strict policy everywhere; Wagtail's admin, which needs inline code, gets its own."""

    class _Policy(CSPMiddleware):
        def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:  # type: ignore[override]
            if request.path.startswith("/admin/"):
                response._csp_config = settings.ADMIN_CONTENT_SECURITY_POLICY  # type: ignore[attr-defined]
            return super().process_response(request, response)  # type: ignore[return-value]

    return _Policy(get_response)


def content_admin(get_response: Handler) -> Handler:
    """Wagtail's admin opens by the post of today, not by the group of an hour ago."""

    def handle(request: HttpRequest) -> HttpResponse:
        if (
            request.path.startswith("/admin/")
            and request.user.is_authenticated
            and not may_enter(request.user)
        ):
            raise PermissionDenied
        return get_response(request)

    return handle


def no_copies(get_response: Handler) -> Handler:
    """No browser and no proxy keeps a page that somebody signed in was shown: others sit at that desk too.

    A view that says itself how long it may be kept is left alone.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        page = response.headers.get("Content-Type", "").startswith("text/html")
        if page and request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return handle


def body_limit(get_response: Handler) -> Handler:
    """A body that is too large is refused by the size that it announces, and not read.

    Django's own limit leaves files out. A body without an announced size (chunked) reaches no form: WSGI
    gives nothing of it to read.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        try:
            size = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            size = 0
        if size <= settings.MAX_REQUEST_BODY:
            return get_response(request)
        return render(request, "413.html", {"most": settings.MAX_REQUEST_BODY // 1_000_000}, status=413)

    return handle


def readable_address(get_response: Handler) -> Handler:
    """No address of ours has a NUL in it, and PostgreSQL takes none: 404. In a query it is left out."""

    def handle(request: HttpRequest) -> HttpResponse:
        request.META["QUERY_STRING"] = request.META.get("QUERY_STRING", "").replace("%00", "")
        if "\0" in request.path:
            return render(request, "404.html", status=404)
        return get_response(request)

    return handle


def not_allowed(get_response: Handler) -> Handler:
    """Who comes to the address of a form by its link (signed in again, the language changed) gets a page."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == 405 and request.method == "GET" and not response.content:
            page = render(request, "405.html", status=405)
            page["Allow"] = response["Allow"]
            return page
        return response

    return handle


def refusals(get_response: Handler) -> Handler:
    """An action's refusal that no view caught becomes a page with its sentence (409: too late)."""

    class Refusals:
        def __call__(self, request: HttpRequest) -> HttpResponse:
            return get_response(request)

        def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
            if not isinstance(error, Refused):
                return None
            status = 409 if isinstance(error, StaleState) else 422
            return render(request, "refused.html", {"sentence": str(error)}, status=status)

    return Refusals()
