"""Pages that are ready: the same as Django gives, never somebody else's, and new when something changed."""

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, close_old_connections
from django.test import Client

from shiliu.channel.counting import collecting, seen
from shiliu.channel.models import Reads
from shiliu.channel.serving import front as fronts
from shiliu.channel.serving import middleware, token
from shiliu.channel.serving.front import Front, cookies_of, key_of, matches
from shiliu.channel.serving.kept import OVERHEAD, Kept, Memory
from tests import factories

pytestmark = pytest.mark.django_db

PHONE = "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.47"


@pytest.fixture
def article(places):
    return factories.article(
        factories.column(places.east), "a-1", body=[("paragraph", "晚上八点以前可以来办事。")]
    )


class Site:
    """The site as a WSGI server sees it. Each request is what Django's own test client would send."""

    def __init__(self) -> None:
        self.asked = 0
        self.front = Front(self._count)
        self.django = get_wsgi_application()

    def _count(self, environ, start):
        self.asked += 1
        return self.django(environ, start)

    def get(self, path: str, *, plain: bool = False, **headers: str):
        """Status, headers (but the date's) and body."""
        environ = Client(HTTP_HOST="127.0.0.1", HTTP_USER_AGENT=PHONE)._base_environ(
            PATH_INFO=path.partition("?")[0], QUERY_STRING=path.partition("?")[2], **headers
        )
        given = []
        application = self.django if plain else self.front
        body = application(environ, lambda status, headers, *_: given.extend((status, headers)))
        joined = b"".join(body)
        if hasattr(body, "close"):
            body.close()
        return given[0], sorted(given[1]), joined


@pytest.fixture
def site(db, monkeypatch):
    """Requests in the test's own transaction, which Django would close with each of them."""
    monkeypatch.setattr(token, "ASK_AFTER", 0)  # tests do not wait; `test_database_is_asked…` does
    monkeypatch.setattr(token, "close_old_connections", lambda: None)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield Site()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


WAYS = [
    {},
    {"HTTP_ACCEPT_LANGUAGE": "en-GB,en;q=0.8"},
    {"HTTP_ACCEPT_LANGUAGE": "x" * 300},
    {"HTTP_COOKIE": "django_language=en"},
    {"HTTP_COOKIE": "shiliu_type=large"},
    {"HTTP_COOKIE": "csrftoken=" + "a" * 32 + "; shiliu_type=large; django_language=en"},
    {"HTTP_COOKIE": "sessionid=nobodys"},
    {"HTTP_COOKIE": 'shiliu_type="large"; =; ;;; \x00'},
    {"HTTP_COOKIE": "a=b; " * 2000},
    {"HTTP_HX_REQUEST": "true"},
    {"HTTP_IF_NONE_MATCH": '"other"'},
    {"HTTP_IF_NONE_MATCH": "*"},
    {"HTTP_HOST": "evil.example.org"},
    {"HTTP_HOST": ""},
    {"HTTP_RANGE": "bytes=0-10"},
    {"REQUEST_METHOD": "HEAD"},
    {"REQUEST_METHOD": "POST"},
]


@pytest.mark.once
@pytest.mark.parametrize("which", ["article", "column", "front"])
def test_kept_page_is_the_plain_view_s_to_the_byte(site, article, which, subtests):
    paths = {"article": article.url, "column": article.get_parent().url, "front": "/channel/"}
    for headers in WAYS:
        with subtests.test(str(headers)):
            site.front = Front(site._count)
            plain = site.get(paths[which], plain=True, **headers)
            for _again in range(2):
                assert site.get(paths[which], **headers) == plain


@pytest.mark.parametrize(
    "query", ["g=abc2345", "x=1", "g=", "g=" + "a" * 13, "g=abc&x=1", "%00", "g=%E7%BE%A4"]
)
def test_whatever_the_query_the_page_is_the_same(site, article, query):
    site.get(article.url)
    assert site.get(f"{article.url}?{query}") == site.get(f"{article.url}?{query}", plain=True)


def test_second_time_django_is_not_asked(site, article):
    for link in ("", "?g=abc2345", "?g=abc2346"):
        site.get(article.url + link)
    assert site.asked == 1


def test_304_is_what_django_says(site, article):
    etag = dict(site.get(article.url)[1])["ETag"]
    for tag in (etag, f"W/{etag}", f'"x", {etag}'):
        unchanged = site.get(article.url, HTTP_IF_NONE_MATCH=tag)
        assert unchanged == site.get(article.url, plain=True, HTTP_IF_NONE_MATCH=tag)
        assert (unchanged[0], unchanged[2]) == ("304 Not Modified", b"")


