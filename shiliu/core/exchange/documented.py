"""The columns of every kind as Markdown: `shiliu export --columns`, and half of docs/guide/import.md."""

from collections.abc import Iterator

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from shiliu.core.exchange.kinds import KINDS, Column, Kind
from shiliu.core.fields import EncryptedTextField, ExactDecimalField


def columns() -> str:
    """A heading and a table for each kind, in the order in which files are read, in the active language."""
    return "\n".join(line for kind in KINDS.values() for line in _section(kind))


def _section(kind: Kind) -> Iterator[str]:
    yield f"### {kind.name}.csv: {kind.title}"
    yield ""
    key = _(", ").join(f"`{name}`" for name in kind.key)
    yield _("A row is known by %(key)s.") % {"key": key} + (_kept(kind) if kind.frozen else "")
    yield ""
    yield f"| {_('header')} | {_('or')} | {_('needed')} | {_('what stands there')} |"
    yield "|---|---|---|---|"
    for col in kind.columns:
        needed = _("yes") if kind.required(col) else ""
        yield f"| {col.zh} | `{col.name}` | {needed} | {content(kind, col)} |"
    yield ""


def _kept(kind: Kind) -> str:
    names = _(", ").join(f"`{name}`" for name in kind.frozen)
    return " " + _("A record that exists keeps its %(names)s.") % {"names": names}


def content(kind: Kind, col: Column) -> str:
    """What a cell of this column holds."""
    parts = [_written(kind, col)]
    if isinstance(kind.field(col.name), EncryptedTextField):
        parts.append(_("kept encrypted"))
    if col.past:
        parts.append(_("not in the future"))
    if col.note:
        parts.append(str(col.note))
    return capfirst(_("; ").join(parts))


def _written(kind: Kind, col: Column) -> str:
    field = kind.field(col.name)
    if kind.reference(col):
        return _reference(kind, col)
    if field.flatchoices:
        return _(", ").join(f"`{key}` {label}" for key, label in field.flatchoices)
    if isinstance(field, models.DateTimeField):
        return _("a day and time, like 2023-06-30 14:05")
    if isinstance(field, models.DateField):
        return _("a day, like 2023-06-30")
    if isinstance(field, models.TimeField):
        return _("a time of day, like 14:05")
    if isinstance(field, models.BooleanField):
        return _("yes or no")
    if isinstance(field, ExactDecimalField):
        return _("a number with at most %(n)d decimal places") % {"n": field.decimals}
    if isinstance(field, models.IntegerField):
        return _("a whole number")
    if isinstance(field, models.SlugField):
        return _("letters a–z, digits, - and _, at most %(n)d") % {"n": field.max_length}
    if field.max_length:
        return _("text of at most %(n)d characters") % {"n": field.max_length}
    return _("text")


def _reference(kind: Kind, col: Column) -> str:
    model, by = kind.reference(col)  # type: ignore[misc]
    file = next(known.name for known in KINDS.values() if known.model is model)
    return _("`%(column)s` of a row of %(file)s.csv") % {"column": by, "file": file}
