"""Tables that every part of the house shares: accounts, the audit, idempotency, calendar, search, clock."""

import uuid
from typing import Any, NoReturn

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from shiliu.core import receipts
from shiliu.core.areas import TOWN, VILLAGE


class User(AbstractUser):
    """A member of staff who signs in. What one may do comes from posts alone (`shiliu.grid`)."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=60, blank=True)

    def get_full_name(self) -> str:
        return self.name or self.username

    get_short_name = get_full_name

    @property
    def label(self) -> str:
        return self.get_full_name()


class Record(models.Model):
    """What an action writes: a public code, never the primary key, and the version an editor saw."""

    code = models.CharField(_("code"), max_length=40, unique=True, default=receipts.new)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


def area_columns(source: str = "area") -> tuple[models.GeneratedField, models.GeneratedField]:
    """`town` and `village`, computed by the database from the area's code."""
    town, village = (
        models.GeneratedField(
            expression=Substr(source, 1, length),
            output_field=models.CharField(max_length=length),
            db_persist=True,
        )
        for length in (TOWN, VILLAGE)
    )
    return town, village


class AppendOnly(models.QuerySet):
    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("The audit is append-only.")

    def delete(self) -> NoReturn:
        raise TypeError("The audit is append-only.")


class AuditEntry(models.Model):
    """One thing somebody did, written in the same transaction. Triggers refuse update and delete."""

    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    actor_label = models.CharField(max_length=60)
    verb = models.CharField(max_length=60)
    kind = models.CharField(max_length=60)
    public_id = models.CharField(max_length=80)
    area = models.CharField(max_length=15, blank=True)
    town, village = area_columns()
    version = models.PositiveIntegerField(null=True)
    note = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    request_id = models.UUIDField(default=uuid.uuid4)
    save_only_refuses = True  # and sets nothing, so that `core.inserting` may pass it by

    objects = AppendOnly.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["kind", "public_id", "id"], name="audit_of_record"),
            models.Index(fields=["town", "id"], name="audit_of_town"),
            models.Index(fields=["actor", "id"], name="audit_of_actor"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("The audit is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("The audit is append-only.")


class Submission(models.Model):
    """An idempotency key that was used, what it made, and a digest of what was sent."""

    key = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=60)
    public_id = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True, db_index=True)


class LimitCount(models.Model):
    """How often one network address did something in one window of time; `until`: seconds since 1970."""

    key = models.CharField(max_length=120, primary_key=True)
    times = models.PositiveIntegerField()
    until = models.BigIntegerField()


class ReferenceState(models.Model):
    """One row, whose token changes with each change of reference data: see `core.reference`."""

    token = models.CharField(max_length=40)


class CalendarDay(models.Model):
    """An exception to the week: a holiday on a weekday, or a make-up working day on a weekend."""

    is_reference = True
    day = models.DateField(_("day"), primary_key=True)
    working = models.BooleanField(_("working day"))
    name = models.CharField(_("name"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        ordering = ["day"]
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class SearchDocument(models.Model):
    """The findable words of one record, as tokens of `core.search`."""

    kind = models.CharField(max_length=60)
    public_id = models.CharField(max_length=80)
    at = models.DateTimeField()
    tokens = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "public_id"], name="search_document_once")]
        indexes = [models.Index(fields=["kind", "-at"], name="search_document_by_date")]


class ClockJob(models.Model):
    """When a regular job is due next; moving `due` on is what makes each turn happen once."""

    name = models.CharField(max_length=120, primary_key=True)
    due = models.DateTimeField()
    enqueued_at = models.DateTimeField(null=True)


class WorkerBeat(models.Model):
    """A worker that is on a task says so now and then; silence means that it died."""

    worker = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField()


class DailySum(models.Model):
    """What a day of a town adds to a figure, in the parts of its measure: see `core.figures.daily`.

    No row where there is nothing to add. value: of an exact decimal, its smallest units.
    """

    figure = models.CharField(max_length=60)
    day = models.DateField()
    town = models.CharField(max_length=9)
    n = models.BigIntegerField(default=0)
    value = models.BigIntegerField(default=0)
    denominator = models.BigIntegerField(default=0)
    numerator = models.BigIntegerField(default=0)
    excluded = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["figure", "day", "town"], name="daily_sum_once")]


class DailyMark(models.Model):
    """Records of this day of a town have changed since its sums were made. Triggers write it.

    source: table and column of the day. A mark without a day speaks of all there is.
    """

    source = models.CharField(max_length=120)
    town = models.CharField(max_length=9)
    day = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["source", "day", "town"], name="daily_mark_of_day")]


class DailyFigure(models.Model):
    """Of which definition of a figure its daily sums are."""

    key = models.CharField(max_length=60, primary_key=True)
    digest = models.CharField(max_length=64)
