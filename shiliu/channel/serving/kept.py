"""Responses in memory, as many as fit: those that were not asked for longest make room."""

import contextlib
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field

OVERHEAD = 3_000  # bytes of a response besides its body: headers, key, the objects themselves
LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A complete response. token: of the pages at the moment before it was made."""

    status: str
    headers: list[tuple[str, str]]
    body: list[bytes]
    token: str
    until: float
    read_of: int | None = None
    etag: str = ""
    unchanged: list[tuple[str, str]] = field(default_factory=list)  # the headers of a 304

    @property
    def size(self) -> int:
        return len(self.body[0]) + OVERHEAD


class Memory:
    def __init__(self, most: int) -> None:
        self.most = most
        self.size = 0
        self._all: OrderedDict[Hashable, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, token: str) -> Kept | None:
        found = self._all.get(key)
        if found is None or found.token != token or found.until < time.monotonic():
            return None
        with contextlib.suppress(KeyError):  # it has just made room
            self._all.move_to_end(key)
        return found

    def put(self, key: Hashable, response: Kept) -> None:
        if response.size > min(LARGEST, self.most):
            return
        with self._lock:
            before = self._all.pop(key, None)
            self.size += response.size - (before.size if before else 0)
            self._all[key] = response
            while self.size > self.most:
                _key, oldest = self._all.popitem(last=False)
                self.size -= oldest.size
