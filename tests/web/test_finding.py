"""The sitemap and robots.txt: every public page, none that is not, under the address that people type."""

import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shiliu.web import sitemaps
from tests import factories

S = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SITE = "http://127.0.0.1:8000"


def locations(client, path: str) -> list[str]:
    response = client.get(path)
    assert response.headers["Content-Type"] == "application/xml"
    return [each.text for each in ElementTree.fromstring(response.content).iter(f"{S}loc")]  # noqa: S314


@pytest.fixture
def town(places):
    column = factories.column(places.east)
    page = factories.article(column, "a-1")
    factories.article(column, "a-1-ug", language="ug", original=page)
    factories.article(column, "draft", live=False)
    factories.venue(places.east, code="V-1")
    factories.venue(places.east, code="V-2", valid_to=timezone.localdate() - timedelta(days=1))
    return places


def test_sitemap_has_every_page_that_is_public(client, town):
    sections = locations(client, "/sitemap.xml")
    found = {url for section in sections for url in locations(client, section.removeprefix(SITE))}
    for path in (
        "/", "/learning/", "/learning/guides/", "/charts/",
        "/channel/", "/channel/test-column/", "/channel/test-column/a-1/",
        "/channel/test-column/a-1-ug/",
        "/venues/V-1/", f"/areas/{town.east_1.code}/",
    ):  # fmt: skip
        assert f"{SITE}{path}" in found
    assert not [url for url in found if "draft" in url or "V-2" in url]
    for url in found - {f"{SITE}/report/", f"{SITE}/map/"}:
        assert client.get(url.removeprefix(SITE), follow=True).status_code == 200, url


def test_large_section_is_split(client, town, monkeypatch):
    monkeypatch.setattr(sitemaps.Findable, "limit", 1)
    sections = [url for url in locations(client, "/sitemap.xml") if "articles" in url]
    assert sections == [f"{SITE}/sitemap-articles.xml", f"{SITE}/sitemap-articles.xml?p=2"]
    assert len({url for section in sections for url in locations(client, section.removeprefix(SITE))}) == 2


def test_sections_keep_to_the_limits_of_the_protocol_and_read_no_bodies(client, town):
    """At most 50,000 addresses and 50 MB a file: an address and a day are far below 1 kB."""
    assert all(section.limit <= 50_000 for section in sitemaps.sections().values())
    with CaptureQueriesContext(connection) as asked:
        client.get("/sitemap-articles.xml")
    assert not [each["sql"] for each in asked if '"body"' in each["sql"]]


def test_article_says_when_it_was_changed(client, town):
    page = factories.article(factories.column(town.west, code="west"), "new", live=False)
    page.save_revision().publish()
    shown = client.get("/sitemap-articles.xml").content.decode()
    assert re.search(rf"west/new/</loc><lastmod>{timezone.now():%Y}-\d\d-\d\d</lastmod>", shown)


@pytest.mark.parametrize(
    "path", ["/sitemap-nothing.xml", "/sitemap-articles.xml?p=99", "/sitemap-articles.xml?p=x"]
)
def test_part_that_is_not_there_is_not_found(client, town, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("n", [1, 3])
def test_queries_do_not_grow(client, places, django_assert_num_queries, n):
    column = factories.column(places.east)
    for number in range(n):
        factories.article(column, f"a-{number}")
    with django_assert_num_queries(3):
        client.get("/sitemap-articles.xml")


@pytest.mark.once
def test_robots_are_kept_from_staff_and_told_of_the_sitemap(client):
    response = client.get("/robots.txt")
    said = response.content.decode()
    assert response.headers["Content-Type"].startswith("text/plain")
    assert f"Sitemap: {SITE}/sitemap.xml" in said
    for path in ("/console/", "/r/", "/reading/"):
        assert f"Disallow: {path}\n" in said
    assert "Disallow: /channel" not in said
