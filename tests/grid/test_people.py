"""The pages of people: whom one sees, what they may do and why, and how somebody is invited."""

import html
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from shiliu.core import access, audit
from shiliu.core.models import User
from shiliu.grid import actions, people
from shiliu.grid.actions import seen_of
from shiliu.grid.roles import ROLES
from tests import factories
from tests.factories import DAY, PASSWORD

PEOPLE = "/console/people/"
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}


@pytest.fixture
def admin(client, staff):
    client.force_login(staff.administrator)
    client.defaults |= ENGLISH
    return client


def said(response) -> str:
    return html.unescape(response.content.decode())


def names(response) -> list[str]:
    return [user.username for user in response.context["page"].rows]


def send(client, **values: str):
    usual = {"name": "甲某", "username": "xin", "email": "", "post": "", "since": "", "until": ""}
    return client.post(f"{PEOPLE}invite/", usual | values)


# Whom one sees --------------------------------------------------------------------------------------------


def test_list_holds_the_people_of_ones_scope(client, places, staff):
    former = factories.person("former")
    factories.tenure(former, "finance", places.east, valid_to=DAY)
    client.force_login(staff.coordinator)
    assert names(client.get(PEOPLE)) == ["coordinator", "worker"]
    assert names(client.get(f"{PEOPLE}?show=all")) == ["coordinator", "former", "worker"]
    assert names(client.get(f"{PEOPLE}?show=none")) == ["coordinator", "worker"]  # only for who appoints


def test_who_appoints_sees_accounts_without_a_post(admin, staff):
    assert names(admin.get(f"{PEOPLE}?show=none")) == ["nobody"]
    assert admin.get(f"{PEOPLE}of/nobody/").status_code == 200
    assert admin.get(f"{PEOPLE}of/far_coordinator/").status_code == 404


def test_posts_outside_the_scope_are_not_shown(client, places, staff):
    factories.tenure(staff.worker, "finance", places.far)
    client.force_login(staff.coordinator)
    page = said(client.get(f"{PEOPLE}of/worker/"))
    assert "grid_worker岗" in page
    assert "finance岗" not in page


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("worker", ["worker"]),
        ("leader某", ["leader"]),
        ("coordi", ["coordinator", "town_coordinator"]),
        ("%", []),
        ("' OR 1", []),
    ],
)
def test_search_by_name_and_user_name(admin, words, found):
    response = admin.get(PEOPLE, {"q": words})
    assert names(response) == found
    assert found or "Nobody here is called" in said(response)


def test_pages_follow_each_other(admin, places, monkeypatch):
    monkeypatch.setattr("shiliu.grid.views.paging.SIZE", 4)
    found, address = [], PEOPLE
    while address:
        page = admin.get(address)
        found += names(page)
        address = PEOPLE + page.context["page"].next if page.context["page"].next else ""
    assert found == sorted(found)
    assert len(found) == len(set(found)) == 10


@pytest.mark.parametrize("n", [1, 3])
def test_list_asks_the_same_number_of_queries(client, places, django_assert_num_queries, n):
    viewer = factories.person("viewer")
    factories.tenure(viewer, "leader", places.county)
    for i in range(n):
        factories.tenure(factories.person(f"p{i}"), "finance", places.east)
    client.force_login(viewer)
    client.get(PEOPLE)
    with django_assert_num_queries(7):
        client.get(PEOPLE)


@pytest.mark.parametrize("n", [1, 3])
def test_person_asks_the_same_number_of_queries(client, places, django_assert_num_queries, n):
    viewer = factories.person("viewer")
    factories.tenure(viewer, "administrator", places.county)
    shown = factories.person("shown")
    for _one in range(n):
        factories.tenure(shown, "finance", places.east)
    client.force_login(viewer)
    client.get(f"{PEOPLE}of/shown/")
    with django_assert_num_queries(13):
        client.get(f"{PEOPLE}of/shown/")


# What they may do, and why --------------------------------------------------------------------------------


def test_rights_are_told_with_post_area_and_last_day(admin, places, staff):
    until = timezone.localdate() + timedelta(days=9)
    factories.tenure(staff.worker, "finance", places.west, valid_to=until)
    reasons = {reason.tenure.post.role: reason for reason in people.reasons(staff.worker.tenures.all())}
    assert reasons["finance"].rights == [str(access.RIGHTS[name]) for name in sorted(ROLES["finance"].rights)]
    assert reasons["finance"].areas == [places.west]
    assert (reasons["finance"].until, reasons["grid_worker"].until) == (until, None)

    page = said(admin.get(f"{PEOPLE}of/worker/"))
    for words in (*reasons["finance"].rights, "测试west", until.isoformat()):
        assert words in page


def test_rights_name_the_successor_too(places, staff):
    old = factories.area("990001100003", name="旧社区")
    factories.tenure(staff.nobody, "finance", old)
    factories.succession(old, places.west)
    [reason] = people.reasons(staff.nobody.tenures.all())
    assert reason.areas == [places.west, old]


