"""The sample's report equals the town's own account of the first half of 2023, from records alone."""

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command

from shiliu.core.access import System
from shiliu.core.exchange.load import Import
from shiliu.core.figures import FIGURES, Period
from shiliu.figures.report import Report, as_json, compute, reported
from shiliu.grid.models import Area

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = tomllib.loads((Path(__file__).parent / "kunhe-2023h1.toml").read_text("utf-8"), parse_float=Decimal)
PERIOD = Period(ACCOUNT["period"]["start"], ACCOUNT["period"]["end"])
pytestmark = pytest.mark.django_db


def agrees(value: object, claim: dict) -> bool:
    """Whether a value is what the account says: exactly, or more than where it says “more than” (余)."""
    return value > claim["value"] if claim.get("more_than") else value == claim["value"]


@pytest.fixture(scope="module")
def kunhe(django_db_setup: object, django_db_blocker: pytest.FixtureRequest) -> object:
    """The sample, loaded once for this file through the import door, and taken back afterwards."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        call_command("createcachetable")
        loading = Import(ROOT / "sample" / "kunhe", by=System("test"))
        assert list(loading.run()) == []
        yield
        transaction.set_rollback(True)


@pytest.fixture
def report(kunhe: object) -> Report:
    return compute(PERIOD, Area.objects.get(code="150203100"))


@pytest.mark.parametrize("key", ACCOUNT["figures"])
def test_figure_equals_account(key: str, report: Report) -> None:
    claim = ACCOUNT["figures"][key]
    line = report.lines[key]
    assert agrees(line.value.value, claim), f"{key} is {line.value.value}, the account says {claim}"
    assert line.figure.unit == claim["unit"]
    assert line.figure.when.kind == claim["kind"]


def test_figure_counts_rows_not_totals(report: Report) -> None:
    # Each of the account's figures but the two awards stands on more rows than one.
    for key in ACCOUNT["figures"]:
        assert report.lines[key].value.records > 1, key


def test_every_figure_has_a_place_in_the_report(report: Report) -> None:
    shown = [line.figure.key for _c, parts in report.chapters() for _t, lines in parts for line in lines]
    assert sorted(shown) == sorted(figure.key for figure in reported())


def test_town_is_the_sum_of_its_communities(report: Report) -> None:
    communities = Area.objects.filter(parent="150203100")
    for key in ("works.sewer_laid", "channel.reads", "volunteers.teams", "requests.received", "aid.paid"):
        figure = FIGURES[key]
        whole = figure.rows(report_over("150203100")).count()
        parts = [figure.rows(report_over(area.code)).count() for area in communities]
        own = figure.rows(report_over("150203100")).filter(area="150203100").count()
        assert sum(parts) + own == whole > 0, key


def report_over(code: str) -> object:
    from shiliu.figures.report import over

    return over(PERIOD, Area.objects.get(code=code))


def test_json_gives_decimals_as_text(report: Report) -> None:
    figures = as_json(report)["figures"]
    assert figures["works.sewer_laid"]["value"] == "7755.42"
    assert figures["aid.paid"]["value"] == "24000.00"
    assert figures["channel.reads"]["value"] == 3550
    assert set(figures["aid.paid"]) >= {"value", "unit", "label", "records"}


def test_another_half_year_differs(kunhe: object) -> None:
    later = compute(Period(date(2023, 7, 1), date(2023, 12, 31)), Area.objects.get(code="150203100"))
    assert later.lines["channel.articles"].value.value > 8
    assert later.lines["works.sewer_laid"].value.value != Decimal("7755.42")
