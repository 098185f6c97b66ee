import hmac
from datetime import date, timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from shiliu.core.personal import (
    Found,
    PersonalKind,
    normal_phone,
    phone_digest,
    scan_personal,
    without_numbers,
)

pytestmark = pytest.mark.once

MOBILE, LANDLINE, BEIJING, SERVICE = "13900000000", "04725123456", "01062345678", "4001234567"

numbers = st.from_regex(r"1[3-9][0-9]{9}|010[2-9][0-9]{7}|0472[2-9][0-9]{6}|400[0-9]{7}", fullmatch=True)
gaps = st.sampled_from(["", " ", "-", "－", "　", " - "[:2], "—"])
regions = st.integers(110000, 659999).map(str)
births = st.dates(date(1900, 1, 1), date(2023, 6, 30)).map("{:%Y%m%d}".format)
sequences = st.integers(0, 999).map("{:03d}".format)


def id_number(region: str, born: str, sequence: str) -> str:
    """An invented number with the check character that fits."""
    body = region + born + sequence
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(w * int(d) for w, d in zip(weights, body, strict=True)) % 11]


SPACED_ID = "150203 19491231 002X"  # invented; its check character fits
id_numbers = st.builds(id_number, regions, births, sequences)


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if c in "0123456789X" else c for c in text)


def spaced(draw: Any, number: str) -> str:
    return number[0] + "".join(draw(gaps) + character for character in number[1:])


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("13900000000", MOBILE),
        ("139 0000 0000", MOBILE),
        ("139-0000-0000", MOBILE),
        ("１３９００００００００", MOBILE),
        ("+86 139 0000 0000", MOBILE),
        ("+8613900000000", MOBILE),
        ("0086-13900000000", MOBILE),
        ("8613900000000", MOBILE),
        ("0472-5123456", LANDLINE),
        ("（0472）5123456", LANDLINE),
        ("+86 472 5123456", LANDLINE),
        ("+86 (0)472-5123456", LANDLINE),
        ("010—62345678", BEIJING),
        ("0086 10 6234 5678", BEIJING),
        ("400-123-4567", SERVICE),
    ],
)
def test_normal_phone_reads_what_people_write(typed: str, number: str) -> None:
    assert normal_phone(typed) == number


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "12345",
        "5123456",
        "139000000000",
        "1390000000",
        "12900000000",
        "010-6234567",
        "0472-1123456",
        "+1 139 0000 0000",
        "13900000000 / 13911111111",
        "call me",
    ],
)
def test_normal_phone_refuses_with_a_sentence(typed: str) -> None:
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        normal_phone(typed)
    assert refused.value.messages == [
        f"“{typed}” is not a telephone number here. Give a mobile number of 11 digits, or a landline "
        "with its area code, like 0472-5123456."
    ]


@given(numbers)
def test_normal_phone_of_a_normal_number_is_itself(number: str) -> None:
    assert normal_phone(number) == number


def test_digest_is_of_the_number_however_it_is_written() -> None:
    digest = phone_digest(MOBILE)
    assert len(digest) == 64
    assert phone_digest("+86 139-0000-0000") == digest
    assert phone_digest("13900000001") != digest
    assert MOBILE not in digest
    with pytest.raises(ValidationError):
        phone_digest("12345")


def test_digest_survives_a_new_key_on_top_and_depends_on_the_oldest(settings: Any) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_KEYS = [old]
    digest = phone_digest(MOBILE)
    settings.FIELD_KEYS = [new, old]
    assert phone_digest(MOBILE) == digest
    settings.FIELD_KEYS = [new]
    assert phone_digest(MOBILE) != digest


def test_digest_stays_what_stored_digests_are(settings: Any) -> None:
    """HKDF by hand (RFC 5869): were it computed otherwise, no resident would be found any more."""
    settings.FIELD_KEYS = ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]
    extracted = hmac.digest(bytes(32), bytes(32), "sha256")
    key = hmac.digest(extracted, b"shiliu phone digest\x01", "sha256")
    assert phone_digest(MOBILE) == hmac.digest(key, MOBILE.encode(), "sha256").hex()


