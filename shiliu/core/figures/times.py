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
    """What a figure is asked for: a time and an area, and `only` some of the records, such as one group's."""

    period: Period
    area: Scope = EVERYWHERE
    only: Q = field(default_factory=Q)


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


def _is_moment(model: type[models.Model], name: str) -> bool:
    *path, last = name.split("__")
    for step in path:
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]
    return isinstance(model._meta.get_field(last), models.DateTimeField)


def _from(records: QuerySet, name: str, period: Period) -> Q:
    moment = _is_moment(records.model, name)
    return Q(**{f"{name}__gte": period.first_moment if moment else period.start})


def _until(records: QuerySet, name: str, period: Period) -> Q:
    if _is_moment(records.model, name):
        return Q(**{f"{name}__lt": period.after_end})
    return Q(**{f"{name}__lte": period.end})


@dataclass(frozen=True)
class Stock:
    """What there is on the period's last day: begun by then, and not over before its end."""

    since: str = "valid_from"
    until: str | None = "valid_to"
    kind = "stock"

    def narrow(self, records: QuerySet, period: Period) -> QuerySet:
        # “until” is the last day (or moment) on which the thing still is.
        records = records.filter(_until(records, self.since, period))
        if self.until is None:
            return records
        moment = _is_moment(records.model, self.until)
        still = Q(**{f"{self.until}__gte": period.after_end if moment else period.end})
        return records.filter(still | Q(**{f"{self.until}__isnull": True}))


@dataclass(frozen=True)
class ToDate:
    """What happened from the beginning to the period's last day."""

    on: str
    kind = "to_date"

    def narrow(self, records: QuerySet, period: Period) -> QuerySet:
        return records.filter(_until(records, self.on, period))


@dataclass(frozen=True)
class Flow:
    """What happened within the period."""

    on: str
    kind = "flow"

    def narrow(self, records: QuerySet, period: Period) -> QuerySet:
        return records.filter(self.within(records, period))

    def within(self, records: QuerySet, period: Period) -> Q:
        return _from(records, self.on, period) & _until(records, self.on, period)


@dataclass(frozen=True)
class Latest:
    """Of counts taken again and again, each counted thing's last one up to the period's last day.

    on: the day of a count. per: what was counted. alive: whether that thing still is.
    """

    on: str
    per: str
    alive: Stock
    kind = "to_date"

    def narrow(self, records: QuerySet, period: Period) -> QuerySet:
        known = records.filter(_until(records, self.on, period))
        later = records.model._default_manager.filter(
            _until(records, self.on, period),
            **{self.per: models.OuterRef(self.per), f"{self.on}__gt": models.OuterRef(self.on)},
        )
        return self.alive.narrow(known, period).exclude(models.Exists(later))


When = Stock | ToDate | Flow | Latest
