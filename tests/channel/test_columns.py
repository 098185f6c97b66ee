"""Blank columns are not shown to the public, and silent ones are told of."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from shiliu.channel.models import ArticlePage, ColumnPage
from shiliu.channel.tasks import mail_of_stale_column, tell_of_stale_columns
from shiliu.core.work import JOBS
from tests import factories
from tests.channel.conftest import said

TODAY = timezone.localdate()


@pytest.fixture
def column(places):
    return factories.column(places.east)


def ago(days: int):
    return timezone.localdate() - timedelta(days=days)


def test_blank_column_is_hidden_from_the_public_and_shown_to_those_of_the_channel(client, staff, column):
    assert column.title not in said(client.get("/channel/"))
    assert client.get(column.url).status_code == 404
    client.force_login(staff.far_coordinator)
    assert client.get(column.url).status_code == 404
    client.force_login(staff.editor)
    assert column.title in said(client.get("/channel/"))
    assert client.get(column.url).status_code == 200


def test_column_is_there_with_its_first_article_and_gone_with_its_last(client, column):
    page = factories.article(column, "a-1")
    assert column.title in said(client.get("/channel/"))
    assert client.get(column.url).status_code == 200
    page.unpublish()
    assert column.title not in said(client.get("/channel/"))
    assert client.get(column.url).status_code == 404


def test_blank_column_is_not_found(client, column):
    call_command("reindex", verbosity=0)
    assert f'href="{column.url}"' not in said(client.get("/search/?q=测试栏目"))
    factories.article(column, "a-1")
    assert f'href="{column.url}"' in said(client.get("/search/?q=测试栏目"))


@pytest.mark.parametrize(("days", "stale"), [(13, False), (14, False), (15, True)])
def test_column_is_stale_after_the_days_that_are_set(column, days, stale):
    factories.article(column, "a-1", published_on=ago(days))
    assert ColumnPage.objects.stale(timezone.localdate(), 14).exists() == stale


def test_blank_column_is_stale_and_a_closed_or_hidden_one_is_not(column):
    def stale() -> bool:
        return ColumnPage.objects.stale(timezone.localdate(), 14).exists()

    assert stale()
    ColumnPage.objects.update(closed_on=ago(1))
    assert not stale()
    ColumnPage.objects.update(closed_on=None, live=False)
    assert not stale()
    ColumnPage.objects.update(live=True, opened_on=ago(3))
    assert not stale()


def test_draft_is_no_new_article(column):
    factories.article(column, "a-1", published_on=ago(20))
    factories.article(column, "a-2", published_on=ago(1), live=False)
    assert ColumnPage.objects.stale(timezone.localdate(), 14).exists()


def test_editors_inbox_names_it_with_its_last_article(client, staff, column):
    factories.article(column, "a-1", published_on=ago(20))
    client.force_login(staff.editor)
    inbox = said(client.get("/console/inbox/", headers={"accept-language": "en"}))
    assert column.title in inbox
    assert f"last article {ago(20)}" in inbox
    client.force_login(staff.far_coordinator)
    assert column.title not in said(client.get("/console/inbox/"))


def test_editors_are_written_to_once_until_there_is_something_new(
    staff, column, django_capture_on_commit_callbacks
):
    type(staff.editor).objects.filter(pk=staff.editor.pk).update(email="editor@example.org")
    factories.article(column, "a-1", published_on=ago(20))
    assert tell_of_stale_columns.call() == 1
    assert tell_of_stale_columns.call() == 0
    mail_of_stale_column.call(column.code, "editor")
    assert column.title in mail.outbox[0].subject
    assert mail.outbox[0].to == ["editor@example.org"]
    ColumnPage.objects.update(told_on=ago(18))
    factories.article(column, "a-2", published_on=ago(16))
    assert tell_of_stale_columns.call() == 1


def test_nobody_is_written_to_without_an_address(staff, column):
    mail_of_stale_column.call(column.code, "editor")
    mail_of_stale_column.call("gone", "editor")
    mail_of_stale_column.call(column.code, "gone")
    assert mail.outbox == []


def test_clock_looks_every_day():
    assert JOBS["shiliu.channel.tasks.tell_of_stale_columns"].every == timedelta(days=1)


@pytest.mark.parametrize("n", [1, 3])
def test_channel_costs_the_same_for_many_columns(client, places, n, django_assert_num_queries):
    for number in range(n):
        factories.article(factories.column(places.east, code=f"c-{number}"), f"a-{number}")
    client.get("/channel/")
    with django_assert_num_queries(12):
        assert said(client.get("/channel/")).count('class="tile"') == n
    assert ArticlePage.objects.count() == n
