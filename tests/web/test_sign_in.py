"""One way in: by allauth, with a lock after five failures that every process knows of; nobody signs up."""

import pytest
from django.conf import settings
from django.urls import reverse

from shiliu.core.models import User
from tests import factories
from tests.factories import PASSWORD

LOGIN = "/accounts/login/"
ENGLISH = {"accept-language": "en"}
TOO_MANY = "Too many failed login attempts"


@pytest.fixture
def wang(db) -> User:
    return factories.person("wang", password=PASSWORD)


def sign_in(client, password: str = PASSWORD, username: str = "wang", **extra):
    data = {"login": username, "password": password} | extra.pop("data", {})
    return client.post(LOGIN, data, headers=ENGLISH | extra.pop("headers", {}), **extra)


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_right_password_opens_the_console(client, wang):
    response = sign_in(client)
    assert (response.status_code, response.headers["Location"]) == (302, reverse("console:start"))
    assert is_signed_in(client)
    assert client.get(reverse("console:start")).status_code == 200


def test_sign_in_begins_a_new_session(client, wang):
    client.session["before"] = 1
    client.session.save()
    before = client.session.session_key
    sign_in(client)
    assert client.session.session_key != before


@pytest.mark.parametrize(
    ("username", "password"), [("wang", "wrong"), ("nobody-here", PASSWORD), ("wang", "")]
)
def test_wrong_name_and_wrong_password_look_the_same(client, wang, username, password):
    response = sign_in(client, password, username)
    assert response.status_code == 200
    assert not is_signed_in(client)
    if password:
        assert "The username and/or password you specified are not correct" in response.content.decode()


def test_inactive_account_does_not_get_in(client, wang):
    User.objects.update(is_active=False)
    response = sign_in(client)
    assert response.headers["Location"] == reverse("account_inactive")
    assert not is_signed_in(client)


def test_account_without_a_password_does_not_get_in(client, db):
    factories.person("imported")
    for guess in ("!", "", "None"):
        sign_in(client, guess, "imported")
        assert not is_signed_in(client)


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_signs_up(client, db, method):
    data = {"username": "me", "password1": PASSWORD, "password2": PASSWORD}
    response = getattr(client, method)("/accounts/signup/", data)
    assert response.status_code == 200
    assert response.templates[0].name == "account/signup_closed.html"
    assert not User.objects.exists()


def test_sign_out_is_a_post(client, wang):
    sign_in(client)
    assert client.get("/accounts/logout/").status_code == 200
    assert is_signed_in(client)
    assert client.post("/accounts/logout/").headers["Location"] == "/"
    assert not is_signed_in(client)


# The lock -------------------------------------------------------------------------------------------------


def test_five_failures_lock_the_account_for_the_right_password_too(client, wang):
    for _try in range(5):
        assert TOO_MANY not in sign_in(client, "wrong").content.decode()
    assert TOO_MANY in sign_in(client).content.decode()
    assert not is_signed_in(client)


def test_lock_is_of_one_account(client, wang):
    factories.person("li", password=PASSWORD)
    for _try in range(6):
        sign_in(client, "wrong")
    sign_in(client, username="li")
    assert is_signed_in(client)


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"headers": {"host": "localhost"}},
        {"headers": {"host": "127.0.0.1:4711"}},
        {"headers": {"x-forwarded-for": "192.0.2.7"}},
        {"username": "WANG"},
        {"username": " wang "},
    ],
)
def test_lock_holds_from_every_address_and_under_every_spelling(client, wang, elsewhere):
    for _try in range(5):
        sign_in(client, "wrong")
    sign_in(client, **elsewhere)
    assert not is_signed_in(client)


def test_every_host_and_port_counts_against_the_same_account(client, wang):
    for port in range(5):
        sign_in(client, "wrong", headers={"host": f"127.0.0.1:{port + 1}"})
    sign_in(client)
    assert not is_signed_in(client)


def test_lock_ends_after_a_quarter_of_an_hour(client, wang, monkeypatch):
    import time

    for _try in range(6):
        sign_in(client, "wrong")
    now = time.time()
    monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda: now + 15 * 60 + 1)
    sign_in(client)
    assert is_signed_in(client)


