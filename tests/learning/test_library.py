"""The library's pages: what is found, filtered and given out, to whom nothing is lost, and what they cost."""

import html
import re
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shiliu.core import findable, links
from shiliu.core.storage import private
from shiliu.learning import files, listing
from shiliu.learning.models import Resource
from tests import factories
from tests.factories import DAY, LONG_AGO

ENGLISH = {"accept-language": "en"}


def main(response) -> str:
    text = html.unescape(response.content.decode())
    return re.sub(r"\s+", " ", text.split("<main")[1].split("</main>")[0])


def titles(client, query: str = "") -> list[str]:
    return [it.title for it in client.get(f"/learning/{query}").context["page"].rows]


@pytest.fixture
def shelf(places):
    made = [
        factories.resource(places.town, title="家里的消防安全", topic="安全", valid_from=date(2023, 3, 1)),
        factories.resource(
            places.east, title="怎么分垃圾", topic="居家", text="厨余垃圾沥水", valid_from=date(2023, 2, 1)
        ),
        factories.resource(
            places.town, title="Fire at home", topic="安全", language="en", valid_from=date(2023, 1, 1)
        ),
        factories.resource(
            places.town,
            title="入户三句话",
            audience="网格员",
            kind="link",
            link="https://example.org/",
            valid_from=date(2022, 1, 1),
        ),
    ]
    findable.keep_many(Resource, made)
    return made


# The list -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["家里的消防安全", "怎么分垃圾", "Fire at home", "入户三句话"]),
        ("?topic=安全", ["家里的消防安全", "Fire at home"]),
        ("?topic=安全&language=en", ["Fire at home"]),
        ("?kind=link", ["入户三句话"]),
        ("?audience=网格员", ["入户三句话"]),
        ("?q=消防", ["家里的消防安全"]),
        ("?q=防安", ["家里的消防安全"]),  # inside, since Chinese has no spaces
        ("?q=沥水", ["怎么分垃圾"]),  # in the text
        ("?q=fire", ["Fire at home"]),
        ("?q=消防&topic=居家", []),
        ("?q=。。", []),
        ("?kind=nonsense", []),
        ("?topic=" + "长" * 500, []),
    ],
)
def test_library_is_searched_and_narrowed(client, shelf, query, found):
    assert titles(client, query) == found


def test_what_nothing_fits_says_so_and_keeps_what_was_chosen(client, shelf):
    shown = main(client.get("/learning/?q=没有的&topic=安全", headers=ENGLISH))
    assert "Nothing here fits all of that" in shown
    assert 'value="没有的"' in shown
    assert "<option selected>安全</option>" in shown


def test_library_has_what_is_offered_today_and_here(client, places):
    today = timezone.localdate()
    factories.resource(places.east, title="昨天的", valid_to=today - timedelta(days=1))
    factories.resource(places.east, title="明天的", valid_from=today + timedelta(days=1))
    factories.resource(places.east, title="今天的", valid_to=today)
    factories.resource(places.far, title="外镇的")
    assert titles(client) == ["今天的"]


def test_library_goes_on_page_by_page(client, places, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 2)
    for n in range(5):  # of one day all but the first
        factories.resource(
            places.town, title=f"第{n}", topic="安全", valid_from=max(DAY, date(2023, 5, n + 7))
        )
    seen, query = [], "?topic=安全"
    while query:
        page = client.get(f"/learning/{query}").context["page"]
        seen += [it.title for it in page.rows]
        query = page.next
        assert not query or "topic=" in query
    assert sorted(seen) == [f"第{n}" for n in range(5)]
    assert seen[0] == "第4"


def test_next_live_sessions_stand_first(client, places):
    soon = timezone.now() + timedelta(days=1)
    factories.resource(places.town, title="明天直播", kind="live", starts_at=soon)
    factories.resource(places.town, title="上周直播", kind="live", starts_at=soon - timedelta(days=8))
    response = client.get("/learning/")
    assert [it.title for it in response.context["coming"]] == ["明天直播"]
    assert client.get("/learning/?topic=x").context["coming"] == []


# One resource ---------------------------------------------------------------------------------------------


