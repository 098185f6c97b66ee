"""Between a cell's text and a field's value: one reader and one writer per type of field."""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from shiliu.core.fields import ExactDecimalField

# A cell that begins like a formula would be run by a spreadsheet; such text gets an apostrophe on its way
# out and loses it on its way in.
FORMULA = tuple("=+-@\t\r'")
DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?", re.ASCII)
YES, NO = {"true", "yes", "1", "是", "y"}, {"false", "no", "0", "否", "n"}


class BadCell(ValueError):
    """A cell that cannot be read; the message says what to put there instead."""


def escaped(text: str) -> str:
    return "'" + text if text.startswith(FORMULA) else text


def unescaped(text: str) -> str:
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in FORMULA else text


def _narrow(text: str) -> str:
    """Full-width digits, letters and signs as people type them into spreadsheets."""
    return unicodedata.normalize("NFKC", text).strip()


def read_day(text: str) -> date:
    match = DAY.fullmatch(_narrow(text))
    try:
        return date(*map(int, match.groups())) if match else date.fromisoformat(_narrow(text))
    except ValueError:
        raise BadCell(_("“%s” is not a day. Write it like 2023-06-30.") % text) from None


def read_moment(text: str) -> datetime:
    """A point in time; without an offset it is read as local time."""
    try:
        moment = datetime.fromisoformat(_narrow(text).replace("/", "-"))
    except ValueError:
        raise BadCell(_("“%s” is not a day and time. Write it like 2023-06-30 14:05.") % text) from None
    return (moment if moment.tzinfo else timezone.make_aware(moment)).astimezone(UTC)


def read_whole(text: str) -> int:
    try:
        return int(_narrow(text).replace(",", ""))
    except ValueError:
        raise BadCell(_("“%s” is not a whole number.") % text) from None


def read_exact(text: str) -> Decimal:
    try:
        return Decimal(_narrow(text).replace(",", ""))
    except InvalidOperation:
        raise BadCell(_("“%s” is not a number. Write it like 7755.42.") % text) from None


def read_yes(text: str) -> bool:
    word = _narrow(text).lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise BadCell(_("“%s” is neither yes nor no. Write 是 or 否.") % text)


def _choice_reader(field: models.Field) -> Callable[[str], Any]:
    """Accepts a choice's key, or its label in Chinese or English."""
    known: dict[str, Any] = {}
    for key, label in field.flatchoices:
        known[_narrow(str(key)).lower()] = key
        for language in ("zh-hans", "en"):
            with translation.override(language):
                known.setdefault(_narrow(str(label)).lower(), key)

    def read(text: str) -> Any:
        try:
            return known[_narrow(text).lower()]
        except KeyError:
            words = "、".join(str(key) for key, label in field.flatchoices)
            raise BadCell(
                _("“%(text)s” is not known here. Write one of: %(words)s.") % {"text": text, "words": words}
            ) from None

    return read


def reader_of(field: models.Field) -> Callable[[str], Any]:
    """How a cell of this field is read. Validators of the field run afterwards (`checked`)."""
    if field.flatchoices:
        return _choice_reader(field)
    for kind, read in (
        (models.DateTimeField, read_moment),
        (models.DateField, read_day),
        (models.BooleanField, read_yes),
        (ExactDecimalField, read_exact),
        (models.IntegerField, read_whole),
    ):
        if isinstance(field, kind):
            return read
    return unescaped


def checked(field: models.Field, value: Any) -> Any:
    """The value after the field's own validation; BadCell with its sentence."""
    if isinstance(value, str) and "\x00" in value:
        raise BadCell(_("There is a character here that cannot be stored (NUL). Delete it."))
    try:
        return field.clean(value, None)
    except ValidationError as error:
        raise BadCell(" ".join(error.messages)) from None


def written(value: Any) -> str:
    """The text of a value; what `reader_of` reads back to the same value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, str):
        return escaped(value)
    return str(value)
