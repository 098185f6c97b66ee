"""Publishing prepares one delivery for each group of the area, once; imports and corrections prepare none."""

from datetime import timedelta

import pytest
from django.utils import timezone

from shiliu.channel.groups import actions, preparing, tasks, words
from shiliu.channel.groups.preparing import prepare
from shiliu.channel.models import ArticlePage, Delivery, DeliveryState, GridGroup, Message
from tests import factories
from tests.channel.helpers import bot, groups

pytestmark = pytest.mark.django_db


@pytest.fixture
def column(places):
    return factories.column(places.town)


def draft(column, code="news", **values) -> ArticlePage:
    given = {"published_on": timezone.localdate(), "summary": "路修好了。可以走了！谢谢大家。", "live": False}
    return factories.article(column, code, **given | values)


def publish(page: ArticlePage) -> None:
    page.save_revision().publish()


def run() -> None:
    """What was enqueued."""
    from django_tasks_db.models import DBTaskResult

    for row in DBTaskResult.objects.filter(status="READY", task_path__endswith="prepare_for_groups"):
        tasks.prepare_for_groups.call(*row.args_kwargs["args"])
        row.delete()


def states(page: ArticlePage) -> dict[str, str]:
    return dict(Delivery.objects.filter(message=page.pk).values_list("group__name", "state"))


def test_publishing_prepares_for_each_group_of_the_area_on_that_day(places, column):
    today = timezone.localdate()
    groups(places.east_1, "一群", "二群")
    groups(places.west, "社区群")
    factories.group(places.far_1, name="别镇")
    factories.group(places.east_2, name="解散了", valid_to=today - timedelta(days=1))
    factories.group(places.east_2, name="还没有", valid_from=today + timedelta(days=1))
    page = draft(column)
    publish(page)
    run()
    assert states(page) == dict.fromkeys(("一群", "二群", "社区群"), "prepared")


def test_column_of_a_community_goes_to_its_groups_only(places):
    groups(places.east_1, "东")
    groups(places.west_1, "西")
    page = draft(factories.column(places.east, "of-east"))
    publish(page)
    run()
    assert states(page) == {"东": "prepared"}


def test_text_is_title_two_sentences_and_the_groups_own_link(places, column, settings):
    [one, other] = groups(places.east_1, "一群", "二群")
    page = draft(column, title="修路")
    publish(page)
    run()
    texts = {it.group_id: words.whole_text(it) for it in Delivery.objects.told()}
    assert texts[one.pk] == f"修路\n路修好了。可以走了！\n{settings.BASE_URL}/l/{one.link}/news/"
    assert texts[other.pk].endswith(f"/l/{other.link}/news/")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("一。二。三。", "一。二。"),
        ("One. Two 3.5 is. Three.", "One. Two 3.5 is."),
        ("没有句号", "没有句号"),
        ("", ""),
        ("第一行\n第二行\n第三行", "第一行第二行"),
        ("长" * 500, "长" * 399 + "…"),
    ],
)
def test_two_sentences(text, said):
    assert words.two_sentences(text) == said


def test_without_a_summary_the_text_itself_is_told(places, column):
    page = draft(column, title="甲", summary="", body=[("paragraph", "开头。接着。后来。")])
    assert words.text_of(page) == "甲\n开头。接着。"


def test_a_correction_sends_nothing_again_and_corrects_what_waits(places, column):
    first, _second = groups(places.east_1, "一群", "二群")
    page = draft(column)
    publish(page)
    run()
    moved = Delivery.objects.filter(group=first)
    moved.update(state=DeliveryState.POSTED, arrived_at=timezone.now())
    page.title = "改正"
    publish(page)
    run()
    assert states(page) == {"一群": "posted", "二群": "prepared"}
    assert Message.objects.get().text.startswith("改正\n")


def test_what_half_arrived_before_a_correction_is_for_a_person(places, column):
    groups(places.east_1, "一群")
    page = draft(column)
    publish(page)
    run()
    Delivery.objects.update(pieces=1)
    page.title = "改正"
    publish(page)
    run()
    assert states(page) == {"一群": "unclear"}


def test_unpublishing_withdraws_what_is_not_sent_and_publishing_anew_restores_it(places, column):
    first, _second = groups(places.east_1, "一群", "二群")
    page = draft(column)
    publish(page)
    run()
    Delivery.objects.filter(group=first).update(state=DeliveryState.SENT, arrived_at=timezone.now())
    ArticlePage.objects.get(pk=page.pk).unpublish()
    assert states(page) == {"一群": "sent", "二群": "withdrawn"}
    publish(ArticlePage.objects.get(pk=page.pk))
    run()
    assert states(page) == {"一群": "sent", "二群": "prepared"}


