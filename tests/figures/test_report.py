"""The report: every figure, grouped as the account is, in text, JSON and CSV."""

import csv
import io
import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from shiliu.core.figures import FIGURES, Value
from shiliu.figures import periods
from shiliu.figures.report import as_json, compute, exact, latest_period
from shiliu.plan.models import Meeting
from tests import factories
from tests.factories import DAY, moment
from tests.strategies import HALF_YEAR


@pytest.fixture
def busy(places):
    """The same in one grid of each town."""
    for where in (places.east_1, places.far_1):
        factories.half_year(where)
    return places


def report(*arguments: str) -> str:
    out = io.StringIO()
    call_command("report", "--from", "2023-01-01", "--to", "2023-06-30", *arguments, stdout=out)
    return out.getvalue()


def test_report_holds_every_figure_in_its_chapter(busy):
    chapters = list(compute(HALF_YEAR, busy.town).chapters())
    assert [str(title) for title, _parts in chapters] == ["One main line", "Two platforms", "Three modes"]
    shown = [line.figure.key for _title, parts in chapters for _part, lines in parts for line in lines]
    assert sorted(shown) == sorted(FIGURES)


def test_area_narrows_every_figure(busy):
    everything, town, community, empty = (
        compute(HALF_YEAR, area).lines for area in (None, busy.town, busy.east, busy.west)
    )
    for key in ("venues.talks", "requests.received", "plan.decisions", "aid.payments", "grid.posts_filled"):
        assert everything[key].value.records == 2 * town[key].value.records > 0
        assert community[key].value == town[key].value
        assert empty[key].value.records == 0
    assert (town["grid.grids"].value.value, everything["grid.grids"].value.value) == (4, 5)


def test_town_is_the_sum_of_its_communities(busy):
    factories.half_year(busy.west_2, 2)
    additive = [k for k, it in FIGURES.items() if type(it.measure).__name__ in ("Count", "Sum")]
    town, east, west = (compute(HALF_YEAR, area).lines for area in (busy.town, busy.east, busy.west))
    for key in additive:
        assert town[key].value.value == east[key].value.value + west[key].value.value


def test_predecessors_are_counted_with_their_successor(busy):
    old = factories.area("990001300001")
    factories.succession(old, busy.east)
    factories.meeting(old)
    assert compute(HALF_YEAR, busy.town).lines["plan.meetings"].value.value == 2
    assert compute(HALF_YEAR, busy.west).lines["plan.meetings"].value.value == 0


def test_json_is_the_promised_shape(busy):
    made = json.loads(report("--format", "json", "--language", "en", "--area", busy.town.code))

    assert made["period"] == {"start": "2023-01-01", "end": "2023-06-30"}
    assert made["area"] == busy.town.code
    assert made["figures"].keys() == FIGURES.keys()
    figures = made["figures"]
    sewer = {"value": "90.05", "unit": "m", "label": "sewer laid", "records": 1, "kind": "flow"}
    assert figures["works.sewer_laid"] == sewer
    solved = {
        name: figures["requests.solved"][name] for name in ("value", "numerator", "denominator", "excluded")
    }
    assert solved == {"value": "100.0", "numerator": 1, "denominator": 1, "excluded": 0}
    assert figures["venues.talks"]["value"] == 1


def test_json_has_the_same_types_when_there_is_nothing(places):
    figures = as_json(compute(HALF_YEAR, places.town))["figures"]
    assert figures["works.sewer_laid"]["value"] == "0.00"
    assert figures["aid.paid"]["value"] == "0.00"
    assert figures["venues.listeners"]["value"] == 0
    assert figures["requests.on_time"]["value"] is None


def test_csv_has_a_row_per_figure(busy):
    rows = list(csv.DictReader(io.StringIO(report("--format", "csv"))))
    assert [row["key"] for row in rows] == list(FIGURES)
    paved = next(row for row in rows if row["key"] == "works.street_paved")
    assert (paved["value"], paved["unit"], paved["records"]) == ("180.10", "m²", "2")