def test_page_that_is_nobodys_cookie_and_asks_each_time(site, article):
    headers = dict(site.get(article.url)[1])
    assert "Set-Cookie" not in headers
    assert headers["Cache-Control"] == "private, no-cache"
    assert {part.strip() for part in headers["Vary"].split(",")} == {"Accept-Language", "Cookie"}


def test_language_and_type_are_kept_apart(site, article):
    bodies = {site.get(article.url, **headers)[2] for headers in (*WAYS[:2], WAYS[4], WAYS[5])}
    assert len(bodies) == 4
    assert site.asked == 4


def test_staff_get_a_page_of_their_own_which_nobody_else_gets(site, article, staff):
    client = Client()
    client.force_login(staff.editor)
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    status, headers, body = site.get(article.url, HTTP_COOKIE=cookie)
    assert (status, dict(headers)["Cache-Control"]) == ("200 OK", "private, no-store")
    assert staff.editor.name in body.decode()
    assert staff.editor.name not in site.get(article.url)[2].decode()


# Counting -------------------------------------------------------------------------------------------------


def reads() -> int:
    collecting.settle()
    return sum(Reads.objects.values_list("reads", flat=True))


def test_kept_and_made_page_count_alike(site, article):
    for n in range(3):
        site.get(article.url, REMOTE_ADDR=f"10.0.0.{n}")
        site.get(article.url, REMOTE_ADDR=f"10.0.0.{n}")
        site.get(article.url, REMOTE_ADDR=f"10.0.1.{n}", plain=True)
    assert reads() == 6


def test_group_counts_on_a_page_that_is_kept_without_it(site, article, places):
    group = factories.group(places.east_1)
    for n, link in enumerate(("", f"?g={group.link}", f"?g={group.link}&x=1")):
        site.get(article.url + link, REMOTE_ADDR=f"10.0.0.{n}")
    assert reads() == 3
    assert Reads.objects.get(group=group).reads == 2


def test_304_is_a_read_too(site, article):
    etag = dict(site.get(article.url)[1])["ETag"]
    site.get(article.url, HTTP_IF_NONE_MATCH=etag, REMOTE_ADDR="10.0.0.2")
    assert reads() == 2


@pytest.mark.parametrize("headers", [{"REQUEST_METHOD": "HEAD"}, {"HTTP_SEC_PURPOSE": "prefetch"}])
def test_what_nobody_looks_at_is_no_read(site, article, headers):
    site.get(article.url, **headers)
    assert reads() == 0


def test_columns_missing_pages_and_staff_count_nothing(site, article, staff):
    client = Client(HTTP_USER_AGENT=PHONE)
    client.force_login(staff.editor)
    client.get(article.url)
    for path in ("/channel/", article.get_parent().url, "/channel/no-such-page/", "/"):
        site.get(path)
    assert not seen.WAITING


def test_draft_and_preview_count_nothing(client, article, staff):
    article.unpublish()
    assert client.get(article.url, headers={"user-agent": PHONE}).status_code == 404
    assert not seen.WAITING


# Change ---------------------------------------------------------------------------------------------------


def test_correction_is_shown_at_once(site, article):
    site.get(article.url)
    article.title = "改过的题目"
    article.save_revision().publish()
    assert "改过的题目" in site.get(article.url)[2].decode()
    assert "改过的题目" in site.get(article.get_parent().url)[2].decode()


@pytest.mark.parametrize(
    "change",
    [
        lambda article: article.unpublish(),
        lambda article: article.delete(),
        lambda article: article.move(factories.column(article.area, "elsewhere"), pos="last-child"),
        lambda article: type(article).objects.filter(pk=article.pk).update(live=False),
    ],
)
def test_withdrawn_page_is_gone(site, article, change):
    assert site.get(article.url)[0] == "200 OK"
    url = article.url
    change(type(article).objects.get(pk=article.pk))
    assert site.get(url)[0] == "404 Not Found"


def test_page_behind_a_password_is_not_kept(site, article):
    from wagtail.models import PageViewRestriction

    PageViewRestriction.objects.create(page=article, restriction_type="password", password="x")
    site.get(article.url)
    assert site.asked == 1
    site.get(article.url)
    assert site.asked == 2
    assert not seen.WAITING


def test_page_is_made_anew_after_a_while(site, article, monkeypatch):
    site.get(article.url)
    monkeypatch.setattr("shiliu.channel.serving.kept.time.monotonic", lambda: 1e12)
    site.get(article.url)
    assert site.asked == 2
    assert middleware.SECONDS <= 60


