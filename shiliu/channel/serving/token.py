"""Whether a page has changed anywhere: the database's token, asked for twice a second at most."""

import threading
import time

from django.apps import apps
from django.db import close_old_connections, connection, models
from wagtail.models import Page, Site

from shiliu.channel.models import PagesState

ASK_AFTER = 0.5
TOO_OLD = 0.9  # what is older than that is no longer taken for true, whoever is asking
_READ = f"SELECT token FROM {PagesState._meta.db_table} WHERE id = 1"  # noqa: S608 (a constant)


def noted() -> list[type[models.Model]]:
    """The tables of all kinds of pages, and of sites."""
    return [*(model for model in apps.get_models() if issubclass(model, Page)), Site]


class Token:
    def __init__(self) -> None:
        self._known = ""
        self._at = float("-inf")
        self._asking = threading.Lock()

    def now(self) -> str:
        """The token as it was at most `TOO_OLD` seconds ago; raises DatabaseError if it cannot be known."""
        age = time.monotonic() - self._at
        if age < ASK_AFTER:
            return self._known
        if age < TOO_OLD:
            if self._asking.acquire(blocking=False):  # one asks, the others go on meanwhile
                try:
                    self._ask()
                finally:
                    self._asking.release()
            return self._known
        with self._asking:
            if time.monotonic() - self._at >= ASK_AFTER:
                self._ask()
        return self._known

    def _ask(self) -> None:
        asked = time.monotonic()
        close_old_connections()
        with connection.cursor() as cursor:
            cursor.execute(_READ)
            row = cursor.fetchone()
        self._known, self._at = (row[0] if row else ""), asked
