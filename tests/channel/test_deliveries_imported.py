"""Deliveries come in as the other kinds do; a file sends nothing, and changes nothing that is on record."""

import pytest

from shiliu.channel.models import Delivery, DeliveryState, Message
from shiliu.core.models import AuditEntry
from tests import factories
from tests.channel.helpers import bot
from tests.exchange.sheets import load, sheet, write

pytestmark = pytest.mark.django_db

HEADER = "article,group,state,made_at,arrived_at"
MADE, ARRIVED = "2023-06-13 09:30", "2023-06-13 11:00"


@pytest.fixture
def article(places):
    return factories.article(
        factories.column(places.town), "a-1", title="路灯", summary="修好了。谢谢。再见。"
    )


@pytest.fixture
def group(places, article):
    return factories.group(places.east_1, code="Q1")


def imported(folder, *rows):
    return load(write(folder, deliveries=sheet(HEADER, *rows)))


@pytest.mark.parametrize(
    ("state", "arrived", "by_bot"),
    [("posted", ARRIVED, False), ("sent", ARRIVED, True), ("prepared", "", False), ("failed", "", False)],
)
def test_delivery_comes_with_what_the_group_was_told(tmp_path, article, group, state, arrived, by_bot):
    found = imported(tmp_path, ["a-1", "Q1", state, MADE, arrived])
    assert (found.problems, found.of("deliveries")) == ([], (1, 0, 0, 0))
    it = Delivery.objects.get()
    assert (it.state, it.area_id, it.by_bot) == (state, group.area_id, by_bot)
    message = Message.objects.get()
    assert (message.article, message.prepared_at) == (article, it.made_at)
    assert message.text == "路灯\n修好了。谢谢。"
    assert AuditEntry.objects.filter(kind="channel.delivery").count() == 1


def test_what_waits_is_left_to_a_person_also_where_there_is_a_bot(tmp_path, article, group):
    bot(group)
    imported(tmp_path, ["a-1", "Q1", "prepared", MADE, ""])
    assert not Delivery.objects.for_bot().exists()
    assert Delivery.objects.waiting_for_hand().count() == 1


def test_file_read_again_changes_nothing(tmp_path, article, group):
    for _twice in range(2):
        found = imported(tmp_path, ["a-1", "Q1", "posted", MADE, ARRIVED])
    assert found.of("deliveries") == (0, 0, 1, 0)
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    "row", [["prepared", MADE, ""], ["posted", MADE, "2023-06-13 12:00"], ["posted", "2023-06-12", ARRIVED]]
)
def test_old_file_does_not_change_what_is_on_record(tmp_path, article, group, row):
    imported(tmp_path, ["a-1", "Q1", "posted", MADE, ARRIVED])
    found = imported(tmp_path, ["a-1", "Q1", *row])
    assert found.of("deliveries") == (0, 0, 0, 1)
    assert "Change it on its page" in found.problems[0]
    assert Delivery.objects.get().state == DeliveryState.POSTED


@pytest.mark.parametrize(
    ("state", "arrived", "sentence"),
    [
        ("posted", "", "needs the time of arrival"),
        ("prepared", ARRIVED, "nothing else has one"),
        ("sending", "", "Only the bot says this"),
        ("posted", "2023-06-13 09:29", "before it was prepared"),
        ("gone", "", "“gone” is not known here"),
    ],
)
def test_row_that_makes_no_sense_is_a_sentence(tmp_path, article, group, state, arrived, sentence):
    found = imported(tmp_path, ["a-1", "Q1", state, MADE, arrived])
    assert found.of("deliveries") == (0, 0, 0, 1)
    assert sentence in found.problems[0]
    assert not Message.objects.exists()


def test_row_of_an_unknown_article_or_group_is_refused(tmp_path, article, group):
    found = imported(
        tmp_path, ["none", "Q1", "posted", MADE, ARRIVED], ["a-1", "none", "posted", MADE, ARRIVED]
    )
    assert found.of("deliveries") == (0, 0, 0, 2)
    assert all("Import it first" in problem for problem in found.problems)
