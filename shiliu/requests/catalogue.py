"""What the form for asking is made of: the town's categories, and what belongs elsewhere.

Each is read in one place, with all that belongs to it, since every request that comes in needs it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from shiliu.core import reference
from shiliu.requests.models import Category, Elsewhere

_BETWEEN_WORDS = re.compile(r"[,，、;；\n]+")


@reference.held
def categories() -> list[Category]:
    """What a new request can be about, the common ones first, with their questions; “I don't know” last."""
    return list(Category.objects.offered().prefetch_related("questions", "milestones"))


@reference.held
def elsewhere() -> list[Elsewhere]:
    """What does not belong here, in the order in which it is shown."""
    return list(Elsewhere.objects.offered())


@dataclass(frozen=True)
class Group:
    """Categories under one heading."""

    name: str
    categories: list[Category]


def grouped(offered: Iterable[Category]) -> list[Group]:
    """The categories under their headings, each heading where its first category stands."""
    groups: dict[str, Group] = {}
    for category in offered:
        if not category.is_fallback:
            groups.setdefault(category.group, Group(category.group, [])).categories.append(category)
    return list(groups.values())


def belongs_elsewhere(words: str, known: Iterable[Elsewhere]) -> Elsewhere | None:
    """The first of `known` of which a text holds one of its words."""
    text = words.casefold()
    for each in known:
        if any(word.casefold() in text for word in words_of(each.words)):
            return each
    return None


def words_of(text: str) -> list[str]:
    """The words of a list that somebody typed with commas or on lines."""
    return [word.strip() for word in _BETWEEN_WORDS.split(text) if word.strip()]
