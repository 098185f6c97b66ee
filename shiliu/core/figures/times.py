"""Of which time a figure is: the period that is asked for, and how records belong to it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from shiliu.core.areas import EVERYWHERE, Scope


@dataclass(frozen=True)
class Period:
    """Whole days, both inclusive."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("a period ends on or after the day it starts")

    @property
    def first_moment(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.start, time.min))

    @property
    def after_end(self) -> datetime:
        """The first moment that is no longer in the period."""
        return timezone.make_aware(datetime.combine(self.end + timedelta(days=1), time.min))


@dataclass(frozen=True)
class Over:
    """What a figure is asked for: a time and an area, and `only` some of the records, such as one group's.

    asked_at: as of which moment a figure that `moves` is asked; None: of this one.
    """

    period: Period
    area: Scope = EVERYWHERE
    only: Q = field(default_factory=Q)
    asked_at: datetime | None = None

    @property
    def now(self) -> datetime:
        return self.asked_at or timezone.now()


@dataclass(frozen=True)
class Grouping:
    """How the records of a model fall into groups, whatever their area.

    name: the group of a row with these values of `columns`. q: a group's rows; LookupError for what is none.
    labels: what of these groups there is, in its order, with what each is called. public: everybody may
    ask for one group alone, since its records are no more secret than those of all. sizes: the groups are
    sizes in their order, the last one what has none. rest: the group of all that is not told apart.
    """

    columns: tuple[str, ...]
    name: Callable[..., str]
    q: Callable[[str], Q]
    labels: Callable[[Collection[str]], dict[str, Any]] | None = None
    public: bool = False
    sizes: bool = False
    rest: str | None = None


def is_moment(model: type[models.Model], name: str) -> bool:
    """Whether a field, named by its path, holds a moment, and not a whole day."""
    *path, last = name.split("__")
    for step in path:
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]
    return isinstance(model._meta.get_field(last), models.DateTimeField)


def _from(model: type[models.Model], name: str, period: Period) -> Q:
    moment = is_moment(model, name)
    return Q(**{f"{name}__gte": period.first_moment if moment else period.start})


def _until(model: type[models.Model], name: str, period: Period) -> Q:
    if is_moment(model, name):
        return Q(**{f"{name}__lt": period.after_end})
    return Q(**{f"{name}__lte": period.end})


def within(model: type[models.Model], name: str, period: Period) -> Q:
    """The rows whose day or moment lies in the period."""
    return _from(model, name, period) & _until(model, name, period)


@dataclass(frozen=True)
class Stock:
    """What there is on the period's last day: begun by then, and not over before its end.

    standing: which rows these are at this moment, where an index knows it. It is what is asked of a day that
    is not over, and says the same as the two fields.
    """

    since: str = "valid_from"
    until: str | None = "valid_to"
    standing: Q | None = None
    kind = "stock"

    @property
    def counts_by(self) -> str:
        """The field of the day (or moment) by which a record counts."""
        return self.since

    def narrow(self, records: QuerySet, period: Period) -> QuerySet:
        if self.standing is not None and period.after_end > timezone.now():
            return records.filter(self.standing)
        # “until” is the last day (or moment) on which the thing still is.
        records = records.filter(_until(records.model, self.since, period))
        if self.until is None:
            return records
        moment = is_moment(records.model, self.until)
        still = Q(**{f"{self.until}__gte": period.after_end if moment else period.end})
        return records.filter(still | Q(**{f"{self.until}__isnull": True}))


@dataclass(frozen=True)
class ToDate:
    """What happened from the beginning to the period's last day."""

    on: str
    kind = "to_date"

    @property
    def counts_by(self) -> str:
        """The field of the day (or moment) by which a record counts."""
        return self.on

    def narrow(self, records: QuerySet, period: Period) -> QuerySet:
        return records.filter(_until(records.model, self.on, period))


@dataclass(frozen=True)
class Flow:
    """What happened within the period."""

    on: str
    kind = "flow"

    @property
    def counts_by(self) -> str:
        """The field of the day (or moment) by which a record counts."""
        return self.on

    def narrow(self, records: QuerySet, period: Period) -> QuerySet:
        return records.filter(self.within(records, period))

    def within(self, records: QuerySet, period: Period) -> Q:
        return within(records.model, self.on, period)


@dataclass(frozen=True)
class Latest:
    """Of counts taken again and again, each counted thing's last one up to the period's last day.

    on: the day of a count. per: what was counted. alive: whether that thing still is.
    """

    on: str
    per: str
    alive: Stock
    kind = "to_date"

    @property
    def counts_by(self) -> str:
        """The field of the day (or moment) by which a record counts."""
        return self.on

    def narrow(self, records: QuerySet, period: Period) -> QuerySet:
        known = records.filter(_until(records.model, self.on, period))
        later = records.model._default_manager.filter(
            _until(records.model, self.on, period),
            **{self.per: models.OuterRef(self.per), f"{self.on}__gt": models.OuterRef(self.on)},
        )
        return self.alive.narrow(known, period).exclude(models.Exists(later))


@dataclass(frozen=True)
class InHand:
    """What ended within the period in the way that `ended` says, and what there still was when it was over.

    Both are moments. What ended before it began counts as ended when it began. A measure can tell the two
    apart by `period_end`, the first moment that is no longer in the period.
    """

    since: str
    until: str
    ended: Q
    kind = "to_date"

    @property
    def counts_by(self) -> str:
        """The field of the day (or moment) by which a record counts."""
        return self.since

    def narrow(self, records: QuerySet, period: Period) -> QuerySet:
        still = Q(**{f"{self.until}__isnull": True}) | Q(**{f"{self.until}__gte": period.after_end})
        within = _from(records.model, self.until, period) | _from(records.model, self.since, period)
        known = records.filter(_until(records.model, self.since, period), still | self.ended & within)
        return known.annotate(period_end=models.Value(period.after_end, models.DateTimeField()))


When = Stock | ToDate | Flow | Latest | InHand
