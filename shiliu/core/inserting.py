"""New rows, without working out the statement anew for each.

Django builds an INSERT from the model's fields every time, which takes longer than the database needs to
store the row. Here Django builds it once per model; each row then gives its values through the same methods
of the same fields, and the same signals are sent. So `insert(obj)` does what `obj.save(force_insert=True)`
does; what it does not serve (a model with a `save` of its own, a row that has its number already, a model
that inherits another's table, a value that the database computes) is left to that. See decision 14.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.models.signals import post_save, pre_save
from django.db.models.sql import InsertQuery
from django.db.transaction import get_connection

MOST = 100  # rows in one statement


@dataclass(frozen=True)
class _Statement:
    sql: str
    values: str  # in it, the place of one row's values
    fields: tuple[models.Field[Any, Any], ...]
    returned: tuple[str, ...]  # attributes that the database's answer gives, in its order

    def of(self, rows: int) -> str:
        return self.sql if rows == 1 else self.sql.replace(self.values, ", ".join([self.values] * rows))


def insert(obj: models.Model) -> None:
    """Store a new row."""
    insert_all([obj])


def insert_all(objects: Sequence[models.Model]) -> None:
    """Store new rows of one model, in as few statements as may be; signals as for `insert`."""
    for start in range(0, len(objects), MOST):
        _insert_some(objects[start : start + MOST])


def _insert_some(objects: Sequence[models.Model]) -> None:
    model = type(objects[0])
    statement = _statement(model, connection.vendor)
    if statement is None or any(_is_special(obj) for obj in objects):
        for obj in objects:
            obj.save(force_insert=True)
        return
    said = {"sender": model, "raw": False, "using": connection.alias, "update_fields": None}
    if pre_save.has_listeners(model):
        for obj in objects:
            pre_save.send(instance=obj, **said)
    store = get_connection()  # the thread's own: to ask for it anew for each value would take longer
    values = [_value(field, obj, store) for obj in objects for field in statement.fields]
    with store.cursor() as cursor:
        cursor.execute(statement.of(len(objects)), values)
        rows = cursor.fetchall() if statement.returned else [()] * len(objects)
    for obj, row in zip(objects, rows, strict=True):
        for name, value in zip(statement.returned, row, strict=True):
            setattr(obj, name, value)
        obj._state.adding, obj._state.db = False, store.alias
    if post_save.has_listeners(model):
        for obj in objects:
            post_save.send(instance=obj, created=True, **said)


def _is_special(obj: models.Model) -> bool:
    numbered = obj._meta.auto_field is not None and obj.pk is not None
    return numbered or any(hasattr(value, "resolve_expression") for value in vars(obj).values())


def _value(field: models.Field[Any, Any], obj: models.Model, store: Any) -> Any:
    value = field.pre_save(obj, add=True)
    return None if value is None else field.get_db_prep_save(value, store)


@cache
def _statement(model: type[models.Model], vendor: str) -> _Statement | None:
    """Django's own INSERT of a row, taken from an empty one; None where it is not the same for each."""
    meta = model._meta
    if model.save is not models.Model.save and not getattr(model, "save_only_refuses", False):
        return None
    if meta.parents or not connection.features.can_return_rows_from_bulk_insert:
        return None
    fields = [it for it in meta.local_concrete_fields if it is not meta.auto_field and not it.generated]
    if any(field.has_db_default() for field in fields):
        return None
    query = InsertQuery(model)
    query.insert_values(fields, [model()])
    compiler = query.get_compiler(connection=connection)
    compiler.returning_fields = meta.db_returning_fields
    [(sql, _values)] = compiler.as_sql()
    values = f"({', '.join(['%s'] * len(fields))})"
    returned = tuple(it.attname for it in meta.db_returning_fields)
    return _Statement(sql, values, tuple(fields), returned) if sql.count(values) == 1 else None