def test_former_and_future_posts_give_no_right_and_are_shown(admin, places, staff):
    today = timezone.localdate()
    for first, last in ((DAY, DAY), (today + timedelta(days=1), None)):
        factories.tenure(staff.nobody, "finance", places.town, valid_from=first, valid_to=last)
    response = admin.get(f"{PEOPLE}of/nobody/")
    held = response.context["held"]
    assert (len(held.now), len(held.later), len(held.before)) == (0, 1, 1)
    assert response.context["reasons"] == []


@pytest.mark.parametrize("right", ["requests.accept", "aid.pay", "grid.appoint", "venues.edit"])
def test_who_can_is_who_may(places, staff, right):
    """The page and `access.allows` agree, for everybody and everywhere."""
    old = factories.area("990001100003")
    factories.tenure(factories.person("old"), "coordinator", old)
    factories.succession(old, places.far)
    everybody = list(User.objects.all())
    for where in (places.town, places.east, places.east_1, places.far_1, old):
        able = {user.username for user in everybody if access.allows(user, right, where.code)}
        assert {tenure.user.username for tenure in people.who_can(right, where)} == able


def test_who_can_is_told_on_its_page(admin, places):
    page = admin.get(f"{PEOPLE}who/", {"right": "requests.accept", "area": places.east.code})
    assert [tenure.user.username for tenure in page.context["found"]] == ["town_coordinator", "coordinator"]
    nobody = admin.get(f"{PEOPLE}who/", {"right": "works.accept", "area": places.east.code})
    assert "works_manager某" in said(nobody)
    assert "Everybody may do this" in said(
        admin.get(f"{PEOPLE}who/", {"right": "requests.ask", "area": places.east.code})
    )


@pytest.mark.parametrize(
    "values", [{"area": "990001200001"}, {"area": "x"}, {"right": "grid.rule"}, {"area": ""}]
)
def test_who_can_refuses_what_is_not_offered(admin, places, values):
    asked = {"right": "requests.accept", "area": places.east.code} | values
    response = admin.get(f"{PEOPLE}who/", asked)
    assert response.status_code == 200
    assert response.context["found"] is None
    assert response.context["form"].errors


@pytest.mark.parametrize("n", [1, 3])
def test_who_can_asks_the_same_number_of_queries(places, django_assert_num_queries, n):
    for i in range(n):
        factories.tenure(factories.person(f"p{i}"), "finance", places.east)
    with django_assert_num_queries(2):
        found = list(people.who_can("aid.pay", places.east))
        assert [(it.user.name, it.post.title, it.area.name) for it in found] == [
            (f"p{i}某", "finance岗", "测试east") for i in range(n)
        ]


@pytest.mark.parametrize(("who", "told"), [("administrator", True), ("leader", True), ("coordinator", False)])
def test_story_is_for_who_audits_or_appoints(client, places, staff, who, told):
    post = factories.post("finance", places.east)
    actions.appoint(post, staff.worker, since=timezone.localdate(), by=staff.administrator)
    client.force_login(getattr(staff, who))
    for path in (f"{PEOPLE}of/worker/", f"/console/posts/{post.code}/"):
        page = said(client.get(path, headers={"accept-language": "en"}))
        assert (f"gave worker the post {post.code}" in page) == told


# Inviting -------------------------------------------------------------------------------------------------


def test_invitation_shows_its_link_once(admin):
    response = send(admin, username="Xin")
    assert response.headers["Location"] == f"{PEOPLE}of/xin/"
    page = said(admin.get(f"{PEOPLE}of/xin/"))
    assert "/accounts/invite/" in page
    assert "<svg" in page.split("to photograph")[1]
    assert "style=" not in page
    assert "/accounts/invite/" not in said(admin.get(f"{PEOPLE}of/xin/"))
    assert "no password yet" in page


def test_invitation_with_a_post(admin, places):
    post = factories.post("finance", places.east)
    send(admin, post=post.code, since="2026-01-01", until="2999-12-31")
    tenure = post.tenures.get()
    assert (tenure.user.username, str(tenure.valid_from), str(tenure.valid_to)) == (
        "xin", "2026-01-01", "2999-12-31",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"username": "worker"}, "This user name is taken"),
        ({"username": "WORKER"}, "This user name is taken"),
        ({"username": "甲"}, "“甲” cannot be a user name"),
        ({"username": "../x"}, "cannot be a user name"),
        ({"name": ""}, "Please fill this in"),
        ({"email": "x@"}, "Enter a valid email address"),
        ({"post": "P-worker"}, "This post is no longer vacant"),
        ({"since": "2026-02-30"}, "Enter a valid date"),
        ({"since": "2026-02-01", "until": "2026-01-01"}, "The last day is before the first one"),
    ],
)
def test_bad_invitation_is_refused_and_kept(admin, values, sentence):
    response = send(admin, **values)
    assert response.status_code == 200
    assert sentence in said(response)
    for name, value in ({"name": "甲某"} | values).items():
        assert response.context["form"][name].value() == value
    assert not User.objects.filter(username="xin").exists()
    assert not User.objects.filter(name="甲某").exists()


