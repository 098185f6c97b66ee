"""The matrix: a cell is what its link opens; grids stand in the order of codes; queries do not grow."""

import csv
import html
import io
import re
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db.models import Max
from django.urls import resolve
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from shiliu.core.areas import GRID, VILLAGE
from shiliu.core.figures import FIGURES, Period
from shiliu.core.matrix import SERVICES, Mark
from shiliu.figures.matrix import asking, table, thresholds
from shiliu.figures.matrix.table import Cell, compute
from shiliu.figures.models import Threshold
from shiliu.figures.report import over
from shiliu.grid.models import Area
from shiliu.requests.models import State
from tests import factories
from tests.factories import CODES, DAY, moment
from tests.strategies import taken_back, with_database

pytestmark = pytest.mark.django_db
URL = "/console/matrix/"
FIRST = '/areas/990001100001001/">_1</a>'  # beneath its community, of whose name it needs no more
ALL = list(SERVICES.values())


def text(response) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()))


def cells(area: Area, day: date = DAY, **asked) -> dict[str, dict[str, Cell]]:
    """By grid and service."""
    found = compute(area, day, ALL, most=100, **asked)
    return {row.grid.code: {cell.standard.service.key: cell for cell in row.cells} for row in found.rows}


def opened(cell: Cell):
    """What the page counts that a cell leads to."""
    address = urlsplit(cell.records)
    found = resolve(address.path)
    area = Area.objects.get(code=parse_qs(address.query)["area"][0])
    return FIGURES[found.kwargs["key"]].rows(over(found.kwargs["period"], area))


@pytest.fixture
def busy(places):
    """East 1 has something of everything; East 2 has a request that is overdue, and so has West 1."""
    factories.half_year(places.east_1)
    factories.post("grid_worker", places.east_1)  # held by nobody
    lamp = factories.category()
    for where in (places.east_2, places.west_1):
        factories.request(where, lamp, due_at=moment(DAY - timedelta(days=1)))
    story = factories.article(factories.column(places.east), "a-1")
    group = factories.group(places.east_2)
    factories.delivery(story, group, state="posted", arrived_at=moment(DAY - timedelta(days=3)))
    return places


def test_each_grid_has_every_service(busy):
    found = cells(busy.town)
    assert list(found) == [CODES[name] for name in ("east_1", "east_2", "west_1", "west_2")]
    said = {key: (cell.said, cell.mark) for key, cell in found[busy.east_2.code].items()}
    assert said == {
        "grid.posts_vacant": ("0", Mark.ENOUGH),
        "venues.open": ("2", Mark.ENOUGH),  # those of the community
        "venues.talks_to_date": ("2023-05-10", Mark.ENOUGH),
        "channel.grid_groups": ("1", Mark.ENOUGH),
        "channel.deliveries": ("2023-05-07", Mark.ENOUGH),
        "volunteers.teams": ("0", Mark.NONE),
        "requests.by_teams": ("never", Mark.NONE),
        "requests.open": ("1", Mark.UNJUDGED),
        "requests.overdue": ("1", Mark.THIN),
        "works.in_progress": ("1", Mark.UNJUDGED),
    }
    assert found[busy.east_1.code]["grid.posts_vacant"].value == 1
    assert found[busy.west_2.code]["venues.open"].mark == Mark.NONE


KINDS = ["venue", "talk", "team", "group", "post", "project", "open", "late", "solved"]
_rows = st.lists(
    st.tuples(st.sampled_from(KINDS), st.sampled_from(sorted(CODES.values())[1:]), st.integers(-40, 3)),
    max_size=12,
)
_pairs = st.lists(st.tuples(*[st.sampled_from(sorted(CODES.values())[1:])] * 2), max_size=2, unique=True)


def make(kind: str, code: str, days: int, known: dict) -> None:
    """A record of an app's, in an area, that began so many days from DAY."""
    where, day = Area.objects.get(code=code), DAY + timedelta(days=days)
    at = moment(day)
    if kind == "talk":
        factories.talk(where, known["lecturer"], held_on=day)
    elif kind == "project":
        factories.project(where, started_on=day, finished_on=day + timedelta(days=20))
    elif kind == "solved":
        team = factories.team(where, known["strand"])
        factories.closed_request(where, known["lamp"], closed_at=at, received_at=at, team=team)
    elif kind in ("open", "late"):
        due = moment(DAY - timedelta(days=1 if kind == "late" else -9))
        factories.request(where, known["lamp"], received_at=at, due_at=due)
    elif kind == "post":
        factories.post("grid_worker", where, valid_from=day)
    elif kind == "team":
        factories.team(where, known["strand"], valid_from=day)
    else:
        {"venue": factories.venue, "group": factories.group}[kind](where, valid_from=day)


