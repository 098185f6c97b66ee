"""The grid worker's page, the links in the groups, what has not arrived, and what reached whom."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shiliu.channel.groups import delivering, lists
from shiliu.channel.models import Delivery, DeliveryState, GroupSize, Outage, Reads
from shiliu.console import inbox
from shiliu.core.access import System
from shiliu.core.models import AuditEntry
from shiliu.grid.models import Area
from tests import factories
from tests.channel.helpers import bot, groups, prepared, verbs

pytestmark = pytest.mark.django_db
LATE = timedelta(days=2)
FIELD = 12  # queries
DELIVERIES = {"/console/deliveries/late/": 9, "/console/deliveries/of/news/": 19, "/console/deliveries/": 9}


def article_page(of: Delivery) -> str:
    return f"/console/deliveries/of/{of.message.article.code}/"


# By hand --------------------------------------------------------------------------------------------------


def test_worker_has_the_text_the_code_and_the_button_of_the_own_grids(phone, places):
    groups(places.east_1, "东一群")
    groups(places.east_2, "东二群")
    [with_bot] = groups(places.east_1, "有机器人")
    bot(with_bot)
    rows = prepared(places.town)
    said = phone.get("/field/groups/").content.decode()
    assert "东一群" in said
    assert "东二群" not in said
    assert "有机器人" not in said
    assert f"/l/{rows[0].group.link}/news/" in said
    assert 'class="qr"' in said
    assert ">1</span>" in said  # at the tab


def test_posted_and_taken_back_each_once(phone, places, group):
    [row] = prepared(places.town)
    step = f"/field/groups/{row.code}"
    for _twice in range(2):
        assert phone.post(f"{step}/post/", {"seen": 1}).status_code == 302
    row.refresh_from_db()
    assert row.state == "posted"
    assert row.arrived_at
    assert phone.get("/field/groups/").context["cards"] == []
    for _twice in range(2):
        assert phone.post(f"{step}/unpost/", {"seen": 2}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.arrived_at) == ("prepared", None)
    assert len(phone.get("/field/groups/").context["cards"]) == 1
    assert verbs(row) == ["channel.post", "channel.unpost"]


def test_what_the_bot_sends_is_not_posted_by_hand(phone, places, group):
    bot(group)
    [row] = prepared(places.town)
    response = phone.post(f"/field/groups/{row.code}/post/", {"seen": 1})
    assert response.status_code == 422
    assert "bot sends it" in response.content.decode()


@pytest.mark.parametrize("seen", ["", "x", "99", "-1"])
def test_nonsense_is_a_sentence(phone, places, group, seen):
    [row] = prepared(places.town)
    assert phone.post(f"/field/groups/{row.code}/post/", {"seen": seen}).status_code == 409
    assert phone.post(f"/field/groups/{row.code}/fly/", {"seen": 1}).status_code == 404
    assert phone.get("/field/groups/?after=nonsense").status_code == 200


def test_field_goes_on_page_by_page(phone, places, monkeypatch):
    monkeypatch.setattr("shiliu.channel.groups.views.field.PAGE", 2)
    groups(places.east_1, *"abcde")
    prepared(places.town)
    seen, address = [], "/field/groups/"
    while address:
        context = phone.get(address).context
        seen += [card["it"].group.name for card in context["cards"]]
        address = context["page"]["next"] and f"/field/groups/{context['page']['next']}"
    assert seen == list("abcde")


@pytest.mark.parametrize("n", [1, 3])
def test_field_queries(phone, places, django_assert_num_queries, n):
    groups(places.east_1, *map(str, range(n)))
    prepared(places.town)
    with django_assert_num_queries(FIELD):
        assert len(phone.get("/field/groups/").context["cards"]) == n


# Links ----------------------------------------------------------------------------------------------------


def test_link_leads_to_the_article_and_says_from_which_group(client, places, group):
    prepared(places.town)
    response = client.get(f"/l/{group.link}/news/")
    assert response.status_code == 302
    assert response.headers["Location"] == f"/channel/column-news/news/?g={group.link}"
    assert "no-store" in response.headers["Cache-Control"]
    assert not response.cookies
    assert client.get(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    "path", ["/l/nothing/news/", "/l/{link}/nothing/", "/l/{link}/hidden/", "/l/{link}/x y/"]
)
def test_link_that_is_none_is_a_page(client, places, group, path):
    prepared(places.town, "hidden", live=False)
    response = client.get(path.format(link=group.link))
    assert response.status_code == 404
    assert b"<main" in response.content
    assert client.post(f"/l/{group.link}/news/").status_code == 405


# Who has not got it ---------------------------------------------------------------------------------------


def kinds(user) -> dict[str, int]:
    return {each.kind.key: each.number for each in inbox.counted(user) if each.number}


def test_after_a_day_it_is_on_the_coordinators_list(desk, places, staff):
    one, other = groups(places.east_1, "没到", "到了")
    groups(places.far_1, "别镇")
    prepared(places.town)
    assert kinds(staff.coordinator).get("not_arrived") is None
    Delivery.objects.update(made_at=timezone.now() - LATE)
    Delivery.objects.filter(group=other).update(state=DeliveryState.SENT, arrived_at=timezone.now())
    assert kinds(staff.coordinator)["not_arrived"] == 1
    assert kinds(staff.worker)["to_post"] == 1
    assert kinds(staff.far_coordinator).get("not_arrived") is None
    said = desk.get("/console/deliveries/late/").content.decode()
    assert "没到" in said
    assert "到了" not in said
    assert "没到" in desk.get("/console/deliveries/").content.decode()
    assert "没到" in desk.get("/console/inbox/").content.decode()
    assert one.name == "没到"


@pytest.mark.parametrize("state", ["unclear", "failed"])
def test_what_is_unclear_or_failed_is_there_at_once(desk, places, group, state):
    bot(group)
    [row] = prepared(places.town)
    Delivery.objects.update(state=state, fault="code 93000")
    said = desk.get("/console/deliveries/late/").content.decode()
    assert str(DeliveryState(state).label) in said
    assert "copy it anew" in said
    desk.post(f"/console/deliveries/{row.code}/again/", {"seen": 1, "back": "late"})
    row.refresh_from_db()
    assert (row.state, row.by_bot, row.fault) == ("prepared", True, "")
    assert verbs(row) == ["channel.again"]


def test_somebody_looked_and_it_is_there(desk, places, group):
    [row] = prepared(places.town)
    Delivery.objects.update(state="unclear")
    response = desk.post(f"/console/deliveries/{row.code}/confirm/", {"seen": 1})
    assert response.headers["Location"] == article_page(row)
    row.refresh_from_db()
    assert row.state == "sent"
    assert verbs(row) == ["channel.confirm"]
    assert desk.post(f"/console/deliveries/{row.code}/confirm/", {"seen": 2}).status_code == 422


def test_vendor_that_is_down_is_told_on_the_list(desk, places, group):
    prepared(places.town)
    now = timezone.now()
    Outage.objects.create(vendor="wecom", since=now, failures=3, next_at=now, fault="no connection")
    for path in ("/console/deliveries/late/", "/console/deliveries/", "/console/deliveries/of/news/"):
        said = desk.get(path).content.decode()
        assert "WeCom have not answered since" in said


def test_late_list_goes_on_page_by_page(desk, places, monkeypatch):
    monkeypatch.setattr("shiliu.channel.groups.views.deliveries.SIZE", 2)
    groups(places.east_1, *"abcde")
    prepared(places.town)
    Delivery.objects.update(made_at=timezone.now() - LATE)
    seen, address = [], "/console/deliveries/late/"
    while address:
        page = desk.get(address).context["page"]
        seen += [row.group.name for row in page.rows]
        address = page.next and f"/console/deliveries/late/{page.next}"
    assert seen == list("abcde")


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize(
    "path", ["/console/deliveries/late/", "/console/deliveries/of/news/", "/console/deliveries/"]
)
def test_delivery_queries(desk, places, django_assert_num_queries, n, path):
    for it in groups(places.east_1, *map(str, range(n))):
        bot(it)
    prepared(places.town)
    Delivery.objects.update(made_at=timezone.now() - LATE, fault="HTTP 500")
    desk.get(path)
    with django_assert_num_queries(DELIVERIES[path]):
        assert desk.get(path).content.decode().count('<li><a href="/console/') >= n


# Coverage -------------------------------------------------------------------------------------------------


def test_coverage_is_of_groups_and_from_the_figures(desk, places):
    names = ("读了", "没读", "没到")
    made = groups(places.east_1, *names)
    for n, it in enumerate(made, start=1):
        GroupSize.objects.create(group=it, area=places.east_1, day=factories.DAY, members=999)
        GroupSize.objects.create(group=it, area=places.east_1, day=timezone.localdate(), members=n * 10)
    rows = prepared(places.town)
    Delivery.objects.filter(group__in=made[:2]).update(state="posted", arrived_at=timezone.now())
    article = rows[0].message.article
    for day in (factories.DAY, timezone.localdate()):
        factories.reads(
            article, group=made[0], source=Reads.Source.GROUP, day=day, area_id=places.east_1.code
        )
    factories.reads(article)  # the own page's are no group's

    told = desk.get(article_page(rows[0])).context["coverage"]
    assert (told.groups, told.arrived, told.opened, told.residents, told.of) == (3, 2, 1, 10, 60)
    assert {state.value: n for state, n in told.by_state} == {"posted": 2, "prepared": 1}
    for show, expected in (("opened", names[:1]), ("unopened", names[1:]), ("prepared", names[2:])):
        page = desk.get(f"{article_page(rows[0])}?show={show}").context["page"]
        assert [row.group.name for row in page.rows] == list(expected)


def test_coverage_is_of_ones_own_areas(client, places, staff):
    groups(places.east_1, "东")
    groups(places.west_1, "西")
    rows = prepared(places.town)
    client.force_login(staff.coordinator)
    context = client.get(article_page(rows[0])).context
    assert [row.group.name for row in context["page"].rows] == ["东"]
    assert context["coverage"].groups == 1
    client.force_login(staff.town_coordinator)
    assert client.get(article_page(rows[0])).context["coverage"].groups == 2


def test_editor_sends_an_article_that_did_not_go_by_itself(client, places, staff, group):
    article = factories.article(factories.column(places.town), "old")
    client.force_login(staff.editor)
    page = "/console/deliveries/of/old/"
    assert client.get(page).status_code == 200
    assert client.post(f"{page}send/").headers["Location"] == page
    assert Delivery.objects.count() == 1
    assert client.post(f"{page}send/").status_code == 422
    assert AuditEntry.objects.get(verb="channel.to_groups").data == {"number": 1}
    assert article.code == "old"


def test_nothing_is_sent_where_there_is_no_group(client, places, staff):
    factories.article(factories.column(places.town), "old")
    client.force_login(staff.editor)
    response = client.post("/console/deliveries/of/old/send/", headers={"accept-language": "en"})
    assert response.status_code == 422
    assert "no group in its area" in response.content.decode()


def test_last_count_of_each_group(places):
    one, other = groups(places.east_1, "a", "b")
    for day, members in ((1, 5), (3, 7), (2, 6)):
        at = factories.DAY + timedelta(days=day)
        GroupSize.objects.create(group=one, area=places.east_1, day=at, members=members)
    assert lists.told([one, other])[0].size == (factories.DAY + timedelta(days=3), 7)
    assert other.size is None


def test_articles_are_those_that_went_into_ones_own_groups(places, staff):
    """Of one's own area, and of those around it; of a neighbour's neither article nor delivery."""
    groups(places.east_1, "东")
    for code, where in (("county", places.county), ("town", places.town), ("grid", places.east_1)):
        prepared(where, code)
    groups(places.west_1, "西")
    groups(places.far_1, "远")
    for code, where in (("west", places.west), ("far", places.far)):
        prepared(where, code)
    own = ["grid", "town", "county"]
    for viewer, codes in {
        staff.coordinator: own,
        staff.worker: own,
        staff.town_coordinator: ["west", *own],
        staff.far_coordinator: ["far"],
        System("test"): ["far", "west", *own],
    }.items():
        assert [it.article.code for it in lists.articles(viewer)] == codes


def test_what_lacks_in_a_county_is_that_of_its_towns(places, staff):
    county = factories.person("county")
    factories.tenure(county, "coordinator", places.county)
    groups(factories.area("990002100001001"), "外")
    prepared(Area.objects.get(code="990002100001001"), "outside")
    groups(places.far_1, "远")
    groups(places.east_1, "东")
    prepared(places.county)
    for n, it in enumerate(Delivery.objects.order_by("-group_id")):
        Delivery.objects.filter(pk=it.pk).update(made_at=timezone.now() - LATE + timedelta(minutes=n))
    assert [it.group.name for it in lists.not_arrived(county)] == ["东", "远"]
    assert [it.group.name for it in lists.to_post(county)] == ["东", "远"]
    assert [it.group.name for it in lists.to_post(System("test"))] == ["东", "远", "外"]


# Plans ----------------------------------------------------------------------------------------------------


@pytest.mark.once
@pytest.mark.parametrize(
    "which", ["not_arrived", "to_post", "posted", "articles", "of_county", "to_post_in_county", "of_article"]
)
def test_lists_are_read_from_their_index(places, staff, group, which):
    """Whatever there is besides: nothing is sorted, and no table is walked from end to end."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL decides by what is in the table")
    [row] = prepared(places.town)
    county = factories.person("county")
    factories.tenure(county, "coordinator", places.county)
    posted = Delivery.objects.filter(state="posted", arrived_at__gte=timezone.now())
    lists_of = {
        "not_arrived": (lists.not_arrived(staff.coordinator), "delivery_of_village"),
        "to_post": (lists.to_post(staff.coordinator), "delivery_of_village"),
        "posted": (posted.filter(town=places.town.code).order_by("-arrived_at", "-id"), "delivery_posted"),
        "articles": (lists.articles(staff.coordinator), "message_newest"),
        "of_county": (lists.not_arrived(county), "delivery_lacking"),
        "to_post_in_county": (lists.to_post(county), "delivery_lacking"),
        "of_article": (lists.deliveries_of(row.message.article, county), "message_id=?"),
    }
    rows, index = lists_of[which]
    plan = rows[:26].explain()
    assert index in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.once
def test_clock_finds_what_was_lost_among_what_is_not_there(places, group):
    """Every minute: among all that was ever sent, it would be a second's work at a million."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL decides by what is in the table")
    prepared(places.town)
    with CaptureQueriesContext(connection) as asked:
        delivering.find_lost(timezone.now())
    [sql] = [
        each["sql"] for each in asked if "claimed_at" in each["sql"] and each["sql"].startswith("SELECT")
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        plan = "\n".join(row[-1] for row in cursor.fetchall())
    assert "channel_delivery USING INDEX delivery_" in plan
    assert "SCAN channel_message" not in plan
