"""Other processes on the test database, which can be told what to do, and killed.

    worker = processes.start()
    worker("from shiliu.core.work import Worker; Worker().run()", wait=False)
    worker.kill()

Only for tests with `django_db(transaction=True)`: other processes see what was committed.
"""

import atexit
import contextlib
import functools
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
from django.conf import settings
from django.db import connection

# Starts once per run, and splits off a process whenever it is sent two ends of pipes: to start Django takes a
# second, to split off a hundredth of it. It has nothing open but its socket: no database, no thread.
PROGRAM = """
import gc, json, os, signal, socket, sys, django
from django.urls import get_resolver

def work(told, answers):
    names = {}
    for line in told:
        *statements, last = json.loads(line)
        try:
            exec("\\n".join(statements), names)
            answer = {"value": eval(last, names)}
        except BaseException as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)

django.setup()
get_resolver().url_patterns
gc.freeze()
signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who has ended is gone
control = socket.socket(fileno=int(sys.argv[1]))
while pipes := socket.recv_fds(control, 1, 2)[1]:
    if pid := os.fork():
        for pipe in pipes:
            os.close(pipe)
        control.sendall(pid.to_bytes(8, "big"))
        continue
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    control.close()
    work(open(pipes[0]), open(pipes[1], "w"))
    os._exit(0)
"""


@functools.cache
def _origin() -> socket.socket:
    """The socket of the process from which all others are split off."""
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-c", PROGRAM, str(theirs.fileno())]
    process = subprocess.Popen(command, env=os.environ | _environment(), pass_fds=[theirs.fileno()])
    theirs.close()
    atexit.register(process.wait, 10)
    atexit.register(ours.close)  # before: what is registered last comes first
    return ours


class Remote(Exception):
    """What was raised in the other process."""


class Process:
    def __init__(self) -> None:
        (told, tells), (hears, answers) = os.pipe(), os.pipe()
        socket.send_fds(_origin(), [b"+"], [told, answers])
        os.close(told)
        os.close(answers)
        self.pid = int.from_bytes(_origin().recv(8, socket.MSG_WAITALL), "big")
        self._process = psutil.Process(self.pid)
        self._tells, self._hears = os.fdopen(tells, "w"), os.fdopen(hears)

    def tell(self, *lines: str) -> None:
        """Have it execute lines, of which the last is an expression; `answer` gives its value."""
        self._tells.write(json.dumps(lines) + "\n")
        self._tells.flush()

    def answer(self) -> Any:
        """The value of what was told first and not answered yet; raises Remote for what it raised."""
        answer = json.loads(self._hears.readline())
        if "error" in answer:
            raise Remote(answer["error"])
        return answer["value"]

    def ask(self, *lines: str) -> Any:
        self.tell(*lines)
        return self.answer()

    def kill(self) -> None:
        """SIGKILL: nothing of it runs any more, not even a finally."""
        with contextlib.suppress(psutil.NoSuchProcess):
            self._process.kill()
        self._process.wait(10)
        self._tells.close()
        self._hears.close()


def _environment() -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "shiliu.settings",
        "SHILIU_DATA": str(settings.DATA),
        "DATABASE_URL": _database_url(),
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "PYTHONWARNINGS": "error",
    }


def _database_url() -> str:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
