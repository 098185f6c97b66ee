"""The page of a community or grid: who is responsible, what there is, what is open and what was solved."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from shiliu.web.views import areas
from tests import factories
from tests.factories import DAY
from tests.strategies import HALF_YEAR


@pytest.fixture
def lamp(places):
    return factories.category(code="lamp")


def shown(client, area) -> str:
    return client.get(f"/areas/{area.code}/").content.decode()


def test_the_town_is_the_first_page(client, places):
    page = client.get("/areas/").content.decode()
    for area in (places.town, places.east, places.west):
        assert area.name in page
    assert places.far.name not in page


def test_responsible_is_a_post_and_never_a_person(client, places, staff):
    page = shown(client, places.east_1)
    assert "grid_worker岗" in page
    assert "coordinator岗" in page
    assert "editor岗" not in page
    assert "worker某" not in page


def test_post_that_nobody_holds_is_vacant(client, places):
    factories.post("grid_worker", places.east_2, title="无人岗")
    factories.tenure(factories.person("holder"), "coordinator", places.east_2)
    page = shown(client, places.east_2)
    assert page.split("无人岗")[1].split("</li>")[0].count("空缺") == 1
    assert page.count("空缺") == 1


def test_open_and_solved_without_a_word_or_code_of_anybody(client, places, lamp):
    secret = factories.category(code="aid", name="困难求助", is_public=False)
    now = timezone.now()
    open_ = factories.request(places.east_1, lamp)
    done = factories.closed_request(places.east_1, lamp, closed_at=now)
    factories.request(places.east_1, secret)
    page = shown(client, places.east_1)
    assert page.count("路灯") == 2
    for hidden in ("困难求助", open_.words, open_.code, done.code, "甲某某"):
        assert hidden not in page


def test_what_is_elsewhere_is_not_here(client, places, lamp):
    factories.request(places.east_1, lamp)
    factories.venue(places.east_1, name="东一家园")
    assert "路灯" in shown(client, places.east)
    for where in (places.east_2, places.west):
        page = shown(client, where)
        assert "路灯" not in page
        assert "东一家园" not in page


def test_predecessors_requests_are_the_successors(client, places, lamp):
    factories.request(places.east_2, lamp)
    factories.succession(places.east_2, places.east_1)
    assert "路灯" in shown(client, places.east_1)


def test_successors_posts_are_responsible_for_what_was(client, places, staff):
    old = factories.area("990001200003", name="旧村")
    factories.succession(old, places.east)
    page = shown(client, old)
    assert "coordinator岗" in page
    assert "grid_worker岗" not in page


def test_community_shows_the_groups_and_teams_of_its_grids(client, places):
    factories.group(places.east_1, name="东一群")
    factories.team(places.east, factories.strand(), name="东区队")
    for where, shows in (
        (places.east, (True, True)),
        (places.east_1, (True, False)),
        (places.west, (False,) * 2),
    ):
        page = shown(client, where)
        assert ("东一群" in page, "东区队" in page) == shows
    assert "东一群" not in shown(client, places.town)


@pytest.mark.parametrize(("n", "more"), [(8, False), (9, True)])
def test_what_is_of_the_whole_community_comes_first_and_the_rest_is_found_by_grid(client, places, n, more):
    strand = factories.strand()
    for number in range(n - 1):
        factories.team(places.east_1, strand, code=f"T-{number}", name=f"第{number}网格队")
    factories.team(places.east, strand, code="T-whole", name="整个社区队")
    page = shown(client, places.east)
    assert "整个社区队" in page
    assert page.count("网格队") == 7
    assert ("请看各网格的页面" in page or "see the pages of the grids" in page) == more


@pytest.mark.parametrize(
    ("day", "counted"), [(DAY, 2), (date(2023, 7, 1), 1), (timezone.localdate() + timedelta(days=1), 1)]
)
def test_tile_is_what_its_records_page_says_after_a_succession(
    client, places, lamp, monkeypatch, day, counted
):
    """A succession after the period leaves its figures as they were signed."""
    for where in (places.east_1, places.east_2):
        factories.closed_request(where, lamp, closed_at=factories.moment(hour=12))
    factories.succession(places.east_2, places.east_1, day)
    monkeypatch.setattr(areas, "latest_period", lambda: HALF_YEAR)
    tiles = client.get(f"/areas/{places.east_1.code}/").context["lines"]
    for tile in tiles:
        assert client.get(tile["records"]).context["line"].value == tile["line"].value
    [closed] = [tile["line"].value.value for tile in tiles if tile["line"].figure.key == "requests.closed"]
    assert closed == counted


def test_form_is_opened_with_the_area_chosen(client, places):
    assert f"/ask/?area={places.east_1.code}" in shown(client, places.east_1)


@pytest.mark.parametrize("code", ["no", "990009", "9" * 300, "%00"])
def test_area_that_is_not_is_404(client, places, code):
    assert client.get(f"/areas/{code}/").status_code == 404


def test_site_without_a_town_has_no_areas(client, db):
    assert client.get("/areas/").status_code == 404


@pytest.mark.parametrize("n", [1, 3])
def test_page_costs_the_same_whatever_there_is(client, places, staff, n, django_assert_num_queries):
    factories.half_year(places.east_1, n)
    with django_assert_num_queries(22):
        client.get(f"/areas/{places.east_1.code}/")
