"""One encrypted file that holds everything, made while serving, and an install made from it again.

    made = making.create(Path("/backups/2023-06-30.age"), by=System("backup"))
    restored = restoring.restore(made.path, identity, by=System("restore"))

`archive` is the container, `sqlite` and `postgres` take the database out and put it back.
"""

from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shiliu.core import access, audit
from shiliu.core.access import Actor
from shiliu.core.models import AuditEntry, User

access.register("core", backup=_("make a backup"), restore=_("restore a backup"))
BACKED_UP = audit.verb("core.backup", _("made the backup %(file)s"))
RESTORED = audit.verb("core.restore", _("restored the backup %(file)s, made at %(made_at)s"))


class Unusable(Exception):
    """A backup that cannot be made or restored; the message is a sentence that says what to do."""


def record(verb: str, path: Path, *, by: Actor, **data: Any) -> None:
    """The audit entry about a backup, which is a file and no record."""
    with transaction.atomic():
        AuditEntry.objects.create(
            at=timezone.now(),
            actor=by if isinstance(by, User) else None,
            actor_label=by.label,
            verb=verb,
            kind="core.backup",
            public_id=path.name[:80],
            data={"file": path.name, **data},
        )
