"""An area is a code, and a set of areas is a scope.

Codes are prefix-hierarchical (statistical division codes; the grid level in the form of the
city-management unit grid): 6 digits county, 9 town, 12 village or community, 15 grid. What area there is,
and what it was called before, is the business of `shiliu.grid`; here are only the codes.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import CharField, ExpressionWrapper, F, Q
from django.db.models.lookups import StartsWith
from django.utils.translation import gettext_lazy as _

from shiliu.core.among import Many

FEW = 100  # areas that a query names one by one; more of them are one parameter
COUNTY, TOWN, VILLAGE, GRID = LEVELS = (6, 9, 12, 15)
CODE = re.compile(r"\d{6}(?:\d{3}){0,3}", re.ASCII)


def validate_code(code: str) -> None:
    """A form and model validator: 6, 9, 12 or 15 ASCII digits."""
    if not CODE.fullmatch(code):
        raise ValidationError(
            _("“%(code)s” is not an area code. Give 6, 9, 12 or 15 digits."), params={"code": code}
        )


def parent(code: str) -> str | None:
    """The code one level up; None above a county."""
    return code[:-3] if len(code) > COUNTY else None


def contains(outer: str, inner: str) -> bool:
    """Whether `inner` is `outer` or lies inside it, by code alone (predecessors not considered)."""
    return inner.startswith(outer)


@dataclass(frozen=True)
class Scope:
    """A set of areas: everywhere, or inside any of `codes`.

    Build it with `of` (which drops codes inside others) and close it over predecessors with
    `grid.scopes.within`, which is what views and figures do.
    """

    codes: frozenset[str] = frozenset()
    everywhere: bool = False

    @classmethod
    def of(cls, codes: Iterable[str]) -> "Scope":
        kept: set[str] = set()
        for code in sorted(set(codes), key=len):
            if not any(code[:length] in kept for length in LEVELS if length < len(code)):
                kept.add(code)
        return cls(frozenset(kept))

    def __contains__(self, code: str) -> bool:
        return self.everywhere or any(code[:length] in self.codes for length in LEVELS)

    def __or__(self, other: "Scope") -> "Scope":
        if self.everywhere or other.everywhere:
            return EVERYWHERE
        return Scope.of(self.codes | other.codes)

    def __and__(self, other: "Scope") -> "Scope":
        """What lies in both: the deeper code of each overlapping pair."""
        if self.everywhere:
            return other
        if other.everywhere:
            return self
        return Scope.of([c for c in self.codes if c in other] + [c for c in other.codes if c in self])

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.codes)

    def q(self, path: str = "") -> Q:
        """The rows whose area lies in this scope, on the columns `area`, `village` and `town` of `path`.

        Equality on an indexed column for towns, villages and grids; a range on `town` for a county.
        """
        if self.everywhere:
            return Q()
        condition = Q(pk__in=[])
        for length, column in ((TOWN, "town"), (VILLAGE, "village"), (GRID, "area")):
            codes = sorted(code for code in self.codes if len(code) == length)
            if len(codes) == 1:
                condition |= Q(**{f"{path}{column}": codes[0]})
            elif len(codes) > FEW:
                condition |= Q(**{f"{path}{column}__among": Many(codes)})
            elif codes:
                condition |= Q(**{f"{path}{column}__in": codes})
        for code in sorted(code for code in self.codes if len(code) == COUNTY):
            condition |= Q(**{f"{path}town__range": (code, f"{code}999")})
        return condition

    @property
    def spans_towns(self) -> bool:
        """Whether an index that begins with the town gives no order over all of it."""
        return self.everywhere or any(len(code) == COUNTY for code in self.codes)

    def unindexed(self) -> Q:
        """The same rows as `q`, said so that no index of areas serves where another one serves better."""
        if self.everywhere:
            return Q()
        condition = Q(pk__in=[])
        for code in sorted(self.codes):
            column = ExpressionWrapper(F("town" if len(code) <= TOWN else "area"), CharField())
            condition |= Q(StartsWith(column, code))
        return condition

    @property
    def above(self) -> frozenset[str]:
        """The codes of all areas in which this scope lies."""
        return frozenset(code[:length] for code in self.codes for length in LEVELS if length < len(code))


EVERYWHERE = Scope(everywhere=True)
NOWHERE = Scope()
