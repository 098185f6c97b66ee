"""Links across apps: a kind and a public id, resolved to a label and an address for who may see it.

An app registers its kind once; a task's evidence or an article's card stores `(kind, public id)` and
never a foreign key into another app.

What an article shows to everybody is a `Card`. Which records of a kind the public may see, under which public
id and with which words, its app says by `present`; a kind that says nothing of it is shown as `resolve` finds
it for a resident. Which of them an editor is offered to choose from, by words, it says by `offer`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q

from shiliu.core.access import Actor, Resident
from shiliu.core.areas import Scope


@dataclass(frozen=True)
class Kind:
    model: type[Model]
    label: Callable[[Any], str]
    url: Callable[[Any], str]
    title: Any


@dataclass(frozen=True)
class Link:
    kind: str
    public_id: str
    label: str
    url: str


@dataclass(frozen=True)
class Card:
    """A record as everybody may see it. note: one more line, such as a day; url: "" for what has no page;
    value: the number that a figure has now.
    """

    public_id: str
    label: str
    note: str = ""
    url: str = ""
    value: str = ""


KINDS: dict[str, Kind] = {}
PRESENTED: dict[str, Callable[[list[str]], Iterable[Card]]] = {}
OFFERED: dict[str, "Offer"] = {}


def _no_page(obj: Any) -> str:
    return ""


def register(model: type[Model], *, label: Callable[[Any], str], url: Callable[[Any], str] = _no_page) -> str:
    """Make a model's records linkable. Its default manager answers `visible_to(actor)`.

    `url` gives "" for records that have no page of their own: then the label stands alone.
    """
    kind = model._meta.label_lower
    KINDS[kind] = Kind(model, label, url, model._meta.verbose_name)
    return kind


def resolve(kind: str, public_id: str, actor: Any) -> Link | None:
    """The link as `actor` may see it; None where it is unknown, gone or not for them."""
    return resolve_many([(kind, public_id)], actor).get((kind, public_id))


def resolve_many(pairs: list[tuple[str, str]], actor: Actor) -> dict[tuple[str, str], Link]:
    """Many links with one query per kind."""
    found: dict[tuple[str, str], Link] = {}
    for name in {kind for kind, _ in pairs if kind in KINDS}:
        kind = KINDS[name]
        ids = [public_id for k, public_id in pairs if k == name]
        for obj in kind.model._default_manager.visible_to(actor).filter(code__in=ids):  # type: ignore[attr-defined]
            found[(name, obj.code)] = Link(name, obj.code, kind.label(obj), kind.url(obj))
    return found


def present(kind: str, find: Callable[[list[str]], Iterable[Card]]) -> None:
    """Say what everybody may see of a kind: `find` gives the cards of those ids that may be shown now."""
    PRESENTED[kind] = find


def presented(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Card]:
    """What everybody may see of these, one query per kind; what is hidden, withdrawn or gone is missing."""
    asked = set(pairs)
    found: dict[tuple[str, str], Card] = {}
    for kind in sorted({kind for kind, _id in asked} & PRESENTED.keys()):
        ids = sorted(public_id for k, public_id in asked if k == kind)
        found |= {(kind, card.public_id): card for card in PRESENTED[kind](ids)}
    others = sorted(pair for pair in asked if pair[0] not in PRESENTED)
    plain = resolve_many(others, Resident())
    return found | {pair: Card(link.public_id, link.label, "", link.url) for pair, link in plain.items()}


@dataclass(frozen=True)
class Offer:
    """How one chooses a record of a kind. title: what one is asked to do.

    `find(words, scope, most)` gives at most `most` cards of what the public may see now in a scope and holds
    all of the words, the likeliest first. The note says its state.
    """

    title: Any
    find: Callable[[list[str], Scope, int], Iterable[Card]]


def offer(kind: str, title: Any, find: Callable[[list[str], Scope, int], Iterable[Card]]) -> None:
    """Say what can be chosen of a kind."""
    OFFERED[kind] = Offer(title, find)


def offered(kind: str, words: str, scope: Scope, most: int) -> list[Card]:
    return list(OFFERED[kind].find(words.split(), scope, most)) if kind in OFFERED else []


def holding(words: Iterable[str], *fields: str) -> Q:
    """Of rows: each of the words stands in one of these fields, in whatever case."""
    found = Q()
    for word in words:
        anywhere = Q()
        for name in fields:
            anywhere |= Q(**{f"{name}__icontains": word})
        found &= anywhere
    return found
