"""Between a cell's text and a field's value: one reader and one writer per type of field."""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone as local
from django.utils import translation
from django.utils.translation import gettext as _

from shiliu.core.fields import ExactDecimalField

# A cell that begins like a formula would be run by a spreadsheet (OWASP, “CSV injection”); such text gets an
# apostrophe on its way out and loses it on its way in.
FORMULA = tuple("=+-@\t\r\n＝＋－＠'")
YES, NO = {"true", "yes", "1", "是", "y"}, {"false", "no", "0", "否", "n"}

_DAY = r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?"
_TIME = r"(\d{1,2})[:时点](\d{1,2})(?:[:分](\d{1,2})(?:\.(\d{1,6}))?)?[分秒]?"
_ZONE = r"(Z)|([+-])(\d{2}):?(\d{2})(?::?(\d{2}))?"
# A sheet adds midnight to a day.
DAY = re.compile(rf"{_DAY}(?:[T\s]+0?0:00(?::00(?:\.0+)?)?)?", re.ASCII)
MOMENT = re.compile(rf"{_DAY}(?:[T\s]*{_TIME})?\s*(?:{_ZONE})?", re.ASCII)
CLOCK = re.compile(_TIME, re.ASCII)
NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?", re.ASCII)
LONGEST_NUMBER = 40


class BadCell(ValueError):
    """A cell that cannot be read; the message says what to put there instead."""


def escaped(text: str) -> str:
    return "'" + text if text.startswith(FORMULA) else text


def unescaped(text: str) -> str:
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in FORMULA else text


def narrow(text: str) -> str:
    """Full-width digits, letters and signs as people type them into spreadsheets."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("−", "-")
    return text.strip()


def shortened(text: str) -> str:
    """As much of a cell as a sentence can quote."""
    return text if len(text) <= LONGEST_NUMBER else text[:LONGEST_NUMBER] + "…"


def read_day(text: str) -> date:
    plain = narrow(text)
    try:
        if match := DAY.fullmatch(plain):
            return date(*map(int, match.groups()))
        return date.fromisoformat(plain)
    except ValueError:
        sentence = _("“%s” is not a day. Write it like 2023-06-30.")
        raise BadCell(sentence % shortened(text)) from None


def read_moment(text: str) -> datetime:
    """A point in time; without an offset it is read as local time."""
    try:
        moment = _moment(narrow(text))
        return (moment if moment.tzinfo else local.make_aware(moment)).astimezone(UTC)
    except (ValueError, OverflowError):
        sentence = _("“%s” is not a day and time. Write it like 2023-06-30 14:05.")
        raise BadCell(sentence % shortened(text)) from None


def _moment(text: str) -> datetime:
    match = MOMENT.fullmatch(text)
    if not match:
        return datetime.fromisoformat(text)
    *parts, fraction, utc, sign, hours, minutes, seconds = match.groups()
    microsecond = int((fraction or "0").ljust(6, "0"))
    zone = UTC if utc else None
    if sign:
        offset = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds or 0))
        zone = timezone(-offset if sign == "-" else offset)
    return datetime(*(int(part or 0) for part in parts), microsecond, tzinfo=zone)  # type: ignore[arg-type, misc]


def read_clock(text: str) -> time:
    """A time of day as clocks on the wall show it."""
    try:
        if not (match := CLOCK.fullmatch(narrow(text))):
            raise ValueError(text)
        *parts, fraction = match.groups()
        hour, minute, second = (int(part or 0) for part in parts)
        return time(hour, minute, second, int((fraction or "0").ljust(6, "0")))
    except ValueError:
        raise BadCell(_("“%s” is not a time of day. Write it like 14:05.") % shortened(text)) from None


def _number(text: str) -> str | None:
    """The digits of a number, or None; commas only where thousands have them, since 1,5 may mean 1.5."""
    plain = narrow(text)
    if len(plain) <= LONGEST_NUMBER and NUMBER.fullmatch(plain):
        return plain.replace(",", "")
    return None


def read_whole(text: str) -> int:
    number = _number(text)
    if number is None or "." in number:
        raise BadCell(_("“%s” is not a whole number.") % shortened(text))
    return int(number)


def read_exact(text: str) -> Decimal:
    number = _number(text)
    if number is None:
        raise BadCell(_("“%s” is not a number. Write it like 7755.42.") % shortened(text))
    return Decimal(number)


def read_yes(text: str) -> bool:
    word = narrow(text).lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise BadCell(_("“%s” is neither yes nor no. Write 是 or 否.") % shortened(text))


def read_name(text: str) -> str:
    """The name by which a record is known, and by which cells refer to it: a code or a user name."""
    name = narrow(unescaped(text))
    refuse_nul(name)
    return name


def refuse_nul(text: str) -> None:
    if "\x00" in text:
        raise BadCell(_("There is a character here that cannot be stored (NUL). Delete it."))


def _choice_reader(field: models.Field) -> Callable[[str], Any]:
    """Accepts a choice's key, or its label in Chinese or English."""
    known: dict[str, Any] = {narrow(str(key)).lower(): key for key, _label in field.flatchoices}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            for key, label in field.flatchoices:
                known.setdefault(narrow(str(label)).lower(), key)

    def read(text: str) -> Any:
        try:
            return known[narrow(text).lower()]
        except KeyError:
            words = "、".join(str(key) for key, _label in field.flatchoices)
            sentence = _("“%(text)s” is not known here. Write one of: %(words)s.")
            raise BadCell(sentence % {"text": shortened(text), "words": words}) from None

    return read


def reader_of(field: models.Field) -> Callable[[str], Any]:
    """How a cell of this field is read. Validators of the field run afterwards (`checked`)."""
    if field.flatchoices:
        return _choice_reader(field)
    for kind, read in (
        (models.DateTimeField, read_moment),
        (models.DateField, read_day),
        (models.TimeField, read_clock),
        (models.BooleanField, read_yes),
        (ExactDecimalField, read_exact),
        (models.IntegerField, read_whole),
    ):
        if isinstance(field, kind):
            return read
    return unescaped


def checked(field: models.Field, value: Any) -> Any:
    """The value after the field's own validation; BadCell with its sentence."""
    if isinstance(value, str):
        refuse_nul(value)
        # A text column has no length in the database, so only forms hold a TextField to its own.
        if isinstance(field, models.TextField) and field.max_length and len(value) > field.max_length:
            sentence = _("This has %(n)d characters. At most %(max)d are possible: shorten it.")
            raise BadCell(sentence % {"n": len(value), "max": field.max_length})
    try:
        return field.clean(value, None)
    except ValidationError as error:
        raise BadCell(" ".join(error.messages)[:300]) from None


def refuse_future(value: date | datetime | None) -> None:
    """For what has happened: its day is today or before, its moment not after this one."""
    if isinstance(value, datetime):
        is_past = value <= local.now()
    else:
        is_past = value is None or value <= local.localdate()
    if not is_past:
        raise BadCell(_("This is in the future, but says what has happened. Correct it, or import it later."))


def written(value: Any) -> str:
    """The text of a value; what `reader_of` reads back to the same value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return local.localtime(value).isoformat()
    if isinstance(value, time):
        return value.isoformat("auto" if value.second or value.microsecond else "minutes")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, str):
        return escaped(value)
    return str(value)
