"""What an editor does with an article stands in its history in Wagtail, wherever it was done."""

import pytest
from wagtail.models import PageLogEntry

from shiliu.channel.groups import actions as groups_actions
from shiliu.channel.groups import preparing
from shiliu.channel.models import ColumnPage
from shiliu.channel.reading import actions
from tests import factories
from tests.channel.conftest import said

pytestmark = pytest.mark.django_db


@pytest.fixture
def article(desks):
    return factories.article(ColumnPage.objects.get(), "a-1")


def ours():
    return PageLogEntry.objects.filter(action__startswith="channel.")


def history(desks, article) -> str:
    return said(desks["writer"].client.get(f"/admin/pages/{article.pk}/history/"))


def test_sent_into_the_groups(desks, article, places):
    factories.group(places.east_1)
    groups_actions.send_to_groups(article, by=desks["writer"].user)
    assert "Had it sent into 1 groups" in history(desks, article)


def test_reads_that_were_typed(desks, article):
    actions.type_reads(article, day=factories.DAY, reads=120, by=desks["writer"].user, seen=0)
    assert f"Typed 120 reads at the official account on {factories.DAY}" in history(desks, article)


def test_which_one_it_is_at_the_official_account(desks, article, places):
    by, other = desks["writer"].user, factories.article(ColumnPage.objects.get(), "a-2")
    official = factories.official(places.east, title="别的题目")
    actions.match(official, article, by=by, seen=1)
    actions.match(official, article, by=by, seen=2)  # the same once more says nothing new
    actions.match(official, other, by=by, seen=3)
    told = list(ours().order_by("pk").values_list("page", "action", "user"))
    who = by.pk
    assert told == [
        (article.pk, "channel.is", who), (article.pk, "channel.is_not", who), (other.pk, "channel.is", who),
    ]  # fmt: skip
    assert "Said that it is “别的题目” of the official account" in history(desks, other)
    assert "Said that it is not “别的题目”" in history(desks, article)


def test_what_a_program_does_is_not_an_editors(article, places):
    factories.group(places.east_1)
    preparing.prepare(article)
    assert not ours().exists()
