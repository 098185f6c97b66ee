"""Telephone numbers in what an editor wrote are called by a tap, and nothing else is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shiliu.learning.templatetags.calling import with_calls

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("一楼，电话 0472-0000000（示例）", ["04720000000"]),
        ("找民政窗口13900000001，或拨12345。", ["13900000001", "12345"]),
        ("400-000-0000、010 12345678", ["4000000000", "01012345678"]),
        ("8:30–12:00，14:00–17:30；2023-06-30；国发〔2014〕47号", []),
        ("150203100004001 号；139000000012", []),
    ],
)
def test_numbers_are_called(text, calls):
    assert re.findall(r'href="tel:(\d+)"', with_calls(text)) == calls


@given(st.text("0147-39 <&\"'楼", max_size=40))
def test_words_stay_and_markup_is_text(text):
    shown = re.sub(r"</?a[^>]*>", "", with_calls(text))
    assert "<" not in shown
    entities = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&#x27;": "'", "&amp;": "&"}
    assert re.sub("|".join(entities), lambda found: entities[found[0]], shown) == text
