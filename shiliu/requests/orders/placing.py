"""Where a work order belongs: its area and its category, by code or by the names that its hotline uses.

What cannot be placed goes to the town, and what has no known category to “I don't know”: nothing is lost.
"""

import re
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from shiliu.core import access, areas, worktime
from shiliu.core.access import System
from shiliu.core.areas import Scope
from shiliu.core.door import Refused
from shiliu.core.exchange import cells
from shiliu.grid import scopes
from shiliu.grid.models import Area
from shiliu.grid.town import town
from shiliu.requests.models import Category

PARTS = re.compile(r"[/＞>\\、,，;；|—-]+")


class Places:
    """The areas and categories of today, as `actor` brings orders in: read once for a whole file."""

    def __init__(self, actor: Any) -> None:
        self.town = home(actor)
        inside = Area.objects.on(timezone.localdate()).filter(code__startswith=self.town.code)
        self.areas = {area.code: area for area in inside}
        self.areas[self.town.code] = self.town
        self._names: dict[str, list[Area]] = {}
        for area in self.areas.values():
            self._names.setdefault(_plain(area.name), []).append(area)
        self._became = scopes.on_record()
        self._categories = list(Category.objects.offered())
        self.fallback = next((each for each in self._categories if each.is_fallback), None)

    @cached_property
    def calendar(self) -> worktime.Calendar:
        """For deadlines that are given in days: two years back and ahead."""
        year = timezone.localdate().year
        return worktime.Calendar.load(year - 2, year + 2)

    def area(self, code: str, *texts: str) -> Area:
        """By its code, else by the first of the texts that names one, else the town."""
        return self._by_code(code) or next(filter(None, map(self._by_text, texts)), self.town)

    def _by_code(self, code: str) -> Area | None:
        code = cells.narrow(code)
        if not code:
            return None
        if code in self.areas:
            return self.areas[code]
        today = [self.areas[each] for each in scopes.follow([code], self._became) if each in self.areas]
        return today[0] if len(today) == 1 else None

    def _by_text(self, text: str) -> Area | None:
        """The grid that a text names, or the community; None where it names several, or none.

        A grid counts with its community's name beside it, or where no other one has its name.
        """
        plain = _plain(text)
        named = {name for name in self._names if len(name) > 1 and _stands_in(plain, name)}
        longest = [name for name in named if not any(name != other and name in other for other in named)]
        found = [area for name in longest for area in self._names[name]]
        villages = [area for area in found if area.level == areas.VILLAGE]
        grids = [area for area in found if area.level == areas.GRID]
        if villages:
            around = {village.code for village in villages}
            grids = [grid for grid in grids if grid.code[: areas.VILLAGE] in around]
        return _only(grids) or _only(villages)

    def category(self, text: str) -> Category | None:
        """By code or name, of a path such as 城市管理/路灯 the last part that is known; else the fallback."""
        known = {
            _plain(name): each
            for each in reversed(self._categories)
            for name in (each.name_en, each.name, each.code)
            if name
        }
        for part in (text, *reversed(PARTS.split(text))):
            if found := known.get(_plain(part)):
                return found
        return self.fallback

    def knows(self, text: str, category: Category) -> bool:
        """Whether an order's own word for its category says no more than ours."""
        return not text or _plain(text) in {_plain(category.name), _plain(category.code)}


def home(actor: Any) -> Area:
    """The town into which `actor` brings orders: this site's, or another one in which they file."""
    here = town()
    if here is None:
        raise Refused(_("There is no town on record yet. Bring in the areas first."))
    scope = access.scope_of(actor, "requests.ask")
    if isinstance(actor, System) or _touches(scope, here.code):
        return here
    codes = sorted(code[: areas.TOWN] for code in scope.codes if len(code) >= areas.TOWN)
    return Area.objects.filter(code__in=codes).order_by("code").first() or here


def _touches(scope: Scope, code: str) -> bool:
    return code in scope or any(each.startswith(code) for each in scope.codes)


def _plain(text: str) -> str:
    return "".join(cells.narrow(text).split()).lower()


def _stands_in(text: str, name: str) -> bool:
    """Whether a name stands there whole: “1号网格” does not in “11号网格”."""
    number = r"(?<!\d)" if name[0].isdigit() else ""
    return name in text and re.search(number + re.escape(name), text) is not None


def _only(found: list[Area]) -> Area | None:
    return found[0] if len(found) == 1 else None
