"""The search over everything public: what it finds, what it never finds, and what it costs."""

import html
import io
import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from wagtail.models import PageViewRestriction

from shiliu.channel.models import ArticlePage
from shiliu.core import findable, search
from shiliu.core.access import System
from shiliu.core.doctor import Level, records
from shiliu.core.models import SearchDocument
from shiliu.core.search import Document
from shiliu.core.tasks import reindex
from tests import factories
from tests.factories import DAY, moment

ENGLISH = {"accept-language": "en"}
BY = System("test")
pytestmark = pytest.mark.django_db


def look(client, text, **query):
    return client.get("/search/", {"q": text, **query}, headers=ENGLISH)


def text_of(response) -> str:
    assert response.status_code == 200
    return html.unescape(re.sub(r"<(?!/?mark)[^>]+>", "", response.content.decode()))


def groups(response) -> dict[str, list[str]]:
    return {
        group.name: ["".join(piece.text for piece in found.label) for found in group.results]
        for group in response.context["groups"]
    }


def indexed() -> None:
    call_command("reindex", stdout=io.StringIO())


def published(column, code, **values):
    """An article as Wagtail publishes it."""
    page = factories.article(column, code, live=False, **values)
    page.save_revision().publish()
    return page


@pytest.fixture
def town(places):
    """One of each kind that bears the word 石榴花, and what must never be found by it."""
    column = factories.column(places.east)
    column.title = "石榴花专栏"
    column.save_revision().publish()
    published(column, "a-1", title="节日", summary="石榴花开了")
    factories.venue(places.east, name="石榴花家园", address="石榴花街1号")
    factories.team(places.east, factories.strand(name="甲支队"), name="石榴花队")
    factories.category(code="GARDEN", name="石榴花养护", name_en="Pomegranate care")
    type(places.east).objects.filter(pk=places.east.pk).update(name="石榴花社区")
    request = factories.request(places.east_1, factories.category(), words="石榴花被折断了")
    search.index("requests.request", request.code, at=moment(), text=request.words)
    factories.person("worker", name="石榴花某")
    factories.lecturer(places.east, name="石榴花某")
    indexed()
    return places


# What is found --------------------------------------------------------------------------------------------


def test_every_kind_is_found_and_nothing_else(client, town):
    response = look(client, "石榴花")

    assert groups(response) == {
        "categories": ["Pomegranate care"],
        "areas": ["石榴花社区", "测试east_1", "测试east_2"],
        "venues": ["石榴花家园"],
        "articles": ["节日"],
        "columns": ["石榴花专栏"],
        "teams": ["石榴花队"],
    }
    shown = text_of(response)
    assert "折断" not in shown
    assert "石榴花某" not in shown
    assert "<mark>石榴花</mark>开了" in shown


def test_results_lead_to_their_pages(client, town):
    urls = {group.name: group.results[0].url for group in look(client, "石榴花").context["groups"]}

    assert urls["articles"].endswith("/channel/test-column/a-1/")
    assert urls["columns"].endswith("/channel/test-column/")
    assert urls["areas"] == f"/areas/{town.east.code}/"
    assert urls["categories"] == "/ask/?category=GARDEN"
    assert client.get(urls["venues"]).status_code == 200
    for url in filter(None, urls.values()):
        assert client.get(url).status_code in (200, 302)


def test_area_is_kept_on_the_way_to_the_report(client, town):
    assert client.get("/report/?area=990001100").url.endswith("/?area=990001100")


def test_what_is_found_in_one_language_is_found_in_the_other(client, town):
    assert groups(look(client, "pomegranate")) == {
        "categories": ["Pomegranate care"],
        "venues": ["石榴花家园"],  # by the name of its kind
        "figures": ["Red Pomegranate homes"],
    }
    chinese = client.get("/search/", {"q": "care"}, headers={"accept-language": "zh-hans"})
    assert groups(chinese) == {"categories": ["石榴花养护"]}


def test_leak_is_found_in_the_kitchen(client, places):
    column = factories.column(places.east)
    published(column, "a-1", title="冬季提醒", summary="厨房水管漏水了怎么办")

    assert groups(look(client, "漏水")) == {"articles": ["冬季提醒"]}


def test_category_is_found_by_the_words_that_residents_have_for_it(client, places):
    factories.category(code="water", name="水电气故障", description="停水、管道堵", keywords="漏水,跳闸")
    indexed()

    for words in ("漏水", "停水"):
        assert groups(look(client, words)) == {"categories": ["水电气故障"]}
    assert "跳闸" not in text_of(look(client, "漏水"))  # by keywords one finds; they are no sentence to read


def test_what_one_is_entitled_to_stands_before_teams_and_figures(client, places):
    factories.guide(places.town, title="高龄津贴")
    factories.resource(places.town, title="高龄津贴怎么领")
    factories.team(places.east, factories.strand(name="甲支队"), name="高龄津贴代办队")
    indexed()

    assert list(groups(look(client, "高龄津贴"))) == ["guides", "learning", "teams"]


