"""A live session as a calendar's file: RFC 5545, read back as it was written."""

import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from shiliu.learning import session
from shiliu.learning.models import Resource

NOW = datetime(2023, 5, 10, 2, 0, tzinfo=UTC)
BEGINS = datetime(2023, 5, 18, 11, 0, tzinfo=UTC)
words = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=200)


def unfolded(text: str) -> list[str]:
    assert text.endswith("\r\n")
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def unescaped(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def made(**values) -> str:
    it = Resource(
        **{"code": "K-1", "title": "一起学", "kind": "live", "starts_at": BEGINS, "minutes": 45} | values
    )
    return session.calendar(it, host="example.org", address="https://example.org/k/", now=NOW)


def test_event_says_what_when_and_how_to_join():
    text = made(summary="边看边做", join="会议号 000, 密码 1; 准时", link="https://example.org/meet?a=1")
    assert unfolded(text) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Shiliu//learning//EN",
        "BEGIN:VEVENT",
        "UID:K-1@example.org",
        "SEQUENCE:0",
        "DTSTAMP:20230510T020000Z",
        "DTSTART:20230518T110000Z",
        "DTEND:20230518T114500Z",
        "SUMMARY:一起学",
        r"DESCRIPTION:边看边做\n会议号 000\, 密码 1\; 准时\nhttps://example.org/meet?a=1",
        "URL:https://example.org/k/",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_unknown_length_is_an_hour():
    assert "DTEND:20230518T120000Z" in made(minutes=None)


@given(words, words)
def test_any_words_come_back_as_they_were(title, join):
    text = made(title=title, join=join)
    lines = {line.partition(":")[0]: line.partition(":")[2] for line in unfolded(text)}
    assert unescaped(lines["SUMMARY"]) == title
    assert unescaped(lines["DESCRIPTION"]) == join
    assert len(unfolded(text)) == 14
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_line_ends_and_control_characters_make_no_line_of_their_own():
    text = made(title="一\r\nATTENDEE:x", join="a\rb\x07c")
    assert "SUMMARY:一\\nATTENDEE:x" in unfolded(text)
    assert "DESCRIPTION:a\\nbc" in unfolded(text)
