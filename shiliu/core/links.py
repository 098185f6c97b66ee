"""Links across apps: a kind and a public id, resolved to a label and an address for who may see it.

An app registers its kind once; a task's evidence or an article's card stores `(kind, public id)` and
never a foreign key into another app.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from shiliu.core.access import Actor


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


KINDS: dict[str, Kind] = {}


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
