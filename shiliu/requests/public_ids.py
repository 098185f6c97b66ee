"""Public ids: the name of a request that may be published, since its receipt code is a key (decision 13).

A public id is the primary key with zeros in front, enciphered as one block of 64 bits and written with 13
characters of the receipts' alphabet. No column holds it, it is found by the primary key's index, and a text
that is none is known without asking the database.
"""

import hashlib
from functools import lru_cache

from django.conf import settings

from shiliu.core.receipts import ALPHABET
from shiliu.requests.models import Request

LENGTH = 13  # 31¹³ > 2⁶⁴
MOST = 1 << 40  # keys are below; the other 24 bits are zero, by which an id is known as ours
_HALF, _MASK, _ROUNDS = 32, (1 << 32) - 1, 6
_VALUE = {character: value for value, character in enumerate(ALPHABET)}


def public_id(request: Request) -> str:
    """The 13 letters and digits by which anybody may name this request; they open nothing."""
    return _written(_enciphered(_key(settings.SECRET_KEY), request.pk))


def find(public_id: str) -> int | None:
    """The primary key behind a public id, whatever the case; None for a text that is none.

    Whether there is such a request, and whether the public may see it, the caller asks the database.
    """
    block = _read(public_id)
    if block is None:
        return None
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        pk = _deciphered(_key(secret), block)
        if 0 < pk < MOST:
            return pk
    return None


def is_given(public_id: str) -> bool:
    """Whether there is a request with this public id, of those too that the public does not see."""
    return Request.objects.filter(pk=find(public_id) or 0).exists()


def _written(block: int) -> str:
    characters = []
    for _place in range(LENGTH):
        block, value = divmod(block, len(ALPHABET))
        characters.append(ALPHABET[value])
    return "".join(reversed(characters))


def _read(text: str) -> int | None:
    values = [_VALUE.get(character) for character in text.upper()] if len(text) == LENGTH else []
    block = 0
    for value in values:
        if value is None:
            return None
        block = block * len(ALPHABET) + value
    return block if values and block < 1 << 64 else None


# A Feistel network: any round function makes a permutation, and the same one backwards undoes it ------------


def _enciphered(key: bytes, block: int) -> int:
    left, right = block >> _HALF, block & _MASK
    for number in range(_ROUNDS):
        left, right = right, left ^ _round(key, number, right)
    return left << _HALF | right


def _deciphered(key: bytes, block: int) -> int:
    left, right = block >> _HALF, block & _MASK
    for number in reversed(range(_ROUNDS)):
        left, right = right ^ _round(key, number, left), left
    return left << _HALF | right


def _round(key: bytes, number: int, half: int) -> int:
    text = bytes([number]) + half.to_bytes(4, "big")
    return int.from_bytes(hashlib.blake2b(text, digest_size=4, key=key).digest(), "big")


@lru_cache(maxsize=4)
def _key(secret: str) -> bytes:
    return hashlib.blake2b(secret.encode(), digest_size=32, person=b"shiliu public id").digest()
