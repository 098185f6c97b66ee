"""Names of periods, as they stand in an address: 2023H1, 2023Q2, 2023-05, 2023, 2023-01-01..2023-06-30."""

import calendar
import re
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from shiliu.core.figures import Period

NAME = re.compile(r"(\d{4})(?:H([12])|Q([1-4])|-(0[1-9]|1[0-2]))?", re.ASCII)
RANGE = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)", re.ASCII)


# Beyond these, no database holds the moment at which a period begins or ends in local time.
FIRST_YEAR, LAST_YEAR = 1900, 2999


def _months(year: int, first: int, last: int) -> Period:
    return Period(date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]))


def parse(name: str) -> Period:
    """The period that a name means, from 1900 to 2999; ValueError for what is none."""
    period = _parse(name)
    if not FIRST_YEAR <= period.start.year <= period.end.year <= LAST_YEAR:
        raise ValueError(name)
    return period


def _parse(name: str) -> Period:
    if match := RANGE.fullmatch(name):
        return Period(*(date.fromisoformat(day) for day in match.groups()))
    match = NAME.fullmatch(name)
    if not match:
        raise ValueError(name)
    year, half, quarter, month = (int(part or 0) for part in match.groups())
    if half:
        return _months(year, 6 * half - 5, 6 * half)
    if quarter:
        return _months(year, 3 * quarter - 2, 3 * quarter)
    return _months(year, month or 1, month or 12)


def named(period: Period) -> str:
    """The shortest name of a period; `parse` reads it back."""
    year = f"{period.start.year:04}"
    names = [year, *(f"{year}H{n}" for n in (1, 2)), *(f"{year}Q{n}" for n in (1, 2, 3, 4))]
    names.append(f"{year}-{period.start.month:02}")
    for name in names:
        if _parse(name) == period:
            return name
    return f"{period.start}..{period.end}"


def title(period: Period) -> str:
    """What people call a period: “first half of 2023”."""
    if period.start == period.end:
        return date_format(period.end, "DATE_FORMAT")
    name, data = named(period), {"year": period.start.year}
    if match := NAME.fullmatch(name):
        _year, half, quarter, month = match.groups()
        if half:
            words = _("first half of %(year)s") if half == "1" else _("second half of %(year)s")
            return words % data
        if quarter:
            return _("quarter %(quarter)s of %(year)s") % (data | {"quarter": quarter})
        if month:
            return date_format(period.start, "YEAR_MONTH_FORMAT")
        return _("the year %(year)s") % data
    return _("%(start)s to %(end)s") % {"start": period.start, "end": period.end}


def last_completed_half_year(day: date) -> Period:
    """The half-year that is over on a day: what a report is asked for."""
    return parse(f"{day.year}H1" if day.month > 6 else f"{day.year - 1}H2")


def before(period: Period) -> Period:
    """The period of the same length that ends the day before: as many months where it is whole months."""
    last = period.start - timedelta(days=1)
    if months := _whole_months(period):
        return Period(_month_on(period.start, -months), last)
    return Period(period.start - (period.end - period.start) - timedelta(days=1), last)


def year_before(period: Period) -> Period:
    """The same days a year earlier; a month that is whole stays whole in a leap year."""
    start = _month_on(period.start, -12)
    if _whole_months(period):
        return Period(start, _last_of_month(_month_on(period.end, -12)))
    return Period(start, _month_on(period.end, -12))


def _whole_months(period: Period) -> int:
    """Of how many months it is, 0 where it does not begin with one and end with one."""
    if period.start.day != 1 or period.end != _last_of_month(period.end):
        return 0
    return (period.end.year - period.start.year) * 12 + period.end.month - period.start.month + 1


def _month_on(day: date, months: int) -> date:
    """The same day so many months later; the last one where that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _last_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


class PeriodConverter:
    """A period as a part of an address."""

    regex = r"\d{4}(?:H[12]|Q[1-4]|-\d\d)?|\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d"

    def to_python(self, value: str) -> Period:
        return parse(value)

    def to_url(self, value: Period | str) -> str:
        return value if isinstance(value, str) else named(value)
