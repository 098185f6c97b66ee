"""Public ids: each names one request, is found again, and tells nothing."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shiliu.core import receipts
from shiliu.requests.models import Request
from shiliu.requests.public_ids import LENGTH, MOST, find, public_id

pytestmark = pytest.mark.once


def of(pk: int) -> str:
    return public_id(Request(pk=pk))


@given(st.integers(1, MOST - 1))
@example(1)
@example(MOST - 1)
def test_is_found_again_in_any_case(pk):
    made = of(pk)
    assert find(made) == find(made.lower()) == pk
    assert len(made) == LENGTH
    assert set(made) <= set(receipts.ALPHABET)


@given(st.text(max_size=20))
@example("Z" * LENGTH)  # above 64 bits
@example("0" * LENGTH)
@example("ß" * LENGTH)  # in upper case twice as long
@example("")
@example("1")
def test_any_other_text_is_none(text):
    assert find(text) is None


@given(st.integers(1, 10**6), st.integers(0, LENGTH - 1), st.sampled_from(receipts.ALPHABET))
def test_one_wrong_character_names_no_other_request(pk, place, character):
    made = of(pk)
    other = made[:place] + character + made[place + 1 :]
    assert find(other) == (pk if other == made else None)


def test_tells_neither_number_nor_order():
    made = [of(pk) for pk in range(1, 2001)]
    assert len(set(made)) == 2000
    assert len({id_[0] for id_ in made[:300]}) > 15  # from the first on all over the range
    assert sorted(made) != made
    assert not any(receipts.is_valid(id_) for id_ in made)  # never mistaken for a receipt


def test_belongs_to_the_install_that_made_it(settings):
    made = of(7)
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another-" + old
    assert of(7) != made
    assert find(made) is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert find(made) == 7
    assert find(of(7)) == 7
