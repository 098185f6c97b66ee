"""The seed map's page: values, links, what is hidden, boundaries, how much is drawn, how often asked."""

import html
import re
import xml.etree.ElementTree as ET
from datetime import date, timedelta

import pytest
from django.utils import timezone

from shiliu.core.access import System
from shiliu.core.figures import FIGURES, Period
from shiliu.figures.report import over
from shiliu.figures.seedmap import asking, land
from shiliu.grid.actions import set_boundary
from shiliu.grid.models import Area
from tests import factories
from tests.factories import CODES, DAY
from tests.strategies import HALF_YEAR

ENGLISH = {"accept-language": "en"}
PAGE = "/map/?period=2023H1"
OUTLINE = land.outline


def polygon(n: int = 0):
    west = round(109.8 + n / 100, 6)
    ring = [[west, 40.6], [west + 0.01, 40.6], [west + 0.01, 40.61], [west, 40.61], [west, 40.6]]
    return {"type": "Polygon", "coordinates": [ring]}


def draw(area, n: int = 0):
    return set_boundary(area, polygon(n), system="wgs84", source="测试", by=System("test"))


def shown(client, figure: str, **query: str) -> str:
    address = f"{PAGE}&figure={figure}" + "".join(f"&{name}={value}" for name, value in query.items())
    response = client.get(address, headers=ENGLISH)
    assert response.status_code == 200
    return response.content.decode()


def titles(page: str) -> dict[str, str]:
    """What each seed says, by its area's name."""
    said = [html.unescape(each) for each in re.findall(r"<title>([^<]*)</title><(?:use|path)", page)]
    return dict(each.split(": ", 1) for each in said)


@pytest.fixture
def busy(places):
    for where in (places.east_1, places.east, places.west_1, places.far_1):
        factories.half_year(where)
    return places


# Values ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["county", "town", "east", "east_1"])
def test_every_value_is_what_the_report_has_for_that_area(busy, name, subtests):
    for figure in asking.choices():
        with subtests.test(figure.key):
            it = asking.compute(figure, HALF_YEAR, getattr(busy, name), System("test"))
            seeds = [it.whole, *(seed for cluster in it.clusters for seed in [cluster.whole, *cluster.seeds])]
            for seed in seeds:
                value = figure.at(over(HALF_YEAR, seed.area))
                assert seed.value == (None if seed.mark == "few" else value), seed.area.code


def test_choice_is_of_counts_and_sums_alone():
    left_out = set(FIGURES) - {figure.key for figure in asking.choices()}
    assert left_out == {
        "grid.posts_filled", "plan.tasks_on_time", "requests.on_time", "requests.solved",
        "requests.hours_to_contact", "requests.response_rate", "requests.resolution_rate",
        "requests.satisfaction_rate", "requests.dissatisfied_rate", "requests.closing_rate",
    }  # fmt: skip


def test_row_of_a_community_counts_for_it_and_for_none_of_its_grids(client, busy):
    page = shown(client, "requests.received")
    assert titles(page) == {
        "测试east_1": "2 requests", "测试east_2": "0 requests",
        "测试west_1": "2 requests", "测试west_2": "0 requests",
    }  # fmt: skip
    link = f'<a href="/report/2023H1/requests.received/?area={CODES["east"]}">4</a>'
    assert link in page.split('class="seedmap-tables"')[1]


def test_what_lies_above_the_grids_only_is_told(client, places):
    factories.request(places.east, factories.category())
    assert "none of them in a single grid" in shown(client, "requests.received")
    factories.request(places.east_1, factories.category())
    assert "none of them in a single grid" not in shown(client, "requests.received")


def test_predecessor_counts_with_its_successor(client, busy):
    Area.objects.filter(code=CODES["east_1"]).update(valid_to=DAY)
    factories.succession(busy.east_1, busy.east_2)
    assert titles(shown(client, "requests.received")) == {
        "测试east_2": "2 requests", "测试west_1": "2 requests", "测试west_2": "0 requests",
    }  # fmt: skip


@pytest.mark.parametrize("day", [date(2023, 7, 1), timezone.localdate() + timedelta(days=1)])
def test_later_succession_leaves_the_period_as_it_was_signed(client, busy, day):
    factories.succession(busy.east_1, busy.west_2, day)
    page = shown(client, "requests.received")
    assert titles(page)["测试east_1"] == "2 requests"
    assert titles(page)["测试west_2"] == "0 requests"


