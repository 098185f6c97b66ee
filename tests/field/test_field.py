"""The field's own pages: what waits for whom, in which order, and who gets in."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from shiliu.core import areas
from shiliu.requests.models import Request, State
from tests import factories


@pytest.fixture
def worker(client, staff):
    client.force_login(staff.worker)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return staff.worker


@pytest.fixture
def team(places, worker):
    """The grid's own team: its leader is the grid worker."""
    return factories.team(places.east_1, factories.strand(), leader_post=worker.tenures.get().post)


def shown(response) -> dict[str, list[str]]:
    """The words of the requests on the page, by part."""
    return {each["key"]: [row.words for row in each["rows"]] for each in response.context["parts"]}


def make(n: int, where, lamp, **values) -> list[Request]:
    start = timezone.now()
    return [
        factories.request(
            where, lamp, words=f"{values.get('state', 'new')} {i}", due_at=start + timedelta(days=i), **values
        )
        for i in range(n)
    ]


def test_start_has_what_waits_by_part_the_longest_due_first(client, places, worker, team):
    lamp, now = factories.category(), timezone.now()
    other = factories.team(places.town, team.strand)
    given = [
        ("later", State.ASSIGNED, team, 3),
        ("late", State.ASSIGNED, team, -3),
        ("begun", State.IN_PROGRESS, team, 1),
        ("done", State.DONE, team, 1),
        ("received", State.RECEIVED, None, 1),
        ("theirs", State.ASSIGNED, other, 2),
        ("theirs, done", State.DONE, other, 2),
    ]
    for words, state, lead, days in given:
        due = now + timedelta(days=days)
        factories.request(places.east_1, lamp, words=words, state=state, team=lead, due_at=due)
    factories.request(places.east_2, lamp, words="elsewhere")
    factories.closed_request(places.east_1, lamp, closed_at=now, words="closed", team=team)

    assert shown(client.get("/field/")) == {
        "new": ["late", "later"],
        "in-hand": ["begun"],
        "grid": ["received", "theirs"],
        "reported": ["done"],
    }


def test_team_leader_has_no_grid(client, places, worker, team):
    leader = factories.person("team-leader")
    held = factories.tenure(leader, "team_leader", places.town)
    own = factories.team(places.town, team.strand, leader_post=held.post)
    lamp = factories.category()
    factories.request(places.west_1, lamp, words="ours", state=State.ASSIGNED, team=own)
    factories.request(places.west_1, lamp, words="other", state=State.ASSIGNED, team=team)
    client.force_login(leader)

    assert shown(client.get("/field/")) == {"new": ["ours"], "in-hand": [], "reported": []}
    assert client.get("/field/open/grid/").status_code == 404
    assert "/field/ask/" not in client.get("/field/").content.decode()


@pytest.mark.parametrize("n", [1, 3])
def test_start_queries(client, places, worker, team, django_assert_num_queries, n):
    lamp = factories.category()
    for state, lead in ((State.ASSIGNED, team), (State.IN_PROGRESS, team), (State.RECEIVED, None)):
        make(n, places.east_1, lamp, state=state, team=lead)
    with django_assert_num_queries(21):
        assert [len(rows) for rows in shown(client.get("/field/")).values()] == [n, n, n, 0]


def test_nothing_to_do_is_said_kindly(client, worker):
    said = client.get("/field/").content.decode()
    assert "Nothing new for you" in said
    assert "Thank you" in said


def test_part_goes_on_page_by_page(client, places, worker, monkeypatch):
    monkeypatch.setattr("shiliu.field.views.PAGE", 2)
    made = make(5, places.east_1, factories.category())
    Request.objects.filter(pk=made[2].pk).update(due_at=made[1].due_at)  # the same moment, over a page's end

    seen, address = [], "/field/open/grid/"
    while address:
        response = client.get(address)
        seen += [row.words for row in response.context["rows"]]
        following = response.context["page"]["next"]
        address = following and f"/field/open/grid/{following}"

    assert seen == [request.words for request in made]


def test_next_page_begins_where_the_last_one_ended_though_its_last_row_has_moved(
    client, places, worker, monkeypatch
):
    monkeypatch.setattr("shiliu.field.views.PAGE", 2)
    made = make(5, places.east_1, factories.category())
    following = client.get("/field/open/grid/").context["page"]["next"]
    Request.objects.filter(pk=made[1].pk).update(due_at=made[4].due_at + timedelta(days=9))  # extended
    rows = client.get(f"/field/open/grid/{following}").context["rows"]
    assert [row.pk for row in rows] == [made[2].pk, made[3].pk]


@pytest.mark.parametrize("n", [1, 3])
def test_part_queries(client, places, worker, django_assert_num_queries, n):
    make(n, places.east_1, factories.category())
    with django_assert_num_queries(13):
        assert len(client.get("/field/open/grid/").context["rows"]) == n


