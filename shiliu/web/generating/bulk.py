"""Many rows of one table, fast: COPY on PostgreSQL, executemany on SQLite; indexes are built afterwards."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models

from shiliu.core import search
from shiliu.core.models import SearchDocument

Row = tuple[Any, ...]
_CACHE = 256_000  # KiB that SQLite may keep of the file while rows come in


def columns(model: type[models.Model]) -> list[str]:
    """The columns that a row gives, in the order of the model's fields: all but those the database makes."""
    return [field.column for field in model._meta.concrete_fields if not field.generated]


def last(model: type[models.Model]) -> int:
    """The highest id that is taken."""
    return model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0


def insert(model: type[models.Model], names: Sequence[str], rows: Iterable[Row]) -> None:
    """Values are text, numbers, booleans and None; times as text in UTC."""
    quote = connection.ops.quote_name
    table, listed = quote(model._meta.db_table), ", ".join(map(quote, names))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["?"] * len(names))
            statement = f"INSERT INTO {table} ({listed}) VALUES ({places})"  # noqa: S608  names of our own
            cursor.connection.executemany(statement, rows)


@contextmanager
def filling(*tables: type[models.Model]) -> Iterator[None]:
    """Inside one transaction: indexes, foreign keys and the text index step aside until the rows are in."""
    names = [model._meta.db_table for model in tables]
    with connection.cursor() as cursor:
        again = _postgresql(cursor, names) if connection.vendor == "postgresql" else _sqlite(cursor, names)
    yield
    with connection.cursor() as cursor:
        for statement in again + connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)


def _sqlite(cursor: Any, tables: list[str]) -> list[str]:
    """Drops what makes each row dear; the statements that bring it back."""
    cursor.execute(f"PRAGMA cache_size = -{_CACHE}")
    listed = ", ".join(["%s"] * len(tables))
    cursor.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL "  # noqa: S608
        f"AND (type = 'index' OR name = 'core_searchdocument_ai') AND tbl_name IN ({listed})",
        tables,
    )
    again = []
    for kind, name, sql in cursor.fetchall():
        cursor.execute(f"DROP {kind} {connection.ops.quote_name(name)}")
        again.append(sql)
    if SearchDocument._meta.db_table in tables:
        again.append(f"INSERT INTO {search.FTS_TABLE}({search.FTS_TABLE}) VALUES ('rebuild')")  # noqa: S608
    return again


def _postgresql(cursor: Any, tables: list[str]) -> list[str]:
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered with checks outstanding
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    cursor.execute(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])",
        [tables],
    )
    keys = cursor.fetchall()
    cursor.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i "
        "LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid "
        "WHERE c.oid IS NULL AND i.indrelid = ANY(%s::regclass[])",
        [tables],
    )
    indexes = cursor.fetchall()
    for table, name, _sql in keys:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _sql in indexes:
        cursor.execute(f"DROP INDEX {name}")
    cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
    added = [f"ALTER TABLE {table} ADD CONSTRAINT {name} {sql}" for table, name, sql in keys]
    return [sql for _name, sql in indexes] + added
