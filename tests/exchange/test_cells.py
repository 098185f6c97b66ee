"""Cells: how days, times, numbers, choices and texts may be written, and that each comes back as it was."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.conf import settings
from django.utils import translation
from django.utils.translation import trans_real
from hypothesis import given
from hypothesis import strategies as st

from shiliu.core.exchange import KINDS, cells
from shiliu.venues.models import Venue
from shiliu.works.models import Item

pytestmark = pytest.mark.once

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
STARTS = st.sampled_from([*"=+-@\t\r\n＝＋－＠'", "''", "'=", "' =", " =", "=cmd|'/c calc'!A1", "\ufeff="])


@pytest.mark.parametrize(
    "text",
    [
        "2023-06-30",
        "2023/6/30",
        "2023.06.30",
        "20230630",
        "2023年6月30日",
        "2023年06月30号",
        "2023 年 6 月 30 日",
        " 2023-6-30 ",
        "２０２３－０６－３０",
        "２０２３／６／３０",
        "2023/6/30 0:00",
        "2023-06-30 00:00:00",
        "2023-06-30T00:00:00.000",
    ],
)
def test_spellings_of_a_day(text: str) -> None:
    assert cells.read_day(text) == date(2023, 6, 30)


@pytest.mark.parametrize(
    "text",
    ["", "30.6.2023", "2023-13-01", "2023-06-31", "2023-6", "23-6-30", "2023-06-30 14:00", "六月", "45107"],
)
def test_what_is_not_a_day(text: str) -> None:
    with pytest.raises(cells.BadCell):
        cells.read_day(text)


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("2023-06-30 14:05", "14:05:00"),
        ("2023-06-30T14:05:00", "14:05:00"),
        ("2023/6/30 9:05", "09:05:00"),
        ("2023/6/30 9:5:7", "09:05:07"),
        ("2023年6月30日 14时05分", "14:05:00"),
        ("2023年6月30日14:05", "14:05:00"),
        ("２０２３－０６－３０　１４：０５", "14:05:00"),
        ("2023-06-30 14:05:06.25", "14:05:06.25"),
        ("2023-06-30 06:05Z", "14:05:00"),
        ("2023-6-30 6:05Z", "14:05:00"),
        ("2023-06-30T14:05:00+08:00", "14:05:00"),
        ("2023/6/30 1:05 -0500", "14:05:00"),
        ("2023-06-30", "00:00:00"),
        ("2023/6/30", "00:00:00"),
    ],
)
def test_spellings_of_a_time(text: str, local: str) -> None:
    assert cells.read_moment(text) == datetime.fromisoformat(f"2023-06-30T{local:<08}+08:00")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "14:05",
        "2023-06-30 25:00",
        "2023-06-31 14:05",
        "2023/6/30 9:65",
        "0001-01-01 00:00",
        "soon",
        "2023/6/30 9:05 +25:00",
    ],
)
def test_what_is_not_a_time(text: str) -> None:
    with pytest.raises(cells.BadCell):
        cells.read_moment(text)


@pytest.mark.parametrize("text", ["7755.42", "7,755.42", "７７５５．４２", " +7755.420 ", "７，７５５.42"])
def test_spellings_of_a_number(text: str) -> None:
    assert cells.read_exact(text) == Decimal("7755.42")


@pytest.mark.parametrize("text", ["-500", "－500", "−500", "-500.00"])
def test_spellings_of_a_negative_number(text: str) -> None:
    assert cells.read_exact(text) == Decimal(-500)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,5",
        "1,23,456",
        "1_000",
        "NaN",
        "Infinity",
        "1e5",
        "12元",
        "1.",
        ".5",
        "9" * 41,
        "9" * 5000,
        "十",
    ],
)
def test_what_is_not_a_number(text: str) -> None:
    for read in (cells.read_exact, cells.read_whole):
        with pytest.raises(cells.BadCell):
            read(text)


@pytest.mark.parametrize("text", ["4.0", "-", "4.5", "x"])
def test_what_is_not_a_whole_number(text: str) -> None:
    with pytest.raises(cells.BadCell):
        cells.read_whole(text)


@pytest.mark.parametrize("text", ["是", "Yes", "１", "TRUE", "y"])
def test_yes(text: str) -> None:
    assert cells.read_yes(text) is True


@pytest.mark.parametrize("text", ["否", "no", "0", "false", "Ｎ"])
def test_no(text: str) -> None:
    assert cells.read_yes(text) is False


def test_neither_yes_nor_no() -> None:
    with pytest.raises(cells.BadCell):
        cells.read_yes("maybe")


@pytest.fixture
def chinese_labels(tmp_path: Path) -> Iterator[None]:
    """A compiled catalogue of its own, so that this holds whatever the shipped one says today."""
    catalogue = Catalog(locale="zh_Hans")
    catalogue.add("united-front home", "统战之家（试）")
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "django.mo").open("wb") as file:
        write_mo(file, catalogue)
    before, settings.LOCALE_PATHS = settings.LOCALE_PATHS, [tmp_path, *settings.LOCALE_PATHS]
    known, trans_real._translations = trans_real._translations, {}
    yield
    settings.LOCALE_PATHS, trans_real._translations = before, known


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_choice_by_key_or_by_label_in_either_language(chinese_labels: None, language: str) -> None:
    with translation.override(language):
        read = cells.reader_of(Venue._meta.get_field("kind"))
        for text in (
            "united_front_home",
            "UNITED_FRONT_HOME",
            "united-front home",
            "统战之家（试）",
            " 统战之家(试)",
        ):
            assert read(text) == "united_front_home"


def test_choice_of_square_metres() -> None:
    read = cells.reader_of(Item._meta.get_field("unit"))
    assert [read(text) for text in ("m²", "m2", "m", "ｍ")] == ["m²", "m²", "m", "m"]


CHOICES = {
    f"{kind.name}.{col.name}": kind.field(col.name)
    for kind in KINDS.values()
    for col in kind.columns
    if kind.field(col.name).flatchoices
}


@pytest.mark.parametrize("field", CHOICES.values(), ids=CHOICES)
def test_no_label_means_two_choices(field: Any) -> None:
    """In neither language, and no label is the key of another choice."""
    meanings: dict[str, set[str]] = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            for key, label in field.flatchoices:
                for word in (key, label):
                    meanings.setdefault(cells.narrow(str(word)).lower(), set()).add(key)
    assert {word: keys for word, keys in meanings.items() if len(keys) > 1} == {}


@given(TEXT | st.tuples(STARTS, TEXT).map("".join))
def test_text_comes_back_and_is_no_formula(text: str) -> None:
    written = cells.written(text)
    assert cells.unescaped(written) == text
    assert written[:1] not in tuple("=+-@\t\r\n＝＋－＠")


@given(TEXT | st.tuples(STARTS, TEXT).map("".join))
def test_name_comes_back(text: str) -> None:
    name = cells.narrow(text).replace("\0", "")
    name = cells.narrow(name)
    assert cells.read_name(cells.written(name)) == name


@given(st.dates())
def test_day_comes_back(day: date) -> None:
    assert cells.read_day(cells.written(day)) == day


@given(st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001
def test_time_comes_back_to_the_microsecond(moment: datetime) -> None:
    assert cells.read_moment(cells.written(moment)) == moment


@given(st.integers(-(10**18) + 1, 10**18 - 1), st.integers(0, 9))
def test_exact_number_comes_back_with_its_places(number: int, places: int) -> None:
    value = Decimal(number).scaleb(-places)
    read = cells.read_exact(cells.written(value))
    assert (read, read.as_tuple().exponent) == (value, -places)


@given(st.integers(-(2**63), 2**63 - 1))
def test_whole_number_comes_back(number: int) -> None:
    assert cells.read_whole(cells.written(number)) == number


@given(st.booleans())
def test_yes_comes_back(value: bool) -> None:
    assert cells.read_yes(cells.written(value)) is value


@pytest.mark.parametrize(
    "read", [cells.read_day, cells.read_moment, cells.read_whole, cells.read_exact, cells.read_yes]
)
@given(text=st.text())
def test_any_text_is_read_or_refused(read: Callable[[str], Any], text: str) -> None:
    with contextlib.suppress(cells.BadCell):
        read(text)
