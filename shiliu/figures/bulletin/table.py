"""The monthly bulletin of the requests: each figure of the registry, by who has it and by where it is.

The columns are those of a county hotline's bulletin. Rows stand in the order of their codes, so that nobody
is ranked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from shiliu.core import access, areas
from shiliu.core.areas import CODE, Scope
from shiliu.core.figures import FIGURES, Figure, Grouping, Over, Period, Value
from shiliu.core.models import User
from shiliu.core.snapshot import read_snapshot
from shiliu.figures import periods
from shiliu.figures.report import Line, as_of, over
from shiliu.grid.models import Area, Unit
from shiliu.grid.scopes import within
from shiliu.grid.town import town
from shiliu.requests.models import Request
from shiliu.requests.models.groups import (
    LEAD,
    NOBODY,
    PLACE,
    TEAMS,
    UNIT,
    at_place,
    code_of,
    of_teams,
    of_unit,
)


@dataclass(frozen=True)
class Column:
    """One column. unit: what stands behind its numbers."""

    title: Any
    key: str
    unit: str = ""

    @property
    def figure(self) -> Figure:
        return FIGURES[f"requests.{self.key}"]


COLUMNS = [
    Column(pgettext_lazy("bulletin", "Received"), "received"),
    Column(pgettext_lazy("bulletin", "Dispatched"), "dispatched"),
    Column(pgettext_lazy("bulletin", "Closed on time"), "closed_on_time"),
    Column(pgettext_lazy("bulletin", "Closed late"), "closed_late"),
    Column(pgettext_lazy("bulletin", "Open"), "open"),
    Column(pgettext_lazy("bulletin", "Closing %"), "closing_rate", "%"),
    Column(pgettext_lazy("bulletin", "On-time %"), "on_time", "%"),
    Column(pgettext_lazy("bulletin", "Dissatisfied"), "dissatisfied"),
    Column(pgettext_lazy("bulletin", "Dissatisfied %"), "dissatisfied_rate", "%"),
]
RATES = ("response_rate", "resolution_rate", "satisfaction_rate")


@dataclass(frozen=True)
class Cell:
    """One number, and the query of the page that lists its records."""

    column: Column
    value: Value
    query: str


@dataclass(frozen=True)
class Row:
    label: str
    cells: list[Cell]

    @property
    def is_empty(self) -> bool:
        return not any(cell.value.records for cell in self.cells)


@dataclass(frozen=True)
class Section:
    """Some rows. A page shows those that have something, and names the others in one line."""

    title: Any
    rows: list[Row]

    @property
    def filled(self) -> list[Row]:
        return [row for row in self.rows if not row.is_empty]

    @property
    def empty(self) -> str:
        return _(", ").join(row.label for row in self.rows if row.is_empty)


@dataclass(frozen=True)
class Bulletin:
    """A month of one area. rates: the three, of the whole; whole: the columns' figures, of the whole."""

    period: Period
    area: Area
    sections: list[Section]
    total: Row
    rates: list[Line]
    whole: list[Line]

    @property
    def previous(self) -> Period | None:
        return month_of(self.period.start - timedelta(days=1))

    @property
    def next(self) -> Period | None:
        """The month after, if it has begun."""
        following = self.period.end + timedelta(days=1)
        return month_of(following) if following <= timezone.localdate() else None


def month_of(day: date) -> Period | None:
    """The calendar month of a day, as long as it has a name."""
    if not periods.FIRST_YEAR <= day.year <= periods.LAST_YEAR:
        return None
    return periods.parse(f"{day.year:04}-{day.month:02}")


def is_month(period: Period) -> bool:
    return period == month_of(period.start)


def latest_month(area: Area) -> Period | None:
    """The month that was over last when the area's last request came in."""
    rows = Request.objects.filter(Scope.of([area.code]).q(), received_at__lte=timezone.now())
    last = rows.order_by("-received_at").values_list("received_at", flat=True).first()
    month = month_of(timezone.localdate(last) if last else timezone.localdate())
    if month is None or month.end < timezone.localdate():
        return month
    return month_of(month.start - timedelta(days=1))


# Whose bulletin -------------------------------------------------------------------------------------------


def area_of(code: str) -> Area | None:
    return Area.objects.filter(code=code).first() if CODE.fullmatch(code) else None


def own_area(user: User) -> Area | None:
    """What `user` is shown unless asking for another area: the town, or the first of the own."""
    scope = access.scope_of(user, "figures.view")
    here = town()
    if here and here.code in scope:
        return here
    return Area.objects.filter(code__in=scope.codes).order_by("code").first()


def areas_of(user: User, day: date) -> list[Area]:
    """What one may choose from: one's own areas, and the towns and communities in them."""
    scope = access.scope_of(user, "figures.view")
    inside = Q(code__in=scope.codes)
    for code in scope.codes:
        inside |= Q(code__startswith=code, code__length__lt=areas.GRID)
    return list(Area.objects.on(day).filter(inside).order_by("code"))


