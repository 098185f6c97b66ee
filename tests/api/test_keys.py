"""Keys of programs and access tokens of people: made, shown once, taken back; by page and by command."""

import io
import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from shiliu.api import actions, keys
from shiliu.api.models import AccessToken, Client
from shiliu.core import access, audit, retention
from shiliu.core.door import Refused, StaleState
from shiliu.core.models import AuditEntry
from tests import factories
from tests.api.conftest import BY, MAIL

CLIENTS, TOKENS = "/console/clients/", "/console/tokens/"
FORM = {"name": "甲程序", "contact_email": MAIL, "per_minute": "30"}


def shown_key(response) -> str:
    return re.search(r'<input id="key-text" readonly value="([^"]+)">', response.content.decode())[1]


def today():
    return timezone.localdate()


@pytest.fixture
def desk(client, staff):
    """desk(user): a browser in which somebody has signed in, in English."""

    def sign_in(user):
        client.force_login(user)
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client

    return sign_in


# Actions --------------------------------------------------------------------------------------------------


def test_key_is_random_kept_as_a_digest_and_in_no_entry(places):
    made = [actions.add_client(name="甲程序", contact_email=MAIL, area=places.town, by=BY) for _n in range(2)]
    assert made[0][1] != made[1][1]
    for client, key in made:
        assert re.fullmatch(r"slk_[\w-]{43}", key)
        assert keys.client_of(key) == client
        entry = AuditEntry.objects.get(public_id=client.code)
        assert (entry.data["digest"], entry.data["contact_email"]) == ("•••", "•••")
        assert key not in str(vars(Client.objects.get(pk=client.pk)))
        assert client.digest not in str(entry.data)
    assert audit.sentence(entry) == "The system gave the program “甲程序” a key"
    assert keys.client_of(made[0][1].replace("slk_", "slt_")) is None


def test_key_taken_back_opens_nothing_and_cannot_be_taken_back_twice(places):
    client, key = actions.add_client(name="甲程序", contact_email=MAIL, area=places.town, by=BY)
    with pytest.raises(StaleState):
        actions.revoke_client(client, by=BY, seen=2)
    actions.revoke_client(client, by=BY, seen=1)
    assert keys.client_of(key) is None
    with pytest.raises(Refused, match="already"):
        actions.revoke_client(client, by=BY, seen=2)
    assert [entry.verb for entry in AuditEntry.objects.all()] == ["api.add_client", "api.revoke_client"]


def test_only_who_has_the_right_there_gives_keys(places, staff):
    given = {"name": "甲程序", "contact_email": MAIL}
    for by, where in ((staff.coordinator, places.town), (staff.administrator, places.other_town)):
        with pytest.raises(access.NotPermitted):
            actions.add_client(area=where, by=by, **given)
    with pytest.raises(Refused, match="one town"):
        actions.add_client(area=places.county, by=BY, **given)
    with pytest.raises(Refused, match="one town"):
        actions.add_client(area=places.east, by=BY, **given)
    assert not Client.objects.exists()


@pytest.mark.parametrize("days", [-1, 366])
def test_token_is_good_for_a_year_at_most(staff, days):
    with pytest.raises(Refused, match="within a year"):
        actions.make_token(name="表格", expires_on=today() + timedelta(days=days), by=staff.worker)
    assert not AccessToken.objects.exists()


def test_token_is_its_owners_alone(staff):
    token, text = actions.make_token(name="表格", expires_on=today() + timedelta(days=365), by=staff.worker)
    assert keys.token_of(text) == token
    with pytest.raises(access.NotPermitted):
        actions.revoke_token(token, by=staff.administrator, seen=1)
    actions.revoke_token(token, by=staff.worker, seen=1)
    with pytest.raises(Refused, match="already"):
        actions.revoke_token(token, by=staff.worker, seen=2)
    assert keys.token_of(text) is None
    told = [audit.sentence(entry) for entry in AuditEntry.objects.order_by("id")]
    assert told == [
        f"worker某 made the access token “表格”, until {token.expires_on}",
        "worker某 took the access token “表格” back",
    ]


def test_address_of_who_ran_a_program_is_erased(places):
    client, _key = actions.add_client(name="甲程序", contact_email=MAIL, area=places.town, by=BY)
    retention.erase(today() + timedelta(days=999))
    client.refresh_from_db()
    assert client.contact_email == MAIL  # in use
    actions.revoke_client(client, by=BY, seen=1)
    retention.erase(today() + timedelta(days=181))
    client.refresh_from_db()
    assert client.contact_email == ""


# Pages ----------------------------------------------------------------------------------------------------


