"""Platform, offline: homes where residents meet, lecturers, their talks and awards."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from shiliu.core.fields import EncryptedTextField
from shiliu.core.models import Record
from shiliu.grid.models import Dated, Located, LocatedDatedQuerySet, ends_after_start


class Venue(Record, Located, Dated):
    """A place of the community's own; valid from its opening to its last day."""

    class Kind(models.TextChoices):
        UNITED_FRONT_HOME = "united_front_home", _("united-front home")
        RED_POMEGRANATE_HOME = "red_pomegranate_home", _("Red Pomegranate home")
        OTHER = "other", _("other venue")

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    address = models.CharField(_("address"), max_length=200, blank=True)
    view_right = "venues.view"

    objects = LocatedDatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("venue")
        ordering = ["code"]
        constraints = [ends_after_start("venue_dates")]

    def __str__(self) -> str:
        return self.name


class Lecturer(Record, Located, Dated):
    """Somebody trained to give talks, for as long as they do."""

    name = EncryptedTextField(
        _("name"), purpose=_("to invite and thank the lecturer"), keep_days=365, keep_after="valid_to"
    )
    topics = models.CharField(_("topics"), max_length=200, blank=True)
    view_right = "venues.view"

    objects = LocatedDatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("lecturer")
        ordering = ["code"]
        constraints = [ends_after_start("lecturer_dates")]


class Award(Record, Located):
    """An award that a lecturer received for talks."""

    class Level(models.TextChoices):
        TOWN = "town", _("town")
        DISTRICT = "district", _("district")
        CITY = "city", _("city")
        REGION = "region", _("region")
        NATION = "nation", _("nation")

    lecturer = models.ForeignKey(Lecturer, models.PROTECT, related_name="awards")
    title = models.CharField(_("title"), max_length=120)
    level = models.CharField(_("level"), max_length=10, choices=Level)
    awarded_on = models.DateField(_("awarded on"))
    view_right = "venues.view"

    class Meta:
        verbose_name = _("award")
        ordering = ["code"]


class Talk(Record, Located):
    """A talk that was given; `listeners` is the organiser's count of heads."""

    lecturer = models.ForeignKey(Lecturer, models.PROTECT, related_name="talks")
    venue = models.ForeignKey(Venue, models.PROTECT, null=True, blank=True, related_name="talks")
    title = models.CharField(_("title"), max_length=120)
    held_on = models.DateField(_("held on"))
    listeners = models.PositiveIntegerField(_("listeners"))
    view_right = "venues.view"

    class Meta:
        verbose_name = _("talk")
        ordering = ["code"]
        indexes = [models.Index(fields=["town", "held_on", "id"], name="talk_by_date")]
