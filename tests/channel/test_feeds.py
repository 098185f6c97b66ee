"""Atom feeds: what is in them, in which language, and that an entry keeps its name."""

import re
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


def test_markup_in_a_title_and_a_summary_stays_text(client, column):
    """A title is text, a summary is HTML: there, what looks like markup is written as what it looks like."""
    published(column, "a-1", title="<script>alert(1)</script> & ]]>", summary="a < b & <b>c</b>")
    root = feed(client)
    assert texts(root, "title") == ["<script>alert(1)</script> & ]]>"]
    assert next(root.iter(f"{A}summary")).get("type") == "html"
    assert texts(root, "summary") == ["a &lt; b &amp; &lt;b&gt;c&lt;/b&gt;"]


@pytest.mark.parametrize("char", ["\x0b", "\x0c", "\x01", "\x1f", "\ufffe", "\uffff"], ids=ascii)
def test_what_xml_cannot_hold_is_left_out(client, column, char):
    """A text out of a word processor has such line breaks; one of them would end the feed for everybody."""
    published(column, "a-1", title=f"一{char}二", summary=f"三{char}四")
    root = feed(client)
    assert (texts(root, "title"), texts(root, "summary")) == (["一 二"], ["三 四"])


def test_feed_is_in_its_own_language_whoever_asks(client, column):
    published(column, "a-1")
    for path, words in (("/feed/", "文章"), ("/feed/?lang=en", "Articles"), ("/feed/?lang=ug", "文章")):
        answer = client.get(path, headers={"host": "127.0.0.1", "accept-language": "de,en"})
        subtitle = ElementTree.fromstring(answer.content).findtext(f"{A}subtitle")  # noqa: S314
        assert words in subtitle


# RFC 4287 -------------------------------------------------------------------------------------------------

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)  # RFC 3339
IRI = re.compile(r"[a-z][a-z0-9+.-]*:\S+")


def assert_is_a_construct(element: ElementTree.Element) -> None:
    """4.1.1 and 4.1.2: of a feed, and of an entry, exactly one id, title and updated."""
    for name in ("id", "title", "updated"):
        assert len(element.findall(f"{A}{name}")) == 1, name
    for name in ("summary", "subtitle", "icon", "logo", "generator", "published", "rights"):
        assert len(element.findall(f"{A}{name}")) <= 1, name
    assert IRI.fullmatch(element.findtext(f"{A}id"))  # 4.2.6: an absolute IRI
    for name in ("updated", "published"):
        for each in element.findall(f"{A}{name}"):
            assert TIME.fullmatch(each.text)  # 3.3
    alternates = [
        (link.get("type"), link.get("hreflang"))
        for link in element.findall(f"{A}link")
        if link.get("rel", "alternate") == "alternate"
    ]
    assert len(set(alternates)) == len(alternates) >= 1  # one of each type and language
    for link in element.findall(f"{A}link"):
        assert link.get("href").startswith(f"{SITE}/")
        assert link.get("rel", "alternate") in ("alternate", "self")
    for name in ("title", "subtitle", "summary"):
        for each in element.findall(f"{A}{name}"):
            assert each.get("type", "text") in ("text", "html")  # 3.1.1
            assert len(each) == 0


@pytest.mark.parametrize("path", ["/feed/", "/feed/?lang=ug", "/feed/test-column/", "/feed/empty/"])
def test_feed_keeps_the_musts_of_rfc_4287(client, column, places, path):
    one = published(column, "a-1", summary="")
    published(column, "a-1-ug", language="ug", original=one)
    published(column, "a-2", published_on=factories.date(2023, 5, 1))
    factories.column(places.west, code="empty")
    root = feed(client, path)
    assert root.tag == f"{A}feed"
    assert_is_a_construct(root)
    names = [author.findtext(f"{A}name") for author in root.findall(f"{A}author")]
    assert names == ["测试town"]  # 4.1.1: of the feed, which then is that of its entries
    own = [link.get("href") for link in root.findall(f"{A}link") if link.get("rel") == "self"]
    assert own == [f"{SITE}{path}"]
    entries = root.findall(f"{A}entry")
    assert bool(entries) == (path != "/feed/empty/")
    ids = [entry.findtext(f"{A}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    for entry in entries:
        assert_is_a_construct(entry)
        assert entry.findtext(f"{A}updated") >= entry.findtext(f"{A}published")


@pytest.mark.parametrize("n", [1, 3])
def test_queries_do_not_grow(client, column, django_assert_num_queries, n):
    for number in range(n):
        published(column, f"a-{number}")
    with django_assert_num_queries(6):
        client.get("/feed/")
