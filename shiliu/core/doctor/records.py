"""Checks of what keeps the records: database, cache, encrypted values."""

import secrets
from collections.abc import Iterator
from itertools import islice

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils.translation import gettext as _

from shiliu.core import findable
from shiliu.core.backup import postgres
from shiliu.core.backup.engines import engine
from shiliu.core.doctor import (
    DATABASE,
    TABLES,
    Finding,
    check,
    database_fault,
    ok,
    pending_migrations,
    problem,
    warning,
)
from shiliu.core.fields import PersonalField, UnreadableField, personal_fields
from shiliu.core.figures import daily
from shiliu.core.rotation import digests_fit

OLDEST_POSTGRES = 15
SOME_DAYS = 14
MOST_BATCHES = 20  # of 1,000 records of each kind


@check()
def database() -> Iterator[Finding]:
    if fault := database_fault():
        yield problem(
            _("The database cannot be used: %s. Run `shiliu setup`, or look at DATABASE_URL.") % fault
        )
    else:
        yield ok(_("The database answers: %s.") % engine().version())


@check(needs=DATABASE)
def soundness() -> Iterator[Finding]:
    """What each kind of database needs to be trusted with records."""
    if connection.vendor == "postgresql":
        if postgres.major_version() < OLDEST_POSTGRES:
            yield problem(_("PostgreSQL is older than %d. Bring it up to date.") % OLDEST_POSTGRES)
        return
    if (journal := _pragma("journal_mode")) not in ("wal", "memory"):
        yield problem(
            _("SQLite's journal is “%s”, not WAL: readers and writers block each other. Put SHILIU_DATA on a "
              "local disk.") % journal
        )  # fmt: skip
    if (verdict := _pragma("quick_check(1)")) != "ok":
        yield problem(
            _("The database file is damaged (%s). Stop Shiliu, keep the file, restore the last backup.")
            % verdict
        )
    else:
        yield ok(_("The database file is sound."))


def _pragma(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        return str(cursor.fetchone()[0])


@check(needs=DATABASE)
def migrations() -> Iterator[Finding]:
    if pending := pending_migrations():
        yield problem(
            _("The tables are not those of this version: %(n)d migrations are missing. Run `shiliu setup`.")
            % {"n": len(pending)}
        )
    else:
        yield ok(_("The tables are those of this version."))


@check(needs=DATABASE)
def shared_cache() -> Iterator[Finding]:
    """Sign-in limits count in it, over all processes."""
    token = secrets.token_hex(8)
    try:
        cache.set("doctor", token, 60)
        found = cache.get("doctor")
    except Exception as error:  # each backend raises its own
        found, why = None, str(error).strip()
    else:
        why = _("it forgets")
    if found == token:
        yield ok(_("The cache keeps what it is given."))
    else:
        remedy = _("Look at SHILIU_CACHE_URL.") if "redis" in _cache_backend() else _("Run `shiliu setup`.")
        yield problem(_("The cache does not work (%(why)s). %(remedy)s") % {"why": why, "remedy": remedy})


def _cache_backend() -> str:
    return str(settings.CACHES["default"]["BACKEND"])


@check(needs=TABLES)
def public_search() -> Iterator[Finding]:
    wrong = [kind for kind in findable.KINDS.values() if findable.surplus(kind).exists() or _lacks(kind)]
    for kind in wrong:
        yield warning(
            _("The public search does not know these as they are: %s. Type: shiliu reindex") % kind.title
        )
    if not wrong:
        yield ok(_("The public search agrees with the records."))


def _lacks(kind: findable.Kind) -> bool:
    return any(islice(findable.differing(kind), MOST_BATCHES))


@check(needs=TABLES)
def daily_sums() -> Iterator[Finding]:
    """Of days drawn by lot: `shiliu sums --check` compares all."""
    wrong = sorted({key for key, _town, _day in daily.differences(daily.some_days(SOME_DAYS))})
    if wrong:
        yield problem(
            _("The daily sums of these figures are not what the records say: %s. Type: shiliu sums --anew")
            % ", ".join(wrong)
        )
    else:
        yield ok(_("The daily sums of figures agree with the records."))


@check(needs=TABLES)
def contact_details() -> Iterator[Finding]:
    fields = personal_fields()
    found = [fault for field in fields if (fault := _fault_of(field))]
    yield from map(problem, found)
    if not found:
        yield ok(_("Contact details can be read (%d kinds).") % len(fields))


def _fault_of(field: PersonalField) -> str:
    try:
        _read_some(field)
        if digests_fit(field):
            return ""
    except UnreadableField as error:
        return str(error)
    return (
        _(
            "%s is not found by its number: its digest is of another key. Put the old field key back as the "
            "last one, or run `shiliu keys rotate-fields --drop-old` again."
        )
        % f"{field.model._meta.label}.{field.field}"
    )


def _read_some(field: PersonalField) -> None:
    """The oldest and the newest value: what an earlier and what the present key wrote."""
    rows = field.model._base_manager.exclude(**{field.field: ""}).exclude(**{f"{field.field}__isnull": True})
    for order in ("pk", "-pk"):
        rows.order_by(order).values_list(field.field, flat=True).first()
