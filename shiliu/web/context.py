"""What every template may use."""

import functools

from django.http import HttpRequest

from shiliu.grid.town import town_name

TYPE_COOKIE = "shiliu_type"


def site(request: HttpRequest) -> dict[str, object]:
    return {
        "town_name": functools.cache(town_name),  # one query for a page that names the town three times
        "large_type": request.COOKIES.get(TYPE_COOKIE) == "large",
    }