@settings(with_database, max_examples=12)
@given(_rows, _pairs, st.lists(st.sampled_from(sorted(SERVICES)), max_size=3, unique=True))
def test_cell_is_what_its_link_opens(places, rows, pairs, turned):
    """Whatever lies where, whatever became of it, and whatever the town lets count for a grid."""
    with taken_back():
        known = {
            "lamp": factories.category(),
            "strand": factories.strand(),
            "lecturer": factories.lecturer(places.town, valid_from=DAY + timedelta(days=99)),
        }
        for kind, code, days in rows:
            make(kind, code, days, known)
        for old, new in pairs:
            if old != new:
                factories.succession(Area.objects.get(code=old), Area.objects.get(code=new))
        for key in turned:
            reach = VILLAGE if SERVICES[key].reach == GRID else GRID
            Threshold.objects.create(area=places.town, service=key, number=2, reach=reach)
        found = cells(places.county)
        assert len(found) == 5
        for row in found.values():
            for key, cell in row.items():
                if last := SERVICES[key].last:
                    newest = opened(cell).aggregate(at=Max(last))["at"]
                    assert cell.value == (timezone.localdate(newest) if hasattr(newest, "hour") else newest)
                else:
                    assert cell.value == opened(cell).count()


def test_link_opens_the_records_for_whoever_may_see_them(busy, staff, client):
    cell = cells(busy.town)[busy.east_2.code]["requests.overdue"]
    client.force_login(staff.coordinator)
    page = text(client.get(cell.records, headers={"Accept-Language": "en"}))
    assert "1 record" in page
    assert "三号楼前的路灯不亮" in page


def test_reader_without_the_right_sees_the_number_and_not_the_records(busy, staff, client):
    """The finance officer works with reports, and sees no requests."""
    client.force_login(staff.finance)
    page = text(client.get(f"{URL}?service=requests.overdue&day={DAY}"))
    cell = cells(busy.town)[busy.east_2.code]["requests.overdue"]
    assert f'<a href="{cell.records}">1</a>' in page
    assert "三号楼前的路灯不亮" not in text(client.get(cell.records))


def test_everybody_gets_the_same_numbers(busy, staff, client):
    seen = set()
    for user in (staff.leader, staff.finance, staff.coordinator):
        client.force_login(user)
        page = client.get(f"{URL}?area={busy.east.code}&day={DAY}", headers={"Accept-Language": "en"})
        seen.add(text(page).partition("<tbody>")[2].partition("</table>")[0])
    assert len(seen) == 1


def test_grid_worker_sees_the_own_grid(busy, staff, client):
    client.force_login(staff.worker)
    page = text(client.get(URL))
    assert "测试east_1" in page
    assert "测试east_2" not in page
    assert client.get(f"{URL}?area={busy.east.code}").status_code == 404


def test_predecessor_counts_with_its_successor(busy):
    gone = factories.area("990001100001009", valid_to=DAY - timedelta(days=30))
    factories.succession(gone, busy.west_1, DAY - timedelta(days=29))
    factories.team(gone, factories.strand())
    lamp = factories.category()
    team = factories.team(busy.town, factories.strand())
    factories.closed_request(gone, lamp, closed_at=moment(DAY - timedelta(days=40)), team=team)
    found = cells(busy.town)
    assert gone.code not in found
    assert found[busy.west_1.code]["volunteers.teams"].value == 1
    assert found[busy.west_1.code]["requests.by_teams"].value == DAY - timedelta(days=40)
    assert cells(busy.town, DAY - timedelta(days=31))[gone.code]["volunteers.teams"].value == 1


def test_community_that_is_not_on_record_still_has_its_last_talk(db):
    where = factories.area("990001100007001")
    factories.area("990001100")
    factories.talk(where, factories.lecturer(where))
    assert cells(Area.objects.get(code="990001100"))[where.code]["venues.talks_to_date"].value == DAY