def test_database_is_asked_twice_a_second_and_what_is_older_is_not_used(monkeypatch, article):
    now = [100.0]
    monkeypatch.setattr(token.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(token, "close_old_connections", lambda: None)
    it = token.Token()
    before = it.now()
    article.save()
    for now[0], fresh in ((100.49, False), (100.51, True)):
        assert (it.now() != before) is fresh
    article.save()
    now[0] += 3  # nobody asked for long: then the first one waits for the answer
    assert it.now() not in (before, "")


def test_without_the_token_django_answers(site, article, monkeypatch):
    site.get(article.url)

    def fail() -> str:
        raise DatabaseError

    monkeypatch.setattr(site.front.token, "now", fail)
    assert site.get(article.url)[0] == "200 OK"
    assert site.asked == 2


# Memory and keys ------------------------------------------------------------------------------------------


def response(size: int) -> Kept:
    return Kept("200 OK", [], [b"x" * size], "t", float("inf"))


def test_memory_is_bounded_and_the_least_wanted_goes():
    memory = Memory(3 * (1000 + OVERHEAD))
    for n in range(3):
        memory.put(n, response(1000))
    memory.get(0, "t")
    memory.put(3, response(1000))
    assert [n for n in range(4) if memory.get(n, "t")] == [0, 2, 3]
    assert memory.size <= memory.most
    for n in range(1000):
        memory.put(n % 7, response(n))
    assert memory.size == sum(it.size for it in memory._all.values()) <= memory.most


def test_what_is_too_large_is_not_kept():
    memory = Memory(10_000)
    memory.put(1, response(20_000))
    assert (memory.get(1, "t"), memory.size) == (None, 0)


def test_hosts_and_schemes_are_kept_apart(rf):
    keys = {
        key_of(
            {"REQUEST_METHOD": "GET", "PATH_INFO": "/channel/", "HTTP_HOST": host, "wsgi.url_scheme": scheme}
        )
        for host in ("a", "b") for scheme in ("http", "https")
    }  # fmt: skip
    assert len(keys) == 4
    assert None not in keys


@pytest.mark.parametrize(
    ("header", "choices"),
    [
        ("", ()), ("csrftoken=x", ()), ("shiliu_type=large; csrftoken=x", (("shiliu_type", "large"),)),
        ("sessionid=x", None), ("messages=x", None), ("other=1", None), ("shiliu_type=<x>", None),
        ("shiliu_type=large\r\nX: y", None), ("=", ()), ("novalue", None), ("x" * 1001, None),
    ],
)  # fmt: skip
def test_only_what_readers_choose_is_told_apart(header, choices):
    assert cookies_of(header) == choices


def test_cookie_that_is_set_is_nobody_elses():
    assert not fronts.may_be_kept([("Set-Cookie", "a=b")])
    assert not fronts.may_be_kept([("Vary", "Cookie, User-Agent")])
    assert fronts.may_be_kept([("Vary", "Cookie, Accept-Language")])


@pytest.mark.parametrize(
    ("asked", "yes"), [('"a"', True), ('W/"a"', True), ('"b","a"', True), ("*", True), ("a", False)]
)
def test_tags_are_compared(asked, yes):
    assert matches(asked, '"a"') is yes


# Where proxies keep pages ---------------------------------------------------------------------------------


@pytest.fixture
def behind_a_proxy(settings):
    settings.PAGE_SECONDS = 20


def test_page_may_be_kept_by_proxies_and_does_not_count(site, article, behind_a_proxy):
    headers = dict(site.get(article.url)[1])
    assert headers["Cache-Control"] == "public, max-age=0, s-maxage=20, must-revalidate"
    assert not seen.WAITING


def test_page_carries_its_beacon_with_and_without_scripts(site, article, behind_a_proxy):
    body = site.get(article.url)[2].decode()
    assert f'data-read="/read/{article.code}/"' in body
    assert f'<noscript><img src="/read/{article.code}/" alt=""' in body


def test_page_that_is_counted_here_carries_none(site, article):
    assert b"/read/" not in site.get(article.url)[2]


def test_beacon_counts_once_by_the_same_rule(site, article, behind_a_proxy, places):
    group = factories.group(places.east_1)
    page = f"http://127.0.0.1{article.url}?g={group.link}"
    for _again in range(2):
        status, headers, body = site.get(f"/read/{article.code}/", HTTP_REFERER=page)
        assert (status, dict(headers)["Cache-Control"], body) == ("204 No Content", "no-store", b"")
    site.get(f"/read/{article.code}/", REMOTE_ADDR="10.0.0.2")
    assert site.asked == 1
    assert reads() == 2
    assert Reads.objects.get(group=group).reads == 1


def test_beacon_of_staff_and_where_pages_count_here_counts_nothing(site, article, client, staff, settings):
    site.get(f"/read/{article.code}/")
    settings.PAGE_SECONDS = 20
    client.force_login(staff.editor)
    client.get(f"/read/{article.code}/", headers={"user-agent": PHONE})
    assert not seen.WAITING
