"""What every template may use."""

import functools

from django.http import HttpRequest

from shiliu.grid.town import town_name

TYPE_COOKIE = "shiliu_type"


def site(request: HttpRequest) -> dict[str, object]:
    return {
        "town_name": functools.cache(town_name),  # one query for a page that names the town three times
        "this_address": this_address(request),
        "large_type": request.COOKIES.get(TYPE_COOKIE) == "large",
    }


def this_address(request: HttpRequest) -> str:
    """This address, to come back to. Of the channel's pages without the group by whose link one came:
    they are the same for everybody."""
    return request.path if request.path.startswith("/channel/") else request.get_full_path()
