"""Changing the key of encrypted fields: every value under the new key, and then the old key out of use.

Each step can be interrupted and done again. Processes that run with the old keys only cannot read what is
written with a new one, so a key is added and dropped while Shiliu stands still (`shiliu keys`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ExpressionWrapper, F, TextField, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shiliu.core import access, audit
from shiliu.core.access import Actor
from shiliu.core.fields import PersonalField, personal_fields
from shiliu.core.models import AuditEntry, User
from shiliu.core.personal import phone_digest

BATCH = 500

access.register("core", rotate=_("change the key of contact details"))
ROTATED = audit.verb("core.rotate", _("wrote %(values)s contact details under the newest key"))
DROPPED = audit.verb(
    "core.drop_keys", _("took the old keys of contact details out of use"), right="core.rotate"
)


@dataclass
class Standing:
    """How many values are under the newest key, under an older one, and under none that is here."""

    newest: int = 0
    older: int = 0
    unreadable: int = 0


def digest_name(field: PersonalField) -> str | None:
    """The column beside a personal field by which its value is found, where there is one."""
    name = f"{field.field}_digest"
    return name if name in {f.name for f in field.model._meta.get_fields()} else None


def standing() -> Standing:
    """Look at every encrypted value there is."""
    found = Standing()
    newest, every = Fernet(settings.FIELD_KEYS[0]), MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])
    for field in personal_fields():
        for batch in _batches(field):
            for _pk, token in batch:
                if _opens(newest, token):
                    found.newest += 1
                elif _opens(every, token):
                    found.older += 1
                else:
                    found.unreadable += 1
    return found


def reencrypt(*, by: Actor) -> int:
    """Write each value that is under an older key anew; how many. What no key opens stays as it is."""
    access.require(by, "core.rotate", "")
    newest, every = Fernet(settings.FIELD_KEYS[0]), MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])
    written = 0
    for field in personal_fields():
        for batch in _batches(field):
            stale = [(pk, token) for pk, token in batch if not _opens(newest, token) and _opens(every, token)]
            with transaction.atomic():
                written += sum(
                    _replace(field, pk, token, every.rotate(token).decode()) for pk, token in stale
                )
    with transaction.atomic():
        _record(ROTATED, by, {"values": written})
    return written


def renew_digests(*, by: Actor) -> int:
    """Compute every digest from the newest key alone, which is then the oldest as well; how many.

    Afterwards only that key may stay in use, and `settings.FIELD_KEYS` of this process holds no other.
    """
    access.require(by, "core.rotate", "")
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    renewed = 0
    with transaction.atomic():  # old and new ones must never stand side by side
        for field in personal_fields():
            if name := digest_name(field):
                renewed += _renew(field, name)
        _record(DROPPED, by, {})
    return renewed


def digests_fit(field: PersonalField) -> bool:
    """Whether the first value of a field is found by the digest beside it."""
    name = digest_name(field)
    obj = field.model._base_manager.exclude(**{field.field: ""}).order_by("pk").first() if name else None
    return obj is None or getattr(obj, str(name)) == _digest(getattr(obj, field.field))


def _digest(value: str) -> str:
    try:
        return phone_digest(value)
    except ValidationError:  # no telephone number: it is found by nothing
        return ""


def _renew(field: PersonalField, name: str) -> int:
    rows = field.model._base_manager.exclude(**{field.field: ""}).order_by("pk").only("pk", field.field, name)
    renewed = 0
    for batch in _by_key(rows):
        for obj in batch:
            setattr(obj, name, _digest(getattr(obj, field.field)))
        field.model._base_manager.bulk_update(batch, [name])
        renewed += len(batch)
    return renewed


def _stored(field: PersonalField) -> models.QuerySet:
    """The rows that have a value, with what really stands in the column as `token`."""
    token = ExpressionWrapper(F(field.field), output_field=TextField())
    return field.model._base_manager.exclude(**{field.field: ""}).annotate(token=token)


def _batches(field: PersonalField) -> Iterator[list[tuple[Any, str]]]:
    last = None
    while True:
        rows = _stored(field).exclude(token=None).order_by("pk")
        rows = rows.filter(pk__gt=last) if last is not None else rows
        batch = [(pk, token) for pk, token in rows.values_list("pk", "token")[:BATCH]]
        if not batch:
            return
        yield batch
        last = batch[-1][0]


def _by_key(rows: models.QuerySet) -> Iterator[list[Any]]:
    found = iter(rows.iterator(chunk_size=BATCH))
    while batch := list(islice(found, BATCH)):
        yield batch


def _replace(field: PersonalField, pk: Any, old: str, new: str) -> int:
    """Write one token, unless somebody changed the value meanwhile: that one is under the newest key."""
    same = _stored(field).filter(pk=pk, token=old)
    return same.update(**{field.field: Value(new, output_field=TextField())})


def _opens(cipher: Fernet | MultiFernet, token: str) -> bool:
    try:
        cipher.decrypt(token.encode())
    except InvalidToken:
        return False
    return True


def _record(verb: str, by: Actor, data: dict[str, Any]) -> None:
    AuditEntry.objects.create(
        at=timezone.now(),
        actor=by if isinstance(by, User) else None,
        actor_label=by.label,
        verb=verb,
        kind="core.field_keys",
        public_id="",
        data=data,
    )
