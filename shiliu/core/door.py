"""One door per change: right → transaction → conditional update → audit → tasks, in this order.

    with door.change(request, "requests.assign", by=by, seen=seen, note=note) as change:
        change.step(LIFECYCLE)
        change.set(team=to)
        change.later(tell_team, request.code)

`seen` is the version that the person had on the screen. If a colleague was faster, nothing is written and
`StaleState` says so. Tasks become rows in the same transaction: a worker runs each after the commit, at
least once.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, TypeVar

from django.db import IntegrityError, connection, models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django_tasks.base import Task

from shiliu.core import access, audit, findable, inserting, receipts
from shiliu.core.access import Actor
from shiliu.core.models import Record, Submission
from shiliu.core.states import Lifecycle

R = TypeVar("R", bound=Record)


class Refused(Exception):
    """What cannot be done; the message is a sentence that says what to do next."""


class StaleState(Refused):
    """A colleague was faster: the record is no longer at the version that was seen."""


class OtherContent(Refused):
    """An idempotency key came back with something else than it was used for."""


class Change:
    """What one action changes on one record. Made by `change`."""

    def __init__(self, obj: Record, seen: int) -> None:
        self.obj = obj
        self.seen = seen
        self.values: dict[str, Any] = {}
        self.data: dict[str, Any] = {}
        self.tasks: list[tuple[Task, tuple[Any, ...]]] = []
        self.verb = ""
        self.note = ""

    def set(self, **values: Any) -> None:
        """Fields to write; expressions are not accepted, since the audit tells what was written."""
        self.values.update(values)

    def step(self, lifecycle: Lifecycle) -> None:
        """Move the state as the table says for this verb; Refused where the table has no such step."""
        field = lifecycle.field
        try:
            step = lifecycle.step(self.verb, getattr(self.obj, field), note=self.note)
        except ValueError as error:
            raise Refused(str(error)) from None
        if step.target is not None:
            self.values[field] = step.target
        if task := lifecycle.later.get(self.verb):
            self.later(task, self.obj.code, self.seen + 1)

    def say(self, **data: Any) -> None:
        """More for the audit's sentence than the fields themselves."""
        self.data.update(data)

    def later(self, task: Task, *args: Any) -> None:
        """Background work that belongs to this change."""
        self.tasks.append((task, args))

    def write(self) -> None:
        model = type(self.obj)
        rows = model._base_manager.filter(pk=self.obj.pk, version=self.seen)
        with in_words(model):
            changed = rows.update(**self.values, version=F("version") + 1)
        if not changed:
            raise StaleState(
                _("A colleague was faster: this has changed since you opened it. Look again, then repeat.")
            )
        for name, value in self.values.items():
            setattr(self.obj, name, value)
        self.obj.version = self.seen + 1


_together: ContextVar[bool] = ContextVar("door_together", default=False)


@contextmanager
def together() -> Iterator[None]:
    """Several writes in one transaction, which is that of each: what one refuses takes back all of them.

    So nothing inside catches a refusal and goes on.
    """
    with _transaction():
        mark = _together.set(True)
        try:
            yield
        finally:
            _together.reset(mark)


def _transaction() -> transaction.Atomic:
    """A transaction, or the one that is shared: then without a savepoint, which costs two statements."""
    return transaction.atomic(savepoint=not _together.get())


@contextmanager
def change(
    obj: R, verb: str, *, by: Actor, seen: int, note: str = "", where: str | None = None
) -> Iterator[Change]:
    """Change one record. Raises NotPermitted, Refused, StaleState; then nothing was written.

    where: the area in which the right is asked for, if it is another than the record's own (a team serves
    beyond the area in which it is led).
    """
    access.require(by, audit.VERBS[verb].right, audit.area_of(obj) if where is None else where)
    with _transaction():
        it = Change(obj, seen)
        it.verb, it.note = verb, note
        yield it
        it.write()
        findable.keep(obj)
        data = audit.field_data(obj, it.values) | it.data
        audit.record(by, verb, obj, note=note, data=data)
        for task, args in it.tasks:
            task.enqueue(*args)


