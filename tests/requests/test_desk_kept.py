"""Lists that somebody keeps, and what a search at the desk finds beside words."""

import html
import re

import pytest
from django.utils import timezone

from shiliu.core import search
from shiliu.requests import desk as package
from shiliu.requests.desk import lists, saved
from shiliu.requests.models import Request, SavedList, State
from tests import factories

LIST = "/console/requests/"


def text(response) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()))


def codes(response) -> list[str]:
    return re.findall(r'id="r-(\w+)"', response.content.decode())


def kept(user) -> list[tuple[str, str]]:
    return list(SavedList.objects.filter(user=user).values_list("name", "query"))


def keep(client, name: str, query: str = "show=late"):
    return client.post(f"{LIST}keep/", {"name": name, "list": query}, follow=True)


# Kept -----------------------------------------------------------------------------------------------------


def test_list_is_kept_with_all_that_narrows_it(desk, staff, places, lamp):
    query = f"show=late&area={places.east_1.code}&category=lamp&q=%E8%B7%AF%E7%81%AF"
    response = keep(desk, "  东一格  路灯 ", f"{query}&after=1-1&x=y")
    assert kept(staff.coordinator) == [("东一格 路灯", query)]
    assert "The list is kept as “东一格 路灯”" in text(response)
    assert f'<a href="?{html.escape(query)}" aria-current="page">东一格 路灯</a>' in response.content.decode()


@pytest.mark.parametrize(
    ("name", "query", "sentence"),
    [
        (" ", "show=late", "Give the list a name"),
        ("x" * 41, "show=late", "at most 40 characters"),
        ("迟了", "show=late", "You have a list of that name"),
        ("电话", "show=all&q=13900000001", "A telephone number is not kept"),
        ("长", f"show=all&q={'灯' * 60}", "too long to be kept"),
    ],
)
def test_list_that_cannot_be_kept_is_a_sentence_and_the_name_stays(desk, staff, name, query, sentence):
    SavedList.objects.create(user=staff.coordinator, name="迟了", query="show=late")
    response = keep(desk, name, query)
    assert sentence in text(response)
    if name.strip():
        assert f'value="{name}"' in response.content.decode()
    assert len(kept(staff.coordinator)) == 1


def test_no_more_are_kept_than_one_overlooks(desk, staff):
    for number in range(saved.MOST):
        SavedList.objects.create(user=staff.coordinator, name=f"单{number}", query="show=late")
    assert "Delete one first" in text(keep(desk, "又一个"))
    assert len(kept(staff.coordinator)) == saved.MOST


def test_list_is_ones_own_to_see_and_to_delete(client, desk, staff):
    own = SavedList.objects.create(user=staff.coordinator, name="我的迟办", query="show=late")
    client.force_login(staff.town_coordinator)
    assert "我的迟办" not in text(client.get(LIST))
    assert client.post(f"{LIST}keep/{own.pk}/drop/").status_code == 404
    client.force_login(staff.coordinator)
    assert "我的迟办" in text(client.get(LIST))
    assert client.get(f"{LIST}keep/{own.pk}/drop/").status_code == 405
    assert "is no longer kept" in text(client.post(f"{LIST}keep/{own.pk}/drop/", follow=True))
    assert kept(staff.coordinator) == []


# Found ----------------------------------------------------------------------------------------------------


def test_number_of_a_work_order_leads_to_its_request(desk, places, lamp):
    subject = factories.request(places.east_1, lamp, order_source="12345", order_number="20260715-0042")
    assert desk.get(LIST, {"q": "20260715-0042"}).headers["Location"] == f"{LIST}{subject.code}/"
    factories.request(places.far_1, lamp, order_source="12345", order_number="77")
    assert codes(desk.get(LIST, {"q": "77"})) == []


def test_order_number_of_two_systems_leads_to_neither(desk, places, lamp):
    for source in ("12345", "other"):
        factories.request(places.east_1, lamp, order_source=source, order_number="A1")
    assert desk.get(LIST, {"q": "A1"}).status_code == 200


