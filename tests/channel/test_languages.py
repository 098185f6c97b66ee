"""An article in several languages: which version is shown to whom, and what may be linked to what."""

import html
import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from shiliu.channel.models import ArticlePage, ColumnPage
from shiliu.channel.published import in_language, versions
from shiliu.core.languages import LANGUAGES
from tests import factories

ENGLISH = {"accept-language": "en"}
COLUMN = "/channel/test-column/"


@pytest.fixture
def column(places):
    return factories.column(places.east)


@pytest.fixture
def original(column):
    return factories.article(column, "lamps", title="路灯修好了", published_on=factories.date(2023, 5, 2))


def translate(original: ArticlePage, language: str, **values) -> ArticlePage:
    column = ColumnPage.objects.parent_of(original).get()
    code = values.pop("code", f"{original.code}-{language.lower()}")
    given = {"title": f"in {language}", "language": language, "original": original} | values
    return factories.article(column, code, **given)


def titles(client, path: str = COLUMN) -> list[str]:
    shown = html.unescape(client.get(path).content.decode())
    listed = re.search(r'<ul class="articles">(.*?)</ul>', shown, re.S)
    return re.findall(r"<a [^>]*>([^<]*)</a>", listed[1]) if listed else []


# What may be linked -----------------------------------------------------------------------------------------


def test_language_of_an_article_is_that_of_the_town_unless_said_otherwise(original):
    assert (original.language, original.original, original.first) == ("zh-Hans", None, original)


def test_versions_are_found_from_each_of_them_in_the_order_of_the_languages(original):
    english, uyghur = translate(original, "en"), translate(original, "ug")
    translate(original, "ko", live=False)
    for each in (original, english, uyghur):
        assert versions(each) == [original, uyghur, english]


def refused(original: ArticlePage, **values) -> str:
    with pytest.raises(ValidationError) as error:
        translate(original, values.pop("language", "ug"), **values)
    return " ".join(error.value.messages)


def test_translation_into_the_same_language_is_refused(original):
    assert "“路灯修好了” is in this language already" in refused(original, language="zh-Hans")


def test_second_translation_into_a_language_is_refused(original):
    translate(original, "ug")
    assert "has a translation into this language already" in refused(original, code="again")


def test_translation_of_a_translation_is_refused(original):
    assert "is a translation itself" in refused(translate(original, "ug"), language="en")


def test_original_of_others_does_not_become_a_translation(original, column):
    translate(original, "ug")
    other = factories.article(column, "other", language="en")
    original.original = other
    with pytest.raises(ValidationError, match="has translations itself"):
        original.save()


def test_article_is_not_its_own_translation(original):
    original.original = original
    with pytest.raises(ValidationError, match="is not its own translation"):
        original.save()


def test_original_does_not_take_the_language_of_its_translation(original):
    translate(original, "ug")
    original.language = "ug"
    with pytest.raises(ValidationError, match="has a translation into that language"):
        original.save()


def test_translation_stands_in_the_column_of_its_original(original, places):
    elsewhere = factories.column(places.west, code="elsewhere")
    with pytest.raises(ValidationError, match="stands in another column"):
        factories.article(elsewhere, "x", language="ug", original=original)


def test_language_that_is_not_offered_is_refused(column):
    with pytest.raises(ValidationError):
        factories.article(column, "x", language="tlh")


@pytest.mark.parametrize("how", ["itself", "twice"])
def test_database_refuses_what_no_form_saw(original, how):
    uyghur, english = translate(original, "ug"), translate(original, "en")
    change = {"original": uyghur.pk} if how == "itself" else {"language": "en"}
    assert english.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        ArticlePage.objects.filter(pk=uyghur.pk).update(**change)


# In the admin -----------------------------------------------------------------------------------------------


@pytest.fixture
def editor(client, staff, column):
    client.force_login(staff.editor)
    return client


