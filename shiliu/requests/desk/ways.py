"""The ways to the lists: the main ones with how many are in them, the others, and one's own."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shiliu.core import access
from shiliu.core.access import NotPermitted
from shiliu.core.models import User
from shiliu.requests import rules
from shiliu.requests.case import SEES
from shiliu.requests.desk.lists import bounded, count
from shiliu.requests.desk.saved import Kept, kept_by
from shiliu.requests.desk.shows import OWN, SHOWS, Show
from shiliu.requests.desk.wanted import Wanted


@dataclass(frozen=True)
class Tab:
    """The way to one of the lists, and how many are in it where that is told."""

    label: Any
    query: str
    is_here: bool
    count: str


@dataclass(frozen=True)
class Ways:
    """What stands in sight, what stands behind “more”, and the lists that the person has kept."""

    main: list[Tab]
    more: list[Tab]
    kept: list[Kept]


def ways(user: User, wanted: Wanted, now: datetime) -> Ways:
    """The lists that `user` may look at, within the same area, category and words."""
    sees = access.holds(user, SEES)
    shows = [show for show in SHOWS.values() if sees or show.key == OWN]
    return Ways(
        [_tab(user, wanted, show, now) for show in shows if show.is_main or show == wanted.show],
        [_tab(user, wanted, show, now) for show in shows if not show.is_main],
        kept_by(user, wanted),
    )


def _tab(user: User, wanted: Wanted, show: Show, now: datetime) -> Tab:
    """Of what was searched nothing is counted: that costs as much as the search does, for each list again."""
    number = ""
    if show.is_counted and not wanted.q:
        number = bounded(count(user, replace(wanted, show=show), now))
    return Tab(show.label, wanted.address(show=show.key), show == wanted.show, number)


def require_list(user: User, wanted: Wanted) -> None:
    """NotPermitted for a list that is not for this person."""
    if wanted.show.key != OWN:
        access.require_anywhere(user, SEES)
    elif not (rules.serves_any(user) or access.holds(user, SEES)):
        raise NotPermitted(
            _("This list is for whoever requests are given to. Ask the coordinator which team is yours.")
        )
