"""Personal data is erased when its purpose has ended: the terms stand on the fields themselves."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shiliu.core import audit
from shiliu.core.access import System
from shiliu.core.fields import PersonalField, personal_fields

BATCH = 500
CLOCK = System("clock")

ERASED = audit.verb("core.erase", _("erased %(field)s, which was no longer needed"), right="core.erase")


def erase(today: date) -> int:
    """Erase every value whose term ended before `today`; how many. An entry stays for each."""
    return sum(_erase_field(field, today) for field in personal_fields())


def ended(field: PersonalField, after: date | datetime | None, today: date) -> bool:
    """Whether a value's term is over, `after` being what its record holds in `keep_after`.

    What `erase` would erase, an import does not bring back and an export does not carry out.
    """
    if after is None:
        return False
    day = timezone.localdate(after) if isinstance(after, datetime) else after
    return day < today - timedelta(days=field.keep_days)


def due(field: PersonalField, today: date) -> models.QuerySet:
    """The records whose value of this field is to be erased. A null `keep_after` means still in use."""
    last_needed = today - timedelta(days=field.keep_days)
    until: date | datetime = last_needed
    if _is_moment(field):
        until = timezone.make_aware(datetime.combine(last_needed, time.min))
    rows = field.model._base_manager.filter(**{f"{field.keep_after}__lt": until})
    return rows.exclude(**{field.field: ""})


def _is_moment(field: PersonalField) -> bool:
    model: Any = field.model
    *path, last = field.keep_after.split("__")
    for step in path:
        model = model._meta.get_field(step).related_model
    return isinstance(model._meta.get_field(last), models.DateTimeField)


def _erase_field(field: PersonalField, today: date) -> int:
    erased = 0
    while n := _erase_batch(field, today):
        erased += n
    return erased


@transaction.atomic
def _erase_batch(field: PersonalField, today: date) -> int:
    """Found and erased in one transaction: what a colleague takes up again meanwhile keeps its value."""
    # The values themselves are not read: one whose key is lost has to go like any other.
    personal = [it.field for it in personal_fields() if it.model is field.model]
    rows = due(field, today).select_for_update(of=("self",)).defer(*personal)
    batch = list(rows.order_by("pk")[:BATCH])
    for obj in batch:
        audit.record(CLOCK, ERASED, obj, data={"field": field.field})
    field.model._base_manager.filter(pk__in=[obj.pk for obj in batch]).update(**_blank(field))
    return len(batch)


def _blank(field: PersonalField) -> dict[str, str]:
    """The field and, where there is one, the digest by which its value was found."""
    names = {f.name for f in field.model._meta.get_fields()}
    digest = f"{field.field}_digest"
    return {name: "" for name in (field.field, digest) if name in names}
