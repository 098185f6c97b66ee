"""What the benches measure with: processor time of processes, and how busy the machine is beside them."""

import os
import sys
import time
from collections.abc import Iterable
from urllib.parse import urlsplit

import psutil


def cpu(processes: Iterable[psutil.Process]) -> float:
    """Seconds of processor time that these processes, and their children that have ended, took so far."""
    total = 0.0
    for process in processes:
        try:
            spent = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += spent.user + spent.system + spent.children_user + spent.children_system
    return total


def web_and_worker(supervisor: int) -> tuple[list[psutil.Process], list[psutil.Process]]:
    """The processes of `shiliu serve`: those that answer, and the one that works in the background."""
    web, behind = [], []
    for child in psutil.Process(supervisor).children():
        tree = [child, *child.children(recursive=True)]
        (web if "granian" in " ".join(child.cmdline()) else behind).extend(tree)
    return web, behind


def postgres_of(database_url: str) -> list[psutil.Process]:
    """The server of a database on this machine, with its backends; nothing for SQLite."""
    if not database_url:
        return []
    port = str(urlsplit(database_url).port)
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if words and words[0].endswith("postgres") and "-p" in words and words[words.index("-p") + 1] == port:
            return [process, *process.children(recursive=True)]
    sys.exit(f"no PostgreSQL on port {port}")


def busy() -> str:
    """How much else the machine does: a fixed piece of work takes longer where others share the cores."""
    began, spent = time.perf_counter(), time.process_time()
    sum(n * n for n in range(2_000_000))
    wall, own = time.perf_counter() - began, time.process_time() - spent
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, load {load:.1f}; a fixed loop took {own:.2f} s of processor, {wall:.2f} s"
    )


def percentile(times: list[float], share: float) -> float:
    return sorted(times)[min(int(len(times) * share), len(times) - 1)]