def test_right_password_in_between_does_not_reset_the_count(client, wang):
    for _try in range(4):
        sign_in(client, "wrong")
    sign_in(client)
    client.logout()
    sign_in(client, "wrong")
    sign_in(client)
    assert not is_signed_in(client)


def test_one_address_gets_ten_failures_a_minute_over_all_accounts(client, wang):
    for n in range(10):
        sign_in(client, "wrong", f"guess{n}")
    sign_in(client)
    assert not is_signed_in(client)
    sign_in(client, REMOTE_ADDR="192.0.2.7")
    assert is_signed_in(client)


@pytest.mark.parametrize(("proxies", "locked"), [(0, True), (1, False)])
def test_forwarded_address_counts_only_behind_as_many_proxies_as_were_set(
    client, wang, monkeypatch, proxies, locked
):
    """Otherwise whoever types the header is somebody else at each try."""
    monkeypatch.setattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", proxies)
    for n in range(10):
        sign_in(client, "wrong", f"guess{n}", headers={"x-forwarded-for": f"192.0.2.{n}"})
    sign_in(client, headers={"x-forwarded-for": "192.0.2.99"})
    assert is_signed_in(client) != locked


@pytest.mark.django_db(transaction=True)
def test_failures_in_two_processes_add_up(client, start_process):
    factories.person("wang", password=PASSWORD)
    other = start_process()
    for _try in range(3):
        other.ask(
            "from django.conf import settings",
            "from django.test import Client",
            f"settings.PASSWORD_HASHERS = {settings.PASSWORD_HASHERS!r}",
            "client = Client(headers={'host': 'localhost'})",
            f"client.post('{LOGIN}', {{'login': 'wang', 'password': 'wrong'}}).status_code",
        )
    for _try in range(2):
        sign_in(client, "wrong")
    assert TOO_MANY in sign_in(client).content.decode()
    assert not is_signed_in(client)


# Where one lands ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["/report/2023H1/", "/admin/", "/console/?x=1"])
def test_next_leads_back_to_the_page_asked_for(client, wang, target):
    assert sign_in(client, data={"next": target}).headers["Location"] == target


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "https://127.0.0.1@evil.example/",
        "\thttps://evil.example",
    ],
)
def test_next_leads_nowhere_else(client, wang, target):
    assert sign_in(client, data={"next": target}).headers["Location"] == reverse("console:start")


@pytest.mark.parametrize("address", ["/admin/login/", "/channel/_util/login/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_wagtails_own_sign_ins_lead_to_ours(client, wang, address, method):
    data = {"username": "wang", "password": PASSWORD}
    response = getattr(client, method)(f"{address}?next=/admin/", data if method == "post" else None)
    assert (response.status_code, response.headers["Location"]) == (302, f"{LOGIN}?next=/admin/")
    assert not is_signed_in(client)


def test_console_asks_to_sign_in_first(client, db):
    assert client.get("/console/").headers["Location"] == f"{LOGIN}?next=/console/"


def test_language_switch_leads_nowhere_else(client, db):
    response = client.post("/language/", {"language": "en", "next": "https://evil.example/"})
    assert response.headers["Location"] == "/"


# Passwords and cookies ------------------------------------------------------------------------------------


@pytest.mark.parametrize("weak", ["short1!", "1234567890", "password123"])
def test_weak_password_is_refused(client, wang, weak):
    client.force_login(wang)
    response = client.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    )
    wang.refresh_from_db()
    assert response.status_code == 200
    assert wang.check_password(PASSWORD)


def test_password_is_changed_with_the_old_one(client, wang):
    client.force_login(wang)
    new = "榴-nine-Samen-77"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    wang.refresh_from_db()
    assert wang.check_password(new)


def test_session_cookie_is_out_of_reach_of_scripts(client, wang):
    cookie = sign_in(client).cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["expires"] == cookie["max-age"] == ""  # gone with the browser


def test_post_without_its_token_is_refused(wang):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    assert strict.post(LOGIN, {"login": "wang", "password": PASSWORD}).status_code == 403
