"""A work order in its hotline's own words: placed, dated, and with nothing of it lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from shiliu.core.areas import Scope
from shiliu.grid.models import Area
from shiliu.requests.actions.orders import Coming
from shiliu.requests.orders.forms import OrderForm
from shiliu.requests.orders.placing import Places, home
from tests import factories
from tests.factories import DAY, LONG_AGO


@pytest.fixture
def categories(places: Any) -> None:
    factories.category(code="lamp", name="路灯", name_en="Street lamp")
    factories.category(code="other", name="其他", is_fallback=True)
    factories.category(code="old", name="旧类别", is_offered=False)


@pytest.fixture
def known(staff: Any, categories: None) -> Places:
    return Places(staff.town_coordinator)


@pytest.fixture
def form(known: Places) -> Any:
    def make(**cells: str) -> OrderForm:
        return OrderForm({"number": "1", "words": "路灯不亮"} | cells, places=known)

    return make


@pytest.fixture
def coming(form: Any) -> Any:
    def make(**cells: str) -> Coming:
        bound = form(**cells)
        assert bound.is_valid(), bound.errors
        return bound.coming()

    return make


# Where ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"area": "990001100001002"}, "990001100001002"),
        ({"area": " ９９０００１１０００02 "}, "990001100002"),
        ({"place": "测试east"}, "990001100001"),
        ({"place": "测试town 测试east 测试east_1"}, "990001100001001"),
        ({"address": "测试镇测试west_2三号楼"}, "990001100002002"),
        ({"place": "别处", "address": "测试 west 门口"}, "990001100002"),
        ({"place": "测试east", "address": "测试west门口"}, "990001100001"),  # the place comes first
        ({"address": "测试east与测试west交界"}, "990001100"),  # two: neither
        ({"address": "测试far"}, "990001100"),  # another town's
        ({"area": "990001200001"}, "990001100"),
        ({"area": "x", "address": "不详"}, "990001100"),
        ({}, "990001100"),
    ],
)
def test_order_is_placed_or_falls_to_the_town(coming, cells, code):
    assert coming(**cells).area.code == code


def test_grid_of_a_common_name_counts_beside_its_community(staff, categories):
    Area.objects.filter(code__in=["990001100001001", "990001100002001"]).update(name="1号网格")
    Area.objects.filter(code="990001100001002").update(name="11号网格")
    known = Places(staff.town_coordinator)
    for text, code in (
        ("1号网格", "990001100"),
        ("测试east1号网格", "990001100001001"),
        ("测试west 1号网格", "990001100002001"),
        ("11号网格", "990001100001002"),
        ("测试west11号网格", "990001100002"),  # West has none of that name
        ("21号网格", "990001100"),
    ):
        assert known.area("", text).code == code


def test_code_of_before_leads_to_what_it_became(staff, places, categories):
    old = factories.area("990001100009", valid_to=DAY)
    factories.succession(old, places.west)
    split = factories.area("990001100008", valid_to=DAY)
    factories.succession(split, places.west)
    factories.succession(split, places.east)
    known = Places(staff.town_coordinator)

    assert known.area("990001100009") == places.west
    assert known.area("990001100008") == places.town


def test_place_is_kept_in_the_orders_own_words(coming):
    assert coming(place="某处", address="三号楼").address == "某处 三号楼"
    assert coming(place="测试east", address="三号楼").address == "三号楼"
    assert coming(place="三号楼", address="某处三号楼").address == "某处三号楼"
    assert coming(area="990001200001", address="三号楼").address == "990001200001 三号楼"
    long = coming(address="长" * 300)
    assert len(long.address) == 200
    assert "长" * 300 in long.remark


def test_home_is_the_town_where_one_files(places, staff):
    assert home(staff.coordinator) == places.town
    assert home(staff.far_coordinator) == places.other_town
    assert home(staff.nobody) == places.town  # who then may bring nothing in
    assert Scope.of([places.town.code])


# What -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "remark"),
    [
        ("lamp", "lamp", False),
        ("路灯", "lamp", False),
        ("street LAMP", "lamp", True),
        ("城市管理/市政设施/路灯", "lamp", True),
        ("路灯-不亮", "lamp", True),
        ("没听说过", "other", True),
        ("旧类别", "other", True),
        ("", "other", False),
    ],
)
def test_category_is_known_or_a_remark(coming, text, code, remark):
    it = coming(category=text)

    assert it.category.code == code
    assert (f"Category in the work order: {text}" in it.remark) == remark


def test_unknown_category_where_none_stands_for_it_is_refused(staff, places):
    factories.category(code="lamp", name="路灯")
    bound = OrderForm(
        {"number": "1", "words": "x", "category": "井盖"}, places=Places(staff.town_coordinator)
    )

    assert bound.problem() == ("category", "This category is not known here. Write one of the town's own.")


@pytest.mark.parametrize(
    ("title", "words", "whole"),
    [
        ("", "漏水", "漏水"),
        ("厨房", "漏水", "厨房\n漏水"),
        ("漏水", "厨房漏水", "厨房漏水"),
        ("漏水", "", "漏水"),
    ],
)
def test_title_and_words(coming, title, words, whole):
    assert coming(title=title, words=words).words == whole


@pytest.mark.parametrize(
    ("cells", "field", "sentence"),
    [
        ({"number": " "}, "number", "The number of the order is missing"),
        ({"number": "1" * 61}, "number", "at most 60"),
        ({"words": ""}, "words", "What it is about is missing"),
        ({"words": "长" * 4001}, "words", "This has 4001 characters. At most 4000"),
        ({"words": "a\0b"}, "words", "Null characters"),
        ({"due": "尽快"}, "due", "“尽快” is not a day and time"),
        ({"due": "2024-13-01"}, "due", "is not a day and time"),
        ({"due": "5个工作日"}, "due", "From when on does this count?"),
        ({"due": "5个工作日", "sent": "1999-01-01"}, "due", "From when on does this count?"),
        ({"called": "昨天"}, "called", "“昨天” is not a day and time"),
        ({"source": "x" * 21}, "source", "at most 20"),
    ],
)
def test_what_is_wrong_is_a_sentence_for_its_column(form, cells, field, sentence):
    name, said = form(**cells).problem()
    assert name == field
    assert sentence in said


# By when --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2024-06-20 17:30", datetime(2024, 6, 20, 9, 30, tzinfo=UTC)),
        ("2024年6月20日17时30分", datetime(2024, 6, 20, 9, 30, tzinfo=UTC)),
        ("2024-06-20", datetime(2024, 6, 20, 16, tzinfo=UTC)),  # until the day ends
        ("2024-06-20 00:00:00", datetime(2024, 6, 20, 16, tzinfo=UTC)),  # a sheet adds midnight
        ("", None),
    ],
)
def test_deadline_as_a_moment_or_a_day(coming, text, at):
    assert coming(due=text).order.due_at == at


def test_deadline_as_an_amount_counts_from_when_it_was_sent(coming):
    sent = timezone.localtime().replace(second=0, microsecond=0) - timedelta(days=1)
    given = {"sent": sent.isoformat(), "called": (sent - timedelta(days=1)).isoformat()}

    assert coming(due="24小时", **given).order.due_at == sent + timedelta(hours=24)
    assert coming(due="24小时内", called=given["called"]).order.due_at == sent
    working, whole = (coming(due=text, **given).order.due_at for text in ("7个工作日", "7天"))
    assert timezone.localtime(whole).date() == sent.date() + timedelta(days=8)  # at the midnight after
    assert working > whole
    assert "Sent by the hotline at" in coming(**given).remark


# Who ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "written", "contact"),
    [
        ("甲某某", "139 0000 0001", ("甲某某", "13900000001")),
        ("甲某某", "13900000001/13900000002", ("甲某某 13900000001/13900000002", "13900000001")),
        ("匿名", "保密", ("匿名 保密", "")),
        ("", "", ("", "")),
        ("甲某某", "0472-5550001转3", ("甲某某 0472-5550001转3", "")),
    ],
)
def test_contact_is_one_number_and_the_rest_stays_beside_the_name(coming, name, written, contact):
    it = coming(contact_name=name, contact_phone=written)
    assert (it.contact_name, it.contact_phone) == contact
    assert written not in it.remark or not written


def test_areas_of_tomorrow_are_not_known_today(staff, places, categories):
    factories.area("990001100007", name="明天社区", valid_from=timezone.localdate() + timedelta(days=1))
    Area.objects.filter(pk=places.west.pk).update(valid_from=LONG_AGO, valid_to=DAY)
    known = Places(staff.town_coordinator)
    assert known.area("", "明天社区") == known.area("990001100002") == places.town
