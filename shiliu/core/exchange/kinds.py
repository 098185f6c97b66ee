"""What can be imported and exported: a kind is a model, its columns and the key that a row is known by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import QuerySet

from shiliu.core import audit
from shiliu.core.exchange import cells


@dataclass(frozen=True)
class Column:
    """One column. `name` is the model's field and the English header, `zh` the Chinese header."""

    name: str
    zh: str
    note: Any = ""


def column(name: str, zh: str, note: Any = "") -> Column:
    return Column(name, zh, note)


Values = dict[str, Any]


@dataclass
class Kind:
    """One CSV file. Rows are found again by `key`, so importing twice changes nothing.

    derive: further fields from a row's values (`{"team": Team, …}` → `{"area_id": …}`).
    frozen: columns that an existing row keeps, since rows elsewhere repeat them.
    words: what of a record is put into the text search, with the field that dates it.
    """

    name: str
    model: type[models.Model]
    title: Any
    columns: Sequence[Column]
    key: tuple[str, ...] = ("code",)
    derive: Callable[[Values], Values] | None = None
    frozen: tuple[str, ...] = ()
    words: Callable[[Any], str] | None = None
    dated: str = ""
    _readers: dict[str, Callable[[str], Any]] = field(default_factory=dict, init=False)

    def field(self, name: str) -> models.Field:
        return self.model._meta.get_field(name)  # type: ignore[return-value]

    def required(self, col: Column) -> bool:
        if self.model._meta.model_name == "user":
            return col.name == "username"
        it = self.field(col.name)
        return not (it.blank or it.null or it.has_default()) or col.name in self.key

    def reference(self, col: Column) -> tuple[type[models.Model], str] | None:
        """For a foreign key, the model and the field by which a cell names one of its rows."""
        related = self.field(col.name).related_model
        if related is None or isinstance(related, str):
            return None
        names = {f.name for f in related._meta.get_fields()}
        return related, "code" if "code" in names else "username"

    def reader(self, name: str) -> Callable[[str], Any]:
        if name not in self._readers:
            self._readers[name] = cells.reader_of(self.field(name))
        return self._readers[name]

    # What a kind of pages or accounts does in its own way ------------------------------------------------

    def rows(self) -> QuerySet:
        """Everything there is, in the order of the key."""
        names = [c.name for c in self.columns if self.reference(c)]
        return self.model._base_manager.select_related(*names).order_by(*self.key)

    def cell(self, obj: Any, col: Column) -> str:
        value = getattr(obj, col.name)
        if isinstance(value, models.Model):
            value = getattr(value, self.reference(col)[1])  # type: ignore[index]
        return cells.written(value)

    def create(self, made: list[Values]) -> list[Any]:
        return self.model._base_manager.bulk_create([self.model(**values) for values in made])

    def update(self, changed: list[tuple[Any, Values]]) -> None:
        names = {name for _obj, values in changed for name in values}
        for obj, values in changed:
            for name, value in values.items():
                setattr(obj, name, value)
            if hasattr(obj, "version"):
                obj.version += 1
                names.add("version")
        self.model._base_manager.bulk_update([obj for obj, _values in changed], sorted(names), batch_size=200)

    def current(self, obj: Any, name: str) -> Any:
        """A field's stored value, comparable with what a cell was read to."""
        return getattr(obj, name)

    @property
    def search_kind(self) -> str:
        return audit.kind_of(self.model)


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Add a kind. Kinds are read in the order of registration: what is referred to comes first."""
    KINDS[kind.name] = kind
    return kind
