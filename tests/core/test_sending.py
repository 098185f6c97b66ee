"""Texts to services: split by bytes without a loss, at their pace, over a real connection."""

import pytest
from django.core.cache import cache
from hypothesis import given
from hypothesis import strategies as st

from shiliu.core import sending
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


def test_service_is_known_by_its_scheme():
    assert sending.service_of("wecombot://key").limit == 2048
    assert sending.service_of("json://localhost/x") is sending.OTHER


def test_turns_are_as_far_apart_as_the_service_wants(db, monkeypatch):
    cache.clear()
    waited = []

    def sleep(seconds):
        waited.append(seconds)
        cache.delete("sending:wecombot")

    monkeypatch.setattr(sending.time, "sleep", sleep)
    sending._wait_for_turn("wecombot://key", 3)
    assert waited == []
    sending._wait_for_turn("wecombot://key", 3)
    assert len(waited) == 1
    sending._wait_for_turn("json://key", 0)
    cache.clear()


def test_address_that_is_none_is_not_sent(db):
    assert sending.send("nonsense://", "x") is False
