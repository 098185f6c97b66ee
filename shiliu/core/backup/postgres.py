"""PostgreSQL's side of a backup: pg_dump of one snapshot, and pg_restore in one transaction."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db import connection, transaction
from django.utils.translation import gettext as _

from shiliu.core.backup import Unusable
from shiliu.core.snapshot import read_snapshot

MEMBER = "database.pgdump"
_DEBIAN = Path("/usr/lib/postgresql")
_PATIENCE = "10s"  # for a lock that another connection holds

_TABLES = """SELECT relname FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') ORDER BY relname"""
_OTHERS = """SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename IS NOT NULL"""
_DROPS = """SELECT format('DROP %s IF EXISTS %s CASCADE', what, name) FROM (
    SELECT oid, CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
        ELSE 'TABLE' END AS what, oid::regclass::text AS name FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
    UNION ALL
    SELECT oid, 'ROUTINE', oid::regprocedure::text FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace
) AS own WHERE NOT EXISTS (SELECT FROM pg_depend WHERE objid = own.oid AND deptype = 'e')
ORDER BY what = 'SEQUENCE', what = 'ROUTINE', name"""


def version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0]}"


def major_version() -> int:
    """The server's: 15 of 15.4."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10000


def require_tools() -> None:
    """Raise Unusable unless PostgreSQL's own programs are there."""
    for name in ("pg_dump", "pg_restore"):
        program(name)


def program(name: str) -> str:
    """The path of pg_dump or pg_restore: of the server's own version if there is, else the next newer one."""
    server = major_version()
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    found: dict[int, str] = {}
    for folder in [*folders, *sorted(_DEBIAN.glob("*/bin"))]:
        if path := shutil.which(name, path=str(folder)):
            found.setdefault(_major(path), path)
    fitting = [major for major in sorted(found) if major >= server]
    if not fitting:
        raise Unusable(
            _("%(name)s of PostgreSQL %(version)d or newer is missing. Type: %(command)s")
            % {
                "name": name,
                "version": server,
                "command": f"sudo apt-get install postgresql-client-{server}",
            }
        )
    return found[fitting[0]]


def _major(path: str) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    words = [word for word in said.split() if word[:1].isdigit()]
    return int("".join(c for c in words[0].split(".")[0] if c.isdigit())) if words else 0


def _run(command: list[str], *, patience: str = "") -> None:
    """Run a client program on this database. What it needs to connect goes by the environment, not argv."""
    parameters = connection.get_connection_params()
    environment = dict(os.environ)
    for option in psycopg.pq.Conninfo.get_defaults():
        value = parameters.get(option.keyword.decode())
        if option.envvar and value is not None:
            environment[option.envvar.decode()] = str(value)
    if patience:
        environment["PGOPTIONS"] = f"{environment.get('PGOPTIONS', '')} -c lock_timeout={patience}".strip()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        name, lines = Path(command[0]).name, done.stderr.strip().splitlines()
        raise Unusable(f"{name}: {' '.join(lines[:3]) or done.returncode}")


@contextmanager
def snapshot(folder: Path) -> Iterator[tuple[Path, dict[str, int]]]:
    """A dump of the database as of one moment in `folder`, and the number of rows of each table."""
    dump = folder / MEMBER
    pg_dump = program("pg_dump")
    with read_snapshot(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        (name,) = cursor.fetchone()
        counted = rows()
        plain = ["--format=custom", "--compress=0", "--no-owner", "--no-privileges"]
        _run([pg_dump, *plain, f"--snapshot={name}", f"--file={dump}"])
    yield dump, counted


def rows() -> dict[str, int]:
    """The number of rows of each table of the present database."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        names = [name for (name,) in cursor.fetchall()]
        counted = {}
        for name in names:
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}")  # noqa: S608
            counted[name] = cursor.fetchone()[0]
    return counted


def used_by_others() -> bool:
    """Whether anybody else is connected to this database."""
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS)
        return bool(cursor.fetchone()[0])


def check(folder: Path) -> None:
    """Raise Unusable unless an unpacked backup can be put in place."""
    _run([program("pg_restore"), "--list", str(folder / MEMBER)])


def install(folder: Path) -> None:
    """Fill the present, empty database from an unpacked dump.

    Its empty tables go first, all of them: a newer Shiliu's are not in an older dump, and would be in the
    way of the migrations that make them. If pg_restore fails after that, the database is left without
    tables, and restoring again starts from there.
    """
    pg_restore = program("pg_restore")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
        cursor.execute(_DROPS)
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)
    connection.close()
    plain = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-comments"]
    name = connection.settings_dict["NAME"]
    _run([pg_restore, *plain, f"--dbname={name}", str(folder / MEMBER)], patience=_PATIENCE)
