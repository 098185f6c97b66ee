"""Where a page of a list ends, by value: it stays true when the row that stood there has moved."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Cursor:
    """A place in a list: the row's value in the list's order, and its number."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // timedelta(microseconds=1)}-{self.id}"

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        found = re.fullmatch(r"([0-9]{1,17})-([0-9]{1,18})", text)
        return cls(_EPOCH + timedelta(microseconds=int(found[1])), int(found[2])) if found else None
