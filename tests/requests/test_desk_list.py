"""The desk's list: whose requests, in which order, page by page, at what cost."""

import html
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.query import QuerySet
from django.utils import timezone

from shiliu.core import search
from shiliu.core.areas import Scope
from shiliu.core.due import due
from shiliu.grid.models import Area
from shiliu.requests.desk import OWN, SHOWS, choices, lists, read
from shiliu.requests.models import Request, State
from tests import factories
from tests.factories import moment

URL = "/console/requests/"
DUE = re.compile(r'<span class="due[^>]*>.*?</span>')
HERE = {"words": "这里的事"}


def codes(response) -> list[str]:
    return re.findall(r'id="r-(\w+)"', response.content.decode())


def text(response) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()))


@pytest.fixture
def add(places, lamp):
    """add(code, due in hours, …): an open request of the first grid of the east."""

    def make(code: str, hours: float = 24, **values) -> Request:
        now = timezone.now()
        given = {"due_at": now + timedelta(hours=hours), "received_at": now - timedelta(days=1)} | values
        return factories.request(given.pop("area", places.east_1), lamp, code=code, **given)

    return make


def ended(state=State.CLOSED, days=1, **values):
    return {"state": state, "closed_at": timezone.now() - timedelta(days=days)} | values


# Which ----------------------------------------------------------------------------------------------------


def test_only_what_lies_in_ones_area_the_first_due_first(desk, places, add):
    add("LATER", 48)
    add("SOON", 2)
    add("WEST", 1, area=places.west_1)
    add("FAR", 1, area=places.far_1)
    assert codes(desk.get(URL)) == ["SOON", "LATER"]


def test_each_list_holds_what_its_name_says(desk, add, grid_team, places):
    soon = (timezone.localtime().replace(hour=23, minute=59) - timezone.now()) / 2 / timedelta(hours=1)
    add("RECEIVED")
    add("ACCEPTED", state=State.ACCEPTED)
    add("ASSIGNED", state=State.ASSIGNED, team=grid_team)
    add("GOING", state=State.IN_PROGRESS, team=grid_team)
    add("DONE", state=State.DONE, team=grid_team)
    add("VERIFIED", state=State.VERIFIED, team=grid_team)
    add("HELD", state=State.ON_HOLD, team=grid_team, resume_on=timezone.localdate())
    add("DEFERRED", state=State.DEFERRED)
    add("TODAY", soon)
    add("LATE", -1)
    for state in (State.DONE, State.VERIFIED, State.DEFERRED):
        add(f"PAST{state}", -30, state=state, team=grid_team)
    held_until = {"state": State.ON_HOLD, "team": grid_team, "resume_on": timezone.localdate()}
    add("PASTheld", -30, **held_until)
    add("STANDING", -30, **held_until, held_at=timezone.now())
    add("CLOSED", **ended())
    add("REFUSED", **ended(State.REFUSED, days=2))
    add("URGENT", is_urgent=True)
    add("RAISED", escalated_to=1)
    add("WROTE", wrote_at=timezone.now())
    add("ASKED", waits_for_resident=True)
    add("AGAIN", state=State.ACCEPTED, reopened_at=timezone.now())
    add("NOTSO", state=State.DONE, team=grid_team, solved=False)
    add("BADLY", **ended(days=3, satisfied=False, is_urgent=True, wrote_at=timezone.now()))
    others = {"URGENT", "RAISED", "WROTE", "ASKED", "AGAIN", "NOTSO"}
    held = {show: set(codes(desk.get(URL, {"show": show}))) for show in SHOWS if show != OWN}
    assert held == {
        "open": {
            "RECEIVED", "ACCEPTED", "ASSIGNED", "GOING", "DONE", "VERIFIED",
            "HELD", "DEFERRED", "TODAY", "LATE", "PASTdone", "PASTverified", "PASTdeferred", "PASTheld",
            "STANDING",
        } | others,
        "received": {"RECEIVED", "TODAY", "LATE", "URGENT", "RAISED", "WROTE", "ASKED"},
        "accepted": {"ACCEPTED", "AGAIN"},
        "assigned": {"ASSIGNED", "GOING"},
        "done": {"DONE", "VERIFIED", "PASTdone", "PASTverified", "NOTSO"},
        "late": {"LATE", "PASTheld"},
        "today": {"TODAY"},
        "urgent": {"URGENT", "RAISED"},
        "wrote": {"WROTE", "BADLY"},
        "asked": {"ASKED"},
        "waiting": {"HELD", "DEFERRED", "PASTdeferred", "PASTheld", "STANDING"},
        "escalated": {"RAISED"},
        "again": {"AGAIN"},
        "unsatisfied": {"NOTSO", "BADLY"},
        "ended": {"CLOSED", "REFUSED", "BADLY"},
        "all": set(held["open"]) | {"CLOSED", "REFUSED", "BADLY"},
    }  # fmt: skip
    assert codes(desk.get(URL, {"show": "ended"})) == ["CLOSED", "REFUSED", "BADLY"]
    for show, said in (("late", True), ("done", False), ("waiting", True), ("assigned", False)):
        assert ("late" in "".join(DUE.findall(text(desk.get(URL, {"show": show}))))) == said, show


