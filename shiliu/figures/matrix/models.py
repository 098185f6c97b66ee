"""What a town sets: from when on a service counts as thin in the matrix."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shiliu.core import areas
from shiliu.core.models import Record
from shiliu.grid.models import Located, LocatedQuerySet


class ThresholdQuerySet(LocatedQuerySet):
    def visible_to(self, actor: Any) -> "ThresholdQuerySet":
        """What a town calls thin is no secret."""
        return self.all()


class Threshold(Record, Located):
    """What a town calls thin of one service. Without one, the service's own default counts.

    number: what `core.matrix.Thin` of the service compares with; None where it is not judged. reach: whose
    records serve a grid, the grid's own or those of its whole community.
    """

    class Reach(models.IntegerChoices):
        GRID = areas.GRID, _("of the grid itself")
        COMMUNITY = areas.VILLAGE, _("of the whole community")

    service = models.CharField(_("service"), max_length=60)
    number = models.PositiveIntegerField(_("threshold"), null=True, blank=True)
    reach = models.PositiveSmallIntegerField(_("what counts for a grid"), choices=Reach, default=Reach.GRID)
    view_right = "figures.view"

    objects = ThresholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("threshold of a service")
        ordering = ["area", "service"]
        constraints = [
            models.UniqueConstraint(fields=["area", "service"], name="threshold_once_a_service"),
            models.CheckConstraint(name="threshold_of_town", condition=Q(area=F("town"))),
            models.CheckConstraint(
                name="threshold_reach", condition=Q(reach__in=[areas.GRID, areas.VILLAGE])
            ),
        ]
