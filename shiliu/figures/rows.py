"""The records behind a figure as a table: which columns, for whom, page by page."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from shiliu.core import access
from shiliu.core.fields import EncryptedTextField
from shiliu.core.figures import PUBLIC_FIELDS, PUBLIC_ROWS, Figure, Over
from shiliu.core.models import User

PAGE = 50
# What a table cannot show, and what is no fact about the record.
INTERNAL = {"id", "version", "page_ptr", "contact_phone_digest", "body", "agenda"}


@dataclass(frozen=True)
class Page:
    """Up to `PAGE` records, as cells; `after` continues from the last one, None at the end.

    pks: the records' primary keys, which no page shows. complete: whether the pages together hold all that
    the figure counts. inside: whether for staff.
    """

    fields: list[models.Field]
    pks: list[int]
    rows: list[list[Any]]
    after: int | None
    complete: bool
    inside: bool


def shown_fields(model: type[models.Model], *, all_fields: bool) -> list[models.Field]:
    """The allow-list for the public; for staff also the model's other fields, never personal ones."""
    names = list(PUBLIC_FIELDS.get(model, ()))
    if all_fields:
        own = [f for f in model._meta.local_concrete_fields if not f.generated and f.name not in INTERNAL]
        names += [f.name for f in own if f.name not in names and not isinstance(f, EncryptedTextField)]
        names.sort(key=lambda name: name != "code")  # what a row is called by, where it may be seen, is first
    return [model._meta.get_field(name) for name in names]  # type: ignore[misc]


def inside(figure: Figure, over: Over, user: Any) -> bool:
    """Whether `user` is staff of this figure and area; everybody else sees what the public sees."""
    return isinstance(user, User) and bool(access.scope_of(user, figure.right) & over.area)


def records(figure: Figure, over: Over, user: Any, *, after: int = 0) -> Page:
    """One page of the records that the figure counts: for staff those of their scope, with all fields;
    for everybody else those that are public, with the fields of the allow-list; none where it is not listed.
    """
    rows = figure.rows(over)
    staff = inside(figure, over, user)
    if staff:
        scope = access.scope_of(user, figure.right)
        complete = (over.area & scope) == over.area
        rows = rows.filter(scope.q(figure.area_path))
    else:
        complete = figure.listed and rows.model not in PUBLIC_ROWS
        rows = rows.filter(PUBLIC_ROWS.get(rows.model, Q())) if figure.listed else rows.none()
    fields = shown_fields(rows.model, all_fields=staff)
    page = list(_page(rows, fields, after))
    more = page[PAGE - 1].pk if len(page) > PAGE else None
    cells = [[_cell(obj, f) for f in fields] for obj in page[:PAGE]]
    return Page(fields, [obj.pk for obj in page[:PAGE]], cells, more, complete, staff)


def named(
    figure: Figure, over: Over, user: Any, pks: list[int], fields: list[models.Field]
) -> list[list[Any]]:
    """The cells of records by their keys, whether the figure still counts them or not: for staff, of their
    own areas.
    """
    stored = _plain(figure.records(over).model)
    scope = access.scope_of(user, figure.right)
    related = [f.name for f in fields if f.is_relation]
    found = stored.filter(scope.q(figure.area_path), pk__in=pks).select_related(*related).order_by("pk")
    return [[_cell(obj, f) for f in fields] for obj in found]


def _plain(model: type[models.Model]) -> QuerySet:
    """All rows of a model; areas with the columns by which a scope narrows."""
    manager: Any = model._default_manager
    return manager.located() if hasattr(manager, "located") else manager.all()


def _page(rows: QuerySet, fields: list[models.Field], after: int) -> QuerySet:
    related = [f.name for f in fields if f.is_relation]
    return rows.filter(pk__gt=after).select_related(*related).order_by("pk")[: PAGE + 1]


def _cell(obj: models.Model, field: models.Field) -> Any:
    value = getattr(obj, field.name)
    if field.flatchoices:
        return getattr(obj, f"get_{field.name}_display")()
    return _name(value) if isinstance(value, models.Model) else value


def _name(related: models.Model) -> str:
    """What a related record is called: by its name or title unless that is personal, else by its code."""
    plain = [f.name for f in related._meta.fields if not isinstance(f, EncryptedTextField)]
    names = (getattr(related, name) for name in ("name", "title", "code") if name in plain)
    return next(filter(None, names), str(related))
