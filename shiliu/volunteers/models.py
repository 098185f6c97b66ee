"""Mode, service to residents: warm-heart teams, their strands and their people."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from shiliu.core.fields import EncryptedTextField
from shiliu.core.models import Record, User
from shiliu.grid.models import Dated, Located, LocatedDatedQuerySet, Post, Tenure, ends_after_start


class StrandQuerySet(models.QuerySet):
    def visible_to(self, actor: object) -> "StrandQuerySet":
        """Strands are no secret."""
        return self.all()


class Strand(Record):
    """One part of the force, such as the 1, the 3, the 8 and the N of “1+3+8+N”."""

    name = models.CharField(_("name"), max_length=60)
    position = models.PositiveIntegerField(_("position"), default=0)

    objects = StrandQuerySet.as_manager()

    class Meta:
        verbose_name = _("strand")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class TeamQuerySet(LocatedDatedQuerySet):
    def led_by(self, actor: Any) -> "TeamQuerySet":
        """The teams whose leading post `actor` holds today."""
        if not isinstance(actor, User):
            return self.none()
        return self.filter(leader_post__in=Tenure.objects.of_today(actor).values("post"))

    def with_people(self, day: date) -> "TeamQuerySet":
        """Each with `people`: how many belong to it on a day."""
        left = Q(memberships__valid_to__lt=day)
        belong = Q(memberships__valid_from__lte=day) & ~left
        return self.annotate(people=Count("memberships", filter=belong))


class Team(Record, Located, Dated):
    """A volunteer team, from its forming to its last day.

    leader_post: whoever holds this post takes on what is assigned to the team.
    """

    name = models.CharField(_("name"), max_length=80)
    strand = models.ForeignKey(Strand, models.PROTECT, related_name="teams")
    leader_post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="teams")
    view_right = "volunteers.view"

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        ordering = ["code"]
        constraints = [ends_after_start("team_dates")]

    def __str__(self) -> str:
        return self.name


class Volunteer(Record, Located, Dated):
    """Somebody who serves; `valid_to` is the day on which they left the force."""

    name = EncryptedTextField(
        _("name"), purpose=_("to call on the volunteer for service"), keep_days=365, keep_after="valid_to"
    )
    phone = EncryptedTextField(
        _("phone"),
        blank=True,
        purpose=_("to call on the volunteer for service"),
        keep_days=365,
        keep_after="valid_to",
    )
    view_right = "volunteers.view"

    objects = LocatedDatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("volunteer")
        ordering = ["code"]
        constraints = [ends_after_start("volunteer_dates")]


class Membership(Record, Located, Dated):
    """A volunteer belongs to a team for a time; some belong to two. It lies where the team lies."""

    class Role(models.TextChoices):
        LEADER = "leader", _("leader")
        MEMBER = "member", _("member")

    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships")
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.MEMBER)
    view_right = "volunteers.view"

    objects = LocatedDatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        ordering = ["code"]
        constraints = [
            ends_after_start("membership_dates"),
            models.UniqueConstraint(fields=["team", "volunteer", "valid_from"], name="membership_once"),
        ]
