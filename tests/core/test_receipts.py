from itertools import combinations

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from shiliu.core import receipts
from shiliu.core.receipts import ALPHABET, LENGTH, BadCode

PLACES = st.integers(0, LENGTH - 1)
codes = st.builds(receipts.new)


def full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


def test_alphabet_leaves_out_what_looks_alike() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 31
    assert not set("01ILO") & set(ALPHABET)


def test_new_codes_are_bare_valid_and_different() -> None:
    made = [receipts.new() for _number in range(1000)]
    assert len(set(made)) == 1000
    assert all(len(code) == LENGTH and set(code) <= set(ALPHABET) for code in made)
    assert all(receipts.read(code) == code for code in made)


def test_new_codes_use_every_character_at_every_place() -> None:
    made = [receipts.new() for _number in range(3000)]
    assert all({code[place] for code in made} == set(ALPHABET) for place in range(LENGTH))


@given(codes)
def test_shown_code_is_read_back(code: str) -> None:
    assert receipts.shown(code) == f"{code[:3]}-{code[3:6]}-{code[6:]}"
    assert receipts.read(receipts.shown(code)) == code


@given(codes)
def test_every_wrong_character_is_noticed(code: str) -> None:
    for place in range(LENGTH):
        for other in ALPHABET.replace(code[place], ""):
            assert not receipts.is_valid(code[:place] + other + code[place + 1 :])


@given(codes)
def test_every_exchange_of_two_characters_is_noticed(code: str) -> None:
    for first, second in combinations(range(LENGTH), 2):
        if code[first] != code[second]:
            exchanged = list(code)
            exchanged[first], exchanged[second] = code[second], code[first]
            assert not receipts.is_valid("".join(exchanged))


@given(codes, PLACES)
def test_code_with_a_character_missing_or_too_many_is_refused(code: str, place: int) -> None:
    assert not receipts.is_valid(code[:place] + code[place + 1 :])
    assert not receipts.is_valid(code[:place] + code[place] + code[place:])


@given(codes, st.lists(st.tuples(PLACES, st.sampled_from(" -\t\n　－—–−‐")), max_size=8), st.booleans())
def test_read_forgives_case_spaces_dashes_and_width(
    code: str, marks: list[tuple[int, str]], wide: bool
) -> None:
    typed = list(full_width(code.lower()) if wide else code.lower())
    for place, mark in marks:
        typed[place] = mark + typed[place]
    assert receipts.read("".join(typed)) == code


@given(st.text(max_size=14) | st.text(alphabet=ALPHABET + "-", min_size=10, max_size=12))
def test_anything_typed_is_valid_or_refused(typed: str) -> None:
    if receipts.is_valid(typed):
        assert receipts.is_valid(receipts.read(typed))
    else:
        with pytest.raises(BadCode):
            receipts.read(typed)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "10 letters and digits"),
        ("K7Q-3MN", "10 letters and digits"),
        ("K7Q-3MN-84T0", "“0” is in no receipt code"),
        ("K7Q-3MN-84T漏", "“漏” is in no receipt code"),
        ("222-222-2223", "compare it with your receipt"),
    ],
)
def test_refusal_says_what_to_do(typed: str, says: str) -> None:
    with translation.override("en"), pytest.raises(BadCode, match=says):
        receipts.read(typed)
