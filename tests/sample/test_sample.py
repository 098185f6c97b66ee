"""The sample township goes through the import door. Its figures are held in tests/figures/test_account.py."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from shiliu.core.access import System
from shiliu.core.exchange.load import Import
from shiliu.core.figures import Period
from shiliu.figures.report import compute
from shiliu.grid.models import Area

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "sample" / "kunhe"
HALF_YEAR = Period(date(2023, 1, 1), date(2023, 6, 30))


def load() -> Import:
    it = Import(SAMPLE, by=System("sample"))
    assert [str(problem) for problem in it.run()] == []
    return it


@pytest.mark.django_db
def test_sample_imported_again_changes_nothing() -> None:
    first = load()
    again = load()
    for name, counts in again.counts.items():
        assert counts.unchanged == first.counts[name].created, name
        assert counts.unchanged, name
        assert (counts.created, counts.changed, counts.refused) == (0, 0, 0), name


@pytest.mark.django_db
def test_merged_grid_is_counted_with_its_successor() -> None:
    load()
    teams = compute(HALF_YEAR, Area.objects.get(code="150203100004017")).lines["volunteers.teams"]
    assert teams.value.value == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "language"), [("README.md", "en"), ("README.zh-CN.md", "zh-hans")])
def test_readme_shows_the_report_of_the_sample(name: str, language: str) -> None:
    load()
    told = StringIO()
    call_command("report", "--from", "2023-01-01", "--to", "2023-06-30", "--language", language, stdout=told)
    assert f"```\n{told.getvalue().strip()}\n```" in (ROOT / name).read_text("utf-8")
