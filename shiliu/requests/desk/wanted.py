"""What somebody looks for at the desk, as the address of a list says it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.utils.http import urlencode

from shiliu.core import areas
from shiliu.core.cursor import Cursor
from shiliu.requests.desk.shows import SHOWS, Show


@dataclass(frozen=True)
class Wanted:
    """One list, narrowed, at one of its pages."""

    show: Show
    area: str = ""
    category: str = ""
    q: str = ""
    after: Cursor | None = None
    before: Cursor | None = None

    def address(self, **changes: Any) -> str:
        """The address's query for this list, or for one that differs: `address(show="late")`."""
        if "show" in changes:
            changes["show"] = SHOWS[changes["show"]]
        it = replace(self, **{"after": None, "before": None} | changes)
        parts = {
            "show": it.show.key,
            "area": it.area,
            "category": it.category,
            "q": it.q,
            "after": it.after,
            "before": it.before,
        }
        return urlencode({name: str(value) for name, value in parts.items() if value})

    @cached_property
    def whole(self) -> str:
        """The query of the list from its beginning."""
        return self.address()

    @cached_property
    def here(self) -> str:
        """The query of this very page of the list."""
        return self.address(after=self.after, before=self.before)

    @cached_property
    def wide(self) -> str:
        """The query of the same list for all of one's areas."""
        return self.address(area="", category="", q="")

    @cached_property
    def as_list(self) -> str:
        """The query under which a request's page knows the list that one came from."""
        return urlencode({"list": self.here})

    @property
    def is_narrowed(self) -> bool:
        return bool(self.area or self.category or self.q)


def read(given: Mapping[str, Any], usual: str = "open") -> Wanted:
    """What an address asks for. What makes no sense in it counts as not said; words alone search in all."""
    q = str(given.get("q", "")).strip()[:200].replace("\0", "")
    show = SHOWS.get(str(given.get("show", ""))) or SHOWS["all" if q else usual]
    area = str(given.get("area", ""))
    return Wanted(
        show,
        area if areas.CODE.fullmatch(area) else "",
        str(given.get("category", ""))[:40].replace("\0", ""),
        q,
        Cursor.read(str(given.get("after", ""))),
        Cursor.read(str(given.get("before", ""))),
    )
