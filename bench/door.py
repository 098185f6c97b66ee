"""What one action costs, and how eight writers fare: on SQLite and PostgreSQL.

Cost: `requests.accept` in statements, CPU and latency, as ratios to the same UPDATEs and INSERT by hand in
one transaction (the least that any design with an audit must do). Crowd: eight writers in two processes,
each asking and accepting; no “database is locked”, the maximum latency reported beside the median.
"""

import argparse
import json
import os
import subprocess
import sys
import time

from _common import ROOT, install, median, shiliu, target

PROCESSES, THREADS = 2, 4


def setup_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shiliu.settings")
    import django

    django.setup()


def records(n: int) -> list:
    """`n` requests waiting to be accepted."""
    from django.utils import timezone

    from shiliu.grid.models import Area
    from shiliu.requests.models import Category, Request

    area, category, now = Area.objects.order_by("-code").first(), Category.objects.first(), timezone.now()
    made = [
        Request(area=area, category=category, words="测试", received_at=now, due_at=now) for _ in range(n)
    ]
    return Request.objects.bulk_create(made)


def by_hand(request: object) -> None:
    """The same effect with bare SQL: a conditional update, the milestone of first contact, an audit row."""
    from django.db import connection, transaction
    from django.utils import timezone

    with transaction.atomic(), connection.cursor() as cursor:
        now = timezone.now()
        cursor.execute(
            "UPDATE requests_request SET state = 'accepted', contacted_at = %s, hours_to_contact = 0, "
            "version = version + 1 WHERE id = %s AND version = 1",
            [now, request.pk],  # type: ignore[attr-defined]
        )
        cursor.execute(
            "UPDATE requests_milestone SET met_at = %s "
            "WHERE request_id = %s AND kind = 'contact' AND met_at IS NULL",
            [now, request.pk],  # type: ignore[attr-defined]
        )
        cursor.execute(
            "INSERT INTO core_auditentry (at, actor_label, verb, kind, public_id, area, version, note, data, "
            "request_id) VALUES (%s, 'x', 'requests.accept', 'requests.request', %s, %s, 2, '', '{}', %s)",
            [now, request.code, request.area_id, "0" * 32],  # type: ignore[attr-defined]
        )


def cost(n: int) -> None:
    """In a process of its own: prints JSON with statements and the ratios of action to bare SQL."""
    setup_django()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from shiliu.core.access import System
    from shiliu.requests import actions

    by = System("bench")
    request = records(1)[0]
    with CaptureQueriesContext(connection) as queries:
        actions.accept(request, by=by, seen=1)
    wall: dict[str, list[float]] = {"action": [], "hand": []}
    cpu: dict[str, list[float]] = {"action": [], "hand": []}
    for _ in range(3):
        for name, act in (("action", lambda r: actions.accept(r, by=by, seen=1)), ("hand", by_hand)):
            prepared = records(n)
            began, spent = time.perf_counter(), time.process_time()
            for request in prepared:
                act(request)
            wall[name].append((time.perf_counter() - began) / n * 1e3)
            cpu[name].append((time.process_time() - spent) / n * 1e3)
    result: dict[str, float] = {"statements": len(queries)}
    for name in wall:
        result |= {f"{name}_ms": median(wall[name]), f"{name}_cpu_ms": median(cpu[name])}
    print(json.dumps(result))


def crowd(n: int) -> None:
    """In each of the writing processes: THREADS threads, each asking and accepting `n` times."""
    setup_django()
    import threading

    from django.db import connection

    from shiliu.core.access import System
    from shiliu.grid.models import Area
    from shiliu.requests import actions
    from shiliu.requests.models import Category

    area, category, by = Area.objects.order_by("-code").first(), Category.objects.first(), System("bench")
    times: list[float] = []
    errors: list[str] = []

    def write() -> None:
        for _ in range(n):
            began = time.perf_counter()
            try:
                request = actions.ask(by=by, category=category, area=area, words="路灯不亮")
                times.append(time.perf_counter() - began)
                began = time.perf_counter()
                actions.accept(request, by=by, seen=1)
                times.append(time.perf_counter() - began)
            except Exception as error:
                errors.append(f"{type(error).__name__}: {error}")
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"times": times, "errors": errors}))


def run(part: str, n: int, env: dict[str, str]) -> subprocess.Popen:
    command = [sys.executable, __file__, "--part", part, "--n", str(n)]
    return subprocess.Popen(command, env=env | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True)


def measure(label: str, database_url: str, n: int) -> None:
    with install(database_url) as env:
        shiliu("import", str(ROOT / "sample" / "kunhe"), env=env)
        it = json.loads(run("cost", n, env).communicate()[0])
        print(f"{label}: accept {it['action_ms']:.2f} ms, {it['action_cpu_ms']:.2f} ms CPU; "
              f"by hand {it['hand_ms']:.2f} ms, {it['hand_cpu_ms']:.2f} ms CPU")  # fmt: skip
        target(f"door_{label}_statements", it["statements"], 5)  # with BEGIN and COMMIT
        target(f"door_{label}_latency_ratio", it["action_ms"] / it["hand_ms"], 3)
        target(f"door_{label}_cpu_ratio", it["action_cpu_ms"] / it["hand_cpu_ms"], 6)
        began = time.perf_counter()
        writers = [run("crowd", n, env) for _ in range(PROCESSES)]
        parts = [json.loads(w.communicate()[0]) for w in writers]
        seconds = time.perf_counter() - began
        times = sorted(t for part in parts for t in part["times"])
        errors = [e for part in parts for e in part["errors"]]
        for error in sorted(set(errors)):
            print(f"{label}: {errors.count(error)} × {error}")
        p50, p99 = (times[int(len(times) * share)] * 1e3 for share in (0.5, 0.99))
        writers_n = PROCESSES * THREADS
        print(f"{label}: {len(times)} actions by {writers_n} writers in {seconds:.1f} s, start included")
        print(f"{label}: p50 {p50:.0f} ms, p99 {p99:.0f} ms")
        target(f"door_{label}_errors", len(errors), 0)
        target(f"door_{label}_maximum_ms", times[-1] * 1e3, 1000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=200, help="actions per writer")
    parser.add_argument("--part", choices=["cost", "crowd"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        return {"cost": cost, "crowd": crowd}[options.part](options.n)
    measure("sqlite", "", options.n)
    from tools.postgres import running

    with running() as url:
        measure("postgresql", url, options.n)


if __name__ == "__main__":
    main()
