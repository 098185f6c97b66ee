"""Pages of a list by key: each begins after the last row of the one before."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

M = TypeVar("M", bound=Model)
SIZE = 50


@dataclass(frozen=True)
class Page(Generic[M]):
    """Some rows; `next` is the address of what follows, empty at the end."""

    rows: list[M]
    next: str
    previous: str = ""


def page_of(found: QuerySet[M], request: HttpRequest, key: Callable[[M], dict[str, str]]) -> Page[M]:
    """The first rows of what is left; `key` names the last one in the next page's address."""
    rows = list(found[: SIZE + 1])
    if len(rows) <= SIZE:
        return Page(rows, "")
    query = request.GET.copy()
    for name, value in key(rows[SIZE - 1]).items():
        query[name] = value
    return Page(rows[:SIZE], f"?{query.urlencode()}")
