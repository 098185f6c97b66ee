"""The residents' home page and the staff's start: what they show, and what they cost."""

import html
import re

import pytest
from django.urls import reverse

from tests import factories
from tests.factories import DAY, moment

ENGLISH = {"accept-language": "en"}


def text(response) -> str:
    return html.unescape(response.content.decode())


@pytest.fixture
def lately(places):
    """The last request came when the first half of 2023 was over."""
    factories.request(places.east_1, factories.category(), received_at=moment(factories.date(2023, 8, 1)))
    return places


def test_home_shows_what_was_done_in_the_last_half_year(client, lately):
    for _two in range(2):
        factories.closed_request(lately.east_1, factories.category(), closed_at=moment(DAY, hour=18))
    response = client.get("/", headers=ENGLISH)
    tile = re.search(
        r'<a class="tile" href="/report/2023H1/requests.closed/">\s*<b>([^<]*)</b>', text(response)
    )
    assert tile[1] == "2"
    assert "测试town" in text(response)


@pytest.mark.parametrize(("people", "shown"), [(4, "–"), (5, "5")])
def test_home_hides_small_counts_of_persons(client, lately, people, shown):
    team = factories.team(lately.east, factories.strand())
    for _person in range(people):
        factories.membership(team, factories.volunteer(lately.east))
    tile = re.search(r"volunteers\.people/\">\s*<b>([^<]*)</b>", text(client.get("/")))
    assert tile[1] == shown


def test_home_lists_the_newest_articles_that_are_public(client, lately):
    column = factories.column(lately.east)
    for n in range(1, 8):
        factories.article(column, f"a-{n}", published_on=factories.date(2023, 5, n))
    factories.article(column, "draft", live=False)
    shown = re.findall(r"测试文章([a-z0-9-]+)", text(client.get("/")))
    assert shown == ["a-7", "a-6", "a-5", "a-4", "a-3"]


def test_empty_install_has_a_home_page(client, db):
    response = client.get("/", headers=ENGLISH)
    assert response.status_code == 200
    assert "Nothing has been published yet." in text(response)


@pytest.mark.parametrize(
    ("header", "language"), [({}, "zh-hans"), (ENGLISH, "en"), ({"accept-language": "ug"}, "zh-hans")]
)
def test_language_is_the_readers_and_chinese_otherwise(client, db, header, language):
    assert f'<html lang="{language}">' in text(client.get("/", headers=header))


def test_language_is_kept_once_chosen(client, db):
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    assert '<html lang="en">' in text(client.get("/"))


@pytest.mark.parametrize("n", [1, 3])
def test_home_costs_the_same_whatever_there_is(client, lately, n, django_assert_num_queries):
    column = factories.column(lately.east)
    factories.half_year(lately.east_1, n)
    for number in range(n):
        factories.article(column, f"a-{number}")
    with django_assert_num_queries(26):
        client.get("/")


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize(("page", "queries"), [("", 12), ("test-column/", 14), ("test-column/a-0/", 17)])
def test_pages_of_the_channel_cost_the_same_whatever_there_is(
    client, lately, n, page, queries, django_assert_num_queries
):
    column = factories.column(lately.east)
    for number in range(n):
        factories.article(column, f"a-{number}")
    client.get("/channel/")  # Wagtail remembers the site's root
    with django_assert_num_queries(queries):
        client.get(f"/channel/{page}")


# The staff's start ----------------------------------------------------------------------------------------


def test_start_lists_the_posts_of_today(client, places, staff):
    factories.tenure(staff.coordinator, "aid_officer", places.west, valid_to=DAY)
    client.force_login(staff.coordinator)
    shown = text(client.get("/console/", headers=ENGLISH))
    assert "coordinator岗" in shown
    assert "测试east" in shown
    assert "aid_officer岗" not in shown


def test_start_without_a_post_says_what_to_do(client, staff):
    client.force_login(staff.nobody)
    assert "Your administrator can give you one" in text(client.get("/console/", headers=ENGLISH))


@pytest.mark.parametrize(
    ("who", "report", "articles"),
    [("coordinator", True, False), ("editor", True, True), ("nobody", False, False)],
)
def test_start_leads_to_what_the_posts_allow(client, staff, who, report, articles):
    client.force_login(getattr(staff, who))
    main = text(client.get("/console/")).split("<main")[1]
    assert (reverse("figures:latest") in main) == report
    assert (reverse("wagtailadmin_home") in main) == articles


@pytest.mark.parametrize("n", [1, 3])
def test_start_costs_the_same_for_many_posts(client, places, n, django_assert_num_queries):
    user = factories.person("wang")
    for _post in range(n):
        factories.tenure(user, "editor", places.town)
    client.force_login(user)
    with django_assert_num_queries(11):
        client.get("/console/")
