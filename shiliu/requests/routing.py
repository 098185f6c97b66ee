"""To whom a request goes, by the rules that the town edits: category × area × words.

The rules are tried in their order, and the first that fits counts. Where it names nobody, or none fits, it is
the worker of the grid; where nobody holds that post, the coordinator of the village or community.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from shiliu.core import areas, reference, search
from shiliu.core.areas import Scope
from shiliu.grid.models import Post, Tenure, Unit
from shiliu.grid.roles import ANSWERING
from shiliu.grid.scopes import Pair, close, follow, on_record
from shiliu.requests import catalogue
from shiliu.requests.models import Request, RoutingRule
from shiliu.volunteers.models import Team

Held = Mapping[tuple[str, str], Post]  # by role and area, the post that somebody holds


@dataclass(frozen=True)
class Asked:
    """What of a request the rules look at. area: the code of where it lies."""

    category: int
    area: str
    words: str

    @cached_property
    def tokens(self) -> str:
        return search.padded(self.words)


@dataclass(frozen=True)
class Rule:
    """A rule as it is tried. category: its key, any where None. words: one of them, any words where None.

    to: None for the grid's worker.
    """

    code: str
    name: str
    category: int | None
    scope: Scope
    words: tuple[search.Query, ...] | None
    to: Team | Unit | None
    is_automatic: bool = False

    def fits(self, asked: Asked) -> bool:
        if self.category not in (None, asked.category) or asked.area not in self.scope:
            return False
        return self.words is None or any(search.holds(asked.tokens, word) for word in self.words)


@dataclass(frozen=True)
class Route:
    """Where a request goes: to nobody where no post near it is held. rule: None where none fits."""

    to: Team | Unit | Post | None
    rule: Rule | None


@dataclass(frozen=True)
class Router:
    """The rules in their order, who holds which post, and what areas became."""

    rules: tuple[Rule, ...]
    held: Held
    successions: tuple[Pair, ...] = ()
    _workers: dict[str, Post | None] = field(default_factory=dict)

    def route(self, asked: Asked) -> Route:
        rule = next((rule for rule in self.rules if rule.fits(asked)), None)
        return Route((rule and rule.to) or self._worker(asked.area), rule)

    def _worker(self, area: str) -> Post | None:
        if area not in self._workers:
            self._workers[area] = worker_of(area, self.held, self.successions)
        return self._workers[area]


def found_by(text: str) -> tuple[search.Query, ...] | None:
    """The words of a rule, found as the search finds them; None where it names none."""
    return tuple(map(search.query, catalogue.words_of(text))) if text.strip() else None


def worker_of(area: str, held: Held, successions: Iterable[Pair]) -> Post | None:
    """The post of the grid's worker, or of what the grid became; else the village's coordinator."""
    pairs = list(successions)
    for role, place in (("grid_worker", area), ("coordinator", area[: areas.VILLAGE])):
        for code in sorted(follow([place], pairs), key=lambda code: (code != place, code)):
            if (role, code) in held:
                return held[role, code]
    return None


# What is stored ---------------------------------------------------------------------------------------------


def as_tried(rule: RoutingRule, successions: Iterable[Pair]) -> Rule:
    return Rule(
        rule.code,
        rule.name,
        rule.category_id,
        close([rule.area_id], successions),
        found_by(rule.words),
        rule.team or rule.unit,
        rule.is_automatic,
    )


@reference.held
def _automatic() -> tuple[Rule, ...]:
    pairs = list(on_record())
    rules = RoutingRule.objects.in_order().filter(is_automatic=True)
    return tuple(as_tried(rule, pairs) for rule in rules)


def may_be_automatic(asked: Asked) -> bool:
    """Whether a rule that acts by itself fits; another one may come before it, or its team have ended."""
    return any(rule.fits(asked) for rule in _automatic())


def in_force(rules: Iterable[RoutingRule], successions: Iterable[Pair]) -> tuple[Rule, ...]:
    """The rules that are tried today: not those whose team or unit has ended."""
    pairs, today = list(successions), timezone.localdate()
    standing = (rule for rule in rules if _stands(rule.team or rule.unit, today))
    return tuple(as_tried(rule, pairs) for rule in standing)


def _stands(to: Team | Unit | None, today: object) -> bool:
    return to is None or (to.valid_from <= today and (to.valid_to is None or to.valid_to >= today))  # type: ignore[operator]


def held_posts(where: Q) -> dict[tuple[str, str], Post]:
    """The posts that residents turn to and that somebody holds today; of several in one place the first."""
    today = timezone.localdate()
    holders = Tenure.objects.on(today).filter(post=OuterRef("pk"))
    posts = Post.objects.on(today).filter(where, Exists(holders), role__in=ANSWERING)
    found: dict[tuple[str, str], Post] = {}
    for post in posts.order_by("code"):
        found.setdefault((post.role, post.area_id), post)
    return found


def propose(request: Request) -> Route:
    """Where the rules of today send it: three queries."""
    successions = tuple(on_record())
    rules = in_force(RoutingRule.objects.in_order(), successions)
    near = places_of(request.area_id, successions)
    router = Router(rules, held_posts(Q(area__in=near)), successions)
    return router.route(Asked(request.category_id, request.area_id, request.words))


def places_of(area: str, successions: Iterable[Pair]) -> Collection[str]:
    """The area and its village, and what they became: where whoever answers for it stands."""
    pairs = list(successions)
    return follow([area], pairs) | follow([area[: areas.VILLAGE]], pairs)
