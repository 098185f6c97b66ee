"""Atom feeds: what is in them, in which language, and that an entry keeps its name."""

from xml.etree import ElementTree

import pytest

from tests import factories

A, LANG = "{http://www.w3.org/2005/Atom}", "{http://www.w3.org/XML/1998/namespace}lang"
SITE = "http://127.0.0.1:8000"


@pytest.fixture
def column(places):
    return factories.column(places.east)


def published(column, code, **values):
    page = factories.article(column, code, live=False, **values)
    page.save_revision().publish()
    page.refresh_from_db()
    return page


def feed(client, path: str = "/feed/") -> ElementTree.Element:
    response = client.get(path, headers={"host": "127.0.0.1"})
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)  # noqa: S314  (our own answer)


def texts(root: ElementTree.Element, name: str) -> list[str]:
    return [entry.findtext(f"{A}{name}") for entry in root.iter(f"{A}entry")]


def test_feed_has_what_is_published_the_newest_first(client, column, places):
    published(column, "old", title="旧", published_on=factories.date(2023, 5, 1))
    published(factories.column(places.west, code="west"), "new", title="新")
    factories.article(column, "draft", live=False)
    root = feed(client)
    assert texts(root, "title") == ["新", "旧"]
    assert texts(root, "summary") == ["摘要", "摘要"]
    assert texts(feed(client, "/feed/west/"), "title") == ["新"]


def test_addresses_are_those_that_people_type_whatever_the_server_was_asked_by(client, column):
    page = published(column, "a-1")
    entry = next(feed(client, "/feed/test-column/").iter(f"{A}entry"))
    assert entry.find(f"{A}link").get("href") == f"{SITE}{page.url}"
    links = {
        each.get("rel"): each.get("href") for each in feed(client, "/feed/test-column/").findall(f"{A}link")
    }
    assert links == {"alternate": f"{SITE}/channel/test-column/", "self": f"{SITE}/feed/test-column/"}


def test_entry_keeps_its_id_when_it_is_corrected_and_says_when(client, column):
    page = published(column, "a-1", published_on=factories.date(2023, 5, 1))
    [before] = feed(client).iter(f"{A}entry")
    page.title, page.slug = "改过的", "another-address"
    page.save_revision().publish()
    page.refresh_from_db()
    [after] = feed(client).iter(f"{A}entry")

    assert before.findtext(f"{A}id") == after.findtext(f"{A}id") == "tag:127.0.0.1,2023:article/a-1"
    assert after.findtext(f"{A}title") == "改过的"
    assert after.findtext(f"{A}published") == "2023-05-01T00:00:00+08:00"
    assert after.findtext(f"{A}updated").startswith(f"{page.last_published_at:%Y-%m-%dT%H:%M:%S}")


def test_feed_in_a_language_has_what_was_translated_in_it(client, column):
    one = published(column, "a-1", title="一")
    published(column, "a-2", title="二")
    published(column, "a-1-ug", title="بىر", language="ug", original=one)
    root = feed(client, "/feed/?lang=ug")
    assert root.get(LANG) == "ug"
    assert [(e.findtext(f"{A}title"), e.get(LANG)) for e in root.iter(f"{A}entry")] == [
        ("二", "zh-Hans"),
        ("بىر", "ug"),
    ]
    assert texts(feed(client), "title") == ["二", "一"]


@pytest.mark.parametrize("path", ["/feed/nothing/", "/feed/?lang=tlh", "/feed/?lang=%00"])
def test_feed_of_nothing_is_not_found(client, column, path):
    assert client.get(path).status_code == 404


def test_feed_before_there_is_a_channel_is_not_found(client, db):
    assert client.get("/feed/").status_code == 404


def test_markup_in_a_title_stays_text(client, column):
    published(column, "a-1", title="<script>alert(1)</script> & ]]>")
    assert texts(feed(client), "title") == ["<script>alert(1)</script> & ]]>"]


@pytest.mark.parametrize("n", [1, 3])
def test_queries_do_not_grow(client, column, django_assert_num_queries, n):
    for number in range(n):
        published(column, f"a-{number}")
    with django_assert_num_queries(6):
        client.get("/feed/")
