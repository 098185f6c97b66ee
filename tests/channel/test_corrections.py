"""What changes in a published article is said at its foot, in a sentence of the editor's."""

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from shiliu.channel import actions
from shiliu.channel.bodies import body_of
from shiliu.channel.models import ArticlePage, ColumnPage, Correction
from shiliu.channel.models.corrections import needs_sentence
from tests import factories
from tests.channel.conftest import paragraphs, said

ORDER = ("first", "second", "final")


@pytest.fixture
def published(desks):
    page = factories.article(ColumnPage.objects.get(), "live", body=body_of("第一段\n\n办理时间：周一至周五"))
    page.save_revision(user=desks["writer"].user).publish()
    return page


def change(desks, page, **values: str):
    response = desks["writer"].edit(page, **values)
    if response.status_code == 302:
        for stage in ORDER:
            desks[stage].decide(page)
    return response


NEW = paragraphs("第一段", "办理时间：周一至周六")


def test_change_without_its_sentence_is_refused_and_kept_in_the_form(desks, published):
    response = change(desks, published, **NEW)
    assert "Say here in one sentence what is different now." in said(response)
    kept = [block.value for block in response.context["form"]["body"].value()]
    assert kept == ["第一段", "办理时间：周一至周六"]
    assert ArticlePage.objects.get().current_workflow_state is None


def test_draft_of_a_change_is_saved_without_a_sentence(desks, published):
    assert desks["writer"].edit(published, "action-save", **NEW).status_code == 302


def test_correction_is_shown_at_the_foot_once_it_is_published(client, desks, published):
    sentence = "办理时间应为周一至周六。"
    desks["writer"].edit(published, **NEW, correction=sentence)
    assert sentence not in said(client.get(published.url))
    for stage in ORDER:
        desks[stage].decide(published)
    told = Correction.objects.get()
    assert (told.article_id, told.day, told.sentence) == (published.pk, timezone.localdate(), sentence)
    page = said(client.get(published.url))
    assert sentence in page
    assert "办理时间：周一至周六" in page
    assert ArticlePage.objects.get().correction == ""


def test_sentence_is_asked_for_anew_at_the_next_change(desks, published):
    change(desks, published, **NEW, correction="第一次。")
    edit = said(desks["writer"].client.get(f"/admin/pages/{published.pk}/edit/"))
    assert 'name="correction" value="第一次。"' not in edit
    assert 'name="correction"' in edit
    response = change(desks, published, **NEW | {"title": "另一个标题"})
    assert "what is different now" in said(response)
    change(desks, published, **NEW | {"title": "另一个标题"}, correction="第二次。")
    assert [it.sentence for it in Correction.objects.all()] == ["第二次。", "第一次。"]


@pytest.mark.once
@pytest.mark.parametrize(
    "values",
    [
        {"summary": "另一句摘要"},
        {"title": "测试文章 live"},
        paragraphs("第一段", "办理时间: 周一至周五"),
    ],
)
def test_typographic_change_needs_no_sentence(desks, published, values):
    sent = paragraphs("第一段", "办理时间：周一至周五") | values
    change(desks, published, **sent)
    assert not Correction.objects.exists()
    assert ArticlePage.objects.get().live_revision_id == ArticlePage.objects.get().latest_revision_id
    assert ArticlePage.objects.get().live_revision_id != published.live_revision_id


def test_reviewer_cannot_pass_a_change_that_was_handed_in_without_it(desks, published):
    """A reviewer took the sentence out again, and another one is to pass that."""
    desks["writer"].edit(published, **NEW, correction="改了时间。")
    desks["first"].edit(published, "action-save", **NEW, correction="")
    from tests.channel.conftest import Desk

    other = Desk("other", "first_reviewer", ColumnPage.objects.get().area)
    response = other.decide(published)
    assert response.status_code == 422
    assert "This article is published already." in said(response)


def test_publishing_the_same_version_twice_is_one_correction(published):
    published.correction = "一句。"
    revision = published.save_revision()
    revision.publish()
    actions.log_correction(revision.as_object(), revision)
    assert Correction.objects.count() == 1


def test_article_that_is_not_published_is_not_asked(desks, draft):
    edit = said(desks["writer"].client.get(f"/admin/pages/{draft.pk}/edit/"))
    assert 'name="correction"' not in edit


def article(title: str, text: str) -> ArticlePage:
    return ArticlePage(title=title, body=body_of(text), content_type_id=1)  # else it asks the database


@pytest.mark.parametrize(
    ("before", "after", "needed"),
    [
        ("3.5元", "35元", True),
        ("5 10 号", "510 号", True),
        ("周一（上午）", "周一(上午)", False),
        ("一 段", "一段", False),
        ("一段", "一段。", True),
        ("第一行\n第二行", "第一行第二行", False),
    ],
)
def test_what_counts_as_typographic(before, after, needed):
    assert needs_sentence(article("题", before), article("题", after)) == needed


@given(st.text(max_size=40), st.text(max_size=40))
def test_nothing_changed_needs_no_sentence_and_the_order_does_not_matter(one, other):
    assert not needs_sentence(article(one, other), article(one, other))
    assert needs_sentence(article(one, ""), article(other, "")) == needs_sentence(
        article(other, ""), article(one, "")
    )


@pytest.mark.parametrize("n", [1, 3])
def test_corrections_cost_one_query(client, published, n, django_assert_num_queries):
    for version in range(n):
        Correction.objects.create(
            article=published, revision=version, day=factories.DAY, sentence=f"更正{version}"
        )
    client.get(published.url)
    with django_assert_num_queries(QUERIES):
        page = said(client.get(published.url))
    assert all(f"更正{version}" in page for version in range(n))


QUERIES = 17
