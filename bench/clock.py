"""How fast the clock finds what is due among all requests, and escalates it, once: on both databases.

5,000 requests among a million become overdue at the same moment (`--full`; without it 1,000 among 100,000).
They are looked up, then two processes run the clock's task at the same time. Each has to be told exactly
once: an escalation, and an entry on record.
"""

import argparse
import json
import os
import time
from typing import Any

from _common import begin, install, result, run, shiliu, target
from _measured import busy

FOUND_SECONDS, DONE_SECONDS = 1, 60


def setup_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shiliu.settings")
    import django

    django.setup()


def part_prepare(argument: str) -> dict[str, Any]:
    """Nothing is due but exactly so many unsolved requests; then how long it takes to find them."""
    setup_django()
    from datetime import timedelta

    from django.db import connection
    from django.utils import timezone

    from shiliu.requests.models import Escalation, Request

    due, now = int(argument), timezone.now()
    Escalation.objects.all().delete()
    Request.objects.filter(alarm_at__isnull=False).update(alarm_at=now + timedelta(days=9))
    chosen = list(Request.objects.unsolved().order_by("pk").values_list("pk", flat=True)[:due])
    assert len(chosen) == due, f"only {len(chosen)} are open"
    for start in range(0, due, 500):
        rows = Request.objects.filter(pk__in=chosen[start : start + 500])
        past = now - timedelta(minutes=1)
        rows.update(due_at=past, alarm_at=past, escalated_to=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    times = []
    for _n in range(5):
        began = time.perf_counter()
        found = list(Request.objects.filter(alarm_at__lte=now).order_by("alarm_at", "pk"))
        times.append(time.perf_counter() - began)
        assert len(found) == due
    return {"seconds": sorted(times)[2]}


def part_tick(_argument: str) -> dict[str, Any]:
    """The clock's task, as the worker runs it: seconds on the clock and of the processor."""
    setup_django()
    from shiliu.requests.tasks import look_at_the_clock

    began, spent = time.perf_counter(), time.process_time()
    looked_at = look_at_the_clock.func()
    seconds, own = time.perf_counter() - began, time.process_time() - spent
    return {"looked_at": looked_at, "seconds": seconds, "cpu": own}


def part_told(_argument: str) -> dict[str, Any]:
    """How many were told that they are overdue, and how many of them more than once."""
    setup_django()
    from shiliu.core.models import AuditEntry
    from shiliu.requests.models import Escalation

    told = Escalation.objects.filter(reason=Escalation.Reason.OVERDUE)
    entries = AuditEntry.objects.filter(verb="requests.overdue")
    each = list(entries.values_list("public_id", flat=True))
    return {
        "escalations": told.values("request").distinct().count(),
        "twice": told.count() - told.values("request").distinct().count() + len(each) - len(set(each)),
        "entries": len(each),
    }


def measure(label: str, database_url: str, n: int, due: int) -> None:
    with install(database_url) as env:
        shiliu("generate", "--requests", str(n), env=env)
        print(f"{label}: {due} due among {n}; {busy()}")
        target(f"clock_{label}_find_seconds", run(env, "prepare", str(due))["seconds"], FOUND_SECONDS)
        began = time.perf_counter()
        clocks = [begin(env, "tick") for _n in range(2)]
        ticks = [result(clock) for clock in clocks]
        print(f"{label}: two clocks, both ended after {time.perf_counter() - began:.1f} s")
        for it in ticks:
            print(f"  {it['looked_at']} in {it['seconds']:.1f} s, {it['cpu']:.1f} s CPU")
        told = run(env, "told")
        target(f"clock_{label}_escalate_seconds", max(it["seconds"] for it in ticks), DONE_SECONDS)
        target(f"clock_{label}_missed", due - min(told["escalations"], told["entries"]), 0)
        target(f"clock_{label}_told_twice", told["twice"], 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="5,000 among a million")
    parser.add_argument("--n", type=int, default=0, help="among so many; one in 200 is due")
    parser.add_argument("--only", choices=["sqlite", "postgresql"], default="")
    parser.add_argument("--part", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        name, argument = options.part
        print(json.dumps({"prepare": part_prepare, "tick": part_tick, "told": part_told}[name](argument)))
        return
    n, due = (1_000_000, 5_000) if options.full else (100_000, 1_000)
    if options.n:
        n, due = options.n, options.n // 200
    if options.only != "postgresql":
        measure("sqlite", "", n, due)
    if options.only != "sqlite":
        from tools.postgres import DURABLE, running

        with running(**DURABLE) as url:
            measure("postgresql", url, n, due)


if __name__ == "__main__":
    main()
