"""`shiliu serve`: the web server and the background worker as one tree of processes that stops as one.

    supervisor ── granian ── web worker (as many as --workers)
               └─ `shiliu worker` (background work and the clock)

The supervisor restarts what crashes, with growing pauses, and gives up with a sentence when that does not
help. It imports nothing of Django: it only waits, and should cost no memory.

What holds when a process is killed with SIGKILL (tests/test_supervisor.py measures it):
- a web worker: granian starts another;
- granian or the background worker: the rest of its group is ended, and the supervisor starts it again;
- the supervisor: on Linux the kernel ends granian, the web workers and the background worker
  (PR_SET_PDEATHSIG). Elsewhere they would go on; only an orderly stop ends them there.
"""

import contextlib
import ctypes
import errno
import functools
import importlib
import multiprocessing
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

BLOCKING_THREADS = 4  # per web worker; each holds one database connection
STOP_SECONDS = 20  # from the request to stop until what still runs is killed
WEB_STOP_SECONDS = 15  # granian's own limit for its workers: within ours
PAUSES = (0.5, 1, 2, 4)  # seconds before each new start; one failure more within FAILURE_WINDOW: give up
FAILURE_WINDOW = 60
CRASHED, CONFIGURATION = 1, 2  # exit statuses; 2 says: a setting is wrong, trying again does not help
READY_PATH = "/readyz"
READY_PAUSE = 0.25
SLOW_START_SECONDS = 30

_PR_SET_PDEATHSIG = 1


class CannotServe(Exception):
    """Serving cannot begin or go on; the message is a sentence, the status what the command exits with."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process as soon as `parent`, the process that started it, is gone.

    Linux only; elsewhere it does nothing. The setting survives exec but not fork, so each generation sets it.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the line above
        os._exit(1)


def web_application() -> Any:
    """The WSGI application, loaded in a granian worker. Granian alone would leave it behind when killed."""
    main = multiprocessing.parent_process()
    if main is not None and main.pid is not None:
        die_with_parent(main.pid)
    return importlib.import_module("shiliu.wsgi").application


@dataclass
class Child:
    """One process under supervision, with the group of processes that it starts."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    failures: list[float] = field(default_factory=list)
    start_at: float = 0.0

    def start(self, environment: Mapping[str, str]) -> None:
        # A session of its own: Ctrl-C in the terminal reaches the supervisor only, which stops all in order.
        self.process = subprocess.Popen(  # noqa: S603 (the commands are this module's own)
            self.command,
            env=environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=functools.partial(die_with_parent, os.getpid()),
        )

    def ended(self) -> int | None:
        """The exit status if the process has just ended. What it left running in its group is ended too."""
        if self.process is None or (status := self.process.poll()) is None:
            return None
        self.send_to_group(signal.SIGKILL)
        self.process = None
        return status

    def terminate(self) -> None:
        if self.process is not None:
            self.process.terminate()

    def send_to_group(self, number: signal.Signals) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):  # nobody left; EPERM on macOS
                os.killpg(self.process.pid, number)

    def failed(self, now: float) -> bool:
        """Note a failure and set the time of the next start; True when it has failed too often."""
        self.failures = [moment for moment in self.failures if now - moment < FAILURE_WINDOW] + [now]
        if len(self.failures) > len(PAUSES):
            return True
        self.start_at = now + PAUSES[len(self.failures) - 1]
        return False


def web(host: str, port: int, workers: int) -> Child:
    options = {
        "--interface": "wsgi",
        "--host": host,
        "--port": str(port),
        "--workers": str(workers),
        "--blocking-threads": str(BLOCKING_THREADS),
        "--workers-kill-timeout": str(WEB_STOP_SECONDS),
        "--log-level": "warning",
    }
    arguments = [part for option in options.items() for part in option]
    target = ["--respawn-failed-workers", "--factory", f"{__name__}:{web_application.__name__}"]
    return Child("The web server", [sys.executable, "-m", "granian", *arguments, *target])


def worker() -> Child:
    return Child("The background worker", [sys.executable, "-m", "shiliu", "worker"])


def check_address(host: str, port: int) -> None:
    """Raise CannotServe if this address cannot be listened on. Granian itself would share the port."""
    not_ours = f"“{host}” is not an address of this machine. Choose another with --host."
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        raise CannotServe(not_ours, CONFIGURATION) from None
    except OSError as error:
        sentences = {
            errno.EADDRINUSE: f"Port {port} is in use. Stop the other program, or choose a port with --port.",
            errno.EACCES: f"Port {port} needs more rights. Choose a port above 1023 with --port.",
            errno.EADDRNOTAVAIL: not_ours,
        }
        sentence = sentences.get(error.errno or 0, f"{host}:{port} cannot be used ({error.strerror}).")
        raise CannotServe(sentence, CONFIGURATION) from None


