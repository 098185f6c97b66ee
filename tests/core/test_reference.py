"""Reference data that is held: never out of date, whatever the door by which it changed."""

import threading

import pytest
from django.db import connection, transaction

from shiliu.core import reference
from shiliu.core.models import ReferenceState
from shiliu.grid.models import Area
from tests import factories

pytestmark = pytest.mark.django_db


@reference.held
def names() -> list[str]:
    return list(Area.objects.order_by("code").values_list("name", flat=True))


@pytest.fixture
def area():
    return factories.area("990003")


def test_outside_once_it_is_the_function_itself(area, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert names() == names()


def test_inside_once_it_is_computed_when_something_changed(area, django_assert_num_queries):
    with reference.once():
        names()
    with django_assert_num_queries(1), reference.once():
        assert names() == names() == ["区域990003"]
    Area.objects.update(name="甲")
    with django_assert_num_queries(2), reference.once():
        assert names() == ["甲"]


@pytest.mark.parametrize(
    "change",
    [
        lambda area: Area.objects.bulk_create(
            [Area(code="990004", name="乙", valid_from=factories.LONG_AGO)]
        ),
        lambda area: Area.objects.filter(pk=area.pk).delete(),
        lambda area: _sql("UPDATE grid_area SET name = '丙'"),
        lambda area: factories.category(code="lamp"),
        lambda area: _sql("DELETE FROM core_calendarday"),
    ],
)
def test_each_change_is_noticed(area, change):
    before = ReferenceState.objects.get().token
    change(area)
    assert ReferenceState.objects.get().token != before
    with reference.once():
        assert names() == list(Area.objects.order_by("code").values_list("name", flat=True))


def _sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_every_model_that_is_reference_is_watched():
    tables = {model._meta.db_table for model in reference.watched()}
    assert {"grid_area", "requests_category", "requests_elsewhere", "core_calendarday"} <= tables
    reference.watch()  # a second time changes nothing
    found = (
        "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'reference%%'"
        if connection.vendor == "sqlite"
        else "SELECT DISTINCT event_object_table FROM information_schema.triggers "
        "WHERE trigger_name = 'reference_changed'"
    )
    with connection.cursor() as cursor:
        cursor.execute(found)
        assert {row[0] for row in cursor.fetchall()} == tables


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_is_never_held(area):
    with transaction.atomic():
        Area.objects.update(name="未定")
        with reference.once():
            assert names() == ["未定"]
        transaction.set_rollback(True)
    with reference.once():
        assert names() == ["区域990003"]


@pytest.mark.django_db(transaction=True)
def test_what_another_connection_changed_is_seen(area):
    with reference.once():
        names()

    def change() -> None:
        Area.objects.update(name="别处")
        connection.close()

    thread = threading.Thread(target=change)
    thread.start()
    thread.join()
    with reference.once():
        assert names() == ["别处"]


def test_without_the_row_nothing_is_held(area, django_assert_num_queries):
    ReferenceState.objects.all().delete()
    with django_assert_num_queries(3), reference.once():
        names()
        names()
