"""What the benches share: targets as lines, installs to measure on, a throwaway PostgreSQL."""

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SHILIU = str(Path(sys.executable).with_name("shiliu"))
sys.path.insert(0, str(ROOT))


def target(name: str, value: float, aim: float, *, at_least: bool = False) -> None:
    """One line per target: `name value aim ok|short`."""
    good = value >= aim if at_least else value <= aim
    print(f"{name} {value:.4g} {aim:.4g} {'ok' if good else 'short'}", flush=True)


def median(values: list[float]) -> float:
    return statistics.median(values)


def free_port() -> int:
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return int(it.getsockname()[1])


def shiliu(*arguments: str, env: dict[str, str]) -> str:
    """Run a command of Shiliu's; its output, or the bench ends with its error."""
    done = subprocess.run([SHILIU, *arguments], env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"shiliu {' '.join(arguments)}: {done.stderr}")
    return done.stdout


@contextmanager
def install(database_url: str = "") -> Iterator[dict[str, str]]:
    """An empty, prepared install in a temporary folder, as the environment that selects it."""
    with tempfile.TemporaryDirectory(prefix="shiliu-bench-") as folder:
        env = {k: v for k, v in os.environ.items() if not k.startswith("SHILIU_")}
        env |= {"SHILIU_DATA": folder, "DATABASE_URL": database_url, "SHILIU_LOG_LEVEL": "WARNING"}
        shiliu("setup", env=env)
        yield env


def begin(env: dict[str, str], part: str, argument: str = "") -> subprocess.Popen[str]:
    """Start a part of the bench that runs in a process of its own: the script again, with `--part`."""
    command = [sys.executable, sys.argv[0], "--part", part, argument]
    return subprocess.Popen(command, env=env | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True)


def result(process: subprocess.Popen[str]) -> Any:
    """What a part has printed, or the bench ends as it did."""
    output = process.communicate()[0]
    if process.returncode:
        sys.exit(process.returncode)
    return json.loads(output)


def run(env: dict[str, str], part: str, argument: str = "") -> Any:
    return result(begin(env, part, argument))


def settle(env: dict[str, str]) -> None:
    """What is known of the tables after a load; PostgreSQL's autovacuum does it within minutes."""
    if env["DATABASE_URL"]:
        import psycopg

        with psycopg.connect(env["DATABASE_URL"], autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")
    else:
        import sqlite3

        with sqlite3.connect(f"{env['SHILIU_DATA']}/shiliu.sqlite3") as file:
            file.execute("ANALYZE")
