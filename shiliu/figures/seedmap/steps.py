"""Five shades, and which value has which. Ranges are even and round, so that they say themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

SHADES = 5
ROUND = [Decimal(n) for n in (1, 2, 3, 4, 5, 6, 8, 10)]

Number = int | Decimal


@dataclass(frozen=True)
class Step:
    """The values above `above`, up to and including `to`, have this shade (1 the lightest)."""

    shade: int
    above: Number
    to: Number
    whole: bool

    @property
    def label(self) -> str:
        first = self.above + 1 if self.whole else self.above
        return f"{self.to:,}" if first == self.to else f"{first:,}–{self.to:,}"


def steps(values: Iterable[Number | None]) -> list[Step]:
    """Shades for the values above zero: none where there are none, at most five."""
    above_zero = [value for value in values if value is not None and value > 0]
    if not above_zero:
        return []
    whole = all(value == int(value) for value in above_zero)
    width = _width(max(above_zero), whole)
    last = next(n for n in range(1, SHADES + 1) if n * width >= max(above_zero))
    # A few values are spread over all shades: with two, the palest and the darkest.
    return [Step(_spread(n, last), (n - 1) * width, n * width, whole) for n in range(1, last + 1)]


def _spread(n: int, last: int) -> int:
    return n if last == SHADES or last == 1 else 1 + (n - 1) * (SHADES - 1) // (last - 1)


def _width(largest: Number, whole: bool) -> Number:
    """The smallest round number of which five reach the largest value."""
    power = Decimal(1)
    while power * SHADES > largest and not whole:
        power /= 10
    while power * 10 * SHADES < largest:
        power *= 10
    width = next(power * n for n in ROUND if power * n * SHADES >= largest)
    return int(width) if whole or width == int(width) else width


def shade(value: Number, of: list[Step]) -> int:
    """Which shade a value has; 0 for zero and less."""
    return next((step.shade for step in of if step.above < value <= step.to), 0)