def test_overdue_of_today_is_the_list_of_the_desk(places):
    lamp, now = factories.category(), timezone.now()
    team = factories.team(places.town, factories.strand())
    for state in (State.RECEIVED, State.IN_PROGRESS, State.DONE, State.DEFERRED, State.ON_HOLD):
        factories.request_in(state, places.east_1, lamp, team, due_at=now - timedelta(hours=1))
    figure, asked = FIGURES["requests.overdue"], cells(places.town, timezone.localdate())
    cell = asked[places.east_1.code]["requests.overdue"]
    assert cell.value == 3
    assert set(opened(cell)) == set(type(opened(cell).first()).objects.late(now))
    assert figure.at(over(resolve(urlsplit(cell.records).path).kwargs["period"], places.town)).value == 3


@given(st.lists(st.tuples(st.booleans(), st.integers(-40, 0)), max_size=8))
@settings(with_database, max_examples=8)
def test_open_of_today_by_its_index_is_what_the_two_times_say(places, rows):
    figure, today = FIGURES["requests.open"], timezone.localdate()
    with taken_back():
        lamp, now = factories.category(), timezone.now()
        for closed, days in rows:
            at = now + timedelta(days=days)
            if closed:
                factories.closed_request(places.east_1, lamp, received_at=at, closed_at=now)
            else:
                factories.request(places.east_1, lamp, received_at=at)
        asked = over(Period(today, today), places.town)
        by_times = replace(figure, when=replace(figure.when, standing=None))
        assert set(figure.rows(asked)) == set(by_times.rows(asked))
        assert figure.at(asked).value == sum(not closed for closed, _days in rows)


# Which grids ------------------------------------------------------------------------------------------------


def test_only_thin_leaves_the_others_out(busy):
    late = [SERVICES["requests.overdue"]]
    found = compute(busy.town, DAY, late, most=9, only_thin=True)
    assert [row.grid for row in found.rows] == [busy.east_2, busy.west_1]
    first = compute(busy.town, DAY, late, most=1, only_thin=True)
    assert ([row.grid for row in first.rows], first.after) == ([busy.east_2], busy.east_2.code)
    rest = compute(busy.town, DAY, late, most=1, only_thin=True, after=first.after)
    assert ([row.grid for row in rest.rows], rest.after) == ([busy.west_1], "")


def test_pages_hold_every_grid_once_in_the_order_of_codes(busy, monkeypatch):
    monkeypatch.setattr(table, "BATCH", 2)
    monkeypatch.setattr(table, "FIRST_BATCHES", (1,))
    for thin in (False, True):
        seen, after = [], ""
        while True:
            page = compute(busy.county, DAY, ALL, most=2, after=after, only_thin=thin)
            seen += [row.grid.code for row in page.rows]
            after = page.after
            if not after:
                break
        assert (
            seen
            == sorted(seen)
            == [CODES[name] for name in ("east_1", "east_2", "west_1", "west_2", "far_1")]
        )


def test_county_names_the_town_of_each_community(busy):
    names = [it.name for it in compute(busy.county, DAY, ALL[:1], most=9).communities]
    assert names == ["测试town · 测试east", "测试town · 测试west", "测试other_town · 测试far"]


@pytest.mark.parametrize(("only_thin", "queries"), [(False, 13), (True, 24)])
def test_queries_are_as_many_for_one_grid_as_for_thirty(busy, django_assert_num_queries, only_thin, queries):
    for n in range(3, 30):
        factories.area(f"990001100002{n:03}")
    for area, most in ((busy.east, 1), (busy.town, 30)):
        with django_assert_num_queries(queries):
            assert len(compute(area, DAY, ALL, most=most, only_thin=only_thin).rows) in (1, 30)


def test_page_has_one_number_of_queries(busy, staff, client, django_assert_num_queries):
    client.force_login(staff.leader)
    for area in (busy.east, busy.town):
        with django_assert_num_queries(24):
            client.get(f"{URL}?area={area.code}&day={DAY}")


# What is asked for ------------------------------------------------------------------------------------------


