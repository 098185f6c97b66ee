"""Pages through all middleware, in the process that asks for them; import this once Django is set up."""

import time
from collections.abc import Iterable
from typing import Any

import psutil
from _measured import cpu, percentile
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from shiliu.core.settled import settle


def measured(pages: Iterable[tuple[str, str, str]], repeats: int) -> list[dict[str, Any]]:
    """Of each (user name, name, address) the 95th percentiles on the clock and of the processor, in ms."""
    settle()  # as a web process does
    users, found = get_user_model().objects, []
    connection.ensure_connection()
    backend = _backend()
    for username, name, address in pages:
        client = Client(HTTP_HOST="127.0.0.1")
        client.force_login(users.get(username=username))
        for _n in range(2):  # these load what every process loads once
            assert client.get(address).status_code in (200, 302), address
        wall, own, database = [], [], cpu(backend)
        for _n in range(repeats):
            began, spent = time.perf_counter(), time.process_time()
            client.get(address)
            wall.append(time.perf_counter() - began)
            own.append(time.process_time() - spent)
        # The kernel counts another process in steps of 10 ms: of the backend there is a mean only.
        processor = percentile(own, 0.95) + (cpu(backend) - database) / repeats
        found.append({"name": name, "wall": percentile(wall, 0.95) * 1e3, "cpu": processor * 1e3})
    return found


def _backend() -> list[psutil.Process]:
    """The process of the database that serves this one; none for SQLite, which works in this process."""
    if connection.vendor == "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return [psutil.Process(cursor.fetchone()[0])]