def reachable_host(host: str) -> str:
    """The host by which this machine reaches a server that listens on `host`, as it stands in a URL."""
    host = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"[{host}]" if ":" in host else host


def probe(host: str, port: int) -> tuple[bool, str]:
    """Whether the server says that it is ready, and the last line of what it says."""
    request = f"GET {READY_PATH} HTTP/1.0\r\nHost: {reachable_host(host)}:{port}\r\n\r\n"
    try:
        with socket.create_connection((reachable_host(host).strip("[]"), port), timeout=2) as connection:
            connection.sendall(request.encode())
            answer = b"".join(iter(lambda: connection.recv(4096), b"")).decode("utf-8", "replace")
    except OSError:
        return False, "it does not answer"
    lines = answer.splitlines() or [""]
    return " 200 " in lines[0], lines[-1]


def signal_pipe(numbers: Sequence[int]) -> socket.socket:
    """A socket from which each of these signals can be read, as one byte, once it arrives."""
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    signal.set_wakeup_fd(writer.detach())
    for number in numbers:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup has SIGHUP ignored: so it stays
            signal.signal(number, lambda *_: None)
    return reader


class Supervisor:
    """Starts the children, keeps them running, and stops them when asked to."""

    def __init__(
        self,
        children: Sequence[Child],
        *,
        environment: Mapping[str, str],
        ready: Callable[[], tuple[bool, str]] | None = None,
        announce: Callable[[], None] = lambda: None,
    ) -> None:
        self.children = children
        self.environment = environment
        self.ready = ready
        self.announce = announce
        self.began = time.monotonic()

    def run(self) -> int:
        """Until a stop is asked for (0) or the children cannot be kept running (CannotServe)."""
        signals = signal_pipe([signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD])
        try:
            while not self._stop_asked(signals, self._pause()):
                self._keep_running()
                self._look_whether_ready()
        finally:
            self._stop(signals)
        return 0

    def _pause(self) -> float | None:
        """Seconds until there is something to do besides signals; None: nothing."""
        now = time.monotonic()
        pauses = [max(child.start_at - now, 0) for child in self.children if child.process is None]
        pauses += [READY_PAUSE] if self.ready else []
        return min(pauses, default=None)

    @staticmethod
    def _stop_asked(signals: socket.socket, pause: float | None) -> bool:
        readable, _, _ = select.select([signals], [], [], pause)
        return bool(readable) and any(number != signal.SIGCHLD for number in signals.recv(64))

    def _keep_running(self) -> None:
        now = time.monotonic()
        for child in self.children:
            status = child.ended()
            if status is not None:
                self._note_end(child, status, now)
            if child.process is None and child.start_at <= now:
                child.start(self.environment)

    def _note_end(self, child: Child, status: int, now: float) -> None:
        if status == CONFIGURATION:
            raise CannotServe(f"{child.name} refuses to start; the line above says why.", CONFIGURATION)
        how = f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
        if child.failed(now):
            raise CannotServe(
                f"{child.name} failed {len(child.failures)} times within a minute ({how}). "
                "The lines above and `shiliu doctor` say more.",
                CRASHED,
            )
        say(f"{child.name} ended ({how}); it starts again in {child.start_at - now:.1f} s.")

    def _look_whether_ready(self) -> None:
        if self.ready is None:
            return
        is_ready, why = self.ready()
        if is_ready:
            self.ready = None
            self.announce()
        elif time.monotonic() - self.began > SLOW_START_SECONDS:
            self.ready = None
            say(f"Not ready after {SLOW_START_SECONDS} s: {why}. `shiliu doctor` says more.")

    def _stop(self, signals: socket.socket) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            child.terminate()
        while any(child.process is not None and child.ended() is None for child in self.children):
            pause = deadline - time.monotonic()
            if pause <= 0 or self._stop_asked(signals, pause):  # too slow, or asked a second time
                for child in self.children:
                    child.send_to_group(signal.SIGKILL)
                deadline = time.monotonic() + STOP_SECONDS


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201


def serve(*, host: str, port: int, workers: int) -> int:
    """Serve until told to stop. Returns 0; raises CannotServe with a sentence."""
    check_address(host, port)
    address = f"http://{reachable_host(host)}:{port}"
    environment = {
        "SHILIU_BASE_URL": address,
        "MALLOC_ARENA_MAX": "2",  # glibc keeps freed memory per thread otherwise
        **os.environ,
    }

    def announce() -> None:
        say(f"Shiliu is ready.\n  Residents  {address}/\n  Staff      {address}/console/\nCtrl-C stops it.")

    supervisor = Supervisor(
        [web(host, port, workers), worker()],
        environment=environment,
        ready=functools.partial(probe, host, port),
        announce=announce,
    )
    return supervisor.run()
