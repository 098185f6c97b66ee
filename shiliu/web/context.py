"""What every template may use."""

from django.http import HttpRequest

from shiliu.grid.town import town_name


def site(request: HttpRequest) -> dict[str, object]:
    return {"town_name": town_name}
