"""What there is where somebody's posts are: who is responsible, where one meets, the groups and the teams."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from shiliu.channel.models import GridGroup
from shiliu.core.areas import VILLAGE
from shiliu.core.models import User
from shiliu.grid.models import Area, Unit
from shiliu.grid.scopes import answering, tenures_today
from shiliu.venues.models import Venue
from shiliu.volunteers.models import Team

BOUND = 40  # of a kind
ELSEWHERE = ("team_leader", "unit_worker")  # whose posts say nothing of where they are on the round


def around(user: User) -> dict[str, list[Any] | QuerySet[Area]]:
    """By kind, the first of each in the grids and communities of the posts that `user` holds today.

    Also of the community around a grid, where the post gives no rights: what is shown of venues, groups and
    teams here is what everybody may know of them (`publish` in their apps' figures).
    """
    today = timezone.localdate()
    own = [it.area_id for it in tenures_today(user) if it.post.role not in ELSEWHERE]
    near = {*own, *(code[:VILLAGE] for code in own)}
    led = Team.objects.led_by(user).on(today).select_related("area")
    return {
        "areas": Area.objects.filter(code__in=own).select_related("parent"),
        "posts": _bound(answering(near, today).with_holders(today, user)),
        "venues": _bound(Venue.objects.on(today).filter(area__in=near)),
        "groups": _bound(GridGroup.objects.on(today).filter(area__in=near)),
        "teams": _bound(Team.objects.on(today).filter(area__in=near).exclude(pk__in=led.values("pk"))),
        "units": _bound(Unit.objects.staffed_by(user)),
        "led": _bound(led.with_people(today)),
    }


def _bound(rows: QuerySet) -> list[Any]:
    return list(rows.order_by("code")[:BOUND])
