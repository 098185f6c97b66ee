"""Mode, livelihood response: works, the quantities measured on site and those accepted."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shiliu.core.fields import ExactDecimalField
from shiliu.core.models import Record
from shiliu.grid.models import Located


class Project(Record, Located):
    """Works in one area, such as the renewal of a lane."""

    name = models.CharField(_("name"), max_length=120)
    started_on = models.DateField(_("started on"))
    finished_on = models.DateField(_("finished on"), null=True, blank=True)
    view_right = "works.view"

    class Meta:
        verbose_name = _("works project")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="project_dates", condition=Q(finished_on=None) | Q(finished_on__gte=F("started_on"))
            )
        ]

    def __str__(self) -> str:
        return self.name


class Item(Record, Located):
    """One kind of work in a project, with its unit and the quantity in the contract."""

    class Kind(models.TextChoices):
        SEWER = "sewer", _("sewer laid")
        STREET_PAVING = "street_paving", _("main streets and lanes paved")
        ROAD_HARDENING = "road_hardening", _("road hardened")
        WATER_MAIN = "water_main", _("water main renewed")

    class Unit(models.TextChoices):
        METRE = "m", _("m")
        SQUARE_METRE = "m²", _("m²")

    UNIT_OF = {
        Kind.SEWER: Unit.METRE,
        Kind.STREET_PAVING: Unit.SQUARE_METRE,
        Kind.ROAD_HARDENING: Unit.SQUARE_METRE,
        Kind.WATER_MAIN: Unit.METRE,
    }

    project = models.ForeignKey(Project, models.PROTECT, related_name="items")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    unit = models.CharField(_("unit"), max_length=2, choices=Unit)
    contracted = ExactDecimalField(_("contracted quantity"))
    view_right = "works.view"

    class Meta:
        verbose_name = _("works item")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="item_unit_of_kind",
                condition=(Q(kind__in=["sewer", "water_main"]) & Q(unit="m"))
                | (Q(kind__in=["street_paving", "road_hardening"]) & Q(unit="m²")),
                violation_error_message=_("Lengths are in m, areas in m². Correct the unit."),
            ),
            models.CheckConstraint(name="item_contracted_positive", condition=Q(contracted__gt=0)),
        ]


class Measurement(Record, Located):
    """What was measured on site on a day, and what of it was accepted on another, in the item's unit."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="measurements")
    measured_on = models.DateField(_("measured on"))
    measured = ExactDecimalField(_("measured quantity"))
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)
    accepted = ExactDecimalField(_("accepted quantity"), null=True, blank=True)
    view_right = "works.view"

    class Meta:
        verbose_name = _("measurement")
        ordering = ["code"]
        indexes = [models.Index(fields=["town", "accepted_on", "id"], name="measurement_by_acceptance")]
        constraints = [
            models.CheckConstraint(name="measured_positive", condition=Q(measured__gt=0)),
            models.CheckConstraint(
                name="accepted_with_day",
                condition=Q(accepted=None, accepted_on=None)
                | Q(accepted__isnull=False, accepted_on__isnull=False, accepted__gte=0),
                violation_error_message=_("An accepted quantity and its day go together: give both or none."),
            ),
            models.CheckConstraint(
                name="accepted_at_most_measured",
                condition=Q(accepted=None) | Q(accepted__lte=F("measured")),
                violation_error_message=_("More was accepted than was measured. Correct one of the two."),
            ),
            models.CheckConstraint(
                name="accepted_after_measured",
                condition=Q(accepted_on=None) | Q(accepted_on__gte=F("measured_on")),
                violation_error_message=_("It was accepted before it was measured. Correct one of the days."),
            ),
        ]