def test_succession_to_come_counts_nowhere_in_a_period_that_is_not_over(client, places):
    today = timezone.localdate()
    Area.objects.filter(code=CODES["east_1"]).update(valid_to=today)
    factories.succession(places.east_1, places.east_2, today + timedelta(days=1))
    factories.request(places.east_1, factories.category(), received_at=timezone.now())
    figure, still = FIGURES["requests.received"], Period(today, today + timedelta(days=30))
    it = asking.compute(figure, still, places.town)
    assert [seed.number for cluster in it.clusters for seed in cluster.seeds] == [1, 0, 0, 0]


def test_table_is_in_the_order_of_codes_whatever_the_values(client, places):
    factories.request(places.west_2, factories.category())
    table = shown(client, "requests.received").split('class="seedmap-tables"')[1]
    names = re.findall(r'<th scope="\w+"><a href="[^"]*">([^<]*)</a>', table)
    assert names == [f"测试{name}" for name in ("east", "east_1", "east_2", "west", "west_1", "west_2")]


def test_value_opens_its_records_and_seed_its_area(client, busy):
    page = shown(client, "venues.talks")
    for address in set(re.findall(r'href="(/report/[^"]+\?area=[^"]*)"', page)):
        assert client.get(html.unescape(address)).status_code == 200
    assert f'href="/areas/{CODES["east_1"]}/"' in page


# Small counts of persons ----------------------------------------------------------------------------------


def test_small_counts_of_persons_are_hidden_seed_by_seed(client, busy, staff):
    """One payment each in two grids: no colour, no number, no link tells that there is one."""
    page = shown(client, "aid.payments")
    assert titles(page) == {
        "测试east_1": "few: not shown", "测试east_2": "0 payments",
        "测试west_1": "few: not shown", "测试west_2": "0 payments",
    }  # fmt: skip
    assert "aid.payments/?area=990001100001001" not in page
    client.force_login(staff.aid_officer)
    assert titles(shown(client, "aid.payments"))["测试east_1"] == "1 payments"


def test_hidden_values_do_not_shape_the_legend(busy):
    """The ranges would say how large the largest of them is."""
    it = asking.compute(FIGURES["aid.paid"], HALF_YEAR, busy.town)
    assert (it.steps, it.marks) == ([], {"few", "s0"})


def test_person_in_two_grids_counts_once_in_their_community(client, places):
    people = [factories.volunteer(places.east) for _n in range(5)]
    for where in (places.east_1, places.east_2):
        team = factories.team(where, factories.strand())
        for who in people:
            factories.membership(team, who)
    it = asking.compute(FIGURES["volunteers.people"], HALF_YEAR, places.town)
    east = it.clusters[0]
    assert [seed.number for seed in (east.whole, *east.seeds)] == [5, 5, 5]


# What is drawn --------------------------------------------------------------------------------------------


def test_level_above_is_drawn_where_there_are_too_many_seeds(places, monkeypatch):
    drawn = {}
    for most in (4, 3, 1):
        monkeypatch.setattr(asking, "MOST_SEEDS", most)
        it = asking.compute(FIGURES["requests.closed"], HALF_YEAR, places.town)
        drawn[most] = {each.whole.area.code: len(each.seeds) for each in it.clusters}
    assert drawn == {
        4: {CODES["east"]: 2, CODES["west"]: 2},
        3: {CODES["town"]: 2},
        1: {CODES["town"]: 1},
    }


def test_county_without_a_record_above_it_has_its_towns(places, monkeypatch):
    monkeypatch.setattr(asking, "MOST_SEEDS", 2)
    it = asking.compute(FIGURES["requests.closed"], HALF_YEAR, places.county)
    assert [(each.whole.area, len(each.seeds)) for each in it.clusters] == [(places.county, 2)]


def test_three_thousand_grids_stay_a_light_page(client, places):
    communities = [
        Area(code=f"990001200{n:03}", name=f"社区{n}", parent_id=CODES["other_town"], valid_from=DAY)
        for n in range(2, 102)
    ]
    Area.objects.bulk_create(communities)
    Area.objects.bulk_create(
        Area(code=f"{each.code}{n:03}", name=f"格{n}", parent_id=each.code, valid_from=DAY)
        for each in communities
        for n in range(1, 31)
    )
    page = shown(client, "requests.received", area=CODES["other_town"])
    assert len(titles(page)) == 101
    assert len(page.encode()) < 80_000
    assert len(titles(shown(client, "requests.received", area=communities[0].code))) == 30


def test_one_more_grid_leaves_the_others_where_they_are(client, places):
    def placed(page):
        return dict(
            re.findall(r"<title>(\S+): [^<]*</title><use href=\"#seed\" transform=\"([^\"]*)\"", page)
        )

    before = placed(shown(client, "requests.received"))
    factories.area(f"{CODES['east']}003", name="新网格")
    after = placed(shown(client, "requests.received"))
    assert set(after) - set(before) == {"新网格"}
    assert {name: after[name] for name in before} == before


