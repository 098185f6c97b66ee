"""`shiliu serve` with two web processes: one rule for both, what a kill can lose, how soon a change shows."""

import http.client
import signal
import subprocess
import sys
import time

import psutil
import pytest

from shiliu import supervisor
from tests.helpers import free_port, wait_for

PHONE = "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.47"
MADE = (
    "from tests import factories as f; f.article(f.column(f.places().east), 'a-1').save_revision().publish()"
)
CHANGED = (
    "from shiliu.channel.models import ArticlePage as A; "
    "a = A.objects.get(code='a-1'); a.title = 'changed'; a.save_revision().publish()"
)
COUNTED = "from shiliu.channel.models import Reads; print(sum(Reads.objects.values_list('reads', flat=True)))"
PATH = "/channel/test-column/a-1/"


class Served:
    """An install with one article, served by two web processes behind a proxy that we pretend to be."""

    def __init__(self, install, run) -> None:
        self.install = install | {"SHILIU_PROXIES": "1"}
        self.run = run
        self.port = free_port()
        self.process = None
        self.shell(MADE)

    def shell(self, program: str) -> str:
        return self.run(self.install, "shell", "--no-imports", "--command", program).stdout.strip()

    def start(self) -> None:
        command = [sys.executable, "-m", "shiliu", "serve", "--port", str(self.port), "--workers", "2"]
        self.process = subprocess.Popen(command, env=self.install, stderr=subprocess.DEVNULL)
        wait_for(lambda: supervisor.probe("127.0.0.1", self.port)[0], 60)
        for n in range(8):  # both have made the page
            self.read(255, 255 - n)

    def read(self, *reader: int) -> str:
        """One view over a connection of its own, so that either process may have it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"X-Forwarded-For": f"10.0.{reader[0]}.{reader[1]}", "User-Agent": PHONE}
        if reader[0] == 255:
            headers["User-Agent"] = "curl/8"  # not counted
        connection.request("GET", PATH, headers=headers)
        answer = connection.getresponse()
        assert answer.status == 200
        body = answer.read().decode()
        connection.close()
        return body

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0

    def kill_all(self) -> None:
        tree = [self.process, *psutil.Process(self.process.pid).children(recursive=True)]
        for each in tree:
            each.kill()
        self.process.wait(10)

    def counted(self) -> int:
        return int(self.shell(COUNTED))


@pytest.fixture
def served(prepared_install, shiliu):
    it = Served(prepared_install, shiliu)
    it.start()
    yield it
    if it.process.poll() is None:
        it.kill_all()


@pytest.mark.once
def test_two_processes_count_a_reader_once_and_a_stop_loses_nothing(served):
    for _again in range(6):
        for n in range(12):
            served.read(1, n)
    served.stop()
    assert served.counted() == 12


@pytest.mark.once
def test_kill_of_all_processes_loses_at_most_the_last_second(served):
    for n in range(10):
        served.read(1, n)
    time.sleep(1)
    for n in range(5):
        served.read(2, n)
    served.kill_all()
    served.start()
    for n in range(10):
        served.read(1, n)  # they are known still
    served.stop()
    assert 10 <= served.counted() <= 15


@pytest.mark.once
def test_killed_web_process_loses_nothing_older_and_no_page(served):
    for n in range(10):
        served.read(1, n)
    time.sleep(1)
    granian = next(
        child
        for child in psutil.Process(served.process.pid).children()
        if "granian" in " ".join(child.cmdline())
    )
    for worker in granian.children():
        worker.kill()

    def answers() -> bool:
        try:
            return bool(served.read(1, 3))
        except (OSError, http.client.HTTPException):
            return False

    wait_for(answers, 30)
    for n in range(12):
        served.read(1, n)
    served.stop()
    assert served.counted() == 12


def test_stop_right_after_one_process_was_killed_stores_what_both_counted(served):
    """Whoever ends stores the whole file of the day, whichever process counted it."""
    for n in range(24):
        served.read(1, n)
    time.sleep(0.5)  # longer than a process keeps what it noted to itself
    granian = next(
        child
        for child in psutil.Process(served.process.pid).children()
        if "granian" in " ".join(child.cmdline())
    )
    granian.children()[0].kill()
    served.stop()
    assert served.counted() == 24


def test_change_shows_in_all_processes_within_a_second(served):
    served.shell(CHANGED)
    time.sleep(1)
    assert all("changed" in served.read(1, n) for n in range(10))
