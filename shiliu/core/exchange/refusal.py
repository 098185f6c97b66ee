"""A database's refusal as a sentence for whoever fills in the sheet."""

import re
from typing import NamedTuple

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext as _

from shiliu.core.exchange.reading import File


class Refusal(NamedTuple):
    """The column that it is about, or "", and what to do."""

    column: str
    sentence: str


def explained(file: File, error: Exception) -> Refusal:
    """The constraint's own message where it has one; of what has to be unique, the columns."""
    if isinstance(error, ValidationError):
        return _of_validation(error)
    said = str(error).splitlines()[0]
    unique = _unique_columns(error)
    if unique:
        titles = "、".join(_title(file, column) for column in unique)
        sentence = _("There is another record already with the same %s. Correct this one or that one.")
        return Refusal("", sentence % titles)
    for constraint in file.kind.model._meta.constraints:
        if isinstance(constraint, models.CheckConstraint) and re.search(rf"\b{constraint.name}\b", said):
            return Refusal("", _message(constraint))
    return Refusal("", _("The database refuses this row: %s") % said)


def _message(constraint: models.CheckConstraint) -> str:
    if constraint.violation_error_message == constraint.default_violation_error_message:
        return _("The days or numbers of this row do not fit (%s). Correct them.") % constraint.name
    return str(constraint.get_violation_error_message())


def _of_validation(error: ValidationError) -> Refusal:
    column = ""
    if hasattr(error, "error_dict"):
        column = next((name for name in error.error_dict if name != NON_FIELD_ERRORS), "")
    return Refusal(column, " ".join(error.messages))


def _unique_columns(error: Exception) -> list[str]:
    """The database's columns, of which both databases name those that have to be unique."""
    if getattr(error.__cause__, "sqlstate", "") == "23505":  # PostgreSQL: Key (a, b)=(…) already exists.
        match = re.search(r"\(([^()]+)\)=\(", str(error))
        return match[1].replace('"', "").split(", ") if match else []
    match = re.match(r"UNIQUE constraint failed: (.+)", str(error))
    return [name.rpartition(".")[2] for name in match[1].split(", ")] if match else []


def _title(file: File, column: str) -> str:
    try:
        return file.title(file.kind.model._meta.get_field(column).name)
    except LookupError:
        return column
