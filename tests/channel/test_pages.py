"""Columns and articles in Wagtail's admin: where an editor may place them, and what is not deleted."""

import html
import re

import pytest
from django.utils import timezone
from wagtail.models import Page

from shiliu.channel.models import ArticlePage, ColumnPage, Reads
from shiliu.core.models import User
from shiliu.grid.models import Area
from tests import factories
from tests.factories import LONG_AGO

ENGLISH = {"accept-language": "en"}


@pytest.fixture
def column(places):
    return factories.column(places.east)


@pytest.fixture
def editor(client, staff, column):
    client.force_login(staff.editor)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def article(**values: str) -> dict[str, str]:
    return {
        "title": "新的垃圾房", "code": "bins", "area": "990001100001",
        "published_on": "2024-01-01", "language": "zh-Hans", "summary": "", "body-count": "0",
        "action-publish": "1",
        "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0",
    } | values  # fmt: skip


def said(response) -> str:
    return html.unescape(response.content.decode())


@pytest.mark.parametrize("way", ["action-publish", "action-submit"])
def test_article_inside_the_scope_is_kept_and_waits_for_its_reviews(editor, column, way):
    sent = {name: value for name, value in article().items() if not name.startswith("action")}
    editor.post(f"/admin/pages/add/channel/articlepage/{column.pk}/", sent | {way: "1"})
    page = ArticlePage.objects.get(code="bins")
    assert not page.live
    assert (page.current_workflow_state is not None) == (way == "action-submit")


def test_article_outside_the_scope_is_refused_with_a_sentence_and_kept(editor, column, places):
    sent = article(area=places.far.code)
    response = editor.post(f"/admin/pages/add/channel/articlepage/{column.pk}/", sent)
    assert "That area lies outside your post's. Choose one inside it." in said(response)
    assert response.context["form"]["title"].value() == "新的垃圾房"
    assert not ArticlePage.objects.exists()


@pytest.mark.parametrize("what", ["article", "column"])
def test_page_is_not_moved_out_of_the_scope(editor, column, places, what):
    page = factories.article(column, "a-1") if what == "article" else column
    sent = article(area=places.far.code, opened_on="2020-01-01", code=page.code)

    response = editor.post(f"/admin/pages/{page.pk}/edit/", sent)

    assert "That area lies outside your post's" in said(response)
    page.refresh_from_db()
    assert page.area_id == places.east.code
    assert page.latest_revision is None


def test_page_that_lies_elsewhere_already_can_still_be_corrected(editor, column, places):
    """Somebody placed it there who may; its words are this editor's all the same."""
    page = factories.article(column, "a-1")
    ArticlePage.objects.update(area_id=places.far.code)
    sent = article(area=places.far.code, code=page.code, correction="标题写错了")
    editor.post(f"/admin/pages/{page.pk}/edit/", sent)
    assert ArticlePage.objects.get().get_latest_revision_as_object().title == "新的垃圾房"


def test_superuser_places_articles_everywhere(client, column, places):
    client.force_login(factories.person("root", is_superuser=True))
    client.post(f"/admin/pages/add/channel/articlepage/{column.pk}/", article(area=places.far.code))
    assert ArticlePage.objects.get(code="bins").area_id == places.far.code


def test_new_article_is_asked_for_its_words_only(editor, column, places):
    address = f"/admin/pages/add/channel/articlepage/{column.pk}/"
    form = editor.get(address).context["form"]
    assert form["area"].value() == places.east.code  # where its column lies
    assert form["published_on"].value() == timezone.localdate()
    assert [code for code, _name in form["area"].field.choices][1:] == sorted(
        Area.objects.filter(code__startswith=places.town.code).values_list("code", flat=True)
    )

    editor.post(address, article(code=""))

    page = ArticlePage.objects.get()
    assert re.fullmatch("[0-9a-z]{7}", page.code)
    assert page.slug == page.code


def test_code_and_address_that_were_made_stay(editor, column):
    """Wagtail saves as one types, and its form keeps the empty fields."""
    editor.post(f"/admin/pages/add/channel/articlepage/{column.pk}/", article(code=""))
    page = ArticlePage.objects.get()

    editor.post(f"/admin/pages/{page.pk}/edit/", article(code="", title="另一个标题"))

    latest = ArticlePage.objects.get().get_latest_revision_as_object()
    assert (latest.title, latest.code, latest.slug) == ("另一个标题", page.code, page.slug)


def test_area_that_has_ended_is_not_offered_anew(editor, column, places):
    Area.objects.filter(code=places.west.code).update(valid_to=LONG_AGO)
    form = editor.get(f"/admin/pages/add/channel/articlepage/{column.pk}/").context["form"]
    assert places.west.code not in {code for code, _name in form["area"].field.choices}


@pytest.mark.parametrize("n", [1, 3])
def test_form_asks_for_its_areas_at_once(editor, column, places, n, django_assert_num_queries):
    for number in range(n):
        factories.area(f"9900011000010{number + 20}")
    with django_assert_num_queries(5):  # the area of the column, and whose areas: all at once
        form = ArticlePage.get_edit_handler().get_form_class()(
            parent_page=column, for_user=User.objects.get(username="editor"), instance=ArticlePage()
        )
        assert len(form["area"].field.choices) == 8 + n


# Deleting -------------------------------------------------------------------------------------------------


def in_bulk(client, *pages: Page):
    query = "&".join(f"id={page.pk}" for page in pages)
    return client.post(f"/admin/bulk/wagtailcore/page/delete/?{query}&next=/admin/", follow=True)


def test_article_that_was_read_is_not_deleted_but_told_of(editor, column):
    page = factories.article(column, "a-1", live=False)
    factories.reads(page)
    for method in (editor.get, editor.post):
        response = method(f"/admin/pages/{page.pk}/delete/", follow=True)
        assert "“测试文章a-1” was read, and the figures refer to it. Unpublish it instead" in said(response)
    assert ArticlePage.objects.exists()
    assert Reads.objects.count() == 1


def test_column_with_an_article_that_was_read_is_not_deleted(client, column):
    client.force_login(factories.person("root", is_superuser=True))
    factories.reads(factories.article(column, "a-1"))
    response = client.post(f"/admin/pages/{column.pk}/delete/", follow=True, headers=ENGLISH)
    assert "was read" in said(response)
    assert ColumnPage.objects.exists()


def test_article_that_is_live_is_withdrawn_before_it_is_deleted(editor, column):
    page = factories.article(column, "a-1")
    assert "do not have permission" in said(editor.post(f"/admin/pages/{page.pk}/delete/", follow=True))
    editor.post(f"/admin/pages/{page.pk}/unpublish/")
    assert not ArticlePage.objects.get().live
    editor.post(f"/admin/pages/{page.pk}/delete/")
    assert not ArticlePage.objects.exists()


def test_bulk_deletes_nothing_where_one_was_read(editor, column):
    unread, read = (factories.article(column, code, live=False) for code in ("a-1", "a-2"))
    factories.reads(read)
    assert "“测试文章a-2” was read" in said(in_bulk(editor, unread, read))
    assert ArticlePage.objects.count() == 2


def test_article_that_nobody_read_is_deleted(editor, column):
    one, two = (factories.article(column, code, live=False) for code in ("a-1", "a-2"))
    editor.post(f"/admin/pages/{one.pk}/delete/")
    assert list(ArticlePage.objects.all()) == [two]
    in_bulk(editor, two)
    assert not ArticlePage.objects.exists()
