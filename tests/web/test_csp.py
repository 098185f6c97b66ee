"""Nothing inline, nothing from elsewhere: on every page of ours, also on those of errors."""

import re

import pytest
from django.conf import settings
from django.test import Client

from shiliu.core.door import Refused, StaleState
from tests import factories

pytestmark = pytest.mark.once
STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "media-src": "'self' blob:",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'self'",
}
PAGES = [
    "/",
    "/report/2023H1/",
    "/report/2023H1/requests.received/",
    "/console/",
    "/accounts/login/",
    "/accounts/logout/",
    "/accounts/password/change/",
    "/accounts/inactive/",
    "/accounts/signup/",
    "/channel/",
    "/channel/test-column/",
    "/channel/test-column/a-1/",
    "/styleguide/",
    "/styleguide/?shell=console",
    "/styleguide/?shell=field",
    "/no-such-page/",
]


def policy(response) -> dict[str, str]:
    directives = response.headers["Content-Security-Policy"].split(";")
    return dict(directive.strip().split(" ", 1) for directive in directives)


@pytest.fixture
def site(places, staff):
    factories.half_year(places.east_1)
    factories.article(factories.column(places.east), "a-1")
    return staff


def assert_nothing_inline_or_from_elsewhere(response) -> None:
    page = response.content.decode()
    # What describes the page to search engines is data, and never run.
    data = r"<script(?![^>]*\bsrc=)(?! type=\"application/ld\+json\">)"
    assert not re.search(data, page)
    assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=|javascript:", page)
    outside = [
        url for url in re.findall(r'(?:src|href|action)="([^"]*)"', page) if re.match(r"//|[a-z]+:", url)
    ]
    ours = ("http://localhost", "http://testserver", settings.BASE_URL)
    assert [url for url in outside if not url.startswith(ours)] == []


@pytest.mark.parametrize("who", [None, "coordinator"])
def test_every_page_has_the_strict_policy_and_keeps_to_it(client, site, who, subtests):
    if who:
        client.force_login(getattr(site, who))
    for path in PAGES:
        with subtests.test(path):
            response = client.get(path)
            assert policy(response) == STRICT
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Referrer-Policy"] == "same-origin"
            assert_nothing_inline_or_from_elsewhere(response)


def test_only_wagtails_own_pages_have_the_looser_one(client, site):
    client.force_login(site.editor)
    loose = policy(client.get("/admin/"))
    assert "'unsafe-inline'" in loose["script-src"]
    assert (loose["default-src"], loose["frame-ancestors"]) == ("'none'", "'self'")
    for path in ("/administer/", "/admin", "/Admin/", "/accounts/login/?next=/admin/"):
        assert "unsafe" not in client.get(path).headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/no-such-page/", "/report/2023H9/"])
def test_missing_page_is_our_page(client, site, path):
    response = client.get(path)
    assert response.status_code == 404
    assert response.templates[0].name == "404.html"


def test_foreign_host_is_refused(db):
    response = Client(headers={"host": "evil.example"}).get("/")
    assert response.status_code == 400
    assert policy(response) == STRICT
    assert "evil.example" not in response.content.decode()


def test_error_of_the_program_tells_nothing(site, monkeypatch):
    monkeypatch.setattr("shiliu.web.views.pages.latest_articles", lambda n: 1 / 0)
    response = Client(raise_request_exception=False).get("/")
    assert response.status_code == 500
    assert policy(response) == STRICT
    assert_nothing_inline_or_from_elsewhere(response)
    assert "ZeroDivision" not in response.content.decode()


@pytest.mark.parametrize(("refusal", "status"), [(StaleState, 409), (Refused, 422)])
def test_refusal_that_no_view_caught_is_a_page_with_its_sentence(site, monkeypatch, refusal, status):
    def refuse(n):
        raise refusal("A colleague <was> faster.")

    monkeypatch.setattr("shiliu.web.views.pages.latest_articles", refuse)
    response = Client().get("/")
    assert response.status_code == status
    assert "A colleague &lt;was&gt; faster." in response.content.decode()
    assert_nothing_inline_or_from_elsewhere(response)


def test_forbidden_page_is_ours(client, site):
    client.force_login(site.nobody)
    response = client.get("/admin/")
    assert response.status_code == 403
    assert response.templates[0].name == "403.html"


def test_form_without_its_token_is_told_on_our_page(site):
    strict = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    response = strict.post("/accounts/login/", {})
    assert response.status_code == 403
    assert "This form is out of date." in response.content.decode()
    assert policy(response) == STRICT
    assert_nothing_inline_or_from_elsewhere(response)


def test_debug_is_off_and_tests_know_it():
    assert settings.DEBUG is False
