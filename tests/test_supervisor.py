"""The supervisor with small programs as its children, and granian itself where its habits matter."""

import contextlib
import errno
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from shiliu import supervisor
from tests.helpers import free_port, wait_for

pytestmark = pytest.mark.once
HARNESS = """
import json, os, sys
from shiliu import supervisor
supervisor.PAUSES = (0.05, 0.05, 0.05, 0.05)
supervisor.STOP_SECONDS = float(sys.argv[1])
children = [supervisor.Child(name, command) for name, command in json.loads(sys.argv[2]).items()]
try:
    sys.exit(supervisor.Supervisor(children, environment=os.environ).run())
except supervisor.CannotServe as refusal:
    print(refusal, file=sys.stderr)
    sys.exit(refusal.status)
"""
GRACEFUL = """
import signal, sys, time, pathlib
def leave(*_):
    pathlib.Path("stopped").write_text("in order")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
print("up", flush=True)
time.sleep(60)
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
"""
PARENT_OF_ONE = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("up", flush=True)
time.sleep(60)
"""
STAND_IN = """
def application(environ, start_response):
    start_response("200 OK", [])
    return [b"ready"]
"""
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")


@pytest.fixture
def supervise(tmp_path):
    """supervise(stop_seconds=…, name=program, …): a supervisor over Python programs, in tmp_path."""
    started = []

    def start(stop_seconds: float = 20, **programs: str) -> subprocess.Popen[str]:
        commands = {name: [sys.executable, "-c", program] for name, program in programs.items()}
        process = subprocess.Popen(
            [sys.executable, "-c", HARNESS, str(stop_seconds), json.dumps(commands)],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(Path(supervisor.__file__).parents[1])},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate(timeout=10)


def wait_until_up(process: subprocess.Popen[str], children: int = 1) -> list[psutil.Process]:
    """Every descendant, once that many children have said that they are up."""
    for _ in range(children):
        assert process.stdout.readline() == "up\n"
    return psutil.Process(process.pid).children(recursive=True)


def gone(processes: list[psutil.Process]) -> bool:
    """Whether each of these has ended within ten seconds."""

    def ended(process: psutil.Process) -> bool:
        try:
            return process.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    return wait_for(lambda: all(ended(process) for process in processes), seconds=10)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_stop_lets_children_finish(supervise, tmp_path, number):
    process = supervise(web=GRACEFUL)
    children = wait_until_up(process)

    process.send_signal(number)

    assert process.wait(timeout=10) == 0
    assert (tmp_path / "stopped").read_text() == "in order"
    assert gone(children)


def test_stop_kills_a_child_that_takes_too_long(supervise):
    process = supervise(stop_seconds=0.3, web=STUBBORN)
    children = wait_until_up(process)

    process.terminate()

    assert process.wait(timeout=10) == 0
    assert gone(children)


def test_second_stop_kills_at_once(supervise):
    process = supervise(web=STUBBORN, worker=STUBBORN)
    children = wait_until_up(process, children=2)

    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)

    assert process.wait(timeout=10) == 0
    assert gone(children)


def test_crashed_child_is_started_again(supervise):
    process = supervise(web=GRACEFUL)
    [first] = wait_until_up(process)

    first.kill()

    [second] = wait_until_up(process)
    assert second.pid != first.pid
    process.terminate()
    _, told = process.communicate(timeout=10)
    assert told.startswith("web ended (killed by SIGKILL); it starts again in ")


def test_crashed_child_takes_its_own_children_with_it(supervise):
    process = supervise(web=PARENT_OF_ONE)
    web, grandchild = wait_until_up(process)

    web.kill()

    assert gone([grandchild])
    again = wait_until_up(process)
    process.terminate()
    assert gone(again)


def test_child_that_keeps_failing_ends_everything(supervise, tmp_path):
    process = supervise(worker="raise SystemExit(1)", web=GRACEFUL)
    wait_until_up(process)

    _, told = process.communicate(timeout=20)

    assert process.returncode == 1
    assert told.count("worker ended (exit status 1); it starts again") == len(supervisor.PAUSES)
    assert told.splitlines()[-1].startswith("worker failed 5 times within a minute (exit status 1).")
    assert (tmp_path / "stopped").exists()


def test_child_with_a_wrong_setting_is_not_started_again(supervise):
    process = supervise(worker="raise SystemExit(2)")

    _, told = process.communicate(timeout=20)

    assert process.returncode == supervisor.CONFIGURATION
    assert told == "worker refuses to start; the line above says why.\n"


@linux_only
def test_killed_supervisor_leaves_nobody(supervise):
    process = supervise(web=GRACEFUL, worker=STUBBORN)
    children = wait_until_up(process, children=2)

    process.kill()

    assert gone(children)


@pytest.fixture
def granian(tmp_path):
    """The web server's own command, two workers, with a one-line application in the place of ours."""
    package = tmp_path / "shiliu_stand_in.py"
    package.write_text(
        "def application(environ, start_response):\n    start_response('200 OK', [])\n    return [b'']\n"
    )
    port = free_port()
    command = supervisor.web("127.0.0.1", port, workers=2).command
    program = (
        "import sys, runpy, shiliu_stand_in; sys.modules['shiliu.wsgi'] = shiliu_stand_in; "
        f"sys.argv = ['granian', *{list(command[3:])!r}]; runpy.run_module('granian', run_name='__main__')"
    )
    paths = [str(tmp_path), str(Path(supervisor.__file__).parents[1])]
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        start_new_session=True,
    )
    wait_for(lambda: supervisor.probe("127.0.0.1", port)[0])
    yield psutil.Process(process.pid)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@linux_only
def test_killed_granian_leaves_no_worker(granian):
    workers = granian.children(recursive=True)
    assert len(workers) == 2

    granian.kill()

    assert gone(workers)


def test_killed_web_worker_is_replaced(granian):
    first, second = granian.children()

    first.kill()

    wait_for(lambda: len([child for child in granian.children() if child.is_running()]) == 2)
    assert second.is_running()
    assert granian.is_running()


def test_port_in_use_is_a_sentence():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(supervisor.CannotServe) as refusal:
            supervisor.check_address("127.0.0.1", port)

    assert str(refusal.value) == (
        f"Port {port} is in use. Stop the other program, or choose a port with --port."
    )
    assert refusal.value.status == supervisor.CONFIGURATION


def test_port_that_needs_rights_is_a_sentence(monkeypatch):
    def refuse(_socket, _address):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("socket.socket.bind", refuse)

    with pytest.raises(supervisor.CannotServe, match=r"Port 80 needs more rights\. .* above 1023"):
        supervisor.check_address("127.0.0.1", 80)


@pytest.mark.parametrize("host", ["192.0.2.1", "256.1.1.1"])
def test_address_of_another_machine_is_a_sentence(host):
    with pytest.raises(supervisor.CannotServe, match=f"“{host}” is not an address of this machine"):
        supervisor.check_address(host, 8000)


@pytest.mark.parametrize(
    ("host", "shown"),
    [("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("::1", "[::1]"), ("127.0.0.1", "127.0.0.1")],
)
def test_reachable_host_is_one_that_a_browser_takes(host, shown):
    assert supervisor.reachable_host(host) == shown


def test_probe_of_nothing_is_not_ready():
    assert supervisor.probe("127.0.0.1", free_port()) == (False, "it does not answer")


def test_supervisor_does_not_load_django():
    program = "import shiliu.cli, shiliu.supervisor, sys; sys.exit('django' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
