"""What it costs to take a request in: the public form's POST through to the answer, on both databases.

Statements: one POST through the whole handler. Processor time, rate and latency: `shiliu serve --workers 2`
under load of another process, eight connections that are kept open, each POST with a key of its own; the
processor time also of one after another over one connection, for two busy threads of one core take longer
for the same. A simulated address sends at most 50, for the product lets one address ask 60 times an hour. For
scale, the bare rate: the same INSERTs and COMMITs by hand, over as many connections of the same backend.
"""

import argparse
import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from _common import ROOT, SHILIU, begin, free_port, install, result, run, shiliu, target
from _measured import busy, cpu, percentile, postgres_of, web_and_worker

CONNECTIONS, PROCESSES = 8, 2
WARM, ALONE, A_PIECE = 160, 400, 50
P99 = {"sqlite": 250, "postgresql": 100}
WORDS = "{n}号楼厨房水管漏水了，麻烦来看看"


def setup_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shiliu.settings")
    import django

    django.setup()


def fields(n: int, area: str, category: str) -> dict[str, str]:
    return {"key": str(uuid.uuid4()), "words": WORDS.format(n=n), "area": area, "category": category}


def chosen() -> tuple[str, str]:
    """A grid of the sample's town, and a category that asks nothing further."""
    from shiliu.grid.models import Area
    from shiliu.requests.models import Category

    area = Area.objects.filter(code__length=15, valid_to=None).order_by("code").values_list("code", flat=True)
    plain = Category.objects.filter(is_offered=True, allows_anonymous=True, questions=None)
    return area[0], plain.order_by("position").values_list("code", flat=True)[0]


# Parts, each in a process of its own ------------------------------------------------------------------------


def part_cost(_argument: str) -> dict[str, Any]:
    """The statements of one POST, BEGIN and COMMIT among them, when the process has served some before."""
    setup_django()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    area, category = chosen()
    client, address = Client(HTTP_HOST="127.0.0.1"), reverse("requests:ask")

    def post(n: int) -> None:
        answer = client.post(address, fields(n, area, category), HTTP_X_FORWARDED_FOR=f"10.1.0.{n}")
        assert answer.status_code == 302, answer.content.decode()

    for n in range(20):
        post(n)
    with CaptureQueriesContext(connection) as queries:
        post(20)
    return {"statements": len(queries), "area": area, "category": category, "address": address}


