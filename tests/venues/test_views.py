"""The pages about venues: what they show, to whom nothing is lost, and what they cost."""

import html
import re
from datetime import date, time, timedelta
from urllib.parse import quote

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from shiliu.core import links
from shiliu.venues import listing
from shiliu.venues.models import Activity, Venue
from shiliu.venues.templatetags.venue_days import day_in_words
from tests import factories
from tests.factories import DAY

ENGLISH = {"accept-language": "en"}


def text(response) -> str:
    return html.unescape(response.content.decode())


def main(response) -> str:
    """What the page says, without its frame."""
    return re.sub(r"\s+", " ", text(response).split("<main")[1].split("</main>")[0])


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def home(places):
    return factories.venue(
        places.east_1, code="V-1", name="东区家园", address="一号楼一层", hours="周一至周五 8:30–17:30"
    )


# The list -------------------------------------------------------------------------------------------------


def test_list_stands_by_community(client, places, home):
    factories.venue(places.west_1, name="西区家园")
    factories.venue(places.town, name="镇上家园")
    shown = main(client.get("/venues/", headers=ENGLISH))
    found = re.findall(r"测试(?:town|east|west)|东区家园|西区家园|镇上家园", re.sub("<[^>]*>", "", shown))
    assert found == ["测试town", "镇上家园", "测试east", "东区家园", "测试west", "西区家园"]
    assert "一号楼一层" in shown
    assert "周一至周五 8:30–17:30" in shown


def test_list_and_what_is_on_are_the_towns_whose_site_it_is(client, places, home, settings):
    former = factories.venue(factories.area("990001300001"), name="旧镇家园")
    factories.succession(factories.area("990001300"), places.town)
    for venue in (home, former, factories.venue(places.far_1, name="外镇家园")):
        factories.activity(venue, title=f"{venue.name}的课")
    for path in ("/venues/", "/"):
        shown = main(client.get(path))
        assert ("东区家园的课" in shown, "旧镇家园的课" in shown, "外镇家园" in shown) == (True, True, False)
    settings.TOWN = places.other_town.code
    for path in ("/venues/", "/"):
        shown = main(client.get(path))
        assert ("东区家园" in shown, "外镇家园的课" in shown) == (False, True)


def test_list_has_what_is_open_today(client, places, today):
    factories.venue(places.east_1, name="昨天关了", valid_to=today - timedelta(days=1))
    factories.venue(places.east_1, name="明天开", valid_from=today + timedelta(days=1))
    factories.venue(places.east_1, name="今天最后", valid_to=today)
    shown = main(client.get("/venues/"))
    assert ("昨天关了" in shown, "明天开" in shown, "今天最后" in shown) == (False, False, True)


def test_list_of_one_kind(client, places, home):
    factories.venue(places.east_1, name="另一处", kind=Venue.Kind.OTHER)
    shown = main(client.get("/venues/?kind=other"))
    assert ("东区家园" in shown, "另一处" in shown) == (False, True)
    assert re.search(r'href="\?kind=other" aria-current="true"', shown)


def test_list_says_that_there_is_none(client, places, home):
    assert "No place of this kind is open today." in main(client.get("/venues/?kind=other", headers=ENGLISH))
    Venue.objects.all().delete()
    assert "No place to meet is on record yet." in main(client.get("/venues/", headers=ENGLISH))


def test_kind_that_there_is_not_is_404(client, db):
    assert client.get("/venues/?kind=bar").status_code == 404


def test_pages_together_are_complete_without_repetition(client, places, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 2)
    for n, where in enumerate([places.west_1, places.east_2, places.east_1, places.east_1, places.town]):
        factories.venue(where, code=f"V {n}&", name=f"<{n}>")
    found, address = [], "?kind=red_pomegranate_home"
    while address:
        shown = client.get(f"/venues/{address}").content.decode()
        found += re.findall(r">&lt;(\d)&gt;</a>", shown)
        following = re.search(r'rel="next"[^>]* href="([^"]*)"', shown)
        address = html.unescape(following[1]) if following else ""
    assert found == ["4", "2", "3", "1", "0"]


@pytest.mark.parametrize("after", ["no-such-venue", "%00", "'", "9" * 5000])
def test_page_that_makes_no_sense_is_no_error(client, home, after):
    assert "东区家园" in main(client.get(f"/venues/?after={after}"))


def test_list_begins_with_today_and_tomorrow(client, home, today):
    factories.activity(home, title="今天的", weekday=today.weekday())
    factories.activity(home, title="后天的", weekday=(today.weekday() + 2) % 7)
    shown = main(client.get("/venues/"))
    assert ("今天的" in shown, "后天的" in shown) == (True, False)


@pytest.mark.parametrize("n", [1, 3])
def test_list_costs_the_same_whatever_there_is(client, places, n, django_assert_num_queries):
    for number in range(n):
        for where in (places.east_1, places.west_1):
            factories.activity(factories.venue(where, name=f"家园{number}"))
    with django_assert_num_queries(6):
        client.get("/venues/")


# One venue ------------------------------------------------------------------------------------------------


def test_venue_shows_where_and_when(client, places, home):
    shown = main(client.get("/venues/V-1/", headers=ENGLISH))
    for words in ("东区家园", "Red Pomegranate home", "一号楼一层", "8:30–17:30", places.east_1.name):
        assert words in shown, words
    assert f'href="/ask/?area={places.east_1.code}"' in shown


