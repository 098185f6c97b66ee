"""`shiliu serve` as a whole, on an install of its own: it gets ready, answers, and leaves nothing behind."""

import http.client
import signal
import subprocess
import sys

import psutil
import pytest

from shiliu import supervisor
from tests.helpers import free_port, wait_for


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def serving(prepared_install, port, tmp_path):
    """`shiliu serve`, ready, with its whole tree: (process, every descendant, its file of output)."""
    output = tmp_path / "output"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "shiliu", "serve", "--port", str(port)],
            env=prepared_install,
            stdout=file,
            stderr=file,
        )
    try:
        wait_for(lambda: process.poll() is not None or b"Shiliu is ready" in output.read_bytes(), 60)
        yield process, psutil.Process(process.pid).children(recursive=True), output
    finally:
        process.kill()
        process.wait()


def all_gone(processes) -> bool:
    return not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in processes)


def test_empty_install_has_no_tables(empty_install, shiliu, on_postgres):
    program = "from django.db import connection as c; print(c.vendor, c.introspection.table_names())"

    done = shiliu(empty_install, "shell", "--no-imports", "--command", program)

    assert done.stdout == f"{'postgresql' if on_postgres else 'sqlite'} []\n"


@pytest.mark.once
def test_setup_prepares_an_empty_install(empty_install, shiliu):
    shiliu(empty_install, "setup")

    assert "[ ]" not in shiliu(empty_install, "showmigrations", "--plan").stdout


def test_setup_again_changes_nothing(prepared_install, shiliu):
    shiliu(prepared_install, "setup")

    assert "[ ]" not in shiliu(prepared_install, "showmigrations", "--plan").stdout


def test_serve_answers_and_stops_in_order(serving, port):
    process, children, output = serving
    assert len(children) == 3  # granian, its web worker, the background worker

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", supervisor.READY_PATH)
    assert connection.getresponse().status == 200
    connection.close()
    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=supervisor.STOP_SECONDS) == 0
    assert all_gone(children)
    assert f"http://127.0.0.1:{port}/" in output.read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_killed_serve_leaves_nobody_and_frees_the_port(serving, port):
    process, children, _output = serving

    process.kill()

    wait_for(lambda: all_gone(children), seconds=10)
    supervisor.check_address("127.0.0.1", port)
