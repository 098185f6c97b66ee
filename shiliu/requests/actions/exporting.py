"""Lists of requests that leave the house as a file: without contact details, and on record."""

from django.db import transaction
from django.utils.translation import gettext_lazy

from shiliu.core import access, audit
from shiliu.core.models import User
from shiliu.requests import rules

EXPORT = audit.verb(
    "requests.export",
    gettext_lazy("took out %(number)s requests as a file: %(filter)s"),
    right="requests.view",
)


def export(*, filter: str, number: int, by: User) -> None:
    """Put on record that somebody takes out a list: which one, in words, and how many rows.

    It is done to no request, so the entry belongs to the person.
    """
    if not (access.holds(by, audit.VERBS[EXPORT].right) or rules.serves_any(by)):
        access.require(by, audit.VERBS[EXPORT].right, "")
    with transaction.atomic():
        audit.record(by, EXPORT, by, data={"number": number, "filter": filter})
