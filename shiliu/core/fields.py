"""Model fields: exact amounts, and texts about a person that are encrypted in the database.

`ExactDecimalField` stores money and quantities as a whole number of their smallest unit, because a
DECIMAL column is a float on SQLite. `EncryptedTextField` stores Fernet tokens, and is where purpose and
retention of personal data are declared; `personal_fields()` lists them all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django import forms
from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.exceptions import FieldDoesNotExist, FieldError, ValidationError
from django.db import models
from django.db.models import lookups
from django.db.models.expressions import CombinedExpression, F, Value
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    _DecimalColumn = models.Field[Decimal | int | str | CombinedExpression | F | None, Any]
    _TextColumn = models.TextField[str | None, Any]
else:
    _DecimalColumn = models.Field
    _TextColumn = models.TextField

MAX_DIGITS = 18  # every whole number of 18 digits fits a signed 64-bit column
_EXACT = Context(prec=60, traps=[Inexact, InvalidOperation])


def exact(value: Decimal | int | str, *, decimals: int = 2) -> Value:
    """A constant for arithmetic with an exact column: `F("paid") + exact("1.50")`.

    A bare number would be added to the column's smallest unit (yuan to fen), so the field refuses it.
    """
    return Value(value, output_field=ExactDecimalField(decimals=decimals))


def _is_expression(value: Any) -> bool:
    return hasattr(value, "resolve_expression")


class ExactDecimalField(_DecimalColumn):
    """A number with `decimals` places, exact on every database: a `Decimal` in Python, an integer in the row.

    Accepts Decimal, int and decimal text of up to 18 digits in all. Refuses float (TypeError) and more
    places than it has (ValidationError). Sum, Min, Max, comparison and conditional updates are exact; a
    sum beyond 64 bits is an error on SQLite, never a rounded figure. Avg, StdDev and Variance raise
    FieldError: a mean of money needs a rounding rule, so divide sum by count where the rule is known.
    """

    description = _("Exact number with %(decimals)s decimal places")
    empty_strings_allowed = False

    def __init__(self, *args: Any, decimals: int = 2, **kwargs: Any) -> None:
        if not 0 <= decimals <= 9:
            raise ValueError("decimals must be from 0 to 9")
        self.decimals = decimals
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        if self.decimals != 2:
            kwargs["decimals"] = self.decimals
        return name, path, list(args), kwargs

    def get_internal_type(self) -> str:
        # Not BigIntegerField: Django would truncate an average to int before this field could refuse it.
        return "ExactDecimalField"

    def db_type(self, connection: Any) -> str:
        return str(connection.data_types["BigIntegerField"])

    def to_python(self, value: Any) -> Decimal | None:
        """The number as a Decimal with exactly `decimals` places."""
        if value is None:
            return None
        if isinstance(value, (float, bool)):
            raise TypeError(f"{self._label} takes Decimal, int or text, never {type(value).__name__}.")
        try:
            number = Decimal(value).quantize(Decimal(1).scaleb(-self.decimals), context=_EXACT)
            if number.is_nan():
                raise ValueError
        except Inexact:
            raise ValidationError(
                _("“%(value)s” has too many decimal places. Give at most %(decimals)s."),
                code="decimals",
                params={"value": value, "decimals": self.decimals},
            ) from None
        except (InvalidOperation, ValueError):
            raise ValidationError(
                _("“%(value)s” is not a number that can be stored here. Write it like 1234.50."),
                code="invalid",
                params={"value": value},
            ) from None
        if abs(number.scaleb(self.decimals, context=_EXACT)) >= 10**MAX_DIGITS:
            raise ValidationError(
                _("“%(value)s” is too large. Give at most %(digits)s digits before the point."),
                code="range",
                params={"value": value, "digits": MAX_DIGITS - self.decimals},
            )
        return number

    def get_prep_value(self, value: Any) -> int | None:
        number = self.to_python(super().get_prep_value(value))
        return None if number is None else int(number.scaleb(self.decimals, context=_EXACT))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        is_mean = isinstance(expression, (models.Avg, models.StdDev, models.Variance))
        if is_mean or (value is not None and value != int(value)):
            raise FieldError(
                f"{self._label}: an average is not an exact number. Divide Sum by Count and round by a rule."
            )
        return None if value is None else Decimal(int(value)).scaleb(-self.decimals, context=_EXACT)

    @property
    def _label(self) -> str:
        return f"{self.model._meta.label}.{self.name}" if hasattr(self, "model") else type(self).__name__

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        # The only place where Django shows a field the expression that an update writes. It costs bulk
        # inserts on PostgreSQL their UNNEST form (about 0.1 ms a row); an amount wrong by 100 costs more.
        if _is_expression(value):
            self.require_same_unit(value)
        return "%s"

    def require_same_unit(self, expression: Any) -> None:
        """FieldError unless the resolved expression counts this field's smallest unit."""
        if self._decimals_of(expression) != self.decimals:
            raise FieldError(
                f"{self._label}: the expression does not count units of {self.decimals} decimal places. "
                'Write constants as exact("1.50"), and give a product an output_field.'
            )

    def _decimals_of(self, expression: Any) -> int | None:
        """Decimal places of a resolved expression; None for one that is not an exact number."""
        if isinstance(expression, CombinedExpression) and expression.connector in ("+", "-"):
            sides = {self._decimals_of(expression.lhs), self._decimals_of(expression.rhs)}
            return sides.pop() if len(sides) == 1 else None
        if isinstance(expression, F) or (isinstance(expression, Value) and expression.value is None):
            return self.decimals  # an outer reference, whose field is not known yet, or NULL
        try:
            field = expression.output_field
        except (AttributeError, FieldError):
            return None
        return field.decimals if isinstance(field, ExactDecimalField) else None

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else str(self.to_python(value))

    def formfield(self, **kwargs: Any) -> Any:
        options = {
            "form_class": forms.DecimalField,
            "max_digits": MAX_DIGITS,
            "decimal_places": self.decimals,
        }
        return super().formfield(**{**options, **kwargs})


