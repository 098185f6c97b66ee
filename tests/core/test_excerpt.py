"""What a result shows of a text, and which words it marks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shiliu.core import search

pytestmark = pytest.mark.once


def shown(text: str, wanted: str, **options: int) -> str:
    return "".join(f"[{p.text}]" if p.hit else p.text for p in search.excerpt(text, wanted, **options))


@pytest.mark.parametrize(
    ("text", "wanted", "marked"),
    [
        ("厨房水管漏水了", "漏水", "厨房水管[漏水]了"),
        ("漏水，又漏水", "漏水", "[漏水]，又[漏水]"),
        ("The Lamp and the lamps", "lamp", "The [Lamp] and the [lamp]s"),
        ("a clamp", "lamp", "a clamp"),
        ("ＡＢＣ全角", "abc", "[ＡＢＣ]全角"),
        ("Straße", "STRASSE", "[Straße]"),
        ("水管 路灯", "路灯 水管", "[水管] [路灯]"),
        ("水管漏水", "水管漏 漏水", "[水管漏水]"),
        ("三行\n\n  的\t字", "的字", "三行 的 字"),
        ("什么也没有", "漏水", "什么也没有"),
        ("", "漏水", ""),
        ("漏水", "", "漏水"),
        ("<b>漏水</b>", "漏水", "<b>[漏水]</b>"),
    ],
)
def test_excerpt_marks_what_was_looked_for(text, wanted, marked):
    assert shown(text, wanted) == marked


def test_excerpt_begins_shortly_before_the_first_hit():
    text = "甲" * 300 + "漏水" + "乙" * 300

    assert shown(text, "漏水", length=40) == "…" + "甲" * 10 + "[漏水]" + "乙" * 28 + "…"


@given(st.text(max_size=300), st.text(max_size=20), st.integers(10, 200))
def test_excerpt_is_a_stretch_of_the_text(text, wanted, length):
    pieces = search.excerpt(text, wanted, length=length)

    joined = "".join(piece.text for piece in pieces)
    flat = " ".join(text.split())
    assert joined.removeprefix("…").removesuffix("…") in flat or joined.strip("…") in flat
    assert len(joined) <= length + 2


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("厨房水管漏水了", "漏水", True),
        ("厨房水管漏水了", "漏 管", True),
        ("厨房水管漏水了", "水了管", False),
        ("people in teams", "team peo", True),
        ("people in teams", "eam", False),
        ("people", "", False),
        ("people", "，。", False),
    ],
)
def test_is_in_finds_as_the_index_does(text, wanted, found):
    assert search.is_in(text, wanted) is found