def part_bare(argument: str) -> dict[str, Any]:
    """The INSERTs of one request by hand, again and again: commits a second over this process's threads."""
    setup_django()
    from django.db import connection, transaction

    n = int(argument)
    statements = _inserts()
    written: list[int] = []
    began = time.perf_counter()

    def write() -> None:
        for _ in range(n):
            fresh = {old: new() for old, new in _FRESH.items()}
            with transaction.atomic(), connection.cursor() as cursor:
                for sql, params in statements:
                    cursor.execute(sql, [fresh.get(value, value) for value in params])
            written.append(1)
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(CONNECTIONS // PROCESSES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(written) == n * len(threads)
    return {"rate": len(written) / (time.perf_counter() - began)}


_FRESH: dict[Any, Any] = {}


def _inserts() -> list[tuple[str, list[Any]]]:
    """What `actions.ask` writes, as it reaches the database; what has to differ each time is in `_FRESH`."""
    from django.db import connection

    from shiliu.core import receipts
    from shiliu.core.access import Resident
    from shiliu.grid.models import Area
    from shiliu.requests import actions
    from shiliu.requests.models import Category

    area, category = chosen()
    seen: list[tuple[str, list[Any]]] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("INSERT"):
            seen.append((sql.split(" RETURNING ")[0], list(params)))
        return execute(sql, params, many, context)

    key = str(uuid.uuid4())
    with connection.execute_wrapper(watch):
        made = actions.ask(
            by=Resident(), key=key, words=WORDS,
            area=Area.objects.get(code=area), category=Category.objects.get(code=category),
        )  # fmt: skip
    _FRESH.update({made.code: receipts.new, key: lambda: str(uuid.uuid4())})
    for sql, params in seen:
        if "dbtaskresult" in sql:
            _FRESH[params[0]] = uuid.uuid4 if isinstance(params[0], uuid.UUID) else lambda: uuid.uuid4().hex
        if "requests_milestone" in sql:  # all of the one request, under names of their own
            params[params.index("")] = "name"
            _FRESH["name"] = lambda: uuid.uuid4().hex
    connection.close()
    return seen


def part_verify(argument: str) -> dict[str, Any]:
    """How many of the answered receipts are there exactly once, and whether a key made more than one."""
    setup_django()
    from shiliu.core.models import Submission
    from shiliu.requests.models import Request

    codes = json.loads(Path(argument).read_text())
    there = set(Request.objects.values_list("code", flat=True))
    keyed = list(Submission.objects.values_list("public_id", flat=True))
    return {
        "missing": len(set(codes) - there) + len(codes) - len(set(codes)),
        "twice": len(keyed) - len(set(keyed)),
    }


# The load ---------------------------------------------------------------------------------------------------


async def _answer(reader: asyncio.StreamReader) -> tuple[int, str]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    length = re.search(r"(?i)^content-length: *(\d+)", head, re.MULTILINE)
    if length and int(length[1]):
        await reader.readexactly(int(length[1]))
    return int(head.split(" ", 2)[1]), head


async def _client(number: int, n: int, given: dict[str, Any], times: list[float], codes: list[str]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", given["port"])
    host = f"Host: 127.0.0.1:{given['port']}\r\n"
    query = urlencode({"category": given["category"], "area": given["area"]})
    writer.write(f"GET {given['address']}?{query} HTTP/1.1\r\n{host}\r\n".encode())
    _status, head = await _answer(reader)
    token = re.search(r"csrftoken=(\w+)", head)
    assert token, head
    for n_th in range(n):
        sent = {"csrfmiddlewaretoken": token[1]} | fields(n_th, given["area"], given["category"])
        body = urlencode(sent).encode()
        address = f"10.{given['round']}.{number}.{n_th // A_PIECE}"
        request = (
            f"POST {given['address']} HTTP/1.1\r\n{host}Cookie: csrftoken={token[1]}\r\n"
            f"X-Forwarded-For: {address}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode()
        began = time.perf_counter()
        writer.write(request + body)
        status, head = await _answer(reader)
        times.append(time.perf_counter() - began)
        found = re.search(r"(?i)^location: \S*?/([2-9A-HJ-NP-Z]{10})/", head, re.MULTILINE)
        if status != 302 or not found:
            raise RuntimeError(f"answered {status}: {head}")
        codes.append(found[1])
    writer.close()


def part_load(argument: str) -> dict[str, Any]:
    """`n` POSTs over all connections: latencies, receipts and seconds."""
    given = json.loads(argument)
    times: list[float] = []
    codes: list[str] = []

    async def all_clients() -> None:
        each = given["n"] // given["connections"]
        await asyncio.gather(*(_client(k, each, given, times, codes) for k in range(given["connections"])))

    began, spent = time.perf_counter(), time.process_time()
    asyncio.run(all_clients())
    seconds = time.perf_counter() - began
    return {"times": times, "codes": codes, "seconds": seconds, "own": time.process_time() - spent}


# All together -----------------------------------------------------------------------------------------------


def start(env: dict[str, str], port: int) -> subprocess.Popen[bytes]:
    command = [SHILIU, "serve", "--port", str(port), "--workers", str(PROCESSES)]
    server = subprocess.Popen(command, env=env | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 300
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5)
            return server
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    sys.exit("the server did not start")


def under_load(label: str, env: dict[str, str], given: dict[str, Any], n: int) -> list[str]:
    """Serve, warm up, load; prints what it cost and returns the receipts."""
    server = start(env, given["port"])
    codes: list[str] = []

    def load(n: int, connections: int) -> tuple[dict[str, Any], list[float]]:
        """What came of it, and the seconds of processor of the web, the worker and the database."""
        web, behind = web_and_worker(server.pid)
        processes = web, behind, postgres_of(env["DATABASE_URL"])
        before = [cpu(each) for each in processes]
        asked = {"n": n, "connections": connections, "round": 200 + connections + (n == WARM)}
        it = run(env, "load", json.dumps(given | asked))
        codes.extend(it["codes"])
        return it, [cpu(each) - was for each, was in zip(processes, before, strict=True)]

    try:
        load(WARM, CONNECTIONS)
        _alone, alone = load(ALONE, 1)
        it, spent = load(n, CONNECTIONS)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)
    print(f"{label}: CPU per request, one after another: web {alone[0] / ALONE * 1e3:.2f} ms, "
          f"database {alone[2] / ALONE * 1e3:.2f} ms")  # fmt: skip
    if alone[2]:
        target(f"intake_{label}_alone_web_cpu_ms", alone[0] / ALONE * 1e3, 4)
    target(f"intake_{label}_alone_cpu_ms", (alone[0] + alone[2]) / ALONE * 1e3, 8)
    done = len(it["times"])
    web_ms, behind_ms, database_ms = (seconds / done * 1e3 for seconds in spent)
    p50, p99 = (percentile(it["times"], share) * 1e3 for share in (0.5, 0.99))
    print(f"{label}: {done} requests by {CONNECTIONS} connections in {it['seconds']:.1f} s; "
          f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, maximum {max(it['times']) * 1e3:.0f} ms")  # fmt: skip
    print(f"{label}: CPU per request: web {web_ms:.2f} ms, database {database_ms:.2f} ms; besides, "
          f"background worker {behind_ms:.2f} ms, the load {it['own'] / done * 1e3:.2f} ms")  # fmt: skip
    if database_ms:  # SQLite works inside the web processes
        target(f"intake_{label}_web_cpu_ms", web_ms, 4)
    target(f"intake_{label}_cpu_ms", web_ms + database_ms, 8)
    target(f"intake_{label}_per_second", done / it["seconds"], 400, at_least=True)
    target(f"intake_{label}_p99_ms", p99, P99[label])
    return codes


def measure(label: str, database_url: str, n: int) -> None:
    with install(database_url) as env:
        env |= {"SHILIU_PROXIES": "1"}
        shiliu("import", str(ROOT / "sample" / "kunhe"), env=env)
        given = run(env, "cost")
        print(f"{label}: {busy()}")
        target(f"intake_{label}_statements", given["statements"], 12)
        codes = under_load(label, env, given | {"port": free_port()}, n)
        file = Path(env["SHILIU_DATA"]) / "codes.json"
        file.write_text(json.dumps(codes))
        found = run(env, "verify", str(file))
        target(f"intake_{label}_missing", found["missing"], 0)
        target(f"intake_{label}_twice", found["twice"], 0)
        writers = [begin(env, "bare", str(n // CONNECTIONS)) for _ in range(PROCESSES)]
        rate = sum(result(writer)["rate"] for writer in writers)
        print(f"{label}: the same INSERTs and COMMITs by hand: {rate:.0f} a second")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=4000, help="requests under load")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--part", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        name, argument = options.part
        parts = {"cost": part_cost, "bare": part_bare, "verify": part_verify, "load": part_load}
        print(json.dumps(parts[name](argument)))
        return
    if options.only != "postgresql":
        measure("sqlite", "", options.n)
    if options.only != "sqlite":
        from tools.postgres import DURABLE, running

        with running(**DURABLE) as url:
            measure("postgresql", url, options.n)


if __name__ == "__main__":
    main()