def test_page_says_thin_by_a_word_and_never_adds_up(busy, staff, client):
    client.force_login(staff.leader)
    page = text(client.get(f"{URL}?day={DAY}", headers={"Accept-Language": "en"}))
    rows = re.findall(r'<tr><th scope="row">.*?</tr>', page)
    assert [row.count("<td>") for row in rows] == [len(ALL)] * 4
    assert '<span class="status" data-tone="late">thin</span>' in rows[1]
    assert "<tfoot" not in page


def test_page_of_one_service_has_one_column(busy, staff, client):
    client.force_login(staff.leader)
    page = text(client.get(f"{URL}?day={DAY}&service=volunteers.teams"))
    assert [row.count("<td>") for row in re.findall(r'<tr><th scope="row">.*?</tr>', page)] == [1] * 4
    assert client.get(f"{URL}?service=volunteers.people").status_code == 404


@pytest.mark.parametrize("typed", ["2023-02-30", "soon", "1", "2999-01-01", "0001-01-01"])
def test_day_that_cannot_be_is_told(busy, staff, client, typed):
    client.force_login(staff.leader)
    page = client.get(URL, {"day": typed}, headers={"Accept-Language": "en"})
    assert page.status_code == 422
    assert 'role="alert"' in text(page)
    assert FIRST in text(page)


@pytest.mark.parametrize("after", ["x", "990001100001001' --", "9" * 40, "\0"])
def test_cursor_that_makes_no_sense_begins_anew(busy, staff, client, after):
    client.force_login(staff.leader)
    assert FIRST in text(client.get(URL, {"after": after, "day": DAY.isoformat()}))


def test_usual_day_is_today_or_the_last_on_which_something_came_in(busy):
    assert asking.usual_day() == DAY
    factories.request(busy.east_1, factories.category(), received_at=timezone.now())
    assert asking.usual_day() == timezone.localdate()


def test_map_draws_each_grid_with_its_words(busy, staff, client):
    client.force_login(staff.leader)
    page = text(
        client.get(f"{URL}map/?service=requests.overdue&day={DAY}", headers={"Accept-Language": "en"})
    )
    assert "<title>测试east_2: 1 requests, thin</title>" in page
    assert "<title>测试east_1: 0 requests, enough</title>" in page
    assert page.count('fill="url(#hatch)"') == 3  # two grids and the legend


def test_map_shows_no_more_seeds_than_it_can(busy, staff, client, monkeypatch):
    monkeypatch.setattr("shiliu.figures.matrix.picture.MOST", 3)
    client.force_login(staff.leader)
    page = text(client.get(f"{URL}map/?day={DAY}"))
    assert page.count("<title>测试") == 3
    assert f"after={busy.west_1.code}" in page


# As a file --------------------------------------------------------------------------------------------------


def test_file_holds_every_grid_with_its_marks(busy, staff, client):
    client.force_login(staff.leader)
    answer = client.get(f"{URL}file/csv/?day={DAY}", headers={"Accept-Language": "en"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["code"] for row in rows] == [
        row.grid.code for row in compute(busy.town, DAY, ALL, most=9).rows
    ]
    late = rows[1]
    assert (late["Overdue requests"], late["Overdue requests: mark"]) == ("1", "thin")
    assert (late["Last message to the group"], late["Last service of a team"]) == ("2023-05-07", "")
    assert f"matrix-{busy.town.code}-{DAY}.csv" in answer["Content-Disposition"]


def test_workbook_says_what_each_number_means(busy, staff, client):
    client.force_login(staff.leader)
    answer = client.get(f"{URL}file/xlsx/?day={DAY}&thin=on", headers={"Accept-Language": "en"})
    book = load_workbook(io.BytesIO(answer.content))
    assert book.worksheets[0].max_row == 5
    meant = {row[0].value: row[2].value for row in book.worksheets[1].rows}
    assert meant["Overdue requests"] == "thin with more than 0"
    assert client.get(f"{URL}file/pdf/").status_code == 404


def test_standards_are_of_each_town(busy):
    Threshold.objects.create(area=busy.other_town, service="volunteers.teams", number=None, reach=VILLAGE)
    found = cells(busy.county)
    assert found[busy.far_1.code]["volunteers.teams"].mark == Mark.UNJUDGED
    assert found[busy.west_1.code]["volunteers.teams"].mark == Mark.NONE
    standards = thresholds.of_towns([busy.other_town.code], ALL)
    assert standards[busy.other_town.code, "volunteers.teams"].words == "not judged"
