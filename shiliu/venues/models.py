"""Platform, offline: homes where residents meet, what is on there, lecturers, their talks and awards."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shiliu.core.fields import EncryptedTextField
from shiliu.core.models import Record
from shiliu.grid.models import Dated, Located, LocatedDatedQuerySet, ends_after_start


class PublicQuerySet(LocatedDatedQuerySet):
    def visible_to(self, actor: Any) -> "PublicQuerySet":
        """Where residents meet, and when, is no secret."""
        return self.all()


class VenueQuerySet(PublicQuerySet):
    def by_place(self, after: str = "") -> "VenueQuerySet":
        """Sorted so that each community's stand together; those that follow the venue `after`."""
        rows = self.order_by("area_id", "code")
        last = self.model._default_manager.filter(code=after).first() if after else None
        if last is None:
            return rows
        return rows.filter(Q(area__gt=last.area_id) | Q(area=last.area_id, code__gt=last.code))


class Venue(Record, Located, Dated):
    """A place of the community's own; valid from its opening to its last day."""

    class Kind(models.TextChoices):
        UNITED_FRONT_HOME = "united_front_home", _("united-front home")
        RED_POMEGRANATE_HOME = "red_pomegranate_home", _("Red Pomegranate home")
        OTHER = "other", _("other venue")

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    address = models.CharField(_("address"), max_length=200, blank=True)
    hours = models.CharField(_("opening hours"), max_length=200, blank=True)
    view_right = "venues.view"

    objects = VenueQuerySet.as_manager()

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        ordering = ["code"]
        constraints = [ends_after_start("venue_dates")]

    def __str__(self) -> str:
        return self.name

    def is_open(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def talks_lately(self, most: int) -> models.QuerySet["Talk"]:
        """Its last talks: what they were about and when, without who gave them."""
        held = self.talks.filter(held_on__lte=timezone.localdate())
        return held.only("title", "held_on", "venue").order_by("-held_on", "-pk")[:most]


@dataclass(frozen=True)
class Occurrence:
    """An activity on one of its days. again: it stands in the list already, on a day before."""

    day: date
    activity: "Activity"
    again: bool = False


def _takes_place(day: date) -> Q:
    """The activities of a day, in venues that are open on it."""
    lasting = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))
    is_open = Q(venue__valid_from__lte=day) & (Q(venue__valid_to=None) | Q(venue__valid_to__gte=day))
    return lasting & is_open & (Q(weekday=None) | Q(weekday=day.weekday()))


class ActivityQuerySet(PublicQuerySet):
    def on_days(self, first: date, days: int, most: int = 100) -> list[Occurrence]:
        """What is on in `days` days from `first` on, by day and time: the first `most` of it, in one query.

        Reads at most `most` rows: what is among the first `most` occurrences belongs to activities whose
        own first ones are, so those that begin earliest are enough.
        """
        window = [first + timedelta(days=n) for n in range(days)]
        begins = Case(
            *(When(_takes_place(day), then=Value(n)) for n, day in enumerate(window)),
            output_field=models.SmallIntegerField(),
        )
        rows = (
            self.filter(
                Q(valid_to=None) | Q(valid_to__gte=first), valid_from__lt=first + timedelta(days=days)
            )
            .annotate(begins=begins)
            .filter(begins__isnull=False)
            .select_related("venue")
            .order_by("begins", "starts", "pk")[:most]
        )
        found: list[Occurrence] = []
        for it in rows:
            days_on = [day for day in window if it.is_on(day)]
            found += [Occurrence(day, it, again=day != days_on[0]) for day in days_on]
        found.sort(key=lambda one: (one.day, one.activity.starts, one.activity.pk))
        return found[:most]


class Activity(Record, Located, Dated):
    """What residents may come to in a venue: on one day, or every week (or every day) of its span."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, pgettext_lazy("weekday", "Monday")
        TUESDAY = 1, pgettext_lazy("weekday", "Tuesday")
        WEDNESDAY = 2, pgettext_lazy("weekday", "Wednesday")
        THURSDAY = 3, pgettext_lazy("weekday", "Thursday")
        FRIDAY = 4, pgettext_lazy("weekday", "Friday")
        SATURDAY = 5, pgettext_lazy("weekday", "Saturday")
        SUNDAY = 6, pgettext_lazy("weekday", "Sunday")

    venue = models.ForeignKey(Venue, models.PROTECT, related_name="activities")
    title = models.CharField(_("title"), max_length=120)
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday, null=True, blank=True)
    starts = models.TimeField(_("begins at"))
    ends = models.TimeField(_("ends at"))
    note = models.CharField(_("what to know"), max_length=300, blank=True)
    view_right = "venues.view"

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["code"]
        constraints = [
            ends_after_start("activity_dates"),
            models.CheckConstraint(
                name="activity_times",
                condition=Q(ends__gt=F("starts")),
                violation_error_message=_("It has to end later on the day than it begins. Correct one time."),
            ),
            models.CheckConstraint(
                name="activity_weekday",
                condition=Q(weekday=None) | Q(weekday__range=(0, 6)),
                violation_error_message=_("A weekday is a number from 0, Monday, to 6, Sunday."),
            ),
        ]
        indexes = [
            models.Index(fields=["town", "valid_to"], name="activity_of_town"),
            models.Index(fields=["village", "valid_to"], name="activity_of_village"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.area_id = self.venue.area_id
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if self.valid_from:
            refuse_never(self.weekday, self.valid_from, self.valid_to)

    def is_on(self, day: date) -> bool:
        """Whether it takes place on a day, as far as dates and its venue say."""
        lasting = self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
        return lasting and self.weekday in (None, day.weekday()) and self.venue.is_open(day)


def refuse_never(weekday: int | None, first: date, last: date | None) -> None:
    """ValidationError where no such weekday lies between the two days: nobody would ever see the activity."""
    if weekday is None or last is None or last < first:
        return
    if (weekday - first.weekday()) % 7 > (last - first).days:
        raise ValidationError(
            _("There is no %(weekday)s between its first and its last day. Correct the weekday or a day."),
            params={"weekday": Activity.Weekday(weekday).label},
        )


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