def test_telephone_in_full_finds_what_one_may_reach(client, desk, staff, places, lamp):
    factories.request(places.east_1, lamp, code="OWN")
    factories.request(places.east_1, lamp, code="OTHER", contact_phone="13900000009")
    factories.request(places.far_1, lamp, code="FAR")
    assert codes(desk.get(LIST, {"q": "+86 139-0000-0001"})) == ["OWN"]
    assert codes(desk.get(LIST, {"q": "1390000000"})) == []
    client.force_login(staff.leader)  # sees requests, not how to reach anybody
    assert codes(client.get(LIST, {"q": "13900000001"})) == []


def test_right_to_reach_people_here_finds_nobody_elsewhere(client, staff, places, lamp):
    """Sees the whole town, and may reach people in one grid of it."""
    factories.tenure(staff.leader, "grid_worker", places.east_1)
    factories.request(places.east_1, lamp, code="EAST")
    factories.request(places.west_1, lamp, code="WEST")
    client.force_login(staff.leader)
    assert codes(client.get(LIST, {"q": "13900000001"})) == ["EAST"]


@pytest.mark.parametrize("few", [2000, 0])
def test_words_find_the_same_whether_few_or_many_have_them(desk, places, lamp, monkeypatch, few):
    monkeypatch.setattr(search, "FEW", few)
    for code, words in (("A", "厨房水管漏水了"), ("B", "楼道漏水 pipe"), ("C", "漏雨")):
        made = factories.request(places.east_1, lamp, code=code, words=words)
        search.index("requests.request", code, at=made.received_at, text=words, area=made.area_id)
    factories.request(places.far_1, lamp, code="FAR", words="漏水")
    search.index("requests.request", "FAR", at=factories.moment(), text="漏水")
    found = {q: set(codes(desk.get(LIST, {"q": q}))) for q in ("漏水", "漏", "pip", "水管漏", "没有", "!")}
    assert found == {
        "漏水": {"A", "B"}, "漏": {"A", "B", "C"}, "pip": {"B"}, "水管漏": {"A"}, "没有": set(), "!": set(),
    }  # fmt: skip


def test_of_what_is_searched_nothing_is_counted(desk, places, lamp):
    made = factories.request(places.east_1, lamp)
    search.index("requests.request", made.code, at=made.received_at, text=made.words)
    assert '<span class="count">1</span>' in desk.get(LIST).content.decode()
    ways = desk.get(LIST, {"q": "路灯"}).content.decode()
    assert 'class="count"' not in ways[ways.index('class="ways"') : ways.index("</nav>", ways.index("ways"))]


# Mine -----------------------------------------------------------------------------------------------------


def test_mine_is_with_my_teams_units_and_posts(client, staff, places, lamp):
    person = factories.person("several")
    office = factories.unit(places.east)
    post = factories.tenure(person, "grid_worker", places.east_1).post
    factories.tenure(person, "coordinator", places.east).post.__class__.objects.filter(
        tenures__user=person, role="coordinator"
    ).update(unit=office)
    team = factories.led_team(places.west, person)
    for code, lead in (("TEAM", {"team": team}), ("UNIT", {"unit": office}), ("POST", {"post": post})):
        where = places.far_1 if code == "TEAM" else places.east_1
        factories.request(where, lamp, code=code, state=State.ASSIGNED, **lead)
    factories.request(places.west_1, lamp, code="BEYOND", state=State.ASSIGNED, unit=office)
    factories.request(
        places.east_1, lamp, code="ENDED", state=State.CLOSED, unit=office, closed_at=timezone.now()
    )
    factories.request(places.east_1, lamp, code="NOT", state=State.ASSIGNED, unit=factories.unit(places.east))
    client.force_login(person)
    assert set(codes(client.get(LIST, {"show": "mine"}))) == {"TEAM", "UNIT", "POST", "BEYOND"}
    now = timezone.now()
    assert lists.count(person, package.read({"show": "mine"}), now) == 4
    assert Request.objects.count() == 6
