"""The sample township goes through the import door, and the report gives the figures of its account."""

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from shiliu.core.access import System
from shiliu.core.exchange.load import Import
from shiliu.core.figures import Period
from shiliu.figures.report import compute
from shiliu.grid.models import Area

SAMPLE = Path(__file__).resolve().parents[2] / "sample" / "kunhe"
ACCOUNT = tomllib.loads(Path(__file__).with_name("kunhe-2023h1.toml").read_text("utf-8"), parse_float=Decimal)
HALF_YEAR = Period(ACCOUNT["period"]["start"], ACCOUNT["period"]["end"])


def load() -> Import:
    it = Import(SAMPLE, by=System("sample"))
    assert [str(problem) for problem in it.run()] == []
    return it


@pytest.mark.django_db
def test_report_of_the_sample_equals_the_account() -> None:
    load()
    for town in (None, Area.objects.get(code="150203100")):
        lines = compute(HALF_YEAR, town).lines
        for key, figure in ACCOUNT["figures"].items():
            found = lines[key]
            assert found.figure.unit == figure["unit"], key
            assert found.figure.when.kind == figure["kind"], key
            if figure.get("more_than"):
                assert found.value.value > figure["value"], key
            else:
                assert found.value.value == figure["value"], key


@pytest.mark.django_db
def test_sample_imported_again_changes_nothing() -> None:
    first = load()
    again = load()
    for name, counts in again.counts.items():
        assert counts.unchanged == first.counts[name].created > 0, name
        assert (counts.created, counts.changed, counts.refused) == (0, 0, 0), name


@pytest.mark.django_db
def test_merged_grid_is_counted_with_its_successor() -> None:
    load()
    teams = compute(HALF_YEAR, Area.objects.get(code="150203100004017")).lines["volunteers.teams"]
    assert teams.value.value == 1