def test_page_gives_a_key_and_shows_it_once(desk, staff, places):
    page = desk(staff.administrator).post(f"{CLIENTS}new/", FORM | {"area": places.town.code})
    key = shown_key(page)
    assert (page.status_code, page.headers["Cache-Control"].count("no-store")) == (200, 1)
    made = keys.client_of(key)
    assert (made.name, made.area, made.per_minute, made.answers_with_token) == (
        "甲程序",
        places.town,
        30,
        False,
    )
    assert AuditEntry.objects.get().actor == staff.administrator
    page = desk(staff.administrator).get(CLIENTS).content.decode()
    assert "甲程序" in page
    assert key not in page
    after = desk(staff.administrator).post(f"{CLIENTS}{made.code}/revoke/", {"seen": "1"}, follow=True)
    assert "opens nothing any more" in after.content.decode()
    assert keys.client_of(key) is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "required"),
        ({"contact_email": "nobody"}, "valid email"),
        ({"per_minute": "0"}, "greater than or equal to 1"),
        ({"area": "990001200"}, "Select a valid choice"),
        ({"area": "990001100001"}, "Select a valid choice"),
    ],
)
def test_wrong_form_comes_back_with_what_was_typed(desk, staff, places, wrong, said):
    page = desk(staff.administrator).post(f"{CLIENTS}new/", FORM | {"area": places.town.code} | wrong)
    assert page.status_code == 422
    assert said in page.content.decode()
    assert wrong.get("name") == "" or "甲程序" in page.content.decode()
    assert not Client.objects.exists()


def test_stale_button_says_so(desk, staff, places):
    client = factories.api_client(places.town, version=2)
    response = desk(staff.administrator).post(f"{CLIENTS}{client.code}/revoke/", {"seen": "1"})
    assert response.status_code == 409
    assert "A colleague was faster" in response.content.decode()


def test_page_makes_a_token_and_shows_it_once(desk, staff):
    until = today() + timedelta(days=30)
    page = desk(staff.worker).post(f"{TOKENS}new/", {"name": "表格", "expires_on": until.isoformat()})
    token = keys.token_of(shown_key(page))
    assert (token.user, token.expires_on) == (staff.worker, until)
    page = desk(staff.worker).get(TOKENS).content.decode()
    assert "表格" in page
    assert "slt_" not in page
    desk(staff.coordinator)
    assert "表格" not in desk(staff.coordinator).get(TOKENS).content.decode()
    assert desk(staff.coordinator).post(f"{TOKENS}{token.code}/revoke/", {"seen": "1"}).status_code == 404
    after = desk(staff.worker).post(f"{TOKENS}{token.code}/revoke/", {"seen": "1"}, follow=True)
    assert "taken back" in after.content.decode()


def test_who_holds_no_post_is_offered_no_token_and_makes_none(desk, staff):
    assert TOKENS in desk(staff.worker).get("/console/").content.decode()
    browser = desk(staff.nobody)
    assert TOKENS not in browser.get("/console/").content.decode()
    form = {"name": "表格", "expires_on": today().isoformat()}
    refused = browser.post(f"{TOKENS}new/", form)
    assert refused.status_code == 403
    assert "You may not make access tokens for oneself here. Ask" in refused.content.decode()
    with pytest.raises(access.NotPermitted):
        actions.make_token(**form | {"expires_on": today()}, by=staff.nobody)
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("until", ["", "soon", "2000-01-01", "2999-01-01"])
def test_token_with_a_wrong_day_comes_back(desk, staff, until):
    page = desk(staff.worker).post(f"{TOKENS}new/", {"name": "表格", "expires_on": until})
    assert page.status_code == 422
    assert "表格" in page.content.decode()
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_however_many(desk, staff, places, rows, django_assert_num_queries):
    for n in range(rows):
        factories.api_client(places.town, name=f"程序{n}")
        factories.token(staff.administrator)
    browser = desk(staff.administrator)
    for path, queries in ((CLIENTS, 6), (TOKENS, 6)):
        with django_assert_num_queries(queries):
            page = browser.get(path).content.decode()
        assert page.count('name="seen"') == rows


# Command --------------------------------------------------------------------------------------------------


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("clients", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue().strip()


def test_command_adds_lists_and_revokes(places):
    key = run("add", "甲程序", MAIL, "--per-minute", "5", "--token")
    client = keys.client_of(key)
    assert (client.area, client.per_minute, client.answers_with_token) == (places.town, 5, True)
    assert run("list") == f"{client.code}  990001100  甲程序  in use"
    run("revoke", client.code)
    assert f"taken back on {today()}" in run("list")
    assert keys.client_of(key) is None
    assert AuditEntry.objects.last().actor_label == "system:clients"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add", "", MAIL], "1 to 80"),
        (["add", "甲", "nobody"], "valid email"),
        (["add", "甲", MAIL, "--town", "1"], "no such town"),
        (["add", "甲", MAIL, "--town", "990001"], "one town"),
        (["add", "甲", MAIL, "--per-minute", "0"], "from 1 to 6,000"),
        (["revoke", "nothing"], "no program"),
    ],
)
def test_command_says_what_is_wrong(places, arguments, said):
    with pytest.raises(CommandError, match=said):
        run(*arguments)
    assert not Client.objects.exists()
