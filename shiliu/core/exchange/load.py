"""Reading a folder of CSV files in: batch by batch, each in one transaction, so that a killed import goes
on where it stopped when it is started again.

    for problem in (it := Import(folder, by=System("import"))).run(): print(problem)
    it.counts["venues"].created
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import access, audit, findable, retention, search
from shiliu.core.access import Actor
from shiliu.core.exchange import beside
from shiliu.core.exchange.existing import References, existing_rows, waves
from shiliu.core.exchange.kinds import KINDS, Values
from shiliu.core.exchange.reading import File, Problem, Row, SeenKeys, UnreadableFile
from shiliu.core.exchange.refusal import explained
from shiliu.core.models import AuditEntry, Record, User

BATCH = 1000

access.register("core", load=gettext_lazy("import files"), export=gettext_lazy("export everything"))
LOADED = audit.verb(
    "core.load", gettext_lazy("imported %(file)s, lines %(lines)s: %(created)s created"), right="core.load"
)
CORRECTED = audit.verb("core.correct", gettext_lazy("corrected it from %(file)s"), right="core.load")

T = TypeVar("T")


@dataclass
class Counts:
    """What became of a file's rows."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0


class _GoBack(Exception):
    """Rolls the whole import back: a dry run, or a refused row under `strict`."""


@dataclass
class Import:
    """One import of a folder. `run` yields each problem as it is met; `counts` fills up meanwhile.

    dry_run: everything is done and taken back. strict: a single refused row takes everything back.
    Both hold one transaction open for the whole import, so that nobody else can write meanwhile on SQLite.
    """

    folder: Path
    by: Actor
    dry_run: bool = False
    strict: bool = False
    counts: dict[str, Counts] = field(default_factory=dict)
    taken_back: bool = False
    _id: uuid.UUID = field(default_factory=uuid.uuid4)

    def run(self) -> Iterator[Problem]:
        access.require(self.by, "core.load", "")
        try:
            with ExitStack() as stack:
                stack.enter_context(beside.standing_in(self.folder))
                if self.dry_run or self.strict:
                    stack.enter_context(transaction.atomic())
                yield from self._strangers()
                for kind in KINDS.values():
                    path = self.folder / f"{kind.name}.csv"
                    if path.exists():
                        yield from self._file(File(path, kind))
                refused = any(counts.refused for counts in self.counts.values())
                if self.dry_run or (self.strict and refused):
                    raise _GoBack
        except _GoBack:
            self.taken_back = True

    def _strangers(self) -> Iterator[Problem]:
        """CSV files that no kind reads are refused by name, not passed over in silence."""
        known = {f"{name}.csv" for name in KINDS}
        for path in sorted(self.folder.iterdir()):
            if path.suffix.lower() == ".csv" and path.name not in known:
                self.counts[path.name] = Counts(refused=1)
                sentence = _("No file is read that has this name. The names are: %s.")
                yield Problem(path.name, 0, "", sentence % "、".join(sorted(known)))

    def _file(self, file: File) -> Iterator[Problem]:
        counts = self.counts.setdefault(file.kind.name, Counts())
        references = References(file)
        rows = iter(file)
        with closing(SeenKeys()) as seen:
            try:
                while rows_read := list(islice(rows, BATCH)):
                    _refuse_repeated(file, rows_read, seen)
                    batch = Batch(file, rows_read, references, self)
                    with transaction.atomic():
                        batch.store()
                    yield from batch.counted(counts)
            except UnreadableFile as error:
                counts.refused += 1
                yield error.problem


def _refuse_repeated(file: File, rows: list[Row], seen: SeenKeys) -> None:
    names = file.kind.key
    good = [row for row in rows if not row.problem]
    # NUL is in no value, so that no two keys look the same.
    earlier = seen.repeated([("\x00".join(str(row.values[n]) for n in names), row.line) for row in good])
    for row in good if earlier else ():
        if row.line in earlier:
            sentence = _("The same %(key)s stands in line %(line)d already. Keep one of the two rows.")
            titles = "、".join(map(file.title, names))
            row.problem = file.problem(
                row.line, titles, sentence % {"key": titles, "line": earlier[row.line]}
            )


@dataclass
class Changed:
    """A stored record, and where a row differs from it: for people, and as the database's columns have it."""

    row: Row
    obj: Any
    values: Values
    raw: Values

    def apply(self) -> None:
        """Make the object what the database holds now."""
        for name, value in self.raw.items():
            setattr(self.obj, name, value)
        if isinstance(self.obj, Record):
            self.obj.version += 1


