"""Small counts of persons stay hidden also from who subtracts: whatever a picture shows of the others.

A whole and its parts are an equation. In a tree of them nothing that is hidden can be computed as soon as no
equation has exactly one hidden number: what is hidden can then be moved up and down along a way through the
tree, and all that is shown stays as it is.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any


def hidden(few: Collection[str], values: Mapping[str, Any], parents: Mapping[str, str]) -> set[str]:
    """`few` and what else is not shown, by code. parents: of each part its whole. Of the parts the smallest
    one above zero is hidden besides; the whole only where no part is left. Only what has a value may be.
    """
    equations = defaultdict(list)
    for part, whole in parents.items():
        equations[whole].append(part)
    found = set(few)
    while True:
        besides = {_besides(whole, parts, found, values) for whole, parts in equations.items()} - {None}
        if not besides:
            return found
        found |= besides  # type: ignore[arg-type]


def _besides(whole: str, parts: list[str], found: set[str], values: Mapping[str, Any]) -> str | None:
    """What has to be hidden too, where exactly one number of an equation is."""
    if len(found & {whole, *parts}) != 1:
        return None
    shown = [code for code in parts if code not in found and code in values]
    if shown:
        return min(shown, key=lambda code: (not values[code], values[code], code))
    return whole if whole not in found and whole in values else None
