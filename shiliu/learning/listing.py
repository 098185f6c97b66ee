"""The library as a page lists it: what is searched and filtered for, page by page; and the guides."""

from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from shiliu.core import findable, search
from shiliu.core.areas import Scope
from shiliu.learning.models import Guide, Resource

PAGE = 30
MOST_WORDS, FEW_TOPICS = 60, 12
LONGEST = 80


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; each is empty where it does not matter."""

    q: str = ""
    topic: str = ""
    language: str = ""
    kind: str = ""
    audience: str = ""

    @classmethod
    def read(cls, given: Any) -> "Wanted":
        return cls(**{name: given.get(name, "").strip()[:LONGEST] for name in cls.__dataclass_fields__})

    @property
    def exact(self) -> dict[str, str]:
        """The fields that a resource has to have just so."""
        return {name: value for name, value in asdict(self).items() if value and name != "q"}

    @property
    def asked(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if value}

    def __bool__(self) -> bool:
        return bool(self.asked)


@dataclass(frozen=True)
class Topic:
    """address: of the library with this topic alone, besides whatever else is wanted."""

    name: str
    address: str
    is_chosen: bool


@dataclass(frozen=True)
class Page:
    """Up to `PAGE` rows. next: the address of the following page, empty on the last one."""

    rows: list[Any]
    next: str
    goes_on: bool
    previous: str = ""


def library(user: Any, within: Scope, wanted: Wanted, after: str = "") -> Page:
    """The resources of today that are wanted, the newest first."""
    rows = _today(Resource, user, within).filter(**wanted.exact)
    if wanted.q:
        rows, _few = search.narrowed(rows, findable.KINDS[Resource].index_name, wanted.q)
    return _page(rows.newest(after).defer("text"), after, wanted.asked)


def guides(user: Any, within: Scope, after: str = "") -> Page:
    rows = _today(Guide, user, within).by_code(after).defer("questions")
    return _page(rows, after, {})


def coming(user: Any, within: Scope) -> list[Resource]:
    """The live sessions that come next."""
    return list(_today(Resource, user, within).coming().defer("text"))


def choices(user: Any, within: Scope) -> dict[str, list[str]]:
    """The topics and audiences that there are today, to choose from."""
    rows = _today(Resource, user, within)
    return {name: rows.words_of(name, MOST_WORDS) for name in ("topic", "audience")}


def topics(wanted: Wanted, names: list[str]) -> list[Topic]:
    """The first topics, each a tap away; the one that is chosen leads back to all of them."""
    rest = {name: value for name, value in wanted.asked.items() if name != "topic"}
    told = []
    for name in names[:FEW_TOPICS]:
        is_chosen = name == wanted.topic
        told.append(Topic(name, "?" + urlencode(rest if is_chosen else rest | {"topic": name}), is_chosen))
    return told


def _today(model: Any, user: Any, within: Scope) -> Any:
    return model.objects.visible_to(user).within(within).on(timezone.localdate())


def _page(rows: Any, after: str, asked: dict[str, str]) -> Page:
    found = list(rows[: PAGE + 1])
    following = ""
    if len(found) > PAGE:
        following = "?" + urlencode(asked | {"after": found[PAGE - 1].code})
    return Page(found[:PAGE], following, bool(after))