class _SameUnit:
    """Comparison with an expression only in the same unit: `filter(paid__lt=F("due") - 1)` is refused."""

    lhs: Any
    rhs: Any

    def get_prep_lookup(self) -> Any:
        field = self.lhs.output_field
        if isinstance(field, ExactDecimalField):
            for side in self.rhs if isinstance(self.rhs, (list, tuple)) else [self.rhs]:
                if _is_expression(side):
                    field.require_same_unit(side)
        return super().get_prep_lookup()  # type: ignore[misc]


for _lookup in (
    lookups.Exact,
    lookups.GreaterThan,
    lookups.GreaterThanOrEqual,
    lookups.LessThan,
    lookups.LessThanOrEqual,
    lookups.In,
    lookups.Range,
):
    ExactDecimalField.register_lookup(type(_lookup.__name__, (_SameUnit, _lookup), {}))


class UnreadableField(Exception):
    """An encrypted value for which no key is there."""


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def current_cipher() -> MultiFernet:
    """Encrypts with the newest of `settings.FIELD_KEYS`, decrypts with any."""
    return _cipher(tuple(settings.FIELD_KEYS))


class EncryptedTextField(_TextColumn):
    """A text about a person, encrypted in the database with the newest of `settings.FIELD_KEYS`.

    `purpose` says what it is kept for. `keep_days` days after the date in `keep_after` (a field of the model,
    or a path such as "request__closed_on"; null there means still in use) a scheduled task erases it.
    All three are required (system checks core.E101–E103) and stay out of migrations.

    An empty text stays empty. Only `isnull` and `exact=""` can be looked up; anything else raises FieldError.
    A value that none of the keys opens raises UnreadableField. The column has a check constraint, so that
    no expression, import or SQL script can leave plain text in it.
    """

    def __init__(
        self,
        *args: Any,
        purpose: Any = "",
        keep_days: int = 0,
        keep_after: str = "",
        **kwargs: Any,
    ) -> None:
        self.purpose, self.keep_days, self.keep_after = purpose, keep_days, keep_after
        super().__init__(*args, **kwargs)

    def db_check(self, connection: Any) -> str:
        # A Fernet token starts with version 0x80 and, until 2106, four zero bytes of its time stamp.
        column = connection.ops.quote_name(self.column)
        return f"{column} = '' OR substr({column}, 1, 6) = 'gAAAAA'"

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        value = super().get_db_prep_save(value, connection)
        if not value or _is_expression(value):
            return value
        return current_cipher().encrypt(str(value).encode()).decode()

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        if not value:
            return value
        try:
            return current_cipher().decrypt(value.encode()).decode()
        except InvalidToken:
            raise UnreadableField(
                f"{self.model._meta.label}.{self.name} cannot be read: key missing. "
                "Restore the field key that this row was written with."
            ) from None

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name in ("exact", "isnull"):
            return super().get_lookup(lookup_name)
        raise FieldError(
            f"{self.model._meta.label}.{self.name} is encrypted: it can be looked up by isnull and by "
            f'exact "", not by {lookup_name}.'
        )

    def check(self, **kwargs: Any) -> list[Any]:
        return [*super().check(**kwargs), *self._check_retention()]

    def _check_retention(self) -> Iterator[checks.Error]:
        if not self.purpose:
            yield checks.Error("An encrypted field needs a purpose.", obj=self, id="core.E101")
        if self.keep_days <= 0:
            yield checks.Error("An encrypted field needs keep_days of at least 1.", obj=self, id="core.E102")
        if not self._keep_after_is_a_date():
            yield checks.Error(f"keep_after “{self.keep_after}” leads to no date.", obj=self, id="core.E103")

    def _keep_after_is_a_date(self) -> bool:
        model: Any = self.model
        field: Any = None
        for step in self.keep_after.split("__"):
            try:
                field = model._meta.get_field(step)
            except (FieldDoesNotExist, AttributeError):
                return False
            model = field.related_model
        return isinstance(field, models.DateField)


@EncryptedTextField.register_lookup
class _EmptyOnly(lookups.Exact):
    def get_prep_lookup(self) -> Any:
        if self.rhs not in ("", None):  # None becomes isnull
            field = self.lhs.output_field
            raise FieldError(
                f"{field.model._meta.label}.{field.name} is encrypted and cannot be compared with a text. "
                "Store a digest beside it where it must be found again."
            )
        return super().get_prep_lookup()


@dataclass(frozen=True)
class PersonalField:
    """One field about a person: what it is kept for, and how many days after which date."""

    model: type[models.Model]
    field: str
    purpose: Any
    keep_days: int
    keep_after: str


def personal_fields() -> list[PersonalField]:
    """Every encrypted field of every installed model, in the order of the registry."""
    return [
        PersonalField(model, field.name, field.purpose, field.keep_days, field.keep_after)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, EncryptedTextField)
    ]
