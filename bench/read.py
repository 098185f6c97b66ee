"""What it costs to read an article: a page of about 20 kB by two processes, each view looked at as a read.

The load comes from another process: wrk where it is installed (Debian has it), else one of our own, which
takes more of the processor than the server does. 64 connections; each view from one of so many readers, who
come again and again (an address behind one proxy, and one of 40 browsers). In one run, with the same
settings of the same server: 20 kB of constant bytes that no application makes, the kept page with its count,
and the plain view of the same page (it is asked for with a query that nothing keeps). After a graceful stop
the database must have exactly one read for each reader that wrk had time to send.
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from _common import ROOT, free_port, install, run, shiliu, target
from _measured import busy, cpu, percentile, web_and_worker
from intake import setup_django

CONNECTIONS, PROCESSES, SIZE = 64, 2, 20_000
LUA = """
local n = 0
local counter = 1
function setup(thread) thread:set("id", counter); counter = counter + 1 end
function request()
  n = n + 1
  local reader = (n * 2 + id) % %READERS%
  local from = "10.0." .. math.floor(reader / 256) % 256 .. "." .. reader % 256
  return wrk.format("GET", nil, {["Host"] = "%HOST%", ["X-Forwarded-For"] = from,
    ["User-Agent"] = "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0." .. reader % 40})