class Batch:
    """Up to `BATCH` rows of one file, stored in the caller's transaction."""

    def __init__(self, file: File, rows: list[Row], references: References, within: Import) -> None:
        self.file = file
        self.kind = file.kind
        self.rows = rows
        self.references = references
        self.within = within
        self.made: list[tuple[Row, Any]] = []
        self.changed: list[Changed] = []
        self.unchanged = 0

    def store(self) -> None:
        for wave in waves(self.kind, _good(self.rows)):
            self._store(wave)
        self._index()
        self._audit()

    def counted(self, counts: Counts) -> list[Problem]:
        """Add what became of the rows; the problems among them."""
        refused = [row.problem for row in self.rows if row.problem]
        counts.created += len(self.made)
        counts.changed += len(self.changed)
        counts.unchanged += self.unchanged
        counts.refused += len(refused)
        return refused

    def _store(self, wave: list[Row]) -> None:
        self.references.look_up(wave)
        stored = existing_rows(self.kind, _good(wave))
        self._forget(stored)
        self._derive(_good(wave))
        new: list[Row] = []
        changed: list[Changed] = []
        for row in _good(wave):
            obj = stored[row]
            if obj is None:
                new.append(row)
            elif difference := self._difference(row, obj):
                changed.append(Changed(row, obj, difference, self.kind.raw(difference)))
            else:
                self.unchanged += not row.problem
        made = self._write(new, self._create, lambda row: row)
        self.made += zip(_good(new), made, strict=True)
        self.changed += self._write(changed, self._update, lambda change: change.row)

    def _forget(self, stored: dict[Row, Any]) -> None:
        """Personal data whose term is over is not brought back; what is still needed must be there."""
        today = timezone.localdate()
        for term in self.kind.terms:
            optional = self.kind.field(term.field).blank
            for row, obj in stored.items():
                if term.field not in row.values:
                    break  # a column that the file leaves out
                after = row.values.get(term.keep_after, getattr(obj, term.keep_after, None))
                if retention.ended(term, after, today):
                    row.values[term.field] = ""
                elif not optional and not row.values[term.field].strip():
                    row.problem = self.file.problem(row.line, term.field, _("This must not be empty."))

    def _derive(self, rows: list[Row]) -> None:
        found = self.kind.derived([row.values for row in rows])
        for row, implied in zip(rows, found, strict=True):
            if isinstance(implied, ValidationError):
                self._refuse(row, implied)
            else:
                row.values |= implied
                row.raw = self.kind.raw(row.values)

    def _difference(self, row: Row, obj: Any) -> Values:
        """The columns in which a row differs from what is stored."""
        current = self.kind.current
        names = [
            name for name, raw in zip(row.values, row.raw, strict=True) if current(obj, raw) != row.raw[raw]
        ]
        difference = {name: row.values[name] for name in names}
        for name in self.kind.frozen:
            if name in difference:
                sentence = _("This cannot be changed on a record that exists. End it and make a new one.")
                row.problem = self.file.problem(row.line, name, sentence)
                return {}
        return difference

    def _write(
        self, items: list[T], write: Callable[[list[T]], list[Any]], row_of: Callable[[T], Row]
    ) -> Any:
        """Write all at once; if the database refuses, halve them, to find the rows that it refuses."""
        if not items:
            return []
        try:
            with transaction.atomic():
                return write(items)
        except (IntegrityError, DataError, ValidationError) as error:
            if len(items) == 1:
                self._refuse(row_of(items[0]), error)
                return []
            half = len(items) // 2
            return self._write(items[:half], write, row_of) + self._write(items[half:], write, row_of)

    def _create(self, rows: list[Row]) -> list[Any]:
        return self.kind.create([row.raw for row in rows])

    def _update(self, changed: list[Changed]) -> list[Changed]:
        for change in changed:
            self.kind.update(change.obj, change.raw)
        for change in changed:
            change.apply()
        return changed

    def _refuse(self, row: Row, error: Exception) -> None:
        column, sentence = explained(self.file, error)
        row.problem = self.file.problem(row.line, column, sentence)

    def _index(self) -> None:
        kind = self.kind
        objects = [obj for _row, obj in self.made] + [change.obj for change in self.changed]
        findable.keep_many(kind.model, objects)
        if kind.words:
            search.index_many(
                search.Document(
                    kind.search_kind, obj.code, getattr(obj, kind.dated), kind.words(obj), audit.area_of(obj)
                )
                for obj in objects
            )

    def _audit(self) -> None:
        """One entry for what a batch created, one for each record that it changed."""
        entries = []
        if self.made:
            read = [row.line for row, _obj in self.made]
            lines = f"{min(read)}–{max(read)}"
            data = {"file": self.file.name, "lines": lines, "created": len(self.made)}
            entries.append(self._entry(LOADED, f"{self.kind.name}:{lines}", data))
        entries += [self._correction(change.obj, change.values) for change in self.changed]
        AuditEntry.objects.bulk_create(entries)

    def _correction(self, obj: Any, values: Values) -> AuditEntry:
        data = audit.field_data(obj, values) | {"file": self.file.name}
        data |= {name: audit.MASK for name in self.kind.masks if values.get(name)}
        entry = self._entry(CORRECTED, audit.public_id_of(obj), data)
        entry.area, entry.version = audit.area_of(obj), getattr(obj, "version", None)
        return entry

    def _entry(self, verb: str, public_id: str, data: Values) -> AuditEntry:
        by = self.within.by
        return AuditEntry(
            at=timezone.now(),
            actor=by if isinstance(by, User) else None,
            actor_label=by.label,
            verb=verb,
            kind=audit.kind_of(self.kind.model),
            public_id=public_id[:80],
            data=data,
            request_id=self.within._id,
        )


def _good(rows: list[Row]) -> list[Row]:
    return [row for row in rows if not row.problem]