def create(
    obj: R,
    verb: str,
    *,
    by: Actor,
    key: str = "",
    note: str = "",
    later: tuple[tuple[Task, Any], ...] = (),
    beside: Sequence[str] = (),
    where: str | None = None,
) -> R:
    """Store a new record; with an idempotency key the same submission twice is one record.

    Returns the stored record, which is the earlier one when `key` was used before with the same content.
    A `later` task is called with the record's code. beside: digests of what was sent with the record and is
    stored apart from it, such as pictures; they are part of the content. where: as for `change`.
    """
    access.require(by, audit.VERBS[verb].right, audit.area_of(obj) if where is None else where)
    with _transaction():
        stored = _stored(obj)
        if key:
            earlier = _claim(obj, key, _digest(obj, stored, beside))
            if earlier is not None:
                return earlier
        with in_words(type(obj)):
            inserting.insert(obj)
        findable.keep(obj)
        audit.record(by, verb, obj, note=note, data=audit.field_data(obj, stored))
        for task, args in later:
            task.enqueue(obj.code, *args)
    return obj


@contextmanager
def in_words(model: type[models.Model]) -> Iterator[None]:
    """What a constraint of the database refuses, in the constraint's own words."""
    try:
        yield
    except IntegrityError as error:
        said = str(error).splitlines()[0]  # PostgreSQL's next line holds the row
        if "unique" in said.lower():
            raise Refused(_("There is such a record already. Open that one.")) from error
        for constraint in model._meta.constraints:
            if re.search(rf"\b{constraint.name}\b", said):
                raise Refused(str(constraint.get_violation_error_message())) from error
        raise


def _stored(obj: Record) -> dict[str, Any]:
    """The fields of a new record that say something (for the audit); other records by their public id."""
    stored = {}
    for name, attribute in _said_by(type(obj)):
        value = getattr(obj, attribute)
        if value is not None and value != "":
            stored[name] = audit.plain(value)
    return stored


@cache
def _said_by(model: type[Record]) -> list[tuple[str, str]]:
    """Names of the fields that say something, and the attributes where they say it."""
    said = []
    for f in model._meta.concrete_fields:
        if f.name in {"id", "code", "version"} or f.generated:
            continue
        by_code = f.is_relation and f.target_field.name == "code"  # type: ignore[attr-defined]
        said.append((f.name, f.attname if by_code else f.name))
    return said


def _digest(obj: Record, stored: Mapping[str, Any], beside: Sequence[str]) -> str:
    """What was sent, without what we add ourselves (code, times). Keyed: telephone numbers can be guessed."""
    sent = {
        name: value
        for name, value in stored.items()
        if not isinstance(obj._meta.get_field(name), models.DateTimeField)
    }
    text = json.dumps([sent, *beside], sort_keys=True, default=str)
    return salted_hmac("shiliu.core.door", text, algorithm="sha256").hexdigest()


_CLAIM = (
    f"INSERT INTO {Submission._meta.db_table} (key, kind, public_id, digest, at) "  # noqa: S608 (constants)
    "VALUES (%s, %s, %s, %s, %s) ON CONFLICT (key) DO NOTHING"
)


def _claim(obj: R, key: str, digest: str) -> R | None:
    """Use up a key, or return the record that it made before. A second writer waits for the first."""
    kind = audit.kind_of(obj)
    with connection.cursor() as cursor:
        at = connection.ops.adapt_datetimefield_value(timezone.now())
        cursor.execute(_CLAIM, [key, kind, obj.code, digest, at])
        if cursor.rowcount:
            return None
    submission = Submission.objects.get(key=key)
    if (submission.kind, submission.digest) != (kind, digest):
        raise OtherContent(
            _("This form was already sent and stored as %(code)s. Open that one to add to it, or start anew.")
            % {"code": receipts.shown(submission.public_id)}
        )
    return type(obj)._base_manager.get(code=submission.public_id)
