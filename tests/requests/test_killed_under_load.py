"""`kill -9` of the whole server ten times while residents send: what was answered is there, nothing twice."""

import contextlib
import http.client
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import psutil
import pytest

from shiliu import supervisor
from tests.exchange.killed import Runner, stored
from tests.exchange.sheets import TREE, area, sheet, write
from tests.helpers import free_port, wait_for

KILLS = 10
CLIENTS = 4
TOKEN = "k" * 32
NO_DIGITS = str.maketrans("0123456789", "ghijklmnop")  # some would look like a telephone number: asked about
HEADERS = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Cookie": f"csrftoken={TOKEN}",
    "Accept-Language": "en",
}


def line_to(port: int) -> contextlib.closing[http.client.HTTPConnection]:
    return contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30))


class Server:
    """`shiliu serve` with two web workers: started, and killed with everything that it started."""

    def __init__(self, install: dict[str, str], output: Path) -> None:
        self.install = install | {"SHILIU_PROXIES": "1"}  # each resident comes from an address of their own
        self.port = free_port()
        self.output = output
        self.tree: list[psutil.Process] = []

    def start(self) -> None:
        with self.output.open("ab") as file:
            command = [sys.executable, "-m", "shiliu", "serve", "--port", str(self.port), "--workers", "2"]
            self.process = subprocess.Popen(command, env=self.install, stdout=file, stderr=file)
        wait_for(self._is_ready, 120)
        it = psutil.Process(self.process.pid)
        self.tree = [it, *it.children(recursive=True)]

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, self.output.read_text()
        with contextlib.suppress(OSError, http.client.HTTPException), line_to(self.port) as line:
            line.request("GET", supervisor.READY_PATH)
            return line.getresponse().status == 200
        return False

    def kill(self) -> None:
        """SIGKILL for all, the web workers first: nothing ends in order because its parent is gone."""
        for each in reversed(self.tree):
            with contextlib.suppress(psutil.NoSuchProcess):
                each.send_signal(signal.SIGKILL)
        psutil.wait_procs(self.tree, timeout=30)
        self.process.wait()
        self.tree = []


@pytest.fixture
def server(prepared_install: dict[str, str], tmp_path: Path) -> Iterator[Server]:
    folder = write(
        tmp_path / "before",
        areas=sheet("code,name,valid_from", *map(area, TREE)),
        categories=sheet("code,name,due_amount,due_unit", "lamp,路灯,3,work_day"),
    )
    with Runner(prepared_install) as runner:
        runner.run("import", folder)
    it = Server(prepared_install, tmp_path / "output")
    yield it
    if it.tree:
        it.kill()


class Residents:
    """Several who send one request after the other, each under a key of its own, until the line is dead.

    A key without an answer is sent again later, as a browser does.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.sent: dict[str, str] = {}
        self.answered: dict[str, str] = {}
        self.faults: list[str] = []

    @property
    def unanswered(self) -> list[str]:
        return [key for key in self.sent if key not in self.answered]

    def begin(self) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._send_on) for _n in range(CLIENTS)]
        for thread in threads:
            thread.start()
        return threads

    def _send_on(self) -> None:
        with contextlib.suppress(OSError, http.client.HTTPException), line_to(self.port) as line:
            while not self.faults:
                key = str(uuid.uuid4())
                self.sent[key] = f"路灯不亮 {key.translate(NO_DIGITS)}"
                self._send(line, key)

    def again(self) -> None:
        """What had no answer, once more; now there has to be one."""
        with line_to(self.port) as line:
            for key in self.unanswered:
                self._send(line, key)

    def _send(self, line: http.client.HTTPConnection, key: str) -> None:
        form = {
            "csrfmiddlewaretoken": TOKEN,
            "key": key,
            "words": self.sent[key],
            "area": TREE[2],
            "category": "lamp",
        }
        somewhere = f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(256)}"
        line.request("POST", "/ask/", urlencode(form), HEADERS | {"X-Forwarded-For": somewhere})
        answer = line.getresponse()
        body = answer.read()
        if answer.status != 302:
            self.faults.append(f"{answer.status} {body[:2000]!r}")
            return
        self.answered[key] = answer.headers["Location"].split("/")[2]


def test_server_killed_ten_times_under_load(server: Server, prepared_install: dict[str, str]) -> None:
    dice, lost = random.Random(), []
    residents = Residents(server.port)
    for _kill in range(KILLS):
        server.start()
        residents.again()
        before = len(residents.answered)
        threads = residents.begin()
        wait_for(lambda before=before: residents.faults or len(residents.answered) > before + CLIENTS)
        time.sleep(dice.uniform(0, 0.5))
        server.kill()
        for thread in threads:
            thread.join(60)
        assert residents.faults == []
        lost.append(len(residents.unanswered))
        assert_answered_are_there(prepared_install, residents)
    assert sum(lost) >= KILLS  # it was under load: requests were on their way at the kills
    server.start()
    residents.again()
    assert (residents.unanswered, residents.faults) == ([], [])
    assert_answered_are_there(prepared_install, residents)
    assert len(stored(prepared_install, "SELECT id FROM requests_request")) == len(residents.sent)


def assert_answered_are_there(install: dict[str, str], residents: Residents) -> None:
    """Each answered receipt once, by its key and with its words; no words twice; each with its one entry."""
    rows = stored(install, "SELECT code, words FROM requests_request")
    requests = dict(rows)
    keys = dict(stored(install, "SELECT key, public_id FROM core_submission"))
    asked = Counter(
        code
        for (code,) in stored(install, "SELECT public_id FROM core_auditentry WHERE verb = 'requests.ask'")
    )
    assert len(requests) == len(set(requests.values())) == len(rows)
    assert {keys[key]: residents.sent[key] for key in keys} == requests
    assert asked == dict.fromkeys(requests, 1)
    assert residents.answered.items() <= keys.items()
