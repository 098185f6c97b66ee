"""Receipt codes: the public name of a record, short enough to read out over a telephone.

Nine random characters and a check character from an alphabet without 0, 1, I, L and O. Positions weigh
1 to 10 and the weighted sum is 0 modulo 31, which is prime: one wrong character, or any two characters
exchanged, is always noticed.
"""

import secrets
import unicodedata
from random import Random

from django.utils.translation import gettext as _

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 10
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_CHECK_FACTOR = -pow(LENGTH, -1, len(ALPHABET))  # solves sum + 10 × check ≡ 0


class BadCode(ValueError):
    """What was typed is not a receipt code; the message is a sentence for the person who typed it."""


_chance = secrets.SystemRandom()


def new(chance: Random = _chance) -> str:
    """A random code, bare: 10 characters in upper case (31⁹ ≈ 2.6 × 10¹³ codes).

    chance: another source than the secret one, for invented records that have to be the same again.
    """
    body = "".join(chance.choices(ALPHABET, k=LENGTH - 1))
    return body + ALPHABET[_weighted(body) * _CHECK_FACTOR % len(ALPHABET)]


def shown(code: str) -> str:
    """The code as people see it: K7Q-3MN-84TX."""
    return f"{code[:3]}-{code[3:6]}-{code[6:]}"


def read(typed: str) -> str:
    """The bare code of what a person typed; forgives case, spaces, dashes and full-width characters.

    Raises BadCode with a sentence that says what to do.
    """
    code = _plain(typed)
    if len(code) != LENGTH:
        raise BadCode(
            _("A receipt code has 10 letters and digits, like K7Q-3MN-84TX. Please type all of it.")
        )
    strange = next((character for character in code if character not in _VALUE), None)
    if strange is not None:
        raise BadCode(
            _("“%(character)s” is in no receipt code: 0, 1, I, L and O are not used. Please look again.")
            % {"character": strange}
        )
    if _weighted(code) % len(ALPHABET):
        raise BadCode(
            _("This is not a receipt code: a character is wrong. Please compare it with your receipt.")
        )
    return code


def is_valid(code: str) -> bool:
    """Whether `read` accepts it."""
    try:
        read(code)
    except BadCode:
        return False
    return True


def _plain(typed: str) -> str:
    """Without what people put between characters: spaces, dashes, the minus sign, invisible marks."""
    text = unicodedata.normalize("NFKC", typed).upper()
    return "".join(c for c in text if c != "−" and unicodedata.category(c) not in _BETWEEN)


_BETWEEN = {"Pd", "Zs", "Zl", "Zp", "Cc", "Cf"}


def _weighted(code: str) -> int:
    return sum(weight * _VALUE[character] for weight, character in enumerate(code, start=1))
