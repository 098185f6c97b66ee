"""The matrix as a file for spreadsheets: every grid that the page shows over all its pages."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shiliu.core.areas import TOWN
from shiliu.figures.bulletin.sheets import Cells, csv_of, xlsx_of
from shiliu.figures.matrix import thresholds
from shiliu.figures.matrix.asking import Asked
from shiliu.figures.matrix.table import WORDS, Cell, Table, batches
from shiliu.grid.models import Area


def _table(asked: Asked) -> Iterator[Cells]:
    """Titles, then a row for each grid: each service's value, and what it is marked with."""
    titles = [_("Community"), pgettext("matrix", "Grid"), _("code")]
    for service in asked.services:
        mark = _("%(service)s: mark") % {"service": service.label}
        titles += [str(service.label), mark]
    yield list(titles)
    for rows in batches(asked.area, asked.day, asked.services):
        shown = [row for row in rows if row.is_thin or not asked.only_thin]
        for community in Table(asked.area, asked.day, asked.services, shown).communities:
            for row in community.rows:
                values = [part for cell in row.cells for part in _cells(cell)]
                yield [community.name, row.grid.name, row.grid.code, *values]


def _cells(cell: Cell) -> Cells:
    return [cell.value, str(WORDS[cell.mark])]


def _meaning(asked: Asked) -> Iterator[list[str]]:
    towns = Area.objects.filter(code=asked.area.code[:TOWN], code__length=TOWN)
    standards = thresholds.of_towns([town.code for town in towns], asked.services)
    for service in asked.services:
        told: list[Any] = [service.label, service.figure.meaning]
        standard = standards.get((asked.area.code[:TOWN], service.key))
        told += [standard.words, standard.reach_words] if standard else []
        yield [str(each) for each in told]


def as_csv(asked: Asked) -> bytes:
    return csv_of(_table(asked))


def as_xlsx(asked: Asked) -> bytes:
    return xlsx_of(asked.day.isoformat(), _table(asked), _meaning(asked))
