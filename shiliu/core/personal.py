"""Telephone numbers, and finding ID and telephone numbers in what people write."""

import base64
import hmac
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_MOBILE = r"1[3-9]\d{9}"
_LANDLINE = r"0(?:10|2\d)[2-9]\d{7}|0[3-9]\d{2}[2-9]\d{6,7}"  # area code of 3 or 4 digits, number of 7 or 8
_SERVICE = r"400\d{7}"
_NUMBER = re.compile(f"{_MOBILE}|{_LANDLINE}|{_SERVICE}")
_COUNTRY = re.compile(r"\+86|0086|86(?=1[3-9]\d{9}$)")


def normal_phone(text: str) -> str:
    """A mainland number in digits: 13912345678, 04725123456 or 4001234567.

    Forgives the country code, spaces, dashes, brackets and full-width digits. ValidationError with a
    sentence for anything else.
    """
    digits = re.sub(r"[ \-().]", "", _ascii(text).strip())
    national = _COUNTRY.sub("", digits, count=1) if _COUNTRY.match(digits) else digits
    for number in (national, "0" + national if national != digits else national):
        if _NUMBER.fullmatch(number):
            return number
    raise ValidationError(
        _(
            "“%(value)s” is not a telephone number here. Give a mobile number of 11 digits, or a landline "
            "with its area code, like 0472-5123456."
        ),
        code="phone",
        params={"value": text},
    )


def phone_digest(phone: str) -> str:
    """HMAC-SHA256 (64 hex digits) of the number, to find a resident by telephone without storing it plain.

    Its key is derived from the oldest field key, the last of `settings.FIELD_KEYS`: putting a new key on
    top changes no digest. Dropping the oldest does, and then every digest has to be computed again.
    Raises ValidationError as `normal_phone` does.
    """
    return hmac.digest(_digest_key(settings.FIELD_KEYS[-1]), normal_phone(phone).encode(), "sha256").hex()


@lru_cache(maxsize=4)
def _digest_key(field_key: str) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"shiliu phone digest")
    return derivation.derive(base64.urlsafe_b64decode(field_key))


class PersonalKind(models.TextChoices):
    """What `scan_personal` finds."""

    ID_NUMBER = "id_number", gettext_lazy("ID number")
    PHONE = "phone", gettext_lazy("telephone number")


class Found(NamedTuple):
    """A number about a person: `text[start:end]`."""

    kind: PersonalKind
    start: int
    end: int


_GAP = r"[ \-]{0,2}"
_ID_IN_TEXT = re.compile(rf"(?<!\d)[1-9](?:{_GAP}\d){{16}}{_GAP}[\dX](?!\d)")
_PHONE_IN_TEXT = re.compile(
    rf"(?<!\d)(?:(?:(?:(?:\+|00)?86{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}})"
    rf"|(?:(?:\+|00)86{_GAP}\(?0?\)?|\(?0)(?:10|2\d|[3-9]\d\d)\)?{_GAP}[2-9](?:{_GAP}\d){{6,7}}"
    rf"|400(?:{_GAP}\d){{7}})(?!\d)"
)


def scan_personal(text: str) -> list[Found]:
    """Mainland ID numbers (right date and check character) and telephone numbers in a text, in order.

    Also where they are written with spaces, dashes or full-width digits. A landline is found with its
    area code only: seven bare digits can be anything.
    """
    plain = _ascii(text)
    found = [
        Found(PersonalKind.ID_NUMBER, match.start(), match.end())
        for match in _overlapping(_ID_IN_TEXT, plain)
        if _is_id_number(re.sub("[ -]", "", match[0]))
    ]
    for match in _overlapping(_PHONE_IN_TEXT, plain):
        if _is_phone(match[0]) and all(match.end() <= one.start or one.end <= match.start() for one in found):
            found.append(Found(PersonalKind.PHONE, match.start(), match.end()))
    return sorted(found, key=lambda one: one.start)


def without_numbers(text: str) -> str:
    """The text with “•••” for each number that `scan_personal` finds."""
    for found in reversed(scan_personal(text)):
        text = f"{text[: found.start]}•••{text[found.end :]}"
    return text


def _ascii(text: str) -> str:
    """Digits of any script and width, X, spaces and dashes as ASCII, character for character."""
    return "".join(map(_ascii_character, text))


@lru_cache(maxsize=1024)
def _ascii_character(character: str) -> str:
    if character == "−" or unicodedata.category(character) == "Pd":
        return "-"
    if unicodedata.category(character) == "Zs":
        return " "
    folded = unicodedata.normalize("NFKC", character).upper()
    if len(folded) != 1:
        return character
    digit = unicodedata.decimal(folded, None)
    return folded if digit is None else str(digit)


def _overlapping(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """The match at every start: of “3 110105…” the one that begins with the room number fails, not all."""
    match = pattern.search(text)
    while match:
        yield match
        match = pattern.search(text, match.start() + 1)


def _is_id_number(number: str) -> bool:
    """Date of birth in positions 7–14, the last character a check modulo 11 (as GB 11643 is described)."""
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(2 ** (17 - place) * int(digit) for place, digit in enumerate(number[:17]))
    return date(1900, 1, 1) <= born <= timezone.localdate() and "10X98765432"[total % 11] == number[17]


def _is_phone(written: str) -> bool:
    try:
        normal_phone(written)
    except ValidationError:
        return False
    return True
