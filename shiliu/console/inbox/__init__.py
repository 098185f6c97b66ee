"""What waits for whom: one bounded query for each kind of thing, asked only for those who may act on it.

An app knows nothing of the console, so what waits in it is written down here, from its models: a module for
each matter.
"""

from dataclasses import dataclass

from django.urls import reverse

from shiliu.console.inbox import aid, channel, kinds, plan, posts, requests, works
from shiliu.console.inbox.kinds import FEW, Item, Waiting
from shiliu.core.models import User

# The first that is not empty is what a person's day begins with.
WAITING = [
    *requests.WAITING,
    *aid.WAITING,
    *works.WAITING,
    *plan.WAITING,
    *channel.WAITING,
    *posts.WAITING,
]


def of(user: User) -> list[Waiting]:
    """The kinds of things that may wait for a person at all."""
    return [waiting for waiting in WAITING if waiting.concerns(user)]


def to_accept(user: User) -> int:
    """For the navigation: how many requests nobody has answered yet."""
    received = WAITING[0]
    return received.count(user) if received.concerns(user) else 0


@dataclass(frozen=True)
class Counted:
    """A kind, and how many of it wait."""

    kind: Waiting
    number: int

    @property
    def url(self) -> str:
        """The list that it counts; the inbox where there is none."""
        return self.kind.url() or f"{reverse('console:inbox')}#{self.kind.key}"

    @property
    def shown(self) -> str:
        return f"{kinds.MANY - 1}+" if self.number >= kinds.MANY else str(self.number)


@dataclass(frozen=True)
class Told:
    """A kind with the first of what waits. more: whether there are others."""

    kind: Waiting
    items: list[Item]
    more: bool


def counted(user: User) -> list[Counted]:
    """All kinds that concern a person, with how many wait."""
    found = [Counted(waiting, waiting.count(user)) for waiting in of(user)]
    return [each for each in found if each.number or not each.kind.is_rare]


def told(user: User) -> list[Told]:
    """The kinds of which something waits, with the first few each."""
    found = [(waiting, waiting.first(user, FEW + 1)) for waiting in of(user)]
    return [Told(waiting, items[:FEW], len(items) > FEW) for waiting, items in found if items]
