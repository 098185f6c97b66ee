"""Figures of the volunteer force."""

from django.utils.translation import gettext_lazy as _

from shiliu.core import matrix
from shiliu.core.figures import Count, CountDistinct, Figure, Stock, publish, register
from shiliu.core.matrix import AtLeast, Service
from shiliu.volunteers.models import Membership, Team

register(
    Figure(
        "volunteers.teams",
        _("volunteer teams"),
        "team",
        part="service",
        records=lambda over: Team.objects.all(),
        when=Stock(),
        measure=Count(),
        right="volunteers.view",
        explain=_("Warm-heart teams that exist on the last day."),
        without=_("Teams that were dissolved are not counted."),
    ),
    Figure(
        "volunteers.people",
        _("people in volunteer teams"),
        "person",
        part="service",
        records=lambda over: Membership.objects.all(),
        when=Stock(),
        measure=CountDistinct("volunteer"),
        persons=True,
        right="volunteers.view",
        explain=_("Members of teams on the last day; who belongs to two teams counts once."),
        without=_("Who has left is not counted, nor who only wants to join."),
    ),
)
matrix.register(Service("volunteers.teams", _("Volunteer team"), AtLeast(1)))
publish(Team, ["code", "name", "strand", "area"])
publish(Membership, ["team", "role"])