def test_invitation_that_the_action_refuses_is_kept(admin, places):
    post = factories.post("finance", places.east, valid_from=timezone.localdate())
    response = send(admin, post=post.code, since="2020-01-01")
    assert response.status_code == 422
    assert "The post does not exist on that day" in said(response)
    assert not User.objects.filter(username="xin").exists()


def test_post_of_another_town_is_not_offered(admin, places):
    far = factories.post("finance", places.far)
    assert "This post is no longer vacant" in said(send(admin, post=far.code))


# The link -------------------------------------------------------------------------------------------------


def link_on(client) -> str:
    found = re.search(r'value="http://[^/"]+(/accounts/invite/[^"]+)"', said(client.get(f"{PEOPLE}of/xin/")))
    assert found
    return found[1]


@pytest.fixture
def link(admin) -> str:
    send(admin)
    path = link_on(admin)
    admin.logout()
    return path


def choose(client, path: str, one: str = PASSWORD, two: str = PASSWORD):
    return client.post(path, {"new_password1": one, "new_password2": two})


def test_link_hides_its_token_and_sets_the_password(client, link):
    response = client.get(link)
    hidden = response.headers["Location"]
    assert hidden.endswith("/choose/")
    assert "xin" in said(client.get(hidden))

    assert choose(client, hidden).headers["Location"] == "/accounts/login/"

    user = User.objects.get(username="xin")
    assert user.check_password(PASSWORD)
    assert [entry.verb for entry in audit.entries_of(user)] == ["grid.invite", "grid.join"]
    assert client.get(link).status_code == 410
    assert choose(client, hidden).status_code == 410


@pytest.mark.parametrize(
    ("one", "two"), [("short", "short"), (PASSWORD, "another"), ("1234567890", "1234567890"), ("", "")]
)
def test_bad_password_is_refused(client, link, one, two):
    hidden = client.get(link).headers["Location"]
    response = choose(client, hidden, one, two)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not User.objects.get(username="xin").has_usable_password()


def test_link_without_the_session_that_opened_it_is_void(client, link):
    hidden = client.get(link).headers["Location"]
    client.session.flush()
    client.cookies.clear()
    assert choose(client, hidden).status_code == 410


def test_link_is_void_after_seven_days(client, link, monkeypatch):
    from datetime import datetime

    from shiliu.grid.invitations import _tokens

    monkeypatch.setattr(_tokens, "_now", lambda: datetime.now() + timedelta(days=7, minutes=-1))  # noqa: DTZ005
    assert client.get(link).status_code == 302
    monkeypatch.setattr(_tokens, "_now", lambda: datetime.now() + timedelta(days=7, minutes=1))  # noqa: DTZ005
    assert client.get(link).status_code == 410


@pytest.mark.parametrize(
    "change",
    [lambda p: p[:-2] + "x/", lambda p: p.replace("eGlu", "d29ya2Vy"), lambda p: p.replace("eGlu", "a")],
)
def test_link_that_was_changed_is_void(client, link, change):
    assert change(link) != link
    assert client.get(change(link)).status_code == 410


def test_new_link_makes_the_old_one_void(client, staff, link):
    client.force_login(staff.administrator)
    seen = seen_of(User.objects.get(username="xin"))
    assert client.post(f"{PEOPLE}of/xin/link/", {"seen": seen}).status_code == 302
    newer = link_on(client)
    assert client.post(f"{PEOPLE}of/xin/link/", {"seen": seen}).status_code == 409
    client.logout()
    assert client.get(link).status_code == 410
    assert client.get(newer).status_code == 302


def test_account_without_a_password_is_told_so_instead_of_an_error(client, staff):
    without = factories.person("without")
    client.force_login(without)
    response = client.get("/accounts/password/change/", follow=True, headers={"accept-language": "en"})
    assert response.status_code == 200
    assert "no password that could be changed" in said(response)


# Switching off --------------------------------------------------------------------------------------------


def test_switching_off_and_on(admin, staff):
    path = f"{PEOPLE}of/worker/"
    admin.post(f"{path}off/", {"seen": seen_of(staff.worker)})
    staff.worker.refresh_from_db()
    assert not staff.worker.is_active
    assert "switched off" in said(admin.get(path))
    assert "Make a new link" not in said(admin.get(path))
    admin.post(f"{path}on/", {"seen": seen_of(staff.worker)})
    assert "/accounts/invite/" in said(admin.get(path))
    staff.worker.refresh_from_db()
    assert staff.worker.is_active


def test_own_page_offers_nothing_of_that(admin):
    page = said(admin.get(f"{PEOPLE}of/administrator/"))
    assert "Switch the account off" not in page
    assert "Give a post" not in page
    assert admin.post(f"{PEOPLE}of/administrator/off/").status_code == 422
