"""Pages that somebody signed in was shown stay in no cache."""

import pytest
from django.http import HttpResponse

from shiliu.web.middleware import no_copies

PAGES = ["/", "/areas/990001100001/", "/console/", "/console/people/", "/console/posts/", "/admin/unit/"]


@pytest.fixture
def signed_in(client, places, staff):
    client.force_login(staff.administrator)
    return client


@pytest.mark.parametrize("path", PAGES)
def test_page_of_who_is_signed_in_is_not_stored(signed_in, path):
    response = signed_in.get(path)
    assert response.status_code == 200
    assert {"private", "no-store"} <= set(response.headers["Cache-Control"].split(", "))


@pytest.mark.parametrize(("path", "status"), [("/console/people/of/no-one/", 404), ("/console/plan/", 404)])
def test_error_page_is_not_stored_either(signed_in, path, status):
    response = signed_in.get(path)
    assert (response.status_code, response.headers["Cache-Control"]) == (status, "private, no-store")


def test_page_of_the_public_may_be_kept(client, places):
    assert "Cache-Control" not in client.get("/").headers


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (HttpResponse("<p>"), "private, no-store"),
        (HttpResponse("<p>", headers={"Cache-Control": "max-age=60"}), "max-age=60"),
        (HttpResponse(b"", content_type="image/jpeg"), None),
    ],
)
def test_what_a_view_says_and_what_is_no_page_is_left_alone(rf, staff, answer, said):
    request = rf.get("/")
    request.user = staff.nobody
    assert no_copies(lambda _request: answer)(request).headers.get("Cache-Control") == said
