"""What the public finds of the volunteer force: its teams, none of their people."""

from django.utils.translation import gettext_lazy as _

from shiliu.core import findable
from shiliu.volunteers.models import Team

findable.register(
    findable.Kind(
        "teams",
        Team,
        _("volunteer teams"),
        stored=lambda: Team.objects.select_related("strand", "area"),
        shown=lambda teams, today: teams.on(today),
        label=str,
        text=lambda team: f"{team.strand.name} · {team.area.name}",
        date="valid_from",
    )
)
