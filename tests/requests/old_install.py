"""A program: an install of the first version with requests of then, brought up to date. Prints what it finds.

    python -m tests.requests.old_install    on the empty database that the environment names

A line of JSON: the requests `before` and `after`, what they have `since`, which migrations of the chain
or its squashed one are `left` to do, and the `schema` of their tables with the migrations of today.
"""

import json

import django
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

BEFORE = [("requests", "0001_initial"), ("volunteers", "0001_initial")]
LAST = [("requests", "0017_done_at")]  # of the chain that 0001_squashed_0017_done_at replaces
THEN = ["received", "accepted", "assigned", "done", "closed", "refused"]
WHOSE = ["code", "state", "team__code", "contact_name"]
COLUMNS = [*WHOSE, "received_at", "due_at", "closed_at", "solved", "version"]


def by_the_old_chain() -> MigrationExecutor:
    """As it was before there was a squashed migration."""
    executor = MigrationExecutor(connection)
    executor.loader = MigrationLoader(connection, replace_migrations=False)
    return executor


def fill(apps) -> None:
    from tests.factories import LONG_AGO, moment

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


def rows(apps) -> list[list[str]]:
    requests = apps.get_model("requests", "Request").objects.order_by("state")
    return [[str(value) for value in row] for row in requests.values_list(*COLUMNS)]


def have_since(apps) -> dict[str, object]:
    requests = apps.get_model("requests", "Request").objects
    categories = apps.get_model("requests", "Category").objects
    try:
        with transaction.atomic():
            requests.filter(state="assigned").update(team=None)
        unassigned = "stored"
    except IntegrityError:
        unassigned = "refused"
    return {
        "open": sorted(requests.filter(is_open=True).values_list("state", flat=True)),
        "with_others": requests.exclude(unit=None, resume_on=None, merged_into=None).count(),
        "categories": list(categories.values_list("is_offered", "reopen_days")),
        "assigned_to_nobody": unassigned,
    }


def main() -> None:
    django.setup()
    from tests import schema

    executor = by_the_old_chain()
    executor.migrate(BEFORE)
    apps = executor.loader.project_state(BEFORE).apps
    fill(apps)
    before = rows(apps)

    executor = by_the_old_chain()
    executor.migrate(LAST)
    apps = executor.loader.project_state(LAST).apps

    moved = {"before": before, "after": rows(apps), "since": have_since(apps)}
    of_now = MigrationExecutor(connection)
    leaves = [key for key in of_now.loader.graph.leaf_nodes() if key[0] == "requests"]
    plan = [migration for migration, _ in of_now.migration_plan(leaves)]
    of_now.migrate(leaves)
    found = moved | {
        "left": [it.name for it in plan if it.app_label == "requests" and it.name <= LAST[0][1]],
        "schema": schema.of("requests"),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