@pytest.mark.parametrize("after", ["", "NONE", "x" * 300, "1-", "9" * 40, "\0"])
def test_part_begins_anew_where_the_address_makes_no_sense(client, places, worker, after):
    [own] = make(1, places.east_1, factories.category())
    rows = client.get("/field/open/grid/", {"after": after}).context["rows"]
    assert [row.code for row in rows] == [own.code]


def test_unknown_part_is_not_found(client, worker):
    assert client.get("/field/open/nothing/").status_code == 404


@pytest.mark.once
@pytest.mark.parametrize("level", ["grid", "team"])
def test_lists_come_sorted_from_the_index(places, on_postgres, level):
    """SQLite tells how it would do it also where there is little to do."""
    if on_postgres:
        pytest.skip("PostgreSQL decides by what is in the table")
    opened = Request.objects.open()
    scope = areas.Scope.of([places.east_1.code])
    rows = opened.within(scope) if level == "grid" else opened.filter(team=1)
    index = {"grid": "request_list_of_grid", "team": "request_list_of_team"}[level]

    plan = rows.by_due()[:9].explain()

    assert index in plan
    assert "TEMP B-TREE" not in plan


# My grid, me ----------------------------------------------------------------------------------------------


def test_grid_page_has_what_there_is(client, places, worker, team):
    factories.venue(places.east, name="东社区家园", address="东门2号")
    factories.group(places.east_1, name="东一群")
    factories.team(places.east, team.strand, name="助老队")
    factories.membership(team, factories.volunteer(places.east_1))
    factories.post("grid_worker", places.east_1, title="空岗")
    said = client.get("/field/grid/").content.decode()
    for words in (
        "测试east_1",
        "东社区家园",
        "东门2号",
        "东一群",
        "助老队",
        "worker某",
        "1 member",
        "空岗",
        "vacant",
    ):
        assert words in said


def test_names_of_other_areas_posts_are_not_shown(client, places, worker, staff):
    """Above the own grid: that somebody answers there, not who."""
    said = client.get("/field/grid/").content.decode()
    assert "coordinator岗" in said
    assert "coordinator某" not in said


@pytest.mark.parametrize("n", [1, 3])
def test_grid_queries(client, places, worker, team, django_assert_num_queries, n):
    for i in range(n):
        factories.venue(places.east_1)
        factories.group(places.east_1)
        factories.team(places.east_1, team.strand)
        factories.membership(team, factories.volunteer(places.east_1))
        factories.post("grid_worker", places.east_1, title=f"岗{i}")
    with django_assert_num_queries(20):
        assert client.get("/field/grid/").status_code == 200


def test_team_leader_has_a_team_instead_of_a_grid(client, places, worker, team):
    leader = factories.person("team-leader")
    held = factories.tenure(leader, "team_leader", places.town)
    factories.team(places.town, team.strand, name="维修小队", leader_post=held.post)
    client.force_login(leader)
    response = client.get("/field/grid/")
    assert "维修小队" in response.content.decode()
    assert not response.context["areas"]
    assert not response.context["posts"]


def test_me_leads_to_the_desk_who_has_one(client, places, worker, staff):
    assert 'href="/console/"' not in client.get("/field/me/").content.decode()
    client.force_login(staff.coordinator)
    assert 'href="/console/"' in client.get("/field/me/").content.decode()


# Getting in -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/field/", "/field/open/new/", "/field/grid/"])
@pytest.mark.parametrize("who", ["nobody", "editor", "leader"])
def test_without_such_a_post_a_sentence_says_so(client, staff, path, who):
    client.force_login(getattr(staff, who))
    response = client.get(path, headers={"accept-language": "en"})
    assert response.status_code == 403
    assert "for grid workers and team leaders" in response.content.decode()


@pytest.mark.parametrize(
    ("roles", "lands_on"),
    [
        (["grid_worker"], "/field/"),
        (["team_leader"], "/field/"),
        (["grid_worker", "team_leader"], "/field/"),
        (["grid_worker", "coordinator"], "/console/"),
        (["editor"], "/console/"),
        ([], "/console/"),
    ],
)
def test_sign_in_leads_to_the_own_place(client, places, roles, lands_on):
    user = factories.person("wang", password=factories.PASSWORD)
    for role in roles:
        factories.tenure(user, role, places.east_1)
    response = client.post("/accounts/login/", {"login": "wang", "password": factories.PASSWORD})
    assert response.headers["Location"] == lands_on


def test_post_that_ended_leads_nowhere(client, places):
    user = factories.person("wang", password=factories.PASSWORD)
    factories.tenure(user, "grid_worker", places.east_1, valid_to=factories.DAY)
    response = client.post("/accounts/login/", {"login": "wang", "password": factories.PASSWORD})
    assert response.headers["Location"] == "/console/"


def test_manifest_is_what_a_telephone_reads(client, places):
    response = client.get("/field/app.webmanifest")
    assert response.headers["Content-Type"] == "application/manifest+json"
    told = json.loads(response.content)
    assert (told["start_url"], told["display"]) == ("/field/", "standalone")
    assert "测试town" in told["name"]
    from django.contrib.staticfiles import finders

    for icon in told["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/")), icon
