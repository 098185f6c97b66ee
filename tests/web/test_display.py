"""Large type: chosen on any page, kept for a year, and back to that page only."""

import pytest

pytestmark = pytest.mark.once
BIG = '<html lang="zh-hans" class="large">'


def test_large_type_is_kept_until_normal_is_chosen(client, places):
    response = client.post("/display/", {"type": "large", "next": "/accounts/login/?next=/console/"})

    assert response.headers["Location"] == "/accounts/login/?next=/console/"
    cookie = response.cookies["shiliu_type"]
    assert (cookie.value, cookie["max-age"], cookie["samesite"]) == ("large", 365 * 24 * 3600, "Lax")
    assert cookie["httponly"]
    assert BIG in client.get("/").content.decode()

    client.post("/display/", {"type": "normal", "next": "/"})
    assert BIG not in client.get("/").content.decode()


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_way_back_stays_on_this_site(client, elsewhere):
    assert client.post("/display/", {"type": "large", "next": elsewhere}).headers["Location"] == "/"


def test_unknown_type_is_normal(client, places):
    client.post("/display/", {"type": "<huge>", "next": "/"})
    assert BIG not in client.get("/").content.decode()


def test_reading_a_page_changes_nothing(client, db):
    assert client.get("/display/").status_code == 405
