"""What the channel's pages say of themselves: how long they keep, what they are, and that they were read."""

import hashlib
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from wagtail.models import Page

from shiliu.channel.counting import seen
from shiliu.channel.models import ArticlePage, ChannelPage, ColumnPage

KEPT = (ArticlePage, ColumnPage, ChannelPage)
SECONDS = 30  # at most; a page also shows figures and other apps' records
COUNTED = "shiliu.counted"  # in the environ: whoever calls Django counts


def public_pages(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Cache-Control and ETag for the channel's pages as everybody sees them, and the count of a read.

    On a response it leaves `kept_for` (seconds that it may be given to others) and `read_of` (the article).
    """

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        page = _page_of(request, response)
        if page is not None:
            response = _public(request, response, page)
            if not settings.PAGE_SECONDS and isinstance(page, ArticlePage):
                response.read_of = page.pk  # type: ignore[attr-defined]
        read_of = getattr(response, "read_of", None)
        if read_of is not None and COUNTED not in request.META:
            seen.note(request.META, read_of, seen.link(request.META))
        return response

    return handle


def _page_of(request: HttpRequest, response: HttpResponse) -> Page | None:
    """The page that is shown to everybody alike; none for drafts, for staff and behind a password."""
    page = (getattr(response, "context_data", None) or {}).get("page")
    if response.status_code != 200 or not isinstance(page, KEPT) or not page.live:
        return None
    match = request.resolver_match
    if match is None or match.view_name != "wagtail_serve" or request.user.is_authenticated:
        return None
    return None if page.get_view_restrictions().exists() else page


def _public(request: HttpRequest, response: HttpResponse, page: Page) -> HttpResponse:
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    etag = f'"{hashlib.blake2b(response.content, digest_size=12).hexdigest()}"'
    response["ETag"] = etag
    response["Cache-Control"] = cache_control()
    answer = get_conditional_response(request, etag=etag, response=response)
    if answer is response:
        response.kept_for = SECONDS  # type: ignore[attr-defined]
    return answer


def cache_control() -> str:
    """Where pages are counted here, every view has to ask; else proxies keep them for a moment."""
    seconds = settings.PAGE_SECONDS
    return f"public, max-age=0, s-maxage={seconds}, must-revalidate" if seconds else "private, no-cache"
