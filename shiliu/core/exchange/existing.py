"""For a batch of rows: what they refer to, and which of them are stored already."""

from collections import defaultdict
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from shiliu.core.exchange.kinds import Kind, Values
from shiliu.core.exchange.reading import File, Row

# Rows of a compound key are asked for by column lists as long as these do not fetch too many strangers.
SPARSE = 20
CHUNK = 150


def apart(kind: Kind, rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """The rows of a batch, and those of them that refer to another row of the same batch, which come after."""
    own = [col.name for col in kind.columns if (it := kind.reference(col)) and it[0] is kind.model]
    if not own:
        return rows, []
    keys = {row.values.get("code") for row in rows}
    waiting = [row for row in rows if any(row.values.get(name) in keys - {None} for name in own)]
    return [row for row in rows if row not in waiting], waiting


def look_up_references(file: File, rows: list[Row]) -> None:
    """Replace the text of each reference by the row it names; one query per column."""
    for col in file.kind.columns:
        reference = file.kind.reference(col)
        if reference is None:
            continue
        model, by = reference
        wanted = {row.values[col.name] for row in rows if row.values.get(col.name)}
        found = (
            {getattr(o, by): o for o in model._base_manager.filter(**{f"{by}__in": wanted})} if wanted else {}
        )
        for row in rows:
            text = row.values.get(col.name)
            if row.problem or not text:
                continue
            if text in found:
                row.values[col.name] = found[text]
            else:
                sentence = _("“%(text)s” is not known. Import it first, or correct it.") % {"text": text}
                row.problem = file.problem(row.line, col.zh, sentence)


def row_key(kind: Kind, values: Values) -> tuple[Any, ...]:
    """The key of a row as the database's columns have it."""
    return tuple(_column_value(kind, name, values.get(name)) for name in kind.key)


def _column_value(kind: Kind, name: str, value: Any) -> Any:
    if isinstance(value, Model):
        return getattr(value, kind.field(name).target_field.attname)  # type: ignore[attr-defined]
    return value


def existing_rows(kind: Kind, rows: list[Row]) -> dict[tuple[Any, ...], Any]:
    """The stored objects of these rows by key, in a few queries."""
    if not rows:
        return {}
    keys = [row_key(kind, row.values) for row in rows]
    attnames = [kind.field(name).attname for name in kind.key]
    found = {}
    for condition in _conditions(attnames, keys):
        for obj in kind.model._base_manager.filter(condition):
            found[tuple(getattr(obj, name) for name in attnames)] = obj
    return found


def _conditions(names: list[str], keys: list[tuple[Any, ...]]) -> list[Q]:
    columns: dict[str, set[Any]] = defaultdict(set)
    for key in keys:
        for name, part in zip(names, key, strict=True):
            columns[name].add(part)
    combinations = reduce(lambda n, values: n * len(values), columns.values(), 1)
    if combinations <= SPARSE * len(keys):
        return [Q(**{f"{name}__in": values for name, values in columns.items()})]
    exact = [Q(**dict(zip(names, key, strict=True))) for key in keys]
    return [reduce(or_, exact[i : i + CHUNK]) for i in range(0, len(exact), CHUNK)]