def sent(**values: str) -> dict[str, str]:
    return {
        "title": "ئۇيغۇرچە", "slug": "ug", "code": "ug", "area": "990001100001", "language": "ug",
        "published_on": "2024-01-01", "summary": "", "body-count": "0", "action-publish": "1",
        "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0",
    } | values  # fmt: skip


def test_editor_links_a_translation(editor, column, original):
    editor.post(f"/admin/pages/add/channel/articlepage/{column.pk}/", sent(original=str(original.pk)))
    made = ArticlePage.objects.get(code="ug")
    assert (made.language, made.first) == ("ug", original)


def test_editor_is_told_that_the_original_stands_elsewhere_and_loses_nothing(editor, column, places):
    elsewhere = factories.article(factories.column(places.far, code="far"), "x")
    address = f"/admin/pages/add/channel/articlepage/{column.pk}/"
    response = editor.post(address, sent(original=str(elsewhere.pk)), headers=ENGLISH)

    assert "stands in another column" in html.unescape(response.content.decode())
    assert response.context["form"]["title"].value() == "ئۇيغۇرچە"
    assert not ArticlePage.objects.filter(code="ug").exists()


def test_editor_looks_at_a_translation_before_it_is_stored(editor, column, original):
    preview = f"/admin/pages/add/channel/articlepage/{column.pk}/preview/"
    assert editor.post(preview, sent(original=str(original.pk))).json() == {
        "is_valid": True,
        "is_available": True,
    }
    assert 'lang="ug" dir="rtl"' in editor.get(preview).content.decode()
    assert not ArticlePage.objects.filter(code="ug").exists()


def test_original_is_not_deleted_before_its_translations(client, original):
    editor = client
    editor.force_login(factories.person("root", is_superuser=True))
    translation = translate(original, "ug")
    response = editor.post(f"/admin/pages/{original.pk}/delete/", follow=True, headers=ENGLISH)
    assert "has translations. Delete these first" in html.unescape(response.content.decode())
    assert ArticlePage.objects.count() == 2

    editor.post(f"/admin/pages/{translation.pk}/delete/")
    editor.post(f"/admin/pages/{original.pk}/delete/")
    assert not ArticlePage.objects.exists()


def test_column_goes_with_its_articles_and_their_translations(client, column, original):
    translate(original, "ug")
    client.force_login(factories.person("root", is_superuser=True))
    client.post(f"/admin/pages/{column.pk}/delete/")
    assert not ArticlePage.objects.exists()


# What a reader sees -----------------------------------------------------------------------------------------


def test_choice_is_a_cookie_with_a_language_in_it_and_nothing_else(client, column):
    response = client.get("/reading/ug/", {"next": COLUMN})
    assert (response.status_code, response.headers["Location"]) == (302, COLUMN)
    cookie = response.cookies["shiliu_reads"]
    assert (cookie.value, cookie["max-age"], cookie["samesite"]) == ("ug", 365 * 24 * 3600, "Lax")
    assert list(response.cookies) == ["shiliu_reads"]
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_way_on_stays_on_this_site(client, elsewhere):
    assert client.get("/reading/ug/", {"next": elsewhere}).headers["Location"] == "/channel/"


@pytest.mark.parametrize("path", ["/reading/tlh/", "/reading/%00/", "/reading/ug%0a/"])
def test_unknown_language_is_not_found(client, db, path):
    assert client.get(path).status_code == 404


def test_list_shows_each_article_once_in_the_language_that_was_chosen(client, column, original):
    other = factories.article(column, "bins", title="新的垃圾房", published_on=factories.date(2023, 5, 3))
    translate(original, "ug")
    translate(original, "en")
    for path in (COLUMN, "/channel/", "/"):
        client.cookies.clear()
        assert titles(client, path) == [other.title, original.title]
        client.cookies["shiliu_reads"] = "ug"
        assert titles(client, path) == [other.title, "in ug"]
        client.cookies["shiliu_reads"] = "ko"  # nothing is in it
        assert titles(client, path) == [other.title, original.title]
        client.cookies["shiliu_reads"] = "<script>"
        assert titles(client, path) == [other.title, original.title]


