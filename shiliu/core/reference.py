"""Reference data (areas, categories, the calendar), held by each process until somebody changes it.

    @reference.held
    def categories() -> list[Category]: …

    with reference.once():  # or as a decorator of a view
        categories()

Inside `once` a `held` function is computed anew only after a change. The database itself notes each change,
in the transaction that makes it, whatever the door it comes by: triggers on the tables of models with
`is_reference = True` give one row a new random token. `once` reads that row, one statement, and all that is
held under another token counts as unknown. So nothing is ever out of date, and what a transaction saw that
was rolled back in the end is never taken for true: its token does not come again.

Elsewhere a `held` function is the function itself. Whoever gets something that is held leaves it as it is.
"""

import uuid
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection, models

from shiliu.core.models import ReferenceState

T = TypeVar("T")
MOST = 256  # results of one function; more, and it begins anew
_TABLE = ReferenceState._meta.db_table
_token: ContextVar[list[str] | None] = ContextVar("reference_token", default=None)
_held: list[dict[Any, Any]] = []


@contextmanager
def once() -> Iterator[None]:
    """Reference data as it is when it is first asked for inside."""
    mark = _token.set([])
    try:
        yield
    finally:
        _token.reset(mark)


def held(compute: Callable[..., T]) -> Callable[..., T]:
    """Keep what the function returns, by its arguments; they are positional and can be hashed."""
    kept: dict[tuple[Hashable, ...], tuple[str, T]] = {}
    _held.append(kept)

    @wraps(compute)
    def read(*args: Hashable) -> T:
        token = _now()
        if not token:
            return compute(*args)
        found = kept.get(args)
        if found is None or found[0] != token:
            if len(kept) >= MOST:
                kept.clear()
            kept[args] = found = (token, compute(*args))
        return found[1]

    return read


def forget() -> None:
    """Compute everything anew: for tests that count statements."""
    for kept in _held:
        kept.clear()


def _now() -> str:
    """The token under which reference data counts now; empty outside `once`, and where there is none yet."""
    known = _token.get()
    if known is None:
        return ""
    if not known:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT token FROM {_TABLE} WHERE id = 1")  # noqa: S608 (a constant)
            row = cursor.fetchone()
        known.append(row[0] if row else "")
    return known[0]


# The triggers ---------------------------------------------------------------------------------------------

_SQLITE = (
    "CREATE TRIGGER IF NOT EXISTS {name}_{table}_{event} AFTER {event} ON {table} BEGIN "
    "DELETE FROM {state}; INSERT INTO {state} (id, token) VALUES (1, hex(randomblob(12))); END"
)
_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION {app}_{name}_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "INSERT INTO {state} (id, token) VALUES (1, gen_random_uuid()::text) "
    "ON CONFLICT (id) DO UPDATE SET token = EXCLUDED.token; RETURN NULL; END $$"
)
_POSTGRESQL_EACH = (
    "CREATE OR REPLACE TRIGGER {name}_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION {app}_{name}_changed()"
)


def watched() -> list[type[models.Model]]:
    """The models whose changes are noted."""
    return [model for model in apps.get_models() if getattr(model, "is_reference", False)]


Models = Callable[[], list[type[models.Model]]]
# Which model keeps the token, under what name, and the tables that it speaks of. Other apps add theirs.
STATES: dict[type[models.Model], tuple[str, Models]] = {ReferenceState: ("reference", watched)}


def watch() -> None:
    """Put triggers on the tables that lack them: after each migration, for it may have made a table anew."""
    tables = set(connection.introspection.table_names())
    for state, (name, noted) in STATES.items():
        if state._meta.db_table in tables:
            _watch(state, name, sorted({model._meta.db_table for model in noted()} & tables))


def _watch(state: type[models.Model], name: str, tables: list[str]) -> None:
    given = {"state": state._meta.db_table, "app": state._meta.app_label, "name": name}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL.format(**given))
            statements = [_POSTGRESQL_EACH.format(table=table, **given) for table in tables]
        else:
            statements = [
                _SQLITE.format(table=table, event=event, **given)
                for table in tables
                for event in ("INSERT", "UPDATE", "DELETE")
            ]
        for statement in statements:
            cursor.execute(statement)
    state._default_manager.update_or_create(pk=1, defaults={"token": uuid.uuid4().hex})
