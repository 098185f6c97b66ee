"""Other processes on the test database, which can be told what to do, and killed.

    worker = processes.start()
    worker("from shiliu.core.work import Worker; Worker().run()", wait=False)
    worker.kill()

Only for tests with `django_db(transaction=True)`: other processes see what was committed.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

PROGRAM = """
import json, sys, django
django.setup()
names = {}
for line in sys.stdin:
    *statements, last = json.loads(line)
    try:
        exec("\\n".join(statements), names)
        answer = {"value": eval(last, names)}
    except BaseException as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
"""


class Remote(Exception):
    """What was raised in the other process."""


class Process:
    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            env=os.environ | _environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def tell(self, *lines: str) -> None:
        """Have it execute lines, of which the last is an expression; `answer` gives its value."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(lines) + "\n")
        self._process.stdin.flush()

    def answer(self) -> Any:
        """The value of what was told first and not answered yet; raises Remote for what it raised."""
        assert self._process.stdout
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise Remote(answer["error"])
        return answer["value"]

    def ask(self, *lines: str) -> Any:
        self.tell(*lines)
        return self.answer()

    def kill(self) -> None:
        """SIGKILL: nothing of it runs any more, not even a finally."""
        self._process.kill()
        self._process.communicate()


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
