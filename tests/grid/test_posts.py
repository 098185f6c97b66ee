"""The pages of posts: lists, appointments with dates, ends, and a colleague who was faster."""

import html
from datetime import timedelta

import pytest
from django.utils import timezone

from shiliu.grid.models import Post
from tests import factories
from tests.factories import DAY

POSTS = "/console/posts/"


@pytest.fixture
def admin(client, staff):
    client.force_login(staff.administrator)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def vacant(places, staff) -> Post:
    return factories.post("finance", places.east, code="P-vacant")


def said(response) -> str:
    return html.unescape(response.content.decode())


def codes(response) -> list[str]:
    return [post.code for post in response.context["page"].rows]


def day(n: int) -> str:
    return str(timezone.localdate() + timedelta(days=n))


def give(client, post: Post, **values: str):
    usual = {"who": "nobody", "since": day(0), "until": "", "seen": "1"}
    return client.post(f"{POSTS}{post.code}/give/", usual | values)


def test_list_is_by_area_with_who_holds_each(client, staff, vacant):
    client.force_login(staff.coordinator)
    response = client.get(POSTS)
    assert codes(response) == ["P-coordinator", "P-vacant", "P-worker"]
    assert [[t.user.username for t in post.held_today] for post in response.context["page"].rows] == [
        ["coordinator"], [], ["worker"],
    ]  # fmt: skip


def test_list_of_vacant_ended_and_of_an_area(admin, places, vacant):
    factories.post("finance", places.west, code="P-over", valid_to=DAY)
    factories.tenure(factories.person("former"), "finance", places.west, valid_to=DAY)
    shown = codes(admin.get(f"{POSTS}?show=vacant"))
    assert "P-vacant" in shown
    assert not {"P-over", "P-worker"} & set(shown)
    assert codes(admin.get(f"{POSTS}?show=over")) == ["P-over"]
    assert codes(admin.get(f"{POSTS}?area={places.east.code}")) == ["P-coordinator", "P-vacant", "P-worker"]
    assert codes(admin.get(f"{POSTS}?area={places.far.code}")) == []
    assert admin.get(f"{POSTS}?area=1").status_code == 404


def test_pages_follow_each_other(admin, vacant, monkeypatch):
    monkeypatch.setattr("shiliu.grid.views.paging.SIZE", 3)
    found, address = [], POSTS
    while address:
        page = admin.get(address)
        found += codes(page)
        address = POSTS + page.context["page"].next if page.context["page"].next else ""
    assert len(found) == len(set(found)) == 11
    assert found[-3:] == ["P-coordinator", "P-vacant", "P-worker"]


@pytest.mark.parametrize("n", [1, 3])
def test_list_asks_the_same_number_of_queries(client, places, django_assert_num_queries, n):
    viewer = factories.person("viewer")
    factories.tenure(viewer, "leader", places.county)
    for i in range(n):
        factories.tenure(factories.person(f"p{i}"), "finance", places.east)
    client.force_login(viewer)
    client.get(POSTS)
    with django_assert_num_queries(8):
        client.get(POSTS)


@pytest.mark.parametrize("n", [1, 3])
def test_post_asks_the_same_number_of_queries(client, places, vacant, django_assert_num_queries, n):
    viewer = factories.person("viewer")
    factories.tenure(viewer, "administrator", places.county)
    for i in range(n):
        held = factories.tenure(factories.person(f"p{i}"), "finance", places.east)
        type(held).objects.filter(pk=held.pk).update(post=vacant)
    client.force_login(viewer)
    client.get(f"{POSTS}P-vacant/")
    with django_assert_num_queries(13):
        client.get(f"{POSTS}P-vacant/")


# Giving ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["nobody", "nobody某"])
def test_post_is_given_by_user_name_or_whole_name(admin, staff, vacant, who):
    assert give(admin, vacant, who=who, until=day(30)).headers["Location"] == f"{POSTS}P-vacant/"
    tenure = vacant.tenures.get()
    assert (tenure.user, str(tenure.valid_from), str(tenure.valid_to)) == (staff.nobody, day(0), day(30))
    assert "nobody某" in said(admin.get(f"{POSTS}P-vacant/"))