def test_picture_is_well_formed_and_names_are_escaped(client, places):
    Area.objects.filter(code=CODES["east_1"]).update(name='<script>alert("x")</script>&')
    draw(places.east_2)
    page = shown(client, "requests.received")
    main = re.search(r"<main.*?</main>", page, re.S)[0]
    pictures = re.findall(r"<svg.*?</svg>", main, re.S)
    assert len(pictures) == 5  # shapes, land, two clusters, one mark in the legend
    for picture in pictures:
        ET.fromstring(picture)  # noqa: S314 (our own page)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "style=" not in page


# Boundaries -----------------------------------------------------------------------------------------------


def test_areas_with_a_boundary_are_drawn_so_and_the_others_beside_them(client, busy):
    for n, name in enumerate(("east_1", "east_2", "west_1")):
        draw(getattr(busy, name), n)
    page = shown(client, "requests.received")
    land = re.search(r'<svg class="seedmap-land".*?</svg>', page, re.S)[0]
    assert set(titles(land)) == {"测试east_1", "测试east_2", "测试west_1"}
    assert set(titles(page)) - set(titles(land)) == {"测试west_2"}
    assert page.count("<svg viewBox") == 1
    assert re.search(r'<path d="M8\.0,\d+\.\d ', land)
    draw(busy.west_2, 3)
    assert 'class="seedmap-clusters"' not in shown(client, "requests.received")


def test_boundary_of_a_community_is_drawn_where_communities_are(places, monkeypatch):
    draw(places.east)
    assert asking.compute(FIGURES["requests.closed"], HALF_YEAR, places.town).land is None
    monkeypatch.setattr(asking, "MOST_SEEDS", 3)
    it = asking.compute(FIGURES["requests.closed"], HALF_YEAR, places.town)
    assert [seed.area for seed, _outline in it.land.parts] == [places.east]


# Addresses and cost ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    ["figure=no.figure", "figure=requests.on_time", "period=2023H3", "period=x",
     "area=x", "area=990009", "period=2023-02-30..2023-03-01"],
)  # fmt: skip
def test_what_there_is_not_is_404(client, places, query):
    assert client.get(f"/map/?{query}").status_code == 404


def test_empty_choices_are_the_first_ones(client, places):
    page = client.get("/map/?figure=&period=&area=", headers=ENGLISH).content.decode()
    assert '<option value="requests.closed" selected>' in page


def test_period_that_is_none_of_the_choice_is_kept(client, places):
    page = client.get("/map/?period=2023-05", headers=ENGLISH).content.decode()
    assert '<option value="2023-05" selected>' in page


def test_empty_install_says_so(client, db):
    response = client.get("/map/", headers=ENGLISH)
    assert "No areas are on record yet." in response.content.decode()


@pytest.mark.parametrize("grids", [1, 3])
@pytest.mark.parametrize(("figure", "queries"), [("requests.closed", 10), ("volunteers.people", 12)])
def test_map_costs_the_same_whatever_there_is(
    client, places, figure, queries, grids, django_assert_num_queries
):
    Area.objects.filter(code__in=[CODES["west_2"]]).delete()
    for n in range(grids):
        area = factories.area(f"{CODES['west']}{n + 100}")
        draw(area, n)
        factories.half_year(area)
    shown(client, figure)
    with django_assert_num_queries(queries):
        shown(client, figure)


def paths(page: str) -> list[str]:
    return re.findall(r'<path d="([^"]*)"', page)


def test_boundary_is_read_once_and_again_when_it_is_drawn_anew(client, places, monkeypatch):
    read = []
    monkeypatch.setattr(land, "outline", lambda *given: read.append(given) or OUTLINE(*given))
    land.drawn.cache_clear()
    for n, area in enumerate((places.east_1, places.east_2)):
        draw(area, n)
    first, again = (paths(shown(client, "requests.received")) for _time in range(2))
    assert (again, len(read)) == (first, 2)
    moved = polygon(1)
    moved["coordinates"][0][2][1] = 40.605
    set_boundary(places.east_2, moved, system="wgs84", source="测试", by=System("test"), seen=1)
    assert paths(shown(client, "requests.received")) != first
    assert len(read) == 3


def test_small_map_is_for_other_pages(busy):
    from django.template.loader import render_to_string

    it = asking.compute(FIGURES["requests.received"], HALF_YEAR, busy.town)
    small = render_to_string("figures/seedmap/small.html", {"map": it})
    assert len(titles(small)) == 4
    assert "<table" not in small
