"""What a kind of thing that waits is, and how one of them is told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from shiliu.core import access
from shiliu.core.models import User

MANY = 100  # counts stop here: “99+”
FEW = 5


@dataclass(frozen=True)
class Item:
    """One thing that waits. until: when it should be done, in words."""

    words: str
    where: str
    until: str = ""
    url: str = ""
    late: bool = False


@dataclass(frozen=True)
class Waiting:
    """One kind of thing that waits for a person.

    right: what one must hold somewhere to act on it; empty where `records` itself asks. unless: whoever
    holds this sees it under another kind. records: those that this person may act on, the first due first.
    item: how one of them is told. url: the list that holds them all, "" where there is none.
    is_urgent: late already. is_rare: not spoken of where there is none.
    """

    key: str
    label: Any
    right: str
    records: Callable[[User], QuerySet[Any]]
    item: Callable[[Any], Item]
    url: Callable[[], str] = lambda: ""
    unless: str = ""
    is_urgent: bool = False
    is_rare: bool = False

    def concerns(self, user: User) -> bool:
        held = not self.right or access.holds(user, self.right)
        return held and not (self.unless and access.holds(user, self.unless))

    def count(self, user: User) -> int:
        """How many, up to `MANY`."""
        return self.records(user).order_by().values("pk")[:MANY].count()

    def first(self, user: User, most: int = FEW) -> list[Item]:
        """The first few, as they are told."""
        return [self.item(record) for record in self.records(user)[:most]]


def url(name: str, query: str = "") -> Callable[[], str]:
    return lambda: reverse(name) + query
