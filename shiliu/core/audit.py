"""What was done, by whom, in the same transaction. Each verb knows its sentence and its right.

Personal data never enters the audit: values of encrypted fields and of a verb's `masks` are stored as
“•••”, so that an entry can be shown to whoever may see the record.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from shiliu.core import inserting
from shiliu.core.access import Actor, Resident, System
from shiliu.core.fields import EncryptedTextField
from shiliu.core.models import AuditEntry, User

MASK = "•••"
_request_id: ContextVar[uuid.UUID | None] = ContextVar("audit_request_id", default=None)


@dataclass(frozen=True)
class Verb:
    """`sentence` follows the actor's name, and may use %(key)s of the entry's data.

    told: the data in words for the sentence, where the entry holds keys.
    """

    name: str
    sentence: Any
    right: str
    masks: frozenset[str]
    told: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict


VERBS: dict[str, Verb] = {}


def verb(
    name: str,
    sentence: Any,
    *,
    right: str | None = None,
    masks: tuple[str, ...] = (),
    told: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict,
) -> str:
    """Register a verb; its right has the same name unless said otherwise. Returns the name."""
    VERBS[name] = Verb(name, sentence, right or name, frozenset(masks), told)
    return name


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give all entries of one web request the same id."""

    def handle(request: HttpRequest) -> HttpResponse:
        token = _request_id.set(uuid.uuid4())
        try:
            return get_response(request)
        finally:
            _request_id.reset(token)

    return handle


def kind_of(model: type[models.Model] | models.Model) -> str:
    """The name under which a model is linked, audited and searched: `requests.request`."""
    return model._meta.label_lower


def public_id_of(obj: models.Model) -> str:
    if isinstance(obj, User):
        return obj.username
    return str(getattr(obj, "code", None) or obj.pk)


def area_of(obj: models.Model) -> str:
    """The code of the area where an object lies; "" for what lies nowhere."""
    return getattr(obj, "area_id", "") or ""


def plain(value: Any) -> Any:
    """A value as JSON keeps it: exact numbers and dates as text, objects by their public id."""
    if isinstance(value, models.Model):
        return public_id_of(value)
    if isinstance(value, (Decimal, date, datetime)):
        return str(value)
    return value


def field_data(model: models.Model, values: Mapping[str, Any]) -> dict[str, Any]:
    """Changed fields as audit data, with personal ones masked, and the digests by which they are found."""
    personal = _personal(type(model))
    return {
        name: MASK if value and name.removesuffix("_digest") in personal else plain(value)
        for name, value in values.items()
    }


@cache
def _personal(model: type[models.Model]) -> frozenset[str]:
    return frozenset(field.name for field in model._meta.fields if isinstance(field, EncryptedTextField))


def record(
    by: Actor,
    verb: str,
    obj: models.Model,
    *,
    note: str = "",
    data: Mapping[str, Any] | None = None,
    area: str = "",
) -> AuditEntry:
    """Append one entry about `obj`. Must stand inside the transaction of the change itself.

    area: where it was done, for what lies nowhere itself.
    """
    _require_transaction()
    entry = _entry(by, verb, obj, note=note, data=data, area=area)
    inserting.insert(entry)
    return entry


def record_many(by: Actor, done: Iterable[tuple[str, models.Model, Mapping[str, Any]]]) -> None:
    """`record` for many: verb, object and data of each; one statement for some hundred of them."""
    _require_transaction()
    AuditEntry.objects.bulk_create([_entry(by, verb, obj, data=data) for verb, obj, data in done])


def _require_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An audit entry belongs into the transaction of its change.")


def _entry(
    by: Actor,
    verb: str,
    obj: models.Model,
    *,
    note: str = "",
    data: Mapping[str, Any] | None = None,
    area: str = "",
) -> AuditEntry:
    known = VERBS[verb]
    kept = {k: MASK if k in known.masks and v else plain(v) for k, v in (data or {}).items()}
    return AuditEntry(
        at=timezone.now(),
        actor=by if isinstance(by, User) else None,
        actor_label=by.label[:60],  # a user name may be longer than a name
        verb=verb,
        kind=kind_of(obj),
        public_id=public_id_of(obj),
        area=area_of(obj) or area,
        version=getattr(obj, "version", None),
        note=MASK if "note" in known.masks and note else note,
        data=kept,
        request_id=_request_id.get() or uuid.uuid4(),
    )


class Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "–"


def sentence(entry: AuditEntry) -> str:
    """The entry for people: “Wu A assigned it to team 03”."""
    known = VERBS.get(entry.verb)
    said = str(known.sentence) % Blank(known.told(entry.data)) if known else entry.verb
    return _("%(who)s %(did)s") % {"who": actor_name(entry), "did": said}


def actor_name(entry: AuditEntry) -> str:
    """Who it was: a member of staff by name, else the resident or the program, in the reader's language."""
    if entry.actor_id is not None:
        return entry.actor_label
    if entry.actor_label == Resident().label:
        return _("The resident")
    if entry.actor_label.startswith(System("").label):
        return _("The system")
    return entry.actor_label


def entries_of(obj: models.Model) -> models.QuerySet[AuditEntry]:
    """The story of one record, oldest first. Whoever may see the record may see it."""
    return AuditEntry.objects.filter(kind=kind_of(obj), public_id=public_id_of(obj)).order_by("id")
