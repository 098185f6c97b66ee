"""How requests are told apart in the bulletin: by who has them, and by the community in which they are.

Teams and grid workers are never told apart: their community's are one group.
"""

from django.db.models import Q

from shiliu.core.areas import CODE
from shiliu.core.figures import Grouping

UNIT, TEAMS, PLACE_IN, NOBODY = "unit-", "teams-", "in-", "nobody"
GIVEN = Q(team__isnull=False) | Q(unit__isnull=False) | Q(post__isnull=False)


def of_unit(code: str) -> str:
    return f"{UNIT}{code}"


def of_teams(community: str) -> str:
    return f"{TEAMS}{community}"


def at_place(community: str) -> str:
    return f"{PLACE_IN}{community}"


def code_of(name: str) -> str:
    """The code of the unit or community in a group's name."""
    return name.partition("-")[2]


def _lead(unit: str | None, of_team: str | None, of_post: str | None) -> str:
    community = of_team or of_post
    return of_unit(unit) if unit else of_teams(community) if community else NOBODY


def _led(name: str) -> Q:
    code = code_of(name)
    if name.startswith(UNIT) and code:
        return Q(unit__code=code)
    if name.startswith(TEAMS) and CODE.fullmatch(code):
        return Q(team__village=code) | Q(post__village=code)
    if name == NOBODY:
        return ~GIVEN
    raise LookupError(name)


def _lying(name: str) -> Q:
    code = code_of(name)
    if name.startswith(PLACE_IN) and CODE.fullmatch(code):
        return Q(village=code)
    raise LookupError(name)


# A town's own team or place, of no community, has the town's code in the column.
LEAD = Grouping(("unit__code", "team__village", "post__village"), _lead, _led)
PLACE = Grouping(("village",), at_place, _lying)