def asked_area(user: User, code: str, day: date | None = None) -> Area:
    """The area with this code, the own one where none is named; Http404 unless all of it is in the scope."""
    scope = access.scope_of(user, "figures.view")
    area = area_of(code) if code else own_area(user)
    whole = within([area.code], day) if area else scope
    if area is None or whole & scope != whole:
        raise Http404
    return area


# What stands in it ----------------------------------------------------------------------------------------

Found = dict[str, dict[str, Value]]  # by column and group


def compute(period: Period, area: Area) -> Bulletin:
    """Every number as of one moment, out of the registry."""
    with read_snapshot():
        asked = over(period, area)
        whole = {column.key: column.figure.at(asked) for column in COLUMNS}
        rates = [FIGURES[f"requests.{key}"] for key in RATES]
        return Bulletin(
            period,
            area,
            _sections(asked, area),
            Row(_("All together"), [Cell(it, whole[it.key], _query(area)) for it in COLUMNS]),
            [Line(figure, figure.at(asked)) for figure in rates],
            [Line(column.figure, whole[column.key]) for column in COLUMNS],
        )


def _query(area: Area, **group: str) -> str:
    return urlencode({"area": area.code} | group)


def _sections(asked: Over, area: Area) -> list[Section]:
    day = as_of(asked.period)
    by_lead, by_place = _found(asked, LEAD), _found(asked, PLACE)
    leads, places = _groups(by_lead), _groups(by_place)
    names = _names(area, day, {code_of(name) for name in leads | places})
    communities = [code for code, name in names.items() if name.is_there]
    teams = {of_teams(code) for code in communities} | {name for name in leads if name.startswith(TEAMS)}
    where = {at_place(code) for code in communities} | places
    held = [(name, names[code_of(name)].of_teams) for name in sorted(teams)]
    held += [(NOBODY, _("With nobody yet"))] if NOBODY in leads else []
    there = [(name, names[code_of(name)].of_place) for name in sorted(where)]
    return [
        Section(_("Offices and companies"), _rows(area, "lead", _units(area, day, leads), by_lead)),
        Section(_("Teams and grid workers, by community"), _rows(area, "lead", held, by_lead)),
        Section(_("Where the matter is, by community"), _rows(area, "place", there, by_place)),
    ]


def _found(asked: Over, grouping: Grouping) -> Found:
    """The values of every group, with those of no records under the name of none."""
    none = {column.key: column.figure.measure.of(column.figure.rows(asked).none()) for column in COLUMNS}
    return {it.key: {"": none[it.key]} | it.figure.by(asked, grouping) for it in COLUMNS}


def _groups(found: Found) -> set[str]:
    return {name for values in found.values() for name in values} - {""}


def _rows(area: Area, group: str, named: Iterable[tuple[str, str]], found: Found) -> list[Row]:
    def cell(column: Column, name: str) -> Cell:
        values = found[column.key]
        return Cell(column, values.get(name, values[""]), _query(area, **{group: name}))

    return [Row(label, [cell(column, name) for column in COLUMNS]) for name, label in named]


def _units(area: Area, day: date, leads: set[str]) -> list[tuple[str, str]]:
    """The units that serve the area on a day, and any other that has something of it."""
    above = [area.code[:length] for length in areas.LEVELS if length <= area.level]
    serving = Unit.objects.on(day).filter(Q(area__in=above) | Q(area__code__startswith=area.code))
    others = Unit.objects.filter(code__in=[code_of(name) for name in leads if name.startswith(UNIT)])
    return [(of_unit(unit.code), unit.name) for unit in (serving | others).order_by("code")]


@dataclass(frozen=True)
class _Name:
    """What a community, or the town itself, is called. is_there: whether it is a community that day."""

    area: Area
    is_there: bool = False

    @property
    def of_teams(self) -> str:
        if self.area.level == areas.VILLAGE:
            return self.area.name
        return _("%(town)s (the town's own)") % {"town": self.area.name}

    @property
    def of_place(self) -> str:
        if self.area.level == areas.VILLAGE:
            return self.area.name
        return _("%(town)s (in no community)") % {"town": self.area.name}


def _names(area: Area, day: date, codes: set[str]) -> dict[str, _Name]:
    """The communities in an area on a day and all that `codes` name besides, in the order of their codes."""
    there = Area.objects.on(day).filter(code__startswith=area.code, code__length=areas.VILLAGE)
    inside = {it.code: _Name(it, is_there=True) for it in there.order_by("code")}
    others = Area.objects.filter(code__in=codes - inside.keys())
    return inside | {it.code: _Name(it) for it in others}


def named(name: str) -> str:
    """What a group of the bulletin is called, alone on a page."""
    if name == NOBODY:
        return _("With nobody yet")
    code = code_of(name)
    if name.startswith(UNIT):
        unit = Unit.objects.filter(code=code).first()
        return unit.name if unit else code
    area = area_of(code)
    if area is None:
        return code
    if name.startswith(TEAMS):
        return _("Teams and grid workers of %(area)s") % {"area": _Name(area).of_teams}
    return _Name(area).of_place
