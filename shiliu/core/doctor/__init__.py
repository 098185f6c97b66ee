"""What is configured, reachable, missing, in sentences: a registry of small checks.

    @doctor.check(needs=doctor.TABLES)
    def vacancies() -> Iterator[Finding]:
        yield doctor.warning(_("…what is not right, and what to do."))

An app puts its checks in its `doctor.py`, which is found by its name when `examine` is called.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib import import_module
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One sentence, and which check it comes from (`core.cache`)."""

    level: Level
    sentence: str
    check: str = ""


def ok(sentence: str) -> Finding:
    return Finding(Level.OK, sentence)


def warning(sentence: str) -> Finding:
    """It works, but something should be done."""
    return Finding(Level.WARNING, sentence)


def problem(sentence: str) -> Finding:
    """Something does not work, or is not safe."""
    return Finding(Level.PROBLEM, sentence)


# What a check can do without: nothing, a database that answers, or its tables as this version has them.
NOTHING, DATABASE, TABLES = "nothing", "database", "tables"
Examination = Callable[[], Iterable[Finding]]


@dataclass(frozen=True)
class Check:
    examine: Examination
    needs: str


CHECKS: dict[str, Check] = {}


def check(*, needs: str = NOTHING) -> Callable[[Examination], Examination]:
    """Register a check; what it needs and is not there has been reported already, so it is left out then."""

    def register(examination: Examination) -> Examination:
        app = examination.__module__.split(".")[1]
        CHECKS[f"{app}.{examination.__name__}"] = Check(examination, needs)
        return examination

    return register


def examine() -> list[Finding]:
    """Run every check, in the order of registration."""
    for module in ("install", "records", "running"):
        import_module(f"{__name__}.{module}")
    autodiscover_modules("doctor")
    there = set(_there())
    return [
        finding for name, one in CHECKS.items() if one.needs in there for finding in findings_of(name, one)
    ]


def findings_of(name: str, one: Check) -> list[Finding]:
    """What a check finds; a check that breaks down is a finding too."""
    try:
        return [replace(finding, check=name) for finding in one.examine()]
    except Exception as error:
        sentence = _("This check broke down: %(kind)s: %(error)s") % {
            "kind": type(error).__name__,
            "error": error,
        }
        return [Finding(Level.PROBLEM, sentence, name)]


def _there() -> Iterator[str]:
    yield NOTHING
    if database_fault():
        return
    yield DATABASE
    with suppress(Exception):  # of which the check of migrations tells
        if not pending_migrations():
            yield TABLES


def database_fault() -> str:
    """Why the database cannot be used; "" if it can. Never makes an SQLite file where there is none."""
    try:
        if connection.vendor == "sqlite" and not _sqlite_file_exists():
            return _("there is no database yet")
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return str(error).strip()
    return ""


def _sqlite_file_exists() -> bool:
    from shiliu.core.backup import sqlite

    it: Any = connection
    return it.is_in_memory_db() or sqlite.file().exists()


def pending_migrations() -> list[str]:
    """Migrations of this version that the database lacks."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _backwards in plan]
