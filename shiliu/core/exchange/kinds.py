"""What can be imported and exported: a kind is a model, its columns and the key that a row is known by."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from shiliu.core import audit, retention
from shiliu.core.exchange import cells
from shiliu.core.fields import PersonalField, personal_fields
from shiliu.core.models import Record

CHUNK = 2000


@dataclass(frozen=True)
class Column:
    """One column. `name` is the model's field and the English header, `zh` the Chinese header.

    past: it says when something has happened, so that a day or moment to come is refused.
    """

    name: str
    zh: str
    note: Any = ""
    past: bool = False


def column(name: str, zh: str, note: Any = "", *, past: bool = False) -> Column:
    return Column(name, zh, note, past)


Values = dict[str, Any]


@dataclass
class Kind:
    """One CSV file. Rows are found again by `key`, so importing twice changes nothing.

    derive: further fields from a row's values (`{"team": Team, …}` → `{"area_id": …}`). A file may leave
        out columns that are not required: then `values` lacks them, and nothing may be derived from them.
    frozen: columns that an existing row keeps, since rows elsewhere repeat them.
    words: what of a record is put into the text search, with the field that dates it.
    only: which of the model's rows the file holds, where another file holds the rest.
    masks: columns of which the audit says only that they were changed, besides the encrypted ones.
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
    masks: tuple[str, ...] = ()
    only: models.Q = field(default_factory=models.Q)

    def field(self, name: str) -> models.Field:
        return self.model._meta.get_field(name)  # type: ignore[return-value]

    def required(self, col: Column) -> bool:
        it = self.field(col.name)
        return not (it.blank or it.null or it.has_default()) or col.name in self.key

    def reference(self, col: Column) -> tuple[type[models.Model], str] | None:
        """For a foreign key, the model and the field by which a cell names one of its rows."""
        related = self.field(col.name).related_model
        if related is None or isinstance(related, str):
            return None
        names = {f.name for f in related._meta.get_fields()}
        return related, "code" if "code" in names else "username"

    def path(self, col: Column) -> str:
        """Where an export finds what stands in a column."""
        found = self.reference(col)
        return f"{col.name}__{found[1]}" if found else col.name

    @cached_property
    def terms(self) -> list[PersonalField]:
        """The columns with personal data, and how long each is kept."""
        return [term for term in personal_fields() if term.model is self.model]

    def waits_for(self, values: Values) -> Any:
        """The code of the row of this same kind that has to be stored before this one; None for most."""
        return next((values[name] for name in self._own_references if values.get(name)), None)

    @cached_property
    def _own_references(self) -> list[str]:
        return [c.name for c in self.columns if (found := self.reference(c)) and found[0] is self.model]

    def derived(self, batch: Iterable[Values]) -> Iterator[Values | ValidationError]:
        """What each row of a batch implies beyond its columns, or why it cannot be."""
        for values in batch:
            try:
                yield self.derive(values) if self.derive else {}
            except ValidationError as error:
                yield error

    def raw(self, values: Values) -> Values:
        """The values as the database's columns have them: of another row, what the foreign key holds."""
        raw = {}
        for name, value in values.items():
            field = self.field(name)
            if isinstance(value, models.Model):
                value = getattr(value, field.target_field.attname)  # type: ignore[attr-defined]
            raw[field.attname] = value
        return raw

    # What a kind of pages or accounts does in its own way ------------------------------------------------

    def rows(self) -> Iterator[list[str]]:
        """Everything there is as texts, in the order of the key, and in one in which it can be read in."""
        path = {c.name: self.path(c) for c in self.columns}
        order: list[Any] = [F(path[name]).asc(nulls_first=True) for name in self._own_references]
        order += [path[name] for name in self.key]
        stored = self.model._base_manager.filter(self.only).order_by(*order).values_list(*path.values())
        today, place = timezone.localdate(), {name: n for n, name in enumerate(path)}
        for values in stored.iterator(chunk_size=CHUNK):
            texts = [cells.written(value) for value in values]
            for term in self.terms:
                if retention.ended(term, values[place[term.keep_after]], today):
                    texts[place[term.field]] = ""
            yield texts

    def create(self, made: list[Values]) -> list[Any]:
        """Store new records; `made` holds what the database's columns hold (`raw`)."""
        return self.model._base_manager.bulk_create([self.model(**values) for values in made])

    def update(self, obj: Any, values: Values) -> None:
        """Write what differs, as `raw` has it. ValidationError if a colleague has changed it meanwhile.

        `obj` stays as it was read, since this may be taken back and tried again.
        """
        stored = self.model._base_manager.filter(pk=obj.pk)
        if isinstance(obj, Record):
            stored = stored.filter(version=obj.version)
            values = values | {"version": F("version") + 1}
        if not stored.update(**values):
            raise ValidationError(_("A colleague is changing this record just now. Import it once more."))

    def current(self, obj: Any, name: str) -> Any:
        """What the database's column holds, comparable with `raw` of a row."""
        return getattr(obj, name)

    @property
    def search_kind(self) -> str:
        return audit.kind_of(self.model)


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Add a kind. Kinds are read in the order of registration: what is referred to comes first."""
    KINDS[kind.name] = kind
    return kind
