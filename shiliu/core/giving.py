"""How a stored file is given out: under the name and type that we say, in parts to a player, and inert."""

import re
import unicodedata
from typing import Any, TypeVar

from django.http import Http404, HttpResponseBase

R = TypeVar("R", bound=HttpResponseBase)
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


def opened(file: Any) -> Any:
    """The value of a FileField, open for reading; Http404 where the file is gone."""
    try:
        return file.open("rb")
    except FileNotFoundError:
        raise Http404 from None


def saved_name(name: str) -> str:
    """A file's name as it is offered for saving: no path, and nothing that hides how it really ends."""
    plain = "".join(
        c for c in name.replace("\\", "/").rpartition("/")[2] if unicodedata.category(c)[0] != "C"
    )
    return plain.strip(" .") or "file"


def part(header: str, size: int) -> tuple[int, int]:
    """The first and the last byte that a `Range` asks for; all of them where it says nothing clear."""
    found = _RANGE.fullmatch(header.strip())
    if not found or not size or found[1] == found[2] == "":
        return 0, size - 1
    if not found[1]:  # so many from the end
        return max(size - int(found[2]), 0), size - 1
    first, last = int(found[1]), min(int(found[2] or size), size - 1)
    return (first, last) if first <= last else (0, size - 1)


def inert(response: R, *, played: bool = False) -> R:
    """Whatever the file holds runs in no page, and the browser takes it for nothing else than we say."""
    media = "; media-src 'self'" if played else ""
    response.headers["Content-Security-Policy"] = f"sandbox; default-src 'none'{media}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
