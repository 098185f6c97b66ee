"""Endpoints over what is everybody's: areas, and the values of figures."""

from datetime import date

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema

from shiliu.core.areas import CODE
from shiliu.core.figures import FIGURES, Figure, Over, Period
from shiliu.core.problems import Problem, invalid
from shiliu.core.snapshot import read_snapshot
from shiliu.figures import periods
from shiliu.figures.report import Line, exact, over
from shiliu.figures.rows import inside
from shiliu.grid.models import Area
from shiliu.grid.town import town

router = Router()
PAGE = 500


class AreaOut(Schema):
    code: str
    name: str
    parent: str | None = Field(None, description="The code of the area that it lies in.")


class AreasOut(Schema):
    items: list[AreaOut]
    next: str | None = Field(None, description="`after` of the next page; null on the last one.")


@router.get("/areas", response=AreasOut, summary="The areas that are valid today")
def areas(request: HttpRequest, within: str = "", after: str = "") -> AreasOut:
    """In the order of their codes. within: only what lies in the area with this code, itself included."""
    for name, value in (("within", within), ("after", after)):
        if value and not CODE.fullmatch(value):
            raise invalid({name: [_("This is no area's code.")]}, _("Give 6, 9, 12 or 15 digits."))
    rows = Area.objects.on(timezone.localdate()).filter(code__startswith=within, code__gt=after)
    found = list(rows.order_by("code")[: PAGE + 1])
    items = [AreaOut(code=it.code, name=it.name, parent=it.parent_id) for it in found[:PAGE]]
    return AreasOut(items=items, next=items[-1].code if len(found) > PAGE else None)


class FigureOut(Schema):
    key: str
    label: str
    unit: str
    kind: str = Field(description="stock, to_date or flow: what the period means for it.")
    explain: str = Field(description="What counts.")
    without: str = Field(description="What does not count.")


class FiguresOut(Schema):
    items: list[FigureOut]


@router.get("/figures", response=FiguresOut, summary="What can be counted")
def figures(request: HttpRequest) -> FiguresOut:
    """Every figure of the report."""
    return FiguresOut(items=[FigureOut(**_figure(figure)) for figure in FIGURES.values()])


def _figure(figure: Figure) -> dict[str, str]:
    told = {
        "label": figure.label,
        "kind": figure.when.kind,
        "explain": figure.explain,
        "without": figure.without,
    }
    return {"key": figure.key, "unit": figure.unit} | {name: str(value) for name, value in told.items()}


class ValueOut(FigureOut):
    start: date
    end: date
    area: str | None
    value: int | str | None = Field(description="Decimals as text. Null where nothing is on record.")
    records: int | None = Field(description="How many records it was computed from.")
    numerator: int | None = None
    denominator: int | None = None
    excluded: int | None = None
    suppressed: bool = Field(description="Too few persons for you to see the value.")


@router.get("/figures/{key}", response=ValueOut, summary="The value of a figure")
def figure(request: HttpRequest, key: str, period: str, area: str = "") -> ValueOut:
    """period: 2023H1, 2023Q2, 2023-05, 2023 or 2023-01-01..2023-06-30. Without an area: the site's town."""
    found = FIGURES.get(key)
    if found is None:
        raise Problem(404, _("There is no such figure. See /api/v1/figures."))
    asked_period, where = _period(period), _area(area)
    asked = over(asked_period, where)
    with read_snapshot():
        line = Line(found, found.at(asked))
        hidden = line.hidden and not inside(found, asked, request.user)
    return _value(line, asked, where, hidden=hidden)


def _period(name: str) -> Period:
    try:
        return periods.parse(name)
    except ValueError:
        raise invalid(
            {"period": [_("This is no period. Write it like 2023H1.")]}, _("No such period.")
        ) from None


def _area(code: str) -> Area | None:
    if not code:
        return town()
    found = Area.objects.filter(code=code).first() if CODE.fullmatch(code) else None
    if found is None:
        raise invalid({"area": [_("There is no area with this code.")]}, _("No such area."))
    return found


def _value(line: Line, asked: Over, where: Area | None, *, hidden: bool) -> ValueOut:
    value = line.value
    parts = {"numerator": value.numerator, "denominator": value.denominator, "excluded": value.excluded}
    return ValueOut(
        **_figure(line.figure),
        start=asked.period.start,
        end=asked.period.end,
        area=where.code if where else None,
        value=None if hidden else exact(value.value),
        records=None if hidden else value.records,
        suppressed=hidden,
        **({} if hidden else parts),
    )