end
function done(summary, latency, requests)
  io.write(string.format("JSON [%d, %d, %f, %f, %f, %d]\\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
"""


def part_article(_argument: str) -> dict[str, Any]:
    """An article that is 20 kB on the wire, in the sample's first column."""
    setup_django()
    from django.test import Client

    from shiliu.channel.models import ArticlePage, ColumnPage

    column = ColumnPage.objects.live().first()
    assert column
    code, sentence = f"bench-{os.getpid()}", "社区服务站本周起延长开放时间，居民可以在晚上八点以前来办事。"
    page = ArticlePage(
        title="服务站延长开放时间",
        slug=code,
        code=code,
        area_id=column.area_id,
        published_on="2026-01-01",
    )
    column.add_child(instance=page)
    client, n = Client(HTTP_HOST="127.0.0.1"), 1
    while True:
        page.body = [("paragraph", sentence)] * n
        page.save_revision(log_action=False).publish(log_action=False)
        body = client.get(page.url).content
        if len(body) >= SIZE:
            return {"path": page.url, "id": page.pk, "size": len(body)}
        n += max((SIZE - len(body)) // 150, 1)


def part_counted(argument: str) -> dict[str, Any]:
    setup_django()
    from shiliu.channel.models import Reads

    return {"reads": sum(Reads.objects.filter(article_id=int(argument)).values_list("reads", flat=True))}


# The load ---------------------------------------------------------------------------------------------------


def wrk(url: str, seconds: float, readers: int) -> dict[str, Any]:
    host = url.split("/")[2]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(LUA.replace("%READERS%", str(readers)).replace("%HOST%", host))
        script.flush()
        command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{round(seconds)}s", "-s", script.name, url]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    n, us, p50, p99, most, bad = json.loads(re.search("JSON (.*)", done.stdout)[1])  # type: ignore[index]
    times = {"p50": p50 / 1e3, "p99": p99 / 1e3, "most": most / 1e3}
    return times | {"n": n, "seconds": us / 1e6, "bad": bad}


async def _connection(k: int, url: str, until: float, readers: int, times: list[float]) -> int:
    host, path = url.split("/", 3)[2:]
    name, port = host.split(":")
    reader, writer = await asyncio.open_connection(name, int(port))
    bad = n = 0
    while time.monotonic() < until:
        who = (n * CONNECTIONS + k) % readers
        n += 1
        began = time.perf_counter()
        writer.write(
            f"GET /{path} HTTP/1.1\r\nHost: {host}\r\n"
            f"X-Forwarded-For: 10.0.{who >> 8 & 255}.{who & 255}\r\n"
            f"User-Agent: Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.{who % 40}\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(re.search(rb"(?i)content-length: *(\d+)", head)[1]))  # type: ignore[index]
        times.append(time.perf_counter() - began)
        bad += b" 200 " not in head[:15]
    writer.close()
    return bad


def part_own(argument: str) -> dict[str, Any]:
    url, seconds, readers = json.loads(argument)
    times: list[float] = []

    async def run() -> int:
        until = time.monotonic() + seconds
        return sum(
            await asyncio.gather(*(_connection(k, url, until, readers, times) for k in range(CONNECTIONS)))
        )

    bad = asyncio.run(run())
    p50, p99 = (percentile(times, share) * 1e3 for share in (0.5, 0.99))
    found = {"n": len(times), "seconds": seconds, "bad": bad, "p50": p50, "p99": p99}
    return found | {"most": max(times) * 1e3}


def load(env: dict[str, str], url: str, seconds: float, readers: int) -> dict[str, Any]:
    if shutil.which("wrk"):
        return wrk(url, seconds, readers)
    return run(env, "own", json.dumps([url, seconds, readers]))


# All together -----------------------------------------------------------------------------------------------


def ready(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5)  # noqa: S310 (of our own)
            return
        except OSError:
            time.sleep(0.2)
    sys.exit("the server did not start")


def constant(env: dict[str, str], seconds: float, size: int) -> dict[str, Any]:
    """The same server with the same settings around an application that only gives bytes."""
    from shiliu import supervisor

    port = free_port()
    command = list(supervisor.web("127.0.0.1", port, PROCESSES).command)
    command = [part for part in command if part not in ("--factory", "--respawn-failed-workers")]
    command[-1] = "_constant:application"
    env = env | {"PYTHONPATH": str(Path(__file__).parent), "BENCH_SIZE": str(size)}
    server = subprocess.Popen(command, env=env)
    try:
        ready(f"http://127.0.0.1:{port}/", server)
        return load(env, f"http://127.0.0.1:{port}/", seconds, 1)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def told(name: str, it: dict[str, Any]) -> float:
    rate = float(it["n"] / it["seconds"])
    print(f"{name}: {rate:.0f} a second; p50 {it['p50']:.1f} ms, p99 {it['p99']:.1f} ms, "
          f"maximum {it['most']:.0f} ms" + (f"; {it['bad']} FAILED" if it["bad"] else ""))  # fmt: skip
    return rate


def measure(seconds: float, readers: int) -> None:
    with install() as env:
        env |= {"SHILIU_PROXIES": "1"}
        shiliu("import", str(ROOT / "sample" / "kunhe"), env=env)
        article = run(env, "article")
        print(f"{busy()}; load by {'wrk' if shutil.which('wrk') else 'our own'}; {article['size']} bytes")
        bytes_only = told("constant bytes", constant(env, seconds, article["size"]))
        port = free_port()
        base = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "shiliu", "serve", "--port", str(port), "--workers", str(PROCESSES)]
        server = subprocess.Popen(command, env=env | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL)
        try:
            ready(f"{base}/readyz", server)
            load(
                env, base + article["path"], 8, readers
            )  # a process loads what it needs with its first pages
            web, _behind = web_and_worker(server.pid)
            before = cpu(web)
            kept = load(env, base + article["path"], seconds, readers)
            spent = cpu(web) - before
            rate = told("article, kept and counted", kept)
            plain = told(
                "article, plain view", load(env, f"{base}{article['path']}?plain=1", seconds, readers)
            )
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)
        counted = run(env, "counted", str(article["id"]))["reads"]
        cores = f"{spent / kept['seconds']:.2f} of {os.cpu_count()} cores"
        print(f"the web processes took {spent / kept['n'] * 1e6:.0f} µs a view, {cores}")
        print(f"ratios: kept / constant bytes {rate / bytes_only:.2f}, kept / plain {rate / plain:.0f}")
        target("read_per_second", rate, 5000, at_least=True)
        target("read_p99_ms", kept["p99"], 50)
        target("read_miscounted", abs(counted - readers), 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--readers", type=int, default=5000)
    parser.add_argument("--part", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        name, argument = options.part
        parts = {"article": part_article, "counted": part_counted, "own": part_own}
        print(json.dumps(parts[name](argument)))
        return
    measure(options.seconds, options.readers)


if __name__ == "__main__":
    main()