def test_figures_are_found_by_name_and_by_what_they_count(client, places):
    response = look(client, "sewer")

    (group,) = response.context["groups"]
    assert group.name == "figures"
    assert re.fullmatch(r"/report/[0-9H]+/works\.sewer_laid/", group.results[0].url)
    assert client.get(group.results[0].url).status_code == 200


def test_newest_come_first_and_go_on_page_by_page(client, places):
    column = factories.column(places.east)
    for n in range(43):  # two on each day
        day = DAY + timedelta(days=n // 2)
        factories.article(column, f"a-{n:02}", title=f"路灯{n:02}", published_on=day)
    indexed()
    expected = [f"路灯{n:02}" for n in reversed(range(43))]

    first = look(client, "路灯")
    assert groups(first)["articles"] == expected[:5]
    (group,) = first.context["groups"]
    seen: list[str] = []
    more = group.more
    while more:
        page = client.get(f"/search/{more}", headers=ENGLISH)
        seen += groups(page)["articles"]
        more = page.context["groups"][0].more
    assert seen == expected


# What is not found ----------------------------------------------------------------------------------------


def test_what_is_over_or_still_to_come_is_not_found(client, places):
    today = timezone.localdate()
    day = timedelta(days=1)
    factories.venue(places.east, name="石榴花旧家园", valid_to=today - day)
    factories.venue(places.east, name="石榴花新家园", valid_from=today + day)
    factories.venue(places.east, name="石榴花家园", valid_from=today, valid_to=today)
    indexed()

    assert groups(look(client, "石榴花")) == {"venues": ["石榴花家园"]}


def test_index_that_is_wrong_shows_nothing_that_is_gone(client, places):
    venue = factories.venue(places.east, name="石榴花家园")
    indexed()
    venue.delete()

    assert groups(look(client, "石榴花")) == {}


def test_article_is_found_as_long_as_it_is_published(client, places):
    published(factories.column(places.east), "a-1", title="石榴花")
    page = ArticlePage.objects.get()
    assert groups(look(client, "石榴花")) == {"articles": ["石榴花"]}

    page.title = "海棠"
    page.save_revision()  # a draft
    assert groups(look(client, "海棠")) == {}
    page.get_latest_revision().publish()
    assert (groups(look(client, "海棠")), groups(look(client, "石榴花"))) == ({"articles": ["海棠"]}, {})

    page = ArticlePage.objects.get()
    page.unpublish()
    assert groups(look(client, "海棠")) == {}
    page.save_revision().publish()
    page.delete()
    assert not SearchDocument.objects.filter(kind="public.articles").exists()


def test_article_behind_a_password_is_not_found(client, places):
    page = published(factories.column(places.east), "a-1", title="石榴花")
    PageViewRestriction.objects.create(page=page, restriction_type="password", password="x")

    assert groups(look(client, "石榴花")) == {}


def test_category_that_is_no_longer_offered_is_not_found(client, places):
    factories.category(name="石榴花养护", is_offered=False)
    indexed()

    assert groups(look(client, "石榴花")) == {}


# What comes -----------------------------------------------------------------------------------------------


ANYTHING = [
    "",
    "   ",
    "，。！？",
    "\0",
    "a\0b",
    "\x1b[31m",
    "漏" * 10_000,
    "a " * 5000,
    '"',
    "' OR 1=1 --",
    "%",
]
ANYTHING += [
    "*:&|!()",
    "AND OR NOT NEAR",
    "<script>alert(1)</script>",
    b"\xff\xed\xa0\x80",
    "\u202e",
    "🀄",
    "𰻝",
]


@pytest.mark.parametrize("text", ANYTHING)
def test_any_query_is_answered(client, town, text):
    response = look(client, text)

    assert response.status_code == 200
    assert b"<script>alert" not in response.content


@pytest.mark.parametrize("query", [{"kind": "nobody"}, {"kind": "requests.request"}, {"kind": ""}])
def test_kind_that_is_none_means_all(client, town, query):
    assert len(groups(look(client, "石榴花", **query))) == 6


@pytest.mark.parametrize(
    "after", ["x", "2023-05-10", "2023-13-40.1", "2023-05-10.x", "2023-05-10.-1", ".", "9" * 99, "\0"]
)
def test_key_that_is_none_means_the_first_page(client, town, after):
    assert groups(look(client, "石榴花", kind="articles", after=after)) == {"articles": ["节日"]}
    assert look(client, "石榴花", kind="areas", after=after).status_code == 200


def test_markup_in_records_is_shown_as_text(client, places):
    factories.venue(places.east, name="<b>石榴花</b>", address="<i>石榴花</i>")
    indexed()

    content = look(client, "石榴花").content.decode()
    assert "&lt;b&gt;<mark>石榴花</mark>&lt;/b&gt;" in content
    assert "&lt;i&gt;<mark>石榴花</mark>&lt;/i&gt;" in content


def test_nothing_found_offers_ways_on(client, places):
    shown = text_of(look(client, "没有这个词"))

    assert "Nothing was found for “没有这个词”" in shown
    assert "Read what the town publishes" in shown
    empty = text_of(client.get("/search/", headers=ENGLISH))
    assert "Nothing was found" not in empty
    assert "See what was done, in figures" in empty


# What keeps the index -------------------------------------------------------------------------------------


def test_import_makes_findable(client, places, tmp_path):
    file = tmp_path / "venues.csv"
    header = "code,name,kind,area,address,valid_from,valid_to\n"
    row = "V-1,{},other,990001100001,,2020-01-01,\n"
    for name in ("石榴花家园", "海棠家园"):
        file.write_text(header + row.format(name), "utf-8")
        call_command("import", str(tmp_path), verbosity=0, stdout=io.StringIO())
        assert groups(look(client, name)) == {"venues": [name]}
    assert groups(look(client, "石榴花")) == {}


def test_door_keeps_the_index_in_its_transaction(client, places, staff):
    from shiliu.grid import actions

    indexed()
    assert groups(look(client, "测试west_1")) == {"areas": ["测试west_1"]}
    actions.succeed(
        places.west_1, places.west_2, day=timezone.localdate(), by=System("test"), seen=places.west_1.version
    )
    assert groups(look(client, "测试west_1")) == {}


def test_doctor_tells_what_reindex_puts_right(places):
    venue = factories.venue(places.east, name="石榴花家园")
    found = {finding.level for finding in records.public_search()}
    assert found == {Level.WARNING}

    indexed()
    (finding,) = records.public_search()
    assert finding.level == Level.OK

    type(venue).objects.filter(pk=venue.pk).update(name="海棠家园")
    (finding,) = records.public_search()
    assert "venues" in finding.sentence
    reindex.func()
    assert [finding.level for finding in records.public_search()] == [Level.OK]

    venue.delete()
    assert [finding.level for finding in records.public_search()] == [Level.WARNING]


def test_reindex_writes_what_differs_only(places):
    factories.venue(places.east)
    kind = findable.named("venues")

    assert [findable.reindex(kind) for _twice in range(2)] == [(1, 0), (0, 0)]


def test_public_kinds_are_apart_from_what_staff_find(town):
    assert set(search.matching("requests.request", "石榴花"))
    assert {kind.index_name for kind in findable.KINDS.values()} == {
        f"public.{name}"
        for name in ("areas", "venues", "articles", "columns", "teams", "categories", "guides", "learning")
    }


# What it costs --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 3])
def test_queries_of_the_page_do_not_grow(client, places, django_assert_num_queries, n):
    column = factories.column(places.east)
    strand = factories.strand()
    for number in range(n):
        published(column, f"a-{number}", title="石榴花")
        factories.venue(places.east, name="石榴花家园")
        factories.team(places.east, strand, name="石榴花队")
        factories.category(name="石榴花养护")
    column.title = "石榴花专栏"
    column.save_revision().publish()
    indexed()
    look(client, "石榴花")  # Wagtail's addresses and the town's name are kept from here on

    with django_assert_num_queries(QUERIES):
        assert sum(map(len, groups(look(client, "石榴花")).values())) == 4 * n + 1


QUERIES = 11  # one for each kind, two for what of the pages is private, the name of the town


def test_query_starts_at_the_rare_kind_among_many(places, on_postgres):
    """10,000 requests hold the word; the plan begins at the word and the kind, never at the rows."""
    search.index_many(Document("requests.request", f"R{n}", moment(), f"漏水 {n}") for n in range(10_000))
    venues = [factories.venue(places.east, name=f"漏水{n}") for n in range(3)]
    findable.keep_many(type(venues[0]), venues)
    kind = findable.named("venues")
    rows = kind.stored().filter(code__in=search.matching(kind.index_name, "漏水"))
    with connection.cursor() as cursor:
        if on_postgres:
            cursor.execute("SELECT gin_clean_pending_list('core_searchdocument_gin')")
            cursor.execute("ANALYZE core_searchdocument")
            plan = rows.explain(analyze=True)
            # By the words or by the kind, as it finds cheaper: both lead to three rows at once.
            read = re.findall(
                r"(?:core_searchdocument_gin|search_document_)[^\n]*actual[^\n]* rows=(\d+)", plan
            )
            assert read, plan
            assert max(map(int, read)) <= 3, plan
            assert "Seq Scan on core_searchdocument" not in plan
        else:
            plan = rows.explain()
            assert "core_searchdocument_fts VIRTUAL TABLE INDEX" in plan
            assert "SCAN core_searchdocument\n" not in f"{plan}\n"
    assert rows.count() == 3