def test_who_uses_the_site_in_english_reads_english_where_there_is_some(client, original):
    translate(original, "en")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert titles(client) == ["in en"]
    client.cookies["shiliu_reads"] = "zh-Hans"
    assert titles(client) == [original.title]


def test_draft_of_a_translation_is_neither_listed_nor_offered(client, original):
    translate(original, "ug", live=False)
    client.cookies["shiliu_reads"] = "ug"
    assert titles(client) == [original.title]
    assert "hreflang" not in client.get(original.url).content.decode()


def test_translation_of_a_withdrawn_article_is_not_listed(client, original):
    translate(original, "ug")
    original.unpublish()
    client.cookies["shiliu_reads"] = "ug"
    assert titles(client) == []


def test_article_says_its_language_and_offers_the_others(client, original):
    uyghur = translate(original, "ug")
    shown = client.get(uyghur.url).content.decode()
    assert '<div class="text" lang="ug" dir="rtl">' in shown
    chinese = LANGUAGES["zh-Hans"].name
    assert (
        f'<a href="/reading/zh-Hans/?next={original.url}" rel="nofollow" lang="zh-Hans" hreflang="zh-Hans" '
        f'dir="ltr">{chinese}</a>' in shown
    )
    for each in (original, uyghur):
        alternate = (
            f'<link rel="alternate" hreflang="{each.language}" href="http://127.0.0.1:8000{each.url}">'
        )
        assert alternate in shown


def test_mongolian_in_the_traditional_script_runs_downwards(client, original):
    shown = client.get(translate(original, "mn-Mong").url).content.decode()
    assert '<article class="article vertical">' in shown
    assert 'lang="mn-Mong" dir="ltr" role="region" aria-labelledby="title" tabindex="0"' in shown


@pytest.mark.parametrize("n", [1, 3])
def test_queries_do_not_grow_with_the_articles(client, column, django_assert_num_queries, n):
    for number in range(n):
        article = factories.article(column, f"a-{number}")
        translate(article, "ug")
        translate(article, "mn-Mong")
    client.cookies["shiliu_reads"] = "ug"
    client.get(COLUMN)  # Wagtail keeps the site's paths
    with django_assert_num_queries(16):
        assert len(titles(client)) == n
    client.get("/channel/")
    with django_assert_num_queries(14):
        client.get("/channel/")
    with django_assert_num_queries(1):
        assert {it.language for it in in_language(ArticlePage.objects.originals(), "zh-Hans")} == {"zh-Hans"}


# Page by page -----------------------------------------------------------------------------------------------


def test_column_is_read_to_its_end_page_by_page(client, column):
    for n in range(45):
        factories.article(
            column, f"a-{n:02}", title=f"{n:02}", published_on=factories.date(2023, 5, 1 + n // 3)
        )
    path, seen = COLUMN, []
    while path:
        seen.append(titles(client, path))
        more = re.search(r'rel="next"[^>]* href="([^"]+)"', client.get(path).content.decode())
        path = f"{COLUMN}{html.unescape(more[1])}" if more else ""
    assert [len(page) for page in seen] == [20, 20, 5]
    assert [title for page in seen for title in page] == [f"{n:02}" for n in reversed(range(45))]


@pytest.mark.parametrize(
    "key", ["", "x", "2023-13-45.1", "2023-05-01.", "٢٠٢٣-٠٥-٠١.1", "2023-05-01.1" + "0" * 40]
)
def test_page_that_makes_no_sense_is_the_first(client, original, key):
    assert titles(client, f"{COLUMN}?after={key}") == [original.title]


def test_page_behind_the_last_says_so(client, original):
    response = client.get(f"{COLUMN}?after=1999-01-01.1", headers=ENGLISH)
    assert "There are no older articles." in response.content.decode()
