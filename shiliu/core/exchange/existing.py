"""For a batch of rows: in which order to store them, what they refer to, and which are stored already."""

from collections import defaultdict
from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from shiliu.core.exchange import cells
from shiliu.core.exchange.kinds import Kind
from shiliu.core.exchange.reading import File, Row

# Rows of a compound key are asked for by column lists as long as these do not fetch too many strangers.
SPARSE = 4
CHUNK = 150
KEPT = 5000


def waves(kind: Kind, rows: list[Row]) -> Iterator[list[Row]]:
    """The rows in the order in which they can be stored: what one of them waits for comes before it."""
    while waits := {row: code for row in rows if (code := kind.waits_for(row.values))}:
        codes = {row.values["code"] for row in rows}
        waiting = [row for row, code in waits.items() if code in codes]
        if len(waiting) == len(rows):  # a circle: the look-up refuses each as unknown
            break
        late = set(waiting)
        yield [row for row in rows if row not in late]
        rows = waiting
    if rows:
        yield rows


class References:
    """What the rows of a file refer to, looked up by name with one query per column and batch.

    Rows that were found are kept for the next batch, up to `KEPT` of each column. They come with their keys,
    relations and days only: that is what is derived from, and a person's name need not be decrypted for it.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        kind = file.kind
        self._columns = [(c.name, *found) for c in kind.columns if (found := kind.reference(c))]
        self._known: dict[str, dict[str, Any]] = defaultdict(dict)

    def look_up(self, rows: list[Row]) -> None:
        """Replace the text of each reference by the row it names; refuse the rows that name none."""
        for name, model, by in self._columns:
            known = self._found(name, model, by, {row.values[name] for row in rows if row.values.get(name)})
            for row in rows:
                text = row.values.get(name)
                if row.problem or not text:
                    continue
                if text in known:
                    row.values[name] = known[text]
                else:
                    sentence = _("“%(text)s” is not known. Import it first, or correct it.")
                    said = sentence % {"text": cells.shortened(text)}
                    row.problem = self._file.problem(row.line, name, said)

    def _found(self, name: str, model: type[models.Model], by: str, wanted: set[str]) -> dict[str, Any]:
        known = self._known[name]
        if len(known) > KEPT:
            known.clear()
        if missing := wanted - known.keys():
            found = model._base_manager.filter(**{f"{by}__in": missing}).only(*_small_fields(model))
            known.update((getattr(obj, by), obj) for obj in found)
        return known


def _small_fields(model: type[models.Model]) -> list[str]:
    return [
        f.name
        for f in model._meta.concrete_fields
        if f.unique or f.is_relation or isinstance(f, models.DateField)
    ]


def existing_rows(kind: Kind, rows: list[Row]) -> dict[Row, Any]:
    """The rows, each with the stored object of the same key or None, in a few queries."""
    if not rows:
        return {}
    names = [kind.field(name).attname for name in kind.key]
    keys = [tuple(kind.raw({name: row.values[name] for name in kind.key}).values()) for row in rows]
    found = {}
    for condition in _conditions(names, keys):
        for obj in kind.model._base_manager.filter(condition, kind.only):
            found[tuple(getattr(obj, name) for name in names)] = obj
    return {row: found.get(key) for row, key in zip(rows, keys, strict=True)}


def _conditions(names: list[str], keys: list[tuple[Any, ...]]) -> list[Q]:
    columns = [set(parts) for parts in zip(*keys, strict=True)]
    combinations = reduce(lambda n, values: n * len(values), columns, 1)
    if combinations <= SPARSE * len(keys):
        return [Q(**{f"{name}__in": values for name, values in zip(names, columns, strict=True)})]
    exact = [Q(**dict(zip(names, key, strict=True))) for key in keys]
    return [reduce(or_, exact[i : i + CHUNK]) for i in range(0, len(exact), CHUNK)]