@given(st.data(), id_numbers, st.booleans())
def test_id_number_is_found_where_it_stands(data: st.DataObject, number: str, wide: bool) -> None:
    written = spaced(data.draw, number)
    written = full_width(written) if wide else written
    text = f"本人证号{written}，请查。"
    assert scan_personal(text) == [Found(PersonalKind.ID_NUMBER, 4, 4 + len(written))]


@given(id_numbers, st.integers(1, 9))
def test_id_number_with_a_wrong_check_character_is_none(number: str, step: int) -> None:
    checks = "0123456789X"
    wrong = checks[(checks.index(number[-1]) + step) % 11]
    kinds = {one.kind for one in scan_personal(f"号{number[:-1]}{wrong}。")}
    assert PersonalKind.ID_NUMBER not in kinds


@pytest.mark.parametrize("born", ["19900230", "19901301", "18991231", "00000000"])
def test_id_number_with_an_impossible_date_is_none(born: str) -> None:
    assert scan_personal(id_number("150203", born, "001")) == []


def test_id_number_of_somebody_born_tomorrow_is_none() -> None:
    today = timezone.localdate()
    assert len(scan_personal(id_number("150203", f"{today:%Y%m%d}", "001"))) == 1
    assert scan_personal(id_number("150203", f"{today + timedelta(days=1):%Y%m%d}", "001")) == []


@given(st.data(), numbers, st.booleans())
def test_phone_is_found_where_it_stands(data: st.DataObject, number: str, wide: bool) -> None:
    head = 4 if number.startswith("0472") else 3
    written = number[:head] + "".join(
        (data.draw(gaps) if place == 0 or number[0] != "0" else "") + digit
        for place, digit in enumerate(number[head:])
    )
    written = full_width(written) if wide else written
    assert scan_personal(f"请打{written}找我") == [Found(PersonalKind.PHONE, 2, 2 + len(written))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"3号楼 3 {SPACED_ID}", [SPACED_ID]),  # 18 characters could begin at the room number too
        (f"{SPACED_ID} {MOBILE}", [SPACED_ID, MOBILE]),
        ("电话13900000000或0472-5123456转3", ["13900000000", "0472-5123456"]),
        ("+86 139 0000 0000", ["+86 139 0000 0000"]),
        ("（0472）5123456", ["（0472）5123456"]),
        ("+86 (0)472 5123456", ["+86 (0)472 5123456"]),
        ("400-123-4567", ["400-123-4567"]),
        ("٠١٢ ١٣٩٠٠٠٠٠٠٠٠", ["١٣٩٠٠٠٠٠٠٠٠"]),
        ("①③⑨00000000", ["①③⑨00000000"]),
    ],
)
def test_scan_finds(text: str, found: list[str]) -> None:
    assert [text[one.start : one.end] for one in scan_personal(text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "厨房水管漏水了",
        "2023-06-30 08:30",
        "150203100004001",  # a grid's code
        "K7Q-3MN-84TX",
        "订单 139000000000123",
        "1390000000",
        "电话5123456",
        "010-6234567",
        "12345 110 119",
    ],
)
def test_scan_finds_nothing_in(text: str) -> None:
    assert scan_personal(text) == []


@given(st.text(alphabet="0123456789X -+()１３９Ⅹ½ﬀ漏", max_size=60))
def test_scan_of_anything_gives_places_in_order_that_do_not_overlap(text: str) -> None:
    edges = [edge for one in scan_personal(text) for edge in (one.start, one.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(text) for edge in edges)


def test_text_without_numbers_keeps_all_the_rest() -> None:
    text = "灯不亮，电话 139 0000 0001，身份证 11010519491231002X，三号楼"
    assert without_numbers(text) == "灯不亮，电话 •••，身份证 •••，三号楼"
    assert without_numbers("三号楼 2 单元") == "三号楼 2 单元"
