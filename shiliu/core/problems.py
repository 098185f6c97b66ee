"""What goes wrong in an API: what an endpoint raises, whichever app it stands in (RFC 9457)."""

from collections.abc import Mapping
from typing import Any


class Problem(Exception):
    """An answer that is an error. detail: a sentence for people; more: further members of the answer."""

    def __init__(self, status: int, detail: Any, **more: Any) -> None:
        super().__init__(str(detail))
        self.status = status
        self.detail = str(detail)
        self.more = more


def invalid(errors: Mapping[str, Any], detail: Any) -> Problem:
    """422 with sentences for each field; what concerns all of it stands under `__all__`."""
    listed = {name: [str(sentence) for sentence in sentences] for name, sentences in errors.items()}
    return Problem(422, detail, errors=listed)