def test_resource_shows_what_is_known_of_it(client, places):
    factories.resource(
        places.town,
        code="K",
        kind="live",
        title="手机挂号",
        provider="社区",
        minutes=1,
        starts_at=timezone.now() + timedelta(days=1),
        join="会议号 <b>1</b>",
        link="https://example.org/m",
        text="一段。\n\n<script>alert(1)</script>",
    )
    response = client.get("/learning/resources/K/", headers=ENGLISH)
    shown = main(response)
    for words in ("手机挂号", "社区", "1 minute", "for everybody", "Join", "Put it into my calendar"):
        assert words in shown
    assert shown.index("Begins") < shown.index("How to join") < shown.index("Language")
    assert b"<script>alert" not in response.content
    assert b"&lt;b&gt;1" in response.content


def test_resource_that_is_over_is_shown_as_such(client, places):
    factories.resource(places.town, code="K", valid_to=LONG_AGO)
    assert "no longer offered" in main(client.get("/learning/resources/K/", headers=ENGLISH))


@pytest.mark.parametrize("summary", ["一句“话” <b>", ""])
def test_page_tells_what_it_is_to_whoever_shares_it(client, places, summary):
    factories.resource(places.town, code="K", title="消防", language="ko", summary=summary)
    factories.guide(places.town, code="G", title="津贴", summary=summary)
    for path, title, locale in (
        ("/learning/resources/K/", "消防", "ko_KR"),
        ("/learning/guides/G/", "津贴", "zh_CN"),
    ):
        page = client.get(path, {"from": "group"}).content.decode()
        told = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', page))
        assert f'<link rel="canonical" href="{settings.BASE_URL}{path}">' in page
        assert told["url"] == settings.BASE_URL + path
        assert (told["title"], told["locale"]) == (title, locale)
        assert html.unescape(told["description"]) == (summary or title)
        assert told["image"].startswith(settings.BASE_URL)


def test_session_that_is_over_leads_nowhere(client, places):
    values = {"kind": "live", "link": "https://example.org/m", "starts_at": factories.moment(DAY, 19, 30)}
    factories.resource(places.town, code="K", **values)
    shown = main(client.get("/learning/resources/K/", headers=ENGLISH))
    for words in ("2023-05-10 19:30", "This session is over."):
        assert words in shown
    for words in ("example.org", "/learning/session/"):
        assert words not in shown


def test_session_goes_on_until_its_end(client, places):
    begun = timezone.now() - timedelta(minutes=70)
    factories.resource(places.town, code="K", kind="live", starts_at=begun, minutes=90)
    factories.resource(places.town, code="L", kind="live", starts_at=begun)  # an hour, as far as one knows
    assert "is over" not in main(client.get("/learning/resources/K/", headers=ENGLISH))
    assert "is over" in main(client.get("/learning/resources/L/", headers=ENGLISH))


def test_topic_is_a_tap_away_and_so_is_the_way_back(client, shelf):
    plain = client.get("/learning/?language=zh-Hans").context["topics"]
    assert [(it.name, it.is_chosen) for it in plain] == [("安全", False), ("居家", False)]
    chosen = client.get(f"/learning/{plain[0].address}")
    assert [it.title for it in chosen.context["page"].rows] == ["家里的消防安全"]
    safety, home = chosen.context["topics"]
    assert (safety.is_chosen, home.is_chosen) == (True, False)
    assert safety.address == "?language=zh-Hans"
    assert 'aria-current="true">安全</a>' in main(chosen)


def test_other_direction_is_marked(client, places):
    factories.resource(places.town, code="K", language="ug", title="ياخشىمۇسىز")
    assert '<h1 id="title" lang="ug" dir="rtl">' in main(client.get("/learning/resources/K/"))


def test_text_is_saved_as_a_file_that_needs_nothing_else(client, places):
    factories.resource(places.town, code="K", title="甲/乙", text="第一段。\n\n第二段 <b>。", language="ug")
    response = client.get("/learning/text/K/")
    text = response.content.decode()
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E7%94%B2-%E4%B9%99.html"
    assert '<html lang="ug" dir="rtl">' in text
    assert "<p>第二段 &lt;b&gt;。</p>" in text
    assert not re.search(r"<(?:link|script|img|iframe)|(?:src|href)=|url\(", text)


