"""Working time of the sample's months, by the rules of the platform's own deadlines (`shiliu.core.worktime`).

Told again here because the recipe needs nothing but Python; a test compares every deadline of the sample.
"""

from datetime import date, datetime, time, timedelta, timezone

ZONE = timezone(timedelta(hours=8))  # Shanghai; no summer time in these years
SESSIONS = ((time(8, 30), time(12)), (time(14, 30), time(17, 30)))
DAY = timedelta(days=1)


def _days(*spans: tuple[str, str]) -> frozenset[date]:
    return frozenset(
        date.fromordinal(n)
        for first, last in spans
        for n in range(date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal() + 1)
    )


# The State Council's holidays, and the weekend days that make up for them, of these months.
HOLIDAYS = _days(
    ("2022-12-31", "2023-01-02"), ("2023-01-21", "2023-01-27"), ("2023-04-05", "2023-04-05"),
    ("2023-04-29", "2023-05-03"), ("2023-06-22", "2023-06-24"), ("2023-09-29", "2023-09-30"),
)  # fmt: skip
MAKE_UP = _days(
    ("2023-01-28", "2023-01-29"), ("2023-04-23", "2023-04-23"), ("2023-05-06", "2023-05-06"),
    ("2023-06-25", "2023-06-25"),
)  # fmt: skip


def is_working(day: date) -> bool:
    return day in MAKE_UP or (day.weekday() < 5 and day not in HOLIDAYS)


def at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, ZONE)


def after_work_minutes(start: datetime, minutes: float) -> datetime:
    """The moment at which so many minutes of office hours have passed."""
    left, day = timedelta(minutes=minutes), start.date()
    while True:
        for opens, closes in SESSIONS if is_working(day) else ():
            begins = max(at(day, opens), start)
            if at(day, closes) - begins >= left:
                return begins + left
            left -= max(at(day, closes) - begins, timedelta())
        day += DAY


def due(received: datetime, amount: int, unit: str) -> datetime:
    """When a request is to be closed."""
    if unit == "clock_hour":
        return received + timedelta(hours=amount)
    if unit == "work_hour":
        return after_work_minutes(received, 60 * amount)
    day = received.date()
    if unit == "calendar_day":
        return at(day + (amount + 1) * DAY, time())
    for _passed in range(amount):
        day += DAY
        while not is_working(day):
            day += DAY
    return at(day, SESSIONS[-1][1])


def office_moment(moment: datetime) -> datetime:
    """The moment itself in office hours, else the next opening."""
    return after_work_minutes(moment, 0)


def daytime_moment(moment: datetime) -> datetime:
    """The moment itself by day, else the next morning: repair crews work on weekends, but seldom at night."""
    if moment.hour >= 21:
        return at(moment.date() + DAY, time(7, 40))
    return max(moment, at(moment.date(), time(7, 40)))
