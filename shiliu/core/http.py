"""What a view behind the sign-in is given."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from shiliu.core.models import User


def version_of(text: str | None) -> int | None:
    """A record's version as a form sends it; None for what is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


class StaffRequest(HttpRequest):
    """A request of somebody who has signed in."""

    user: User
    htmx: HtmxDetails


def signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """`login_required`, also for htmx: not a part of the page becomes the sign-in, all of it does."""
    behind = login_required(view)

    @wraps(view)
    def ask(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.htmx and not request.user.is_authenticated:
            back = request.htmx.current_url_abs_path or "/"
            return HttpResponseClientRedirect(redirect_to_login(back).url)
        return behind(request, *args, **kwargs)

    return ask