def test_what_the_resident_said_is_not_solved_is_listed_until_it_is_done(desk, staff, add, grid_team):
    from shiliu.core.access import Resident
    from shiliu.requests import actions

    again = add("AGAIN", state=State.DONE, team=grid_team)
    assert codes(desk.get(URL, {"show": "again"})) == []
    actions.dispute(again, by=Resident(), seen=1, note="还是不亮")
    assert codes(desk.get(URL, {"show": "again"})) == ["AGAIN"]
    actions.report(again, by=staff.worker, seen=2, note="换了线")
    assert codes(desk.get(URL, {"show": "again"})) == []


def test_area_and_category_narrow_it(desk, places, add):
    other = factories.category(code="road", name="道路")
    add("ONE")
    add("TWO", area=places.east_2)
    Request.objects.filter(pk=add("ROAD").pk).update(category=other)
    assert codes(desk.get(URL, {"area": places.east_2.code})) == ["TWO"]
    assert codes(desk.get(URL, {"category": "road"})) == ["ROAD"]
    assert codes(desk.get(URL, {"area": places.far_1.code})) == []  # not one's own


def test_words_find_open_and_ended_the_latest_first(desk, add):
    for code, values in (("OPEN", {}), ("ENDED", ended(received_at=timezone.now()))):
        made = add(code, words=f"楼道漏水{code}", **values)
        search.index("requests.request", code, at=made.received_at, text=made.words, area=made.area_id)
    add("OTHER")
    assert codes(desk.get(URL, {"q": "漏水"})) == ["ENDED", "OPEN"]
    assert codes(desk.get(URL, {"q": "漏水", "show": "open"})) == ["OPEN"]
    assert "Nothing was found for these words" in text(desk.get(URL, {"q": "没有这个"}))


def test_receipt_code_leads_straight_to_its_request(desk, asked):
    typed = f"{asked.code[:3]} {asked.code[3:6].lower()}-{asked.code[6:]}"
    assert desk.get(URL, {"q": typed}).headers["Location"] == f"{URL}{asked.code}/"


def test_receipt_code_of_elsewhere_finds_nothing(desk, places, lamp):
    far = factories.request(places.far_1, lamp)
    assert codes(desk.get(URL, {"q": far.code})) == []


@pytest.mark.parametrize(
    "query",
    ["show=nothing", "area=abc", "area=%00", "category=%00", "after=x", "after=" + "9" * 40, "after=-1-1",
     "after=99999999999999999-999999999999999999", "before=0-0", "q=%00", "q=" + "9" * 500, "q=%22%20OR"],
)  # fmt: skip
def test_address_that_makes_no_sense_is_no_error(desk, add, query):
    add("ONE")
    assert desk.get(f"{URL}?{query}").status_code == 200


def test_leader_of_a_team_sees_what_went_to_it_and_no_more(client, places, add):
    leader = factories.person("leader_of_team")
    post = factories.tenure(leader, "team_leader", places.west).post
    team = factories.team(places.west, factories.strand(), leader_post=post)
    add("MINE", state=State.ASSIGNED, team=team)
    add("NOT")
    client.force_login(leader)
    assert codes(client.get(URL)) == ["MINE"]
    assert client.get(URL, {"show": "open"}).status_code == 403


def test_places_of_a_county_are_its_towns_and_communities(county_coordinator, staff, places):
    """Hundreds of grids are no choice; communities of one name in two towns stay apart."""
    Area.objects.filter(code=places.far.code).update(name=places.east.name)
    assert [[code for code, _name in inside] for _town, inside in choices.places(county_coordinator)] == [
        [places.town.code, places.east.code, places.west.code],
        [places.other_town.code, places.far.code],
    ]
    assert [
        [code for code, _name in inside] for _place, inside in choices.places(staff.town_coordinator)
    ] == [
        [places.east.code, places.east_1.code, places.east_2.code],
        [places.west.code, places.west_1.code, places.west_2.code],
    ]


# In which order, how many at a time -----------------------------------------------------------------------


@pytest.mark.parametrize("show", ["open", "ended", "all"])
@pytest.mark.parametrize("n", [1, 2, 3, 4, 7])
def test_pages_together_are_complete_both_ways(client, staff, places, add, monkeypatch, show, n):
    """Two areas, and rows that are due at the same moment."""
    monkeypatch.setattr(lists, "PAGE", 2)
    factories.tenure(staff.coordinator, "coordinator", places.west_1)
    client.force_login(staff.coordinator)
    same = timezone.now() + timedelta(hours=5)
    for number in range(n):
        more = ended(closed_at=same - timedelta(days=3)) if show == "ended" else {}
        add(
            f"R{number}",
            area=(places.east_1, places.west_1)[number % 2],
            due_at=same,
            received_at=same,
            **more,
        )
    expected = [f"R{number}" for number in range(n)]
    forth, url = [], f"{URL}?show={show}"
    pages = []
    while url:
        page = client.get(url)
        pages.append(codes(page))
        forth += codes(page)
        found = re.search(r'rel="next"[^>]* href="([^"]*)"', page.content.decode())
        last, url = url, URL + html.unescape(found[1]) if found else ""
    assert forth == (expected if show == "open" else expected[::-1])
    back = []
    url = last
    while url:
        page = client.get(url)
        back.append(codes(page))
        found = re.search(r'rel="prev"[^>]* href="([^"]*)"', page.content.decode())
        url = URL + html.unescape(found[1]) if found else ""
    assert back[::-1] == pages


