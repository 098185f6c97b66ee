"""A throwaway PostgreSQL: made with initdb in a temporary folder, on a free loopback port, then removed."""

import contextlib
import functools
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shiliu.supervisor import die_with_parent

USER = "shiliu"
START_SECONDS = 30
# What is lost in a crash does not matter here; speed does.
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "timezone": "UTC",
}
# As a server is installed: what a commit costs there.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


class CannotStart(Exception):
    """The message says why, with the server's own last lines."""


def binaries() -> Path | None:
    """The folder of initdb and postgres: from PATH, else the newest of Debian's; None if there is none."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    folders += sorted(debian, key=lambda folder: float(folder.parent.name), reverse=True)
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


def unprivileged() -> dict[str, Any]:
    """How to start a process that PostgreSQL accepts: as it is, or for root, as another user."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _make(folder: Path, password: str, identity: dict[str, Any]) -> None:
    secret = folder / "password"
    secret.write_text(password)
    if identity:
        for path in (folder, secret):
            os.chown(path, identity["user"], identity["group"])
    command = [f"{binaries()}/initdb", "--pgdata", str(folder / "data"), "--username", USER, "--no-sync"]
    command += ["--encoding", "UTF8", "--auth", "scram-sha-256", "--pwfile", str(secret)]
    for locale in ("C.UTF-8", "C"):
        done = subprocess.run(
            [*command, "--locale", locale],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            **identity,
        )
        if done.returncode == 0:
            return
    raise CannotStart(f"initdb: {done.stderr.strip()}")


def _await(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while "ready to accept connections" not in log.read_text("utf-8", "replace"):
        if process.poll() is not None or time.monotonic() > deadline:
            raise CannotStart(
                f"PostgreSQL did not start on port {port}:\n{log.read_text('utf-8', 'replace')[-2000:]}"
            )
        time.sleep(0.05)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)  # “fast”: roll back what is open, then stop
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait(10)


@contextlib.contextmanager
def running(**settings: str) -> Iterator[str]:
    """The URL of a database of an own server, which is stopped and removed at the end.

    settings: the server's own, other than `OPTIONS` has them, such as `DURABLE` for what is measured.
    Raises CannotStart. The server is also ended by the kernel when this process is killed (Linux).
    """
    identity, password, port = unprivileged(), secrets.token_hex(16), free_port()
    folder = Path(tempfile.mkdtemp(prefix="shiliu-postgres-"))
    try:
        _make(folder, password, identity)
        log = folder / "log"
        options = [part for name, value in (OPTIONS | settings).items() for part in ("-c", f"{name}={value}")]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [f"{binaries()}/postgres", "-D", str(folder / "data"), "-p", str(port), *options],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is for the tests first; the server stops after them
                preexec_fn=functools.partial(die_with_parent, os.getpid()),
                **identity,
            )
        try:
            _await(process, port, log)
            yield f"postgresql://{USER}:{password}@127.0.0.1:{port}/postgres"
        finally:
            _stop(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
