"""The residents' navigation: what leads nowhere is left out, and where one is is said."""

import pytest
from django.urls import resolve

from shiliu.web import navigation
from shiliu.web.navigation import Entry, links

pytestmark = pytest.mark.once


def at(rf, path: str):
    request = rf.get(path)
    request.resolver_match = resolve(path)
    return request


def test_entry_without_a_page_is_left_out(rf):
    entries = [
        Entry("Home", "home"),
        Entry("Moon", "moon:base"),
        Entry("Channel", "wagtail_serve", args=("",)),
    ]
    assert [(link.label, link.url) for link in links(entries, at(rf, "/"))] == [
        ("Home", "/"),
        ("Channel", "/channel/"),
    ]


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/", {"/": "page"}),
        ("/report/2023H1/", {"/report/": "true"}),
        ("/channel/", {"/channel/": "page"}),
        ("/channel/a/", {"/channel/": "true"}),
        ("/accounts/login/", {}),
    ],
)
def test_place_where_one_is_is_marked(rf, path, current):
    shown = links(navigation.ENTRIES, at(rf, path))
    assert {link.url: link.current for link in shown if link.current} == current


def test_page_of_a_missing_address_has_its_navigation(client, places):
    page = client.get("/no-such-page/").content.decode()
    assert '<a href="/report/"' in page
    assert "aria-current" not in page