@pytest.mark.parametrize(
    ("values", "status", "sentence"),
    [
        ({"who": "someone"}, 200, "Nobody whom you see is called that"),
        ({"who": "far_coordinator"}, 200, "Nobody whom you see is called that"),
        ({"who": ""}, 200, "Please fill this in"),
        ({"since": ""}, 200, "Please fill this in"),
        ({"since": "soon"}, 200, "Enter a valid date"),
        ({"until": "2020-01-01"}, 200, "The last day is before the first one"),
        ({"since": "2019-01-01"}, 422, "The post does not exist on that day"),
        ({"who": "administrator"}, 422, "Nobody gives themselves a post"),
        ({"seen": ""}, 200, "Please fill this in"),
    ],
)
def test_bad_appointment_is_refused_and_kept(admin, vacant, values, status, sentence):
    response = give(admin, vacant, **values)
    assert response.status_code == status
    assert sentence in said(response)
    for name, value in ({"who": "nobody"} | values).items():
        assert response.context["form"][name].value() == value
    assert not vacant.tenures.exists()


def test_name_that_two_people_have_is_asked_about(admin, staff, vacant):
    factories.person("twin", name="nobody某")
    response = give(admin, vacant, who="nobody某")
    assert "Type one of these user names: nobody, twin." in said(response)


def test_slower_administrator_is_told_sees_what_is_now_and_may_repeat(admin, staff, vacant):
    give(admin, vacant)
    response = give(admin, vacant, who="worker")
    assert response.status_code == 409
    assert "A colleague was faster" in said(response)
    assert "nobody某 holds it, without a last day" in said(response)
    assert vacant.tenures.count() == 1
    again = str(response.context["form"]["seen"].value())
    assert give(admin, vacant, who="worker", seen=again).status_code == 302


def test_list_for_somebody_leads_to_giving(admin, vacant):
    page = said(admin.get(f"{POSTS}?show=vacant&for=nobody"))
    assert "Choose the post that nobody某 is to have" in page
    assert f"{POSTS}P-vacant/give/?who=nobody" in page
    assert admin.get(f"{POSTS}P-vacant/give/?who=nobody").context["form"]["who"].value() == "nobody"
    assert "/give/" not in said(admin.get(f"{POSTS}?show=vacant&for=far_coordinator"))


# Ending and creating --------------------------------------------------------------------------------------


def test_tenure_is_ended_with_a_last_day(admin, staff):
    path = f"{POSTS}held/T-worker/end/"
    early = admin.post(path, {"on": "2019-01-01", "seen": "1"})
    assert (early.status_code, "before the first day" in said(early)) == (422, True)
    assert admin.post(path, {"on": "", "seen": "1"}).status_code == 200
    assert admin.post(path, {"on": day(3), "seen": "7"}).status_code == 409
    assert admin.post(path, {"on": day(3), "seen": "1"}).status_code == 302
    assert str(staff.worker.tenures.get().valid_to) == day(3)


def test_what_has_not_begun_is_withdrawn(admin, vacant):
    give(admin, vacant, since=day(3))
    tenure = vacant.tenures.get()
    path = f"{POSTS}held/{tenure.code}/withdraw/"
    assert path in said(admin.get(f"{POSTS}P-vacant/"))
    assert admin.post(path, {"seen": "²"}).status_code == 409
    assert admin.post(path, {"seen": "1"}).status_code == 302
    assert not vacant.tenures.exists()


def test_post_is_ended(admin, staff):
    response = admin.get(f"{POSTS}P-worker/end/")
    assert "worker某 holds it, and loses its rights" in said(response)
    assert admin.post(f"{POSTS}P-worker/end/", {"on": day(-1), "seen": "9"}).status_code == 409
    assert admin.post(f"{POSTS}P-worker/end/", {"on": day(-1), "seen": "1"}).status_code == 302
    assert "P-worker" in codes(admin.get(f"{POSTS}?show=over"))
    assert "Give this post" not in said(admin.get(f"{POSTS}P-worker/"))


def test_post_is_created(admin, places):
    sent = {"title": "网格员岗", "role": "grid_worker", "area": places.east_2.code, "valid_from": day(0)}
    response = admin.post(f"{POSTS}new/", sent)
    post = Post.objects.get(title="网格员岗")
    assert response.headers["Location"] == f"{POSTS}{post.code}/"
    assert post.area == places.east_2
    page = said(admin.get(response.headers["Location"]))
    assert "vacant" in page
    assert "report a request done" in page


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"area": "990001200001"}, "That lies outside your post's area"),
        ({"role": "king"}, "Select a valid choice"),
        ({"title": ""}, "Please fill this in"),
        ({"valid_to": "2020-01-01"}, "The last day is before the first one"),
    ],
)
def test_bad_post_is_refused_and_kept(admin, places, values, sentence):
    before = Post.objects.count()
    sent = {"title": "岗", "role": "finance", "area": places.east.code, "valid_from": day(0)} | values
    response = admin.post(f"{POSTS}new/", sent)
    assert sentence in said(response)
    assert {name: response.context["form"][name].value() for name in sent} == sent
    assert Post.objects.count() == before
