"""Reading a folder of CSV files in: batch by batch, each in one transaction, so that a killed import goes
on where it stopped when it is started again.

    for problem in (it := Import(folder, by=System("import"))).run(): print(problem)
    it.counts["venues"].created
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.core import access, audit, search
from shiliu.core.access import Actor
from shiliu.core.exchange.existing import apart, existing_rows, look_up_references, row_key
from shiliu.core.exchange.kinds import KINDS, Values
from shiliu.core.exchange.reading import File, Problem, Row, SeenKeys, UnreadableFile
from shiliu.core.models import AuditEntry

BATCH = 1000

LOADED = audit.verb(
    "core.load", gettext_lazy("imported %(file)s, lines %(lines)s: %(created)s created"), right="core.load"
)
CORRECTED = audit.verb("core.correct", gettext_lazy("corrected it from %(file)s"), right="core.load")


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
    Both hold one transaction open for the whole import.
    """

    folder: Path
    by: Actor
    dry_run: bool = False
    strict: bool = False
    counts: dict[str, Counts] = field(default_factory=dict)
    taken_back: bool = False

    def run(self) -> Iterator[Problem]:
        access.require(self.by, "core.load", "")
        try:
            with ExitStack() as stack:
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
        for path in sorted(self.folder.glob("*.csv")):
            if path.stem not in KINDS:
                self.counts[path.stem] = Counts(refused=1)
                sentence = _("No kind of record has this name. The names are: %s.") % "、".join(KINDS)
                yield Problem(path.name, 0, "", sentence)

    def _file(self, file: File) -> Iterator[Problem]:
        counts = self.counts.setdefault(file.kind.name, Counts())
        seen = SeenKeys()
        rows = iter(file)
        try:
            while batch := list(islice(rows, BATCH)):
                for row in batch:
                    self._refuse_repeated(file, row, seen)
                with transaction.atomic():
                    first, rest = apart(file.kind, batch)
                    Batch(file, first, self.by).store(counts)
                    Batch(file, rest, self.by).store(counts)
                refused = [row.problem for row in batch if row.problem]
                counts.refused += len(refused)
                yield from refused
        except UnreadableFile as error:
            counts.refused += 1
            yield error.problem
        finally:
            seen.close()

    @staticmethod
    def _refuse_repeated(file: File, row: Row, seen: SeenKeys) -> None:
        if row.problem:
            return
        key = "\x1f".join(str(row.values.get(name)) for name in file.kind.key)
        first = seen.first_line(key, row.line)
        if first != row.line:
            sentence = _("The same %(key)s stands in line %(line)d already. Keep one of the two rows.")
            title = "、".join(file.kind.key)
            row.problem = file.problem(row.line, title, sentence % {"key": title, "line": first})


class Batch:
    """Up to `BATCH` rows of one file, stored in the caller's transaction."""

    def __init__(self, file: File, rows: list[Row], by: Actor) -> None:
        self.file = file
        self.kind = file.kind
        self.rows = rows
        self.by = by

    @property
    def good(self) -> list[Row]:
        return [row for row in self.rows if not row.problem]

    def store(self, counts: Counts) -> None:
        look_up_references(self.file, self.good)
        self._derive()
        existing = existing_rows(self.kind, self.good)
        new: list[Row] = []
        changed: list[tuple[Row, Any, Values]] = []
        for row in self.good:
            obj = existing.get(row_key(self.kind, row.values))
            if obj is None:
                new.append(row)
            elif difference := self._difference(row, obj):
                changed.append((row, obj, difference))
            else:
                counts.unchanged += not row.problem
        made = self._write(new, self._create)
        mended = self._write(changed, self._update)
        counts.created += len(made)
        counts.changed += len(mended)
        self._index([obj for _row, obj in made] + [obj for _row, obj, _values in mended])
        self._audit(made, mended)

    def _derive(self) -> None:
        if self.kind.derive:
            for row in self.good:
                try:
                    row.values |= self.kind.derive(row.values)
                except ValidationError as error:
                    row.problem = self.file.problem(row.line, "", " ".join(error.messages))

    def _difference(self, row: Row, obj: Any) -> Values:
        """The columns in which a row differs from what is stored."""
        difference = {k: v for k, v in row.values.items() if self.kind.current(obj, k) != v}
        for name in self.kind.frozen:
            if name in difference:
                zh = next(col.zh for col in self.kind.columns if col.name == name)
                sentence = _("This cannot be changed on a record that exists. End it and make a new one.")
                row.problem = self.file.problem(row.line, zh, sentence)
                return {}
        return difference

    def _write(self, items: list[Any], write: Any) -> list[Any]:
        """Write all at once; if the database refuses, one by one, to find the rows that it refuses."""
        if not items:
            return []
        try:
            with transaction.atomic():
                return write(items)
        except (IntegrityError, DataError, ValidationError) as error:
            if len(items) == 1:
                row = items[0] if isinstance(items[0], Row) else items[0][0]
                row.problem = self.file.problem(row.line, "", explained(self.kind.model, error))
                return []
            half = len(items) // 2
            return self._write(items[:half], write) + self._write(items[half:], write)

    def _create(self, rows: list[Row]) -> list[tuple[Row, Any]]:
        made = self.kind.create([dict(row.values) for row in rows])
        return list(zip(rows, made, strict=True))

    def _update(self, changed: list[tuple[Row, Any, Values]]) -> list[tuple[Row, Any, Values]]:
        self.kind.update([(obj, values) for _row, obj, values in changed])
        return changed

    def _index(self, objects: list[Any]) -> None:
        if self.kind.words and objects:
            kind, words, dated = self.kind.search_kind, self.kind.words, self.kind.dated
            found = (search.Document(kind, o.code, getattr(o, dated), words(o)) for o in objects)
            search.index_many(found)

    def _audit(self, made: list[tuple[Row, Any]], mended: list[tuple[Row, Any, Values]]) -> None:
        """One entry for what a batch created, one for each record that it changed."""
        if made:
            lines = f"{made[0][0].line}–{made[-1][0].line}"
            data = {"file": self.file.name, "lines": lines, "created": len(made)}
            self._entry(LOADED, f"{self.kind.name}:{lines}", data)
        for _row, obj, values in mended:
            data = audit.field_data(obj, values) | {"file": self.file.name}
            self._entry(CORRECTED, audit.public_id_of(obj), data, audit.area_of(obj))

    def _entry(self, verb: str, public_id: str, data: dict[str, Any], area: str = "") -> None:
        AuditEntry.objects.create(
            at=timezone.now(),
            actor=self.by if isinstance(self.by, models.Model) else None,
            actor_label=self.by.label,
            verb=verb,
            kind=audit.kind_of(self.kind.model),
            public_id=public_id[:80],
            area=area,
            data=data,
        )


def explained(model: type[models.Model], error: Exception) -> str:
    """A database's refusal as a sentence: the constraint's own message where it has one."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    for constraint in model._meta.constraints:
        if constraint.name in str(error):
            return str(constraint.get_violation_error_message())
    if "unique" in str(error).lower():
        return _("There is a record already with the same key. Change the key, or correct that record.")
    return _("The database refuses this row: %s") % str(error).splitlines()[0]