def test_text_names_the_place_and_every_figure(busy):
    text = report("--area", busy.east.code, "--language", "en")
    assert text.startswith("测试east  2023-01-01 – 2023-06-30\n")
    assert all(str(it.label) in text for it in FIGURES.values())


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--area", "123456789"], "--area 123456789: no area has this code"),
        (["--to", "2022-12-31"], "--to is before --from"),
    ],
)
def test_command_refuses_with_a_sentence(places, arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        report(*arguments)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(3, 3), (Decimal("24000.00"), "24000.00"), (Decimal("1E+3"), "1000"), (None, None), (Decimal(0), "0")],
)
def test_exact_is_never_a_float(value, shown):
    assert exact(value) == shown


def test_figures_are_as_of_one_moment(busy, monkeypatch):
    """All are computed inside one snapshot: in a test's transaction, under one `read_snapshot`."""
    from shiliu.figures import report as module

    entered = []
    real = module.read_snapshot
    monkeypatch.setattr(module, "read_snapshot", lambda: entered.append(1) or real())
    compute(HALF_YEAR, busy.town)
    assert entered == [1]


def test_small_counts_of_persons_are_marked_hidden(busy):
    lines = compute(HALF_YEAR, busy.town).lines
    few = {"aid.paid", "aid.payments", "requests.solved", "requests.resolution_rate"}
    assert {key for key, line in lines.items() if line.hidden} == few
    assert lines["volunteers.people"].value == Value(5, 5)


def test_latest_period_was_over_when_the_last_request_came(places):
    category = factories.category()
    factories.request(places.east_1, category, received_at=moment())
    assert periods.named(latest_period()) == "2022H2"
    factories.request(places.west_1, category, received_at=moment(factories.date(2023, 7, 1), hour=0))
    assert periods.named(latest_period()) == "2023H1"
    factories.request(places.far_1, category, received_at=moment(factories.date(2024, 7, 1)))
    assert periods.named(latest_period()) == "2023H1"


def test_latest_period_is_never_of_the_future(places):
    today = timezone.localdate()
    future = moment(today + timedelta(days=900))
    factories.request(places.east_1, factories.category(), received_at=future, due_at=future)
    assert latest_period() == periods.last_completed_half_year(today)


@pytest.mark.parametrize("n", [1, 3])
def test_report_costs_the_same_whatever_there_is(places, n, django_assert_num_queries):
    factories.half_year(places.east_1, n)
    assert Meeting.objects.count() == n
    with django_assert_num_queries(53):
        compute(HALF_YEAR, places.town)


def test_figures_stand_beside_those_of_the_period_before_and_of_a_year_ago(places):
    """Two meetings in this half-year, one in the last, three in the same half of the year before."""
    for day, n in ((DAY, 2), (DAY - timedelta(days=181), 1), (DAY.replace(year=DAY.year - 1), 3)):
        for _meeting in range(n):
            factories.meeting(places.east, held_on=day)
    line = compute(HALF_YEAR, places.town, compared=True).lines["plan.meetings"]
    told = [(str(past.words), past.value.value, past.more) for past in line.past]
    assert (line.value.value, told) == (2, [("before", 1, 1), ("a year ago", 3, -1)])
    assert compute(HALF_YEAR, places.town).lines["plan.meetings"].past == ()


def test_whole_year_has_one_year_before_it(places):
    lines = compute(periods.parse("2023"), places.town, compared=True).lines
    assert [str(past.words) for past in lines["plan.meetings"].past] == ["a year ago"]


@pytest.mark.parametrize(("by", "told"), [(None, "before few: not shown"), ("leader", "before 500")])
def test_small_number_of_the_period_before_is_told_to_staff_alone(client, busy, staff, by, told):
    """One payment, in the half-year before the one that is asked for."""
    if by:
        client.force_login(getattr(staff, by))
    page = client.get(f"/report/2023H2/?area={busy.town.code}", headers={"accept-language": "en"})
    row = page.content.decode().split('id="aid.paid"')[1].split("</tr>")[0]
    assert told in " ".join(re.sub("<[^>]*>", " ", row).split())
