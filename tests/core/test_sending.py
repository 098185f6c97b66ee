"""Texts to services: split by bytes without a loss, at their pace, over a real connection."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shiliu.core import bots, sending
from shiliu.core.sending import pieces

TEXTS = st.text(st.one_of(st.characters(), st.sampled_from("路灯亮。，\n 😀é")), max_size=300)


@given(text=TEXTS, limit=st.integers(4, 60))
def test_pieces_are_the_text_and_none_is_too_long(text, limit):
    text = text.encode(errors="ignore").decode()  # without halves of pairs, which no service takes
    found = pieces(text, limit)
    assert "".join(found) == text
    assert all(0 < len(piece.encode()) <= limit for piece in found)
    assert pieces(text, max(4, len(text.encode()))) == ([text] if text else [])


def test_cut_comes_after_a_sentence_rather_than_within_a_word():
    assert pieces("路灯修好了。请您看看，谢谢", 30) == ["路灯修好了。", "请您看看，谢谢"]
    assert pieces("one two three four", 10) == ["one two ", "three four"]
    assert pieces("一二三四五六", 7) == ["一二", "三四", "五六"]


def test_limit_that_holds_no_character_is_refused():
    with pytest.raises(ValueError, match="4 bytes"):
        pieces("x", 3)


def test_limit_is_known_by_the_scheme():
    assert sending.limit_of("wecombot://key") == 2048
    assert sending.limit_of("json://localhost/x") == sending.OTHER


def test_bot_waits_for_its_turn(monkeypatch):
    waited, turns = [], [3.0, 0.0]
    monkeypatch.setattr(sending.time, "sleep", waited.append)
    monkeypatch.setattr(sending.bots, "take_turn", lambda url: turns.pop(0))
    monkeypatch.setattr(sending.bots, "post", lambda url, text: bots.Answer(bots.Outcome.TAKEN))
    assert sending.send("wecombot://key", "x")
    assert waited == [3.0]


def test_address_that_is_none_is_not_sent(db):
    assert sending.send("nonsense://", "x") is False
