"""How requests are told apart in the bulletin: by who has them, and by the community in which they are.

Teams and grid workers are never told apart: their community's are one group. And how in charts: by their
category, and by how long the first contact took.
"""

from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shiliu.core.areas import CODE
from shiliu.core.figures import Grouping, buckets
from shiliu.requests.models.categories import Category

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

# By category ------------------------------------------------------------------------------------------------

CLOSED_KINDS = "-"  # all categories whose requests the public does not see


def _categories(names: Collection[str]) -> dict[str, Any]:
    """The categories that are there, in the order in which they are offered."""
    found = Category.objects.filter(code__in=names).order_by("is_fallback", "position", "code")
    labels: dict[str, Any] = {it.code: str(it) for it in found}
    return labels | ({CLOSED_KINDS: _("kinds that are not public")} if CLOSED_KINDS in names else {})


def _of_category(name: str) -> Q:
    return Q(category__code=name)


def _open_category(is_public: bool, code: str) -> str:
    return code if is_public else CLOSED_KINDS


def _of_open_category(name: str) -> Q:
    """Whether there is such a category is no secret; whether its requests are public is asked each time."""
    if name == CLOSED_KINDS:
        return Q(category__is_public=False)
    return Q(category__code=name, category__is_public=True)


CATEGORY = Grouping(("category__code",), str, _of_category, _categories)
OPEN_CATEGORY = Grouping(
    ("category__is_public", "category__code"),
    _open_category,
    _of_open_category,
    _categories,
    public=True,
    rest=CLOSED_KINDS,
)
CONTACT = buckets(
    "hours_to_contact",
    (1, 4, 8, 24, 48),
    (_("under 1 h"), _("1–4 h"), _("4–8 h"), _("8–24 h"), _("24–48 h"), _("2 days or more")),
    none=_("not contacted"),
)
