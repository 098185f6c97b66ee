"""From the first tables to the whole way of a request, with requests on record in every state of then."""

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests import schema
from tests.requests.old_install import THEN

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def upgraded(empty_install: dict[str, str]) -> Any:
    """What `tests.requests.old_install` has found; a process of its own, for the database is another one."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.requests.old_install"],
        cwd=REPOSITORY,
        env=empty_install | {"DJANGO_SETTINGS_MODULE": "shiliu.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_requests_of_every_old_state_come_through(upgraded, db):
    assert [row[1] for row in upgraded["before"]] == sorted(THEN)
    assert upgraded["after"] == upgraded["before"]
    assert upgraded["since"] == {
        "open": sorted(THEN[:4]),
        "with_others": 0,
        "categories": [[True, 15]],
        "assigned_to_nobody": "refused",
    }

    # Whoever came this way has what a new install begins with, and nothing left to do.
    assert upgraded["left"] == []
    assert nameless(upgraded["schema"]) == nameless(schema.of("requests"))


def nameless(found: dict[str, list[str]]) -> list[list[str]]:
    """Without the names of objects: PostgreSQL names the unique index of a later column in another way."""
    return sorted([part.replace(name.split()[-1], "") for part in parts] for name, parts in found.items())


def test_migration_moves_no_rows_itself():
    """On PostgreSQL, a table whose rows were changed cannot be altered in the same transaction."""
    operations = import_module("shiliu.requests.migrations.0002_handling").Migration.operations
    assert not [it for it in operations if type(it).__name__ in ("RunPython", "RunSQL")]
