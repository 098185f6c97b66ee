"""Which days of which towns have changed since their sums were made: the database itself notes it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property

from django.db import connection, models
from django.db.models import F, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from shiliu.core.areas import EVERYWHERE
from shiliu.core.figures.figure import Figure
from shiliu.core.figures.registry import FIGURES
from shiliu.core.figures.times import Flow, InHand, Over, Period, Stock, ToDate, is_moment, within
from shiliu.core.models import DailyMark

ANY = Over(
    Period(date(2000, 1, 1), date(2000, 1, 1)), EVERYWHERE
)  # what daily figures ask does not depend on it
_MARKS = DailyMark._meta.db_table
MANNER = 1  # of adding up: another number, where the same records are to give other sums
_digests: dict[tuple[str, str], tuple[Figure, str]] = {}
EVENTS = {"insert": ("new",), "update": ("old", "new"), "delete": ("old",)}


@dataclass(frozen=True)
class Source:
    """The records of a model by the day in one of its fields, and the figures that are sums over that day."""

    model: type[models.Model]
    on: str

    @property
    def name(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    @property
    def column(self) -> str:
        return str(self.model._meta.get_field(self.on).column)  # type: ignore[union-attr]

    @cached_property
    def of_moments(self) -> bool:
        return is_moment(self.model, self.on)

    def figures(self) -> list[Figure]:
        return [figure for figure in FIGURES.values() if figure.daily and self in sources_of(figure)]

    def days(self, marked: date) -> set[date]:
        """The days that a mark speaks of. Moments are marked by their day in UTC: parts of two days here."""
        if not self.of_moments:
            return {marked}
        ends = (datetime.combine(marked, at, UTC) for at in (time.min, time.max))
        return {timezone.localdate(each) for each in ends}

    def pairs(self) -> set[tuple[str, date]]:
        """Town and day of all records, with days as marks have them."""
        there = self.model._default_manager.filter(**{f"{self.on}__isnull": False}).order_by()
        day = TruncDate(self.on, tzinfo=UTC) if self.of_moments else F(self.on)
        return set(there.values_list("town", day).distinct())

    def changed(self, most: int | None = None) -> set[tuple[str, date]] | None:
        """Town and day of what has changed since its sums were made; None where that may be anything, or more
        than `most` marks.
        """
        marks = DailyMark.objects.filter(source=self.name).order_by().values_list("town", "day").distinct()
        found = list(marks if most is None else marks[: most + 1])
        days = {(town, day) for town, mark in found if mark for day in self.days(mark)}
        whole = any(mark is None for _town, mark in found)
        return None if whole or (most is not None and len(found) > most) else days

    def between(self, first: date, last: date) -> Q:
        """The records of these days."""
        return within(self.model, self.on, Period(first, last))


def sources_of(figure: Figure) -> tuple[Source, ...]:
    """Where its days stand: of a stock, when a record began and when it ended.

    Raises TypeError for a figure that is no sum over days and towns.
    """
    when = figure.when
    if isinstance(when, Flow | ToDate):
        names = [when.on]
    elif isinstance(when, Stock | InHand) and when.until:
        names = [when.since, when.until]
    else:
        names = []
    model = figure.records(ANY).model
    found = tuple(Source(model, name) for name in names)
    # A stock of days is over on the day after its last one, which nobody needs yet.
    fits = len(found) == 1 or (found and all(each.of_moments for each in found))
    if not fits or not figure.measure.additive or figure.area_path:
        raise TypeError(f"{figure.key} does not add up over days and towns")
    return found


def sources() -> dict[str, Source]:
    found = {source for figure in FIGURES.values() if figure.daily for source in sources_of(figure)}
    return {source.name: source for source in sorted(found, key=lambda source: source.name)}


def digest(figure: Figure) -> str:
    """Another one for another definition: of what is asked of the database for a day."""
    found = _digests.get((figure.key, connection.vendor))
    if found is None or found[0] is not figure:
        _digests[figure.key, connection.vendor] = found = (figure, _digest(figure))
    return found[1]


def _digest(figure: Figure) -> str:
    asked = {f"asked_{name}": each for name, each in figure.measure.asked().items()}  # type: ignore[union-attr]
    statement = figure.rows(ANY).order_by().values("town").annotate(**asked).query.sql_with_params()
    return hashlib.sha256(repr((MANNER, connection.vendor, statement)).encode()).hexdigest()


def distrust(source: Source) -> None:
    """Mark all there is: its figures come from the records until `settle` has been over it."""
    DailyMark.objects.create(source=source.name, town="", day=None)


# The triggers ---------------------------------------------------------------------------------------------

# SQLite has one writer at a time, so that looking whether the mark is there is enough.
_SQLITE_MARK = (
    "INSERT INTO {marks} (source, town, day) SELECT '{source}', {row}.town, {day} WHERE {day} IS NOT NULL "
    "AND NOT EXISTS (SELECT 1 FROM {marks} WHERE source = '{source}' AND town = {row}.town AND day = {day});"
)
_SQLITE = "CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {marked} END"
# PostgreSQL: always one more row. To leave out what is there would be wrong where somebody is just taking it
# away, and a unique key would make writers wait for each other.
_MARK = "SELECT '{source}', town, {day} AS day FROM {row}_rows WHERE {column} IS NOT NULL"
_FUNCTION = (
    "CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "INSERT INTO {marks} (source, town, day) {marked}; RETURN NULL; END $$"
)
_POSTGRESQL = (
    "CREATE OR REPLACE TRIGGER {name} AFTER {event} ON {table} {rows} "
    "FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
)


def watch() -> None:
    """Put the triggers on the tables: after each migration, for it may have made a table anew.

    Where one was missing, changes may have been missed, and no sum of the table is trusted any more.
    """
    tables = set(connection.introspection.table_names())
    there = _triggers()
    by_table: dict[str, list[Source]] = {}
    for source in sources().values():
        by_table.setdefault(source.model._meta.db_table, []).append(source)
    for table, its in by_table.items():
        if not {table, _MARKS} <= tables:
            continue
        with connection.cursor() as cursor:
            for statement in _statements(table, its):
                cursor.execute(statement)
        if not {(table, _named(table, event)) for event in EVENTS} <= there:
            for source in its:
                distrust(source)


def _named(table: str, event: str) -> str:
    return f"daily_{table}_{event}"


def _triggers() -> set[tuple[str, str]]:
    """Table and name of each trigger."""
    found = (
        "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgrelid::regclass::text, tgname FROM pg_trigger"
    )
    with connection.cursor() as cursor:
        cursor.execute(found)
        return set(cursor.fetchall())


def _statements(table: str, its: list[Source]) -> Iterable[str]:
    for event, rows in EVENTS.items():
        name = _named(table, event)
        if connection.vendor == "sqlite":
            marked = "".join(_sqlite_mark(source, row) for source in its for row in rows)
            yield f"DROP TRIGGER IF EXISTS {name}"
            yield _SQLITE.format(name=name, event=event, table=table, marked=marked)
            continue
        marked = " UNION ".join(_mark(source, row) for source in its for row in rows)
        tables = " ".join(f"{row.upper()} TABLE AS {row}_rows" for row in rows)
        yield from _postgresql(name, event, table, marked, f"REFERENCING {tables}")
    if connection.vendor == "postgresql":
        all_ = " UNION ".join(f"SELECT '{source.name}', '', NULL::date" for source in its)
        yield from _postgresql(_named(table, "truncate"), "truncate", table, all_, "")


def _postgresql(name: str, event: str, table: str, marked: str, rows: str) -> Iterable[str]:
    given = {"function": f"core_{name}", "name": name, "event": event, "table": table, "rows": rows}
    yield _FUNCTION.format(marks=_MARKS, marked=marked, **given)
    yield _POSTGRESQL.format(**given)


def _sqlite_mark(source: Source, row: str) -> str:
    day = f"substr({row}.{source.column}, 1, 10)"
    return _SQLITE_MARK.format(marks=_MARKS, source=source.name, row=row, day=day)


def _mark(source: Source, row: str) -> str:
    day = f"({source.column} AT TIME ZONE 'UTC')::date" if source.of_moments else source.column
    return _MARK.format(source=source.name, row=row, day=day, column=source.column)
