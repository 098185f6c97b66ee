"""From the first tables to the whole way of a request, with requests on record in every state of then."""

from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from tests.factories import LONG_AGO, moment

BEFORE = [("requests", "0001_initial"), ("volunteers", "0001_initial")]
THEN = ["received", "accepted", "assigned", "done", "closed", "refused"]
COLUMNS = [
    "code",
    "state",
    "team__code",
    "closed_at",
    "received_at",
    "due_at",
    "solved",
    "contact_name",
    "version",
]


@pytest.fixture
def executor(transactional_db):
    """Tables as of `BEFORE`; at the end all migrations are applied again."""
    started = MigrationExecutor(connection)
    latest = started.loader.graph.leaf_nodes()
    started.migrate(BEFORE)
    yield MigrationExecutor(connection)
    MigrationExecutor(connection).migrate(latest)


def test_requests_of_every_old_state_come_through(executor):
    apps = executor.loader.project_state(BEFORE).apps
    fill(apps)
    before = rows(apps)
    assert [row[1] for row in before] == sorted(THEN)

    latest = executor.loader.graph.leaf_nodes()
    executor.migrate(latest)

    apps = MigrationExecutor(connection).loader.project_state(latest).apps
    assert rows(apps) == before
    of_now = apps.get_model("requests", "Request").objects
    assert set(of_now.filter(is_open=True).values_list("state", flat=True)) == set(THEN[:4])
    assert set(of_now.values_list("unit", "resume_on", "merged_into")) == {(None, None, None)}
    assert list(apps.get_model("requests", "Category").objects.values_list("is_offered", "reopen_days")) == [
        (True, 15)
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        of_now.filter(state="assigned").update(team=None)


def fill(apps) -> None:
    area = apps.get_model("grid", "Area").objects.create(code="990001100", name="测试镇", valid_from=LONG_AGO)
    strand = apps.get_model("volunteers", "Strand").objects.create(name="测试支队")
    team = apps.get_model("volunteers", "Team").objects.create(
        code="T-1", name="测试队", strand=strand, area=area, valid_from=LONG_AGO
    )
    lamp = apps.get_model("requests", "Category").objects.create(
        name="路灯", due_amount=3, due_unit="work_day"
    )
    for state in THEN:
        apps.get_model("requests", "Request").objects.create(
            code=f"R-{state}",
            area=area,
            category=lamp,
            words="路灯不亮",
            state=state,
            received_at=moment(),
            due_at=moment(hour=12),
            contact_name="甲某某",
            team=team if state in ("assigned", "done", "closed") else None,
            closed_at=moment(hour=11) if state in ("closed", "refused") else None,
            solved=True if state == "closed" else None,
        )


def rows(apps) -> list[tuple[object, ...]]:
    return list(apps.get_model("requests", "Request").objects.order_by("state").values_list(*COLUMNS))


def test_migration_moves_no_rows_itself():
    """On PostgreSQL, a table whose rows were changed cannot be altered in the same transaction."""
    operations = import_module("shiliu.requests.migrations.0002_handling").Migration.operations
    assert not [it for it in operations if type(it).__name__ in ("RunPython", "RunSQL")]