@pytest.mark.parametrize("what", ["text", "file", "session"])
def test_what_a_resource_lacks_is_not_there(client, places, what):
    factories.resource(places.town, code="K", kind="link", link="https://example.org/", text="")
    assert client.get(f"/learning/{what}/K/").status_code == 404
    assert f"/learning/{what}/" not in main(client.get("/learning/resources/K/"))


def test_session_is_a_calendars_file(client, places):
    factories.resource(places.town, code="K", kind="live", title="直播", starts_at=factories.moment(DAY, 19))
    response = client.get("/learning/session/K/")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "DTSTART:20230510T110000Z" in response.content.decode()
    assert "URL:http://testserver/learning/resources/K/" in response.content.decode()


@pytest.fixture
def stored_file(places):
    name = private().save("learning/TEST.pdf", ContentFile(b"%PDF-1.7 invented"))
    yield factories.resource(places.town, code="K", kind="file", title='表 "a"/b', text="", file=name)
    private().delete(name)


def test_file_is_given_out_to_be_saved_and_inert(client, stored_file):
    response = client.get("/learning/file/K/")
    assert b"".join(response.streaming_content) == b"%PDF-1.7 invented"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith(
        "attachment; filename*=utf-8''%E8%A1%A8%20%22a%22-b.pdf"
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_file_that_is_gone_or_of_no_known_kind_is_not_there(client, stored_file):
    private().delete(stored_file.file.name)
    assert client.get("/learning/file/K/").status_code == 404
    Resource.objects.update(file="learning/x.html")
    assert client.get("/learning/file/K/").status_code == 404


def test_every_kind_of_file_has_a_type_that_runs_nothing():
    assert not {kind for kind, *_ in files.TYPES.values()} & {"text/html", "image/svg+xml", "application/xml"}


# Nobody is known ------------------------------------------------------------------------------------------


def test_reading_leaves_no_cookie_and_writes_nothing(client, shelf):
    guide = factories.guide(shelf[0].area, code="G")
    paths = ["", "?q=消防", "guides/", f"guides/{guide.code}/"]
    paths += [f"{what}/{shelf[0].code}/" for what in ("resources", "text")]
    for path in paths:
        with CaptureQueriesContext(connection) as queries:
            response = client.get(f"/learning/{path}")
        assert response.status_code == 200
        assert set(response.cookies) <= {"csrftoken"}, path  # that of every page with a form
        assert all(each["sql"].startswith("SELECT") for each in queries.captured_queries), path


# Found, linked, counted -----------------------------------------------------------------------------------


def test_resources_and_guides_are_found_by_the_sites_search(client, shelf, places):
    findable.keep(factories.guide(places.town, code="G", title="消防补贴"))
    groups = {g.name: [r.url for r in g.results] for g in client.get("/search/?q=消防").context["groups"]}
    assert groups["learning"] == [f"/learning/resources/{shelf[0].code}/"]
    assert groups["guides"] == ["/learning/guides/G/"]


def test_resources_and_guides_are_linked(places):
    factories.resource(places.town, code="K")
    factories.guide(places.town, code="G")
    pairs = [("learning.resource", "K"), ("learning.guide", "G")]
    found = links.resolve_many(pairs, None)
    assert [(found[pair].label, found[pair].url) for pair in pairs] == [
        ("测试文章", "/learning/resources/K/"),
        ("测试指南", "/learning/guides/G/"),
    ]


@pytest.mark.parametrize("n", [1, 3])
def test_pages_cost_the_same_whatever_there_is(client, places, n):
    factories.category(code="elderly")
    unit = factories.unit(places.town)
    for number in range(n):
        factories.resource(
            places.town,
            code=f"K{number}",
            kind="live",
            starts_at=timezone.now() + timedelta(days=1),
            topic="安全",
        )
        factories.guide(places.town, code=f"G{number}", category="elderly", unit=unit)
    findable.keep_many(Resource, Resource.objects.all())
    counts = {"": 7, "?q=测试": 7, "guides/": 4, "guides/G0/": 4, "resources/K0/": 2}
    done = {}
    for path in counts:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/learning/{path}").status_code == 200
        done[path] = len(queries)
    assert done == counts
