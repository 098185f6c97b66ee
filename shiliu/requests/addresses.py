"""Addresses that lead from a receipt or into asking, in one place: codes are on paper for years."""

import re

from django.conf import settings
from django.urls import Resolver404, resolve, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

PAGE = "page"
_PATH = re.compile(r"/[\w./%~-]{0,200}", re.ASCII)
# What stands in the address of these is nobody else's business: a receipt is a key.
_OWN = frozenset({"requests", "console", "desk", "field", "posts", "people"})


def of_receipt(code: str) -> str:
    """Where whoever holds the receipt sees how it goes."""
    return settings.BASE_URL + reverse("requests:progress", args=[code])


def of_error(path: str) -> str:
    """Where an error on one of our pages is reported; empty where no kind of request is meant for it."""
    if not settings.ERROR_CATEGORY:
        return ""
    query = {"category": settings.ERROR_CATEGORY}
    return f"{reverse('requests:ask')}?{urlencode(query | ({PAGE: path} if page_of_ours(path) else {}))}"


def page_of_ours(path: str) -> str:
    """The path, if it is one of a page that may be spoken of; else empty."""
    if not _PATH.fullmatch(path) or "//" in path:
        return ""
    try:
        found = resolve(path)
    except Resolver404:
        return ""
    return "" if _OWN & set(found.namespaces) or path.startswith(("/admin/", "/accounts/")) else path


def about(page: str) -> str:
    """How a request about an error on a page begins."""
    return _("There is an error on the page %(page)s:") % {"page": settings.BASE_URL + page} + "\n"
