"""Places for figures in an editor's text: `{works.sewer_laid}`.

With `:n` it is the number without its unit, with `:frozen` what it was on the day when it was written.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from shiliu.core.figures import Value
from shiliu.figures.report import exact

PLACE = re.compile(r"\{([a-z_]+\.[a-z_]+)((?::(?:n|frozen))*)\}")
BRACES = re.compile(r"\{[^{}]*\}?|\}")


@dataclass(frozen=True)
class Place:
    """Where a figure stands in a text. bare: without its unit. frozen: as it was, not as it is."""

    key: str
    bare: bool = False
    frozen: bool = False

    def __str__(self) -> str:
        return f"{{{self.key}{':n' if self.bare else ''}{':frozen' if self.frozen else ''}}}"


def pieces(text: str) -> Iterator[str | Place]:
    """A text as words and places."""
    at = 0
    for found in PLACE.finditer(text):
        if at < found.start():
            yield text[at : found.start()]
        marks = found[2].split(":")
        yield Place(found[1], "n" in marks, "frozen" in marks)
        at = found.end()
    if at < len(text):
        yield text[at:]


def places(text: str) -> list[Place]:
    return [each for each in pieces(text) if isinstance(each, Place)]


def frozen_keys(text: str) -> list[str]:
    return list(dict.fromkeys(place.key for place in places(text) if place.frozen))


def require_known(text: str, keys: Iterable[str]) -> None:
    """ValidationError with a sentence for each place that is none of a part's figures."""
    known = set(keys)
    wrong = [str(place) for place in places(text) if place.key not in known]
    wrong += BRACES.findall(PLACE.sub("", text))
    if wrong:
        raise ValidationError(
            [
                _(
                    "“%(place)s” is not a figure of this part. Choose one from the list below the text, "
                    "or write the words without braces."
                )
                % {"place": place[:60]}
                for place in dict.fromkeys(wrong)
            ]
        )


def kept(value: Value, day: date) -> dict[str, Any]:
    """A value with its day, as a paragraph keeps it."""
    parts = {"numerator": value.numerator, "denominator": value.denominator, "excluded": value.excluded}
    return {"value": exact(value.value), "records": value.records, "day": day.isoformat(), **parts}


def read(kept: Mapping[str, Any]) -> tuple[Value, date]:
    """What `kept` wrote."""
    value = Decimal(kept["value"]) if isinstance(kept["value"], str) else kept["value"]
    parts = (kept[name] for name in ("records", "numerator", "denominator", "excluded"))
    return Value(value, *parts), date.fromisoformat(kept["day"])