def test_counts_stop_where_nobody_counts_on(desk, places, add, monkeypatch):
    for number in range(3):
        add(f"R{number}")
    assert '<span class="count">3</span>' in desk.get(URL).content.decode()
    monkeypatch.setattr(lists, "MANY", 3)
    assert '<span class="count">2+</span>' in desk.get(URL).content.decode()


# Due ------------------------------------------------------------------------------------------------------

NOON = moment(hour=12)


@pytest.mark.parametrize(
    ("at", "words", "late"),
    [
        (moment(hour=17, minute=30), "today 17:30", False),
        (moment(hour=9), "late since 09:00", True),
        (moment(factories.DAY + timedelta(days=1), 0), "today", False),  # midnight ends the day before
        (moment(factories.DAY + timedelta(days=1), 9), "tomorrow 09:00", False),
        (moment(factories.DAY + timedelta(days=9), 9), "May 19 09:00", False),
        (moment(factories.DAY + timedelta(days=400), 9), "2024-06-13 09:00", False),
        (moment(factories.DAY, 0), "1 day late", True),
        (moment(factories.DAY - timedelta(days=2), 17), "2 days late", True),
    ],
)
def test_deadline_is_told_as_people_say_it(at, words, late):
    assert (due(at, NOON).words, due(at, NOON).late) == (words, late)


# What it costs --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 3])
def test_list_costs_the_same_whatever_there_is(desk, add, grid_team, n, django_assert_num_queries):
    for number in range(n):
        add(f"R{number}")
        add(f"D{number}", state=State.DONE, team=grid_team)
    with django_assert_num_queries(20):
        desk.get(URL)


@pytest.fixture
def plans(monkeypatch, staff, places, on_postgres):
    """plans(user, show, …): how the database goes about each query of a list."""

    def explain(user, **given) -> list[str]:
        seen = []
        fetch = QuerySet._fetch_all

        def watched(self):
            if self.model is Request and self._result_cache is None:
                seen.append(self._chain().explain())
            fetch(self)

        monkeypatch.setattr(QuerySet, "_fetch_all", watched)
        lists.listed(user, read(given), timezone.now())
        monkeypatch.setattr(QuerySet, "_fetch_all", fetch)
        return seen

    return explain


@pytest.fixture
def county_coordinator(places):
    user = factories.person("county_coordinator")
    factories.tenure(user, "coordinator", places.county)
    return user


@pytest.mark.parametrize("who", ["worker", "coordinator", "town_coordinator", "county_coordinator"])
@pytest.mark.parametrize("show", [show for show in SHOWS if show != OWN])
@pytest.mark.parametrize("after", ["", "1700000000000000-7"])
def test_list_is_read_from_an_index_in_its_order(
    staff, county_coordinator, add, plans, on_postgres, who, show, after
):
    add("ONE")
    user = county_coordinator if who == "county_coordinator" else getattr(staff, who)
    if on_postgres:
        with connection.cursor() as cursor:  # so few rows are sorted sooner than looked up
            cursor.execute("SET enable_seqscan = off")
            cursor.execute("SET enable_sort = off")
            cursor.execute("SET enable_bitmapscan = off")
    try:
        [plan] = plans(user, show=show, after=after)
    finally:
        if on_postgres:
            with connection.cursor() as cursor:
                cursor.execute("RESET ALL")
    assert re.search(r"(USING (COVERING )?INDEX|Index (Only )?Scan( Backward)? using) request_\w+", plan), (
        plan
    )
    assert not re.search("TEMP B-TREE|Sort", plan), plan


@pytest.mark.parametrize("codes", [[], ["990001"], ["990001100"], ["990001", "990001200001001"], ["990002"]])
def test_open_ones_of_a_scope_are_those_that_lie_in_it(add, places, codes):
    add("EAST")
    add("FAR", area=places.far_1)
    add("ENDED", **ended())
    scope = Scope.of(codes)
    found = Request.objects.open_within(scope)
    assert set(found.values_list("code")) == set(Request.objects.open().within(scope).values_list("code"))


def test_open_ones_of_a_county_are_read_from_their_own_index(add, places, on_postgres):
    add("ONE")
    rows = Request.objects.open_within(Scope.of([places.county.code])).order_by("due_at", "pk")[:5]
    with connection.cursor() as cursor:
        if on_postgres:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
    plan = rows.explain()
    assert "request_open" in plan
    assert not re.search("TEMP B-TREE|Sort", plan), plan