def test_venue_shows_two_weeks(client, home, today):
    factories.activity(
        home, title="剪纸", weekday=today.weekday(), starts=time(9, 5), ends=time(10, 30), note="带剪刀"
    )
    for title, ahead in (("第十四天", 13), ("第十五天", 14)):
        day = today + timedelta(days=ahead)
        factories.activity(home, title=title, valid_from=day, valid_to=day)
    factories.activity(factories.venue(home.area, name="别处"), title="别处的")
    shown = main(client.get("/venues/V-1/"))
    assert shown.count("<b>剪纸</b>") == shown.count("9:05–10:30") == 2
    assert shown.count("带剪刀") == 1
    assert ("第十四天" in shown, "第十五天" in shown, "别处的" in shown) == (True, False, False)


@pytest.mark.parametrize(
    ("first", "last", "daily", "lines"),
    [(0, 13, 1, 1), (0, 12, 0, 13), (1, 13, 0, 13), (-5, 99, 1, 1), (3, 3, 0, 1)],
)
def test_venue_tells_once_what_is_on_every_day(client, home, today, first, last, daily, lines):
    span = {"valid_from": today + timedelta(days=first), "valid_to": today + timedelta(days=last)}
    factories.activity(home, title="棋牌", **span)
    shown = main(client.get("/venues/V-1/", headers=ENGLISH))
    assert (shown.count("Every day"), shown.count("<b>棋牌</b>")) == (daily, lines)


def test_venue_with_nothing_on_says_so(client, home):
    assert "Nothing is planned here" in main(client.get("/venues/V-1/", headers=ENGLISH))


def test_venue_lists_its_last_talks_without_their_lecturer(client, places, home, today):
    speaker = factories.lecturer(places.town, name="丁某某")
    for n in range(1, 9):
        factories.talk(places.east_1, speaker, venue=home, title=f"宣讲{n}", held_on=date(2023, 5, n))
    factories.talk(places.east_1, speaker, venue=home, title="还没讲", held_on=today + timedelta(days=1))
    factories.talk(places.east_1, speaker, title="别处讲的")
    shown = main(client.get("/venues/V-1/"))
    assert re.findall(r"宣讲(\d)", shown) == ["8", "7", "6", "5", "4", "3"]
    assert "2023-05-08" in shown
    assert "丁某某" not in shown
    assert "还没讲" not in shown
    assert "别处讲的" not in shown


def test_closed_venue_says_so(client, home, today):
    factories.activity(home, title="剪纸")
    Venue.objects.update(valid_to=DAY)
    response = client.get("/venues/V-1/", headers=ENGLISH)
    assert response.status_code == 200
    assert "This place is closed; 2023-05-10 was its last day." in main(response)
    assert "剪纸" not in main(response)
    assert "/ask/" not in main(response)


def test_venue_that_opens_later_says_so(client, home, today):
    first = today + timedelta(days=3)
    Venue.objects.update(valid_from=first)
    assert f"This place opens on {first}." in main(client.get("/venues/V-1/", headers=ENGLISH))


@pytest.mark.parametrize("code", ["no-such", "v-1", "..", "%00", "V-1%00", "9" * 5000])
def test_venue_that_there_is_not_is_404(client, home, code):
    assert client.get(f"/venues/{code}/").status_code == 404


@pytest.mark.parametrize("code", ["a/b", "=1+1", "a\nb", "甲 乙?#%", "<b>"])
def test_venue_of_any_code_has_its_page(client, places, code):
    """An import takes whatever the township calls its venues."""
    factories.activity(factories.venue(places.east_1, code=code, name="奇名家园"))
    assert f'href="/venues/{quote(code, safe="/=+")}/"' in text(client.get("/venues/"))
    assert "奇名家园" in main(client.get(f"/venues/{quote(code)}/"))


def test_link_to_a_venue_has_its_address(home, staff):
    assert links.resolve("venues.venue", "V-1", staff.nobody).url == "/venues/V-1/"


@pytest.mark.parametrize("n", [1, 3])
def test_venue_costs_the_same_whatever_there_is(client, places, home, n, django_assert_num_queries):
    speaker = factories.lecturer(places.town)
    for _more in range(n):
        factories.activity(home)
        factories.talk(places.east_1, speaker, venue=home)
    with django_assert_num_queries(5):
        client.get("/venues/V-1/")


# For other pages ------------------------------------------------------------------------------------------


def test_days_are_told_from_today_on(today):
    with translation.override("zh-hans"):
        assert day_in_words(date(2023, 5, 10)).count("5月10日") == 1
    assert day_in_words(date(2023, 5, 10)) == "Wednesday 10 May"
    assert day_in_words(today).startswith("Today, ")
    assert day_in_words(today + timedelta(days=1)).startswith("Tomorrow, ")


def test_list_of_occurrences_names_the_venue_once_a_line(home, today):
    factories.activity(home, title="<剪纸>")
    shown = render_to_string("venues/_on.html", {"on": Activity.objects.on_days(today, 3)})
    assert shown.count('<a href="/venues/V-1/">东区家园</a>') == 3
    assert shown.count("<time ") == 3
    assert "&lt;剪纸&gt;" in shown
