"""Whom the clock tells that requests wait too long: the desk of the community, then that of the town."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from shiliu.core import areas
from shiliu.grid.models import Area, Tenure
from shiliu.grid.roles import ROLES
from shiliu.requests.models import Escalation, Level

RIGHT = "requests.assign"
REACH = {Level.COMMUNITY: areas.VILLAGE, Level.TOWN: areas.TOWN}


@dataclass(frozen=True)
class Told:
    """How many requests somebody is told of, in which area."""

    email: str
    area: str
    number: int


def told(escalations: Iterable[Escalation]) -> Iterator[Told]:
    """Who holds the desk of each area today and has an e-mail address."""
    numbers: dict[str, set[int]] = {}
    for one in escalations:
        numbers.setdefault(one.request.area_id[: REACH[Level(one.level)]], set()).add(one.request_id)
    roles = [key for key, role in ROLES.items() if RIGHT in role.rights]
    held = Tenure.objects.held_on(timezone.localdate()).filter(post__role__in=roles, area__in=numbers)
    reachable = held.filter(user__is_active=True).exclude(user__email="").order_by("user", "area")
    for email, area in reachable.values_list("user__email", "area").distinct():
        yield Told(email, area, len(numbers[area]))


def send(escalations: Iterable[Escalation]) -> int:
    """Mail them how many wait, never what was asked; how many mails. None leaves where mail is not set up."""
    if not settings.SENDS_MAIL:
        return 0
    one_each = list(told(escalations))
    names = dict(Area.objects.filter(code__in=[one.area for one in one_each]).values_list("code", "name"))
    address = settings.BASE_URL + reverse("desk:list") + "?show=escalated"
    with translation.override(settings.LANGUAGE_CODE):
        for one in one_each:
            subject = _("%(n)s requests in %(area)s wait too long") % {
                "n": one.number,
                "area": names[one.area],
            }
            text = _("They stand in the list “Told higher up”: %(address)s") % {"address": address}
            EmailMessage(subject, text, to=[one.email]).send()
    return len(one_each)
