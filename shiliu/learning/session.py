"""A live session as a calendar's file (iCalendar, RFC 5545): one event, its times in UTC."""

import re
from datetime import UTC, datetime

from shiliu.learning.models import Resource

TYPE = "text/calendar; charset=utf-8"
_OCTETS = 75
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def calendar(it: Resource, *, host: str, address: str, now: datetime) -> str:
    """address: of the session's page. host: makes its name unlike those of other sites."""
    if it.starts_at is None or it.ends_at is None:
        raise ValueError("not a live session")
    said = "\n".join(filter(None, (it.summary, it.join, it.link)))
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Shiliu//learning//EN",
        "BEGIN:VEVENT",
        f"UID:{escaped(it.code)}@{host}",
        f"SEQUENCE:{it.version - 1}",
        f"DTSTAMP:{_moment(now)}",
        f"DTSTART:{_moment(it.starts_at)}",
        f"DTEND:{_moment(it.ends_at)}",
        f"SUMMARY:{escaped(it.title)}",
        f"DESCRIPTION:{escaped(said)}",
        f"URL:{address}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{folded(line)}\r\n" for line in lines)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def escaped(text: str) -> str:
    """A text as a value: section 3.3.11."""
    plain = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        plain = plain.replace(sign, written)
    return plain


def folded(line: str) -> str:
    """A line in pieces of at most 75 octets, none of which ends inside a character: section 3.1."""
    pieces, room = [""], _OCTETS
    for character in line:
        size = len(character.encode())
        if size > room:
            pieces.append("")
            room = _OCTETS - 1  # the space that goes before
        pieces[-1] += character
        room -= size
    return "\r\n ".join(pieces)
