"""What would have happened: past requests run through the rules, or through rules that are only tried.

It tells of rules, teams and units, never of one worker: whoever serves a grid is told as one.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shiliu.core import receipts
from shiliu.core.areas import Scope
from shiliu.grid.models import Area, Post, Unit
from shiliu.grid.scopes import on_record
from shiliu.requests.models import Category, Request, RoutingRule
from shiliu.requests.routing import Asked, Route, Router, Rule, held_posts, in_force
from shiliu.volunteers.models import Team

MOST = 5000  # requests that are looked at, the latest
SHOWN = 5  # of the differences of one rule, and of those to whom they went

Lead = tuple[str, int]  # "team", "unit" or "post", and its key
WORKERS = "workers"  # in place of a post: all who answer for a grid


class Past(NamedTuple):
    """Of a request that came in, what the rules look at and to whom it went."""

    pk: int
    code: str
    received_at: datetime
    category: int
    area: str
    words: str
    team: int | None
    led_from: int | None
    unit: int | None
    post: int | None

    @property
    def asked(self) -> Asked:
        return Asked(self.category, self.area, self.words)

    @property
    def lead(self) -> Lead | None:
        for kind, key in (("team", self.team), ("unit", self.unit), ("post", self.post)):
            if key is not None:
                return kind, key
        return None

    def went_to(self, to: Team | Unit | Post) -> bool:
        """Whether it really went there. To a team whose leading post it is, went to the post too."""
        if isinstance(to, Post) and self.led_from == to.pk:
            return True
        return self.lead == (to._meta.model_name, to.pk)


@dataclass
class Line:
    """One rule's share: how many it would send where, how many of them went there, and where the rest did."""

    rule: Rule | None
    would: int = 0
    did: int = 0
    elsewhere: Counter[Any] = field(default_factory=Counter)
    examples: list[Past] = field(default_factory=list)

    def add(self, past: Past, route: Route) -> None:
        self.would += 1
        if route.to is not None and past.went_to(route.to):
            self.did += 1
            return
        lead = past.lead
        self.elsewhere[(WORKERS, 0) if lead and lead[0] == "post" else lead] += 1
        if len(self.examples) < SHOWN:
            self.examples.append(past)


@dataclass(frozen=True)
class Told:
    """A line in words. to: whom the rule names."""

    rule: Rule | None
    to: str
    would: int
    did: int
    elsewhere: list[tuple[str, int]]
    examples: list["Example"]

    @property
    def differ(self) -> int:
        return self.would - self.did


@dataclass(frozen=True)
class Example:
    code: str
    shown: str
    category: str
    area: str
    went_to: str


@dataclass(frozen=True)
class Outcome:
    """What came out. looked_at: how many requests; is_cut: whether there are more, further back.

    moved: how many would go elsewhere than by the rules as they stand, None where no rule is tried.
    """

    lines: list[Told]
    looked_at: int
    is_cut: bool
    nobody: int
    moved: int | None


def run(
    scope: Scope,
    since: datetime,
    *,
    sees: Scope,
    draft: RoutingRule | None = None,
    instead_of: str = "",
) -> Outcome:
    """The requests of `scope` that came in since then, by today's rules, posts and areas.

    sees: where single requests may be named, for a code is a key. draft: a rule that is tried with them, in
    the place of the rule with the code `instead_of`, else first.
    """
    past = _past(scope, since)
    is_cut, past = len(past) > MOST, past[:MOST]
    successions = tuple(on_record())
    stored = list(RoutingRule.objects.in_order())
    held = held_posts(_towns(past))

    def router(rules: list[RoutingRule]) -> Router:
        here = (rule for rule in in_force(rules, successions) if rule.scope & scope)
        return Router(tuple(here), held, successions)

    now = tried = router(stored)
    if draft is not None:
        tried = router(_with(stored, draft, instead_of))
    lines: dict[str, Line] = {rule.code: Line(rule) for rule in tried.rules} | {"": Line(None)}
    moved = nobody = 0
    for each in past:
        asked = each.asked
        route = tried.route(asked)
        lines[route.rule.code if route.rule else ""].add(each, route)
        nobody += route.to is None
        moved += tried is not now and now.route(asked).to != route.to
    return Outcome(
        _told(lines.values(), sees), len(past), is_cut, nobody, moved if draft is not None else None
    )


def _with(stored: list[RoutingRule], draft: RoutingRule, instead_of: str) -> list[RoutingRule]:
    if any(rule.code == instead_of for rule in stored):
        return [draft if rule.code == instead_of else rule for rule in stored]
    return [draft, *stored]


def _past(scope: Scope, since: datetime) -> list[Past]:
    """The latest, one more than are told; each area of the scope by itself, as its index has it."""
    rows = Request.objects.filter(received_at__gte=since).order_by("-received_at", "-pk")
    names = ("pk", "code", "received_at", "category", "area", "words")
    leads = ("team", "team__leader_post", "unit", "post")
    parts = [Q()] if scope.everywhere else [Scope(frozenset({code})).q() for code in sorted(scope.codes)]
    found = [
        Past(*row) for part in parts for row in rows.filter(part).values_list(*names, *leads)[: MOST + 1]
    ]
    found.sort(key=lambda it: (it.received_at, it.pk), reverse=True)
    return found[: MOST + 1]


def _towns(past: Iterable[Past]) -> Q:
    """Where whoever answers for these areas stands: in their towns."""
    return Q(town__in={each.area[:9] for each in past})


# In words -------------------------------------------------------------------------------------------------


def _told(lines: Iterable[Line], sees: Scope) -> list[Told]:
    lines = list(lines)
    for line in lines:
        line.examples = [each for each in line.examples if each.area in sees]
    names = _names(lines)
    return [
        Told(
            line.rule,
            line.rule.to.name if line.rule and line.rule.to else _("the grid's worker"),
            line.would,
            line.did,
            _elsewhere(line, names),
            [_example(each, names) for each in line.examples],
        )
        for line in lines
    ]


def _elsewhere(line: Line, names: dict[Any, str]) -> list[tuple[str, int]]:
    """The most common ones, and the rest together."""
    most = [(names[lead], number) for lead, number in line.elsewhere.most_common(SHOWN)]
    rest = line.would - line.did - sum(number for _name, number in most)
    return [*most, (pgettext("to whom requests went", "others"), rest)] if rest else most


def _example(past: Past, names: dict[Any, str]) -> Example:
    lead = past.lead
    return Example(
        past.code,
        receipts.shown(past.code),
        names["category", past.category],
        names["area", past.area],
        names[(WORKERS, 0) if lead and lead[0] == "post" else lead],
    )


def _names(lines: list[Line]) -> dict[Any, str]:
    """What the lines speak of, by name: four queries."""
    leads = {lead for line in lines for lead in line.elsewhere if lead}
    examples = [each for line in lines for each in line.examples]
    names: dict[Any, str] = {None: _("not given to anybody"), (WORKERS, 0): _("who answers for a grid")}
    for kind, model in (("team", Team), ("unit", Unit)):
        keys = [key for lead, key in leads if lead == kind]
        names |= {(kind, it.pk): it.name for it in model.objects.filter(pk__in=keys)}  # type: ignore[attr-defined]
    areas = Area.objects.filter(code__in={each.area for each in examples})
    names |= {("area", it.code): it.name for it in areas}
    categories = Category.objects.filter(pk__in={each.category for each in examples})
    return names | {("category", it.pk): str(it) for it in categories}
