"""All tests: on SQLite, on a throwaway PostgreSQL, and in a real browser, at the same time.

    tools/test.py                                      everything; what `make test` runs
    tools/test.py --only sqlite -- tests/core -k door  one suite; what follows -- is pytest's

Exit status: 0 all passed, 1 something failed, 2 something is missing here (a sentence says what to type).
"""

import argparse
import contextlib
import functools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

from shiliu.supervisor import die_with_parent  # noqa: E402
from tools import chromium, migrated, postgres  # noqa: E402

NO_TESTS = 5  # pytest's exit status when it has found none
STOP_SECONDS = 15
PRESENT = {"postgresql": postgres.binaries, "chromium": chromium.find}  # by Debian's package


@dataclass
class Suite:
    """One run of pytest. `package` is what it needs beyond Python's packages."""

    name: str
    marker: str
    package: str | None = None
    after: str | None = None  # a suite that keeps the migrated database with which this one begins
    process: subprocess.Popen[bytes] | None = None
    output: IO[bytes] | None = None  # None: straight to the screen
    began: float = 0.0
    told: str = "not finished"
    status: int | None = None

    def command(self, extra: Sequence[str]) -> list[str]:
        # The suites keep two cores busy. On more cores each database gets its share of processes.
        processes = 1 if self.marker == "browser" else (os.cpu_count() or 1) // 2
        spread = ["-n", str(processes)] if processes > 1 else []
        return [sys.executable, "-m", "pytest", "-m", self.marker, *spread, *extra]

    def start(self, extra: Sequence[str], database_url: str | None, *, alone: bool) -> None:
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        if database_url:  # and pg_dump of the server's own version
            path = f"{postgres.binaries()}{os.pathsep}{environment['PATH']}"
            environment |= {"DATABASE_URL": database_url, "PATH": path}
        self.output = None if alone else tempfile.TemporaryFile()  # noqa: SIM115 (gone with this process)
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            self.command(extra),
            cwd=REPOSITORY,
            env=environment,
            stdout=self.output,
            stderr=None if alone else subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C comes once, from here
            preexec_fn=functools.partial(die_with_parent, os.getpid()),
        )

    def finished(self, *, none_is_fine: bool) -> bool:
        """Whether it has ended; prints what it said as soon as it has."""
        if self.process is None or self.status is not None or self.process.poll() is None:
            return self.status is not None
        self.status = self.process.returncode
        if self.status == NO_TESTS and none_is_fine:
            self.status = 0
        closing = f"{time.monotonic() - self.began:.0f} s"
        if self.output is not None:
            self.output.seek(0)
            said = self.output.read().decode("utf-8", "replace")
            print(f"\n──── {self.name} ────\n{said}", end="", flush=True)
            closing = said.splitlines()[-1].strip("= ") if said else closing
        self.told = f"{'ok' if self.status == 0 else 'FAILED'}  {closing}"
        return True

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


def all_suites() -> list[Suite]:
    return [
        Suite("sqlite", "not browser"),
        Suite("postgres", "not browser and not once", package="postgresql"),
        Suite("browser", "browser", package="chromium", after="sqlite"),
    ]


def ensure_packages(suites: Sequence[Suite]) -> None:
    """Install what is missing where we may; else exit, naming the command to type."""
    missing = [suite.package for suite in suites if suite.package and not PRESENT[suite.package]()]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {' and '.join(missing)} from Debian's packages", flush=True)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
        for command in (["apt-get", "update"], install):
            subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL)
        missing = [package for package in missing if not PRESENT[package]()]
    if missing:
        names = " ".join(missing)
        print(f"{names} is missing. Type: sudo apt-get install {names}", file=sys.stderr)
        sys.exit(2)


def wait_for_database(suite: Suite, suites: Sequence[Suite]) -> None:
    """Until another suite has migrated its database and kept it, or has ended."""
    other = next((each.process for each in suites if each.name == suite.after), None)
    while other is not None and other.poll() is None and not migrated.kept().exists():
        time.sleep(0.5)


def run(suites: Sequence[Suite], extra: Sequence[str]) -> int:
    with contextlib.ExitStack() as until_the_end:
        for suite in suites:
            needs_server = suite.package == "postgresql"
            url = until_the_end.enter_context(postgres.running()) if needs_server else None
            until_the_end.callback(suite.stop)
            wait_for_database(suite, suites)
            suite.start(extra, url, alone=len(suites) == 1)
        while [suite for suite in suites if not suite.finished(none_is_fine=bool(extra))]:
            time.sleep(0.1)
    return 0 if all(suite.status == 0 for suite in suites) else 1


def interrupt(*_: object) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # what follows is the orderly end: once is enough
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", choices=[suite.name for suite in all_suites()])
    parser.add_argument("pytest", nargs="*", help="arguments for pytest, after --")
    options = parser.parse_args()
    suites = [suite for suite in all_suites() if not options.only or suite.name in options.only]
    ensure_packages(suites)
    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, interrupt)
    try:
        status = run(suites, options.pytest)
    except KeyboardInterrupt:
        status = 130
    except postgres.CannotStart as error:
        print(error, file=sys.stderr)
        status = 2
    print()
    for suite in suites:
        print(f"{suite.name:10} {suite.told}")
    return status


if __name__ == "__main__":
    sys.exit(main())
