"""Whom the clock tells that requests wait too long: the desk of the community, then that of the town."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from shiliu.core import areas
from shiliu.core.models import User
from shiliu.grid.models import Area, Tenure
from shiliu.grid.roles import ROLES
from shiliu.grid.scopes import holding, on_record
from shiliu.requests.models import Escalation, Level

RIGHT = "requests.assign"
REACH = {Level.COMMUNITY: areas.VILLAGE, Level.TOWN: areas.TOWN}


@dataclass(frozen=True)
class Told:
    """How many requests somebody is told of, as the desk of which area."""

    user: int
    area: str
    number: int


def told(escalations: Iterable[Escalation]) -> list[Told]:
    """Who holds the desks today that answer for these, and has an e-mail address."""
    successions = on_record()
    asked = {(one.request_id, one.request.area_id, REACH[Level(one.level)]) for one in escalations}
    around = {area: holding(area, successions) for _pk, area, _reach in asked}
    roles = [key for key, role in ROLES.items() if RIGHT in role.rights]
    held = Tenure.objects.held_on(timezone.localdate()).filter(post__role__in=roles, user__is_active=True)
    held = held.filter(area__in=set().union(*around.values()))
    holders: dict[str, set[tuple[int, str]]] = {}
    for area, user, email in held.values_list("area", "user", "user__email"):
        holders.setdefault(area, set()).add((user, email))
    numbers: dict[tuple[int, str], int] = {}
    for _pk, area, reach in sorted(asked):
        for desk in _desks(around[area] & holders.keys(), reach):
            for user, email in holders[desk]:
                if email:
                    numbers[user, desk] = numbers.get((user, desk), 0) + 1
    return [Told(user, desk, number) for (user, desk), number in sorted(numbers.items())]


def _desks(held: Iterable[str], reach: int) -> list[str]:
    """Of the areas whose desk somebody holds, those of this level, or of the next above that has any."""
    length = max((len(code) for code in held if len(code) <= reach), default=0)
    return [code for code in held if len(code) == length]


def mail(one: Told) -> None:
    """Say how many wait, never what was asked."""
    to = User.objects.filter(pk=one.user, is_active=True).exclude(email="").first()
    if to is None:
        return
    address = settings.BASE_URL + reverse("desk:list") + "?show=escalated"
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("%(n)s requests in %(area)s wait too long") % {
            "n": one.number,
            "area": Area.objects.get(code=one.area).name,
        }
        text = _("They stand in the list “Told higher up”: %(address)s") % {"address": address}
        EmailMessage(subject, text, to=[to.email]).send()