@pytest.mark.parametrize(
    "values",
    [
        {"to_groups": False},
        {"published_on": factories.DAY},
        {"published_on": timezone.localdate() - timedelta(days=8)},
        {"first_published_at": timezone.now() - timedelta(days=2)},
    ],
)
def test_what_is_no_news_goes_nowhere_by_itself(places, column, values):
    groups(places.east_1, "一群")
    page = draft(column, **values)
    publish(page)
    run()
    tasks.look_at_deliveries.call()
    assert not Message.objects.exists()


@pytest.mark.parametrize("days", [0, 30])
def test_correction_sends_nothing_into_a_group_that_has_ended(places, column, staff, days):
    ended, _other = groups(places.east_1, "一群", "二群")
    page = draft(column)
    publish(page)
    run()
    actions.end_group(ended, on=timezone.localdate() - timedelta(days=days), by=staff.coordinator, seen=1)
    page.summary = "改了一个字。"
    publish(page)
    run()
    assert states(page) == {"一群": "withdrawn", "二群": "prepared"}
    preparing.withdraw(page)
    assert prepare(page) == 0
    assert states(page) == {"一群": "withdrawn", "二群": "prepared"}


def test_translation_goes_where_an_editor_sends_it_and_nowhere_by_itself(places, column):
    groups(places.east_1, "一群")
    original = draft(column, "first")
    publish(original)
    run()
    page = draft(column, "second", language="ug", original=original)
    publish(page)
    run()
    assert not preparing.overlooked(timezone.now()).filter(pk=page.pk).exists()
    assert (states(original), states(page)) == ({"一群": "prepared"}, {})
    assert prepare(page) == 1


def test_column_that_says_no_is_heard(places, column):
    groups(places.east_1, "一群")
    column.to_groups = False
    column.save()
    page = draft(column)
    publish(page)
    run()
    tasks.look_at_deliveries.call()
    assert not Message.objects.exists()


def test_import_prepares_nothing_though_it_is_of_today(places, column, tmp_path):
    from django.core.management import call_command

    groups(places.east_1, "一群")
    file = tmp_path / "articles.csv"
    file.write_text(
        "code,column,area,title,published_on,summary,body\n"
        f"old,test-column,{places.town.code},旧闻,{timezone.localdate()},摘要,正文\n",
        "utf-8",
    )
    call_command("import", str(tmp_path))
    run()
    tasks.look_at_deliveries.call()
    assert ArticlePage.objects.get(code="old").live
    assert not ArticlePage.objects.get(code="old").to_groups
    assert not Message.objects.exists()


def test_publishing_whose_task_was_lost_is_found_by_the_clock(places, column):
    from django_tasks_db.models import DBTaskResult

    groups(places.east_1, "一群")
    page = draft(column)
    publish(page)
    DBTaskResult.objects.all().delete()
    tasks.look_at_deliveries.call()
    tasks.look_at_deliveries.call()
    assert states(page) == {"一群": "prepared"}


def test_preparing_twice_is_preparing_once(places, column):
    groups(places.east_1, "一群", "二群")
    page = draft(column, live=True)
    assert [prepare(page), prepare(page)] == [2, 0]
    assert Delivery.objects.count() == 2


def test_group_with_a_bot_is_the_bots(places, column):
    first, _second = groups(places.east_1, "一群", "二群")
    bot(first)
    page = draft(column, live=True)
    prepare(page)
    assert dict(Delivery.objects.values_list("group__name", "by_bot")) == {"一群": True, "二群": False}
    assert [it.group.name for it in Delivery.objects.waiting_for_hand()] == ["二群"]


def test_thousands_of_groups_are_a_few_statements(places, column, django_assert_max_num_queries):
    rows = [
        GridGroup(code=f"G{n}", name=f"群{n}", area=places.east_1, valid_from=factories.LONG_AGO)
        for n in range(3_000)
    ]
    GridGroup.objects.bulk_create(rows)
    page = draft(column, live=True)
    with django_assert_max_num_queries(70):  # SQLite takes some hundred values in one
        assert prepare(page) == 3_000
    assert Delivery.objects.count() == 3_000
    assert preparing.withdraw(page) == 3_000
