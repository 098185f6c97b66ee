"""`inserting.insert` stores what `save(force_insert=True)` stores."""

from datetime import time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Now
from django.db.models.signals import post_save, pre_save
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shiliu.core import inserting
from shiliu.core.models import AuditEntry, CalendarDay, Submission
from shiliu.grid.models import Area
from shiliu.requests.models import Milestone, Photo, Request
from shiliu.venues.models import Activity
from tests import factories

pytestmark = pytest.mark.django_db

CODES = iter(f"T{number:09}" for number in range(10**9))
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)


def row(obj: models.Model) -> dict[str, Any]:
    """The row as the database has it, without what has to differ."""
    [found] = type(obj)._base_manager.filter(pk=obj.pk).values()
    return {name: value for name, value in found.items() if name not in ("id", "code", "key")}


def rows_by_both(make: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    saved, inserted = make(), make()
    models.Model.save(saved, force_insert=True)
    inserting.insert(inserted)
    assert (inserted.pk is not None, inserted._state.adding, inserted._state.db) == (True, False, "default")
    return row(saved), row(inserted)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=TEXTS,
    name=TEXTS,
    answers=st.dictionaries(TEXTS, TEXTS | st.lists(TEXTS) | st.integers() | st.none(), max_size=3),
    at=st.none() | st.tuples(st.integers(-90_000_000, 90_000_000), st.integers(-180_000_000, 180_000_000)),
    urgent=st.booleans(),
    hours=st.none() | st.integers(0, 10_000),
    minutes=st.integers(-(10**6), 10**6),
)
def test_request_is_stored_as_by_save(places, words, name, answers, at, urgent, hours, minutes):
    category = factories.category()
    moment = factories.moment() + timedelta(minutes=minutes)
    place = {"lat": Decimal(at[0]).scaleb(-6), "long": Decimal(at[1]).scaleb(-6)} if at else {}

    def make() -> Request:
        return Request(
            code=next(CODES), category=category, area=places.east_1, words=words, contact_name=name,
            answers=answers, is_urgent=urgent, hours_to_contact=hours, received_at=moment, due_at=moment,
            **place,
        )  # fmt: skip

    assert len({str(each) for each in rows_by_both(make)}) == 1


def test_computed_columns_and_numbers_are_as_by_save(places):
    request = factories.request(places.east_1, factories.category())
    moment = factories.moment()
    for make in (
        lambda: AuditEntry(
            at=moment, actor_label="试", verb="v", kind="k", public_id="p", area=places.east_1.code,
            data={"a": [1, "二", None]}, request_id="0f0e0d0c-0b0a-4908-8706-050403020100",
        ),
        lambda: CalendarDay(day=next(DAYS), working=True, name="补班"),
        lambda: Milestone(request=request, kind="more", name=next(CODES), due_at=moment),
    ):  # fmt: skip
        saved, inserted = rows_by_both(make)
        differ = {"day", "name"} & saved.keys()
        assert {k: v for k, v in saved.items() if k not in differ} == {
            k: v for k, v in inserted.items() if k not in differ
        }
    assert AuditEntry.objects.order_by("-id")[0].village == places.east_1.code[:12]


DAYS = iter(factories.moment().date() + timedelta(days=number) for number in range(1000))


def test_what_the_field_sets_by_itself_is_set(places):
    entry = Submission(key="k", kind="k", public_id="p", digest="d")
    inserting.insert(entry)
    assert abs(Submission.objects.get(key="k").at - timezone.now()) < timedelta(minutes=1)
    assert entry.at == Submission.objects.get(key="k").at


def test_file_is_stored_with_its_row(places):
    photo = Photo(request=factories.request(places.east_1, factories.category()), width=1, height=1)
    photo.picture.save("a.jpg", ContentFile(b"a"), save=False)
    photo.thumbnail.save("b.jpg", ContentFile(b"b"), save=False)
    inserting.insert(photo)
    with Photo.objects.get(pk=photo.pk).picture.open() as file:
        assert file.read() == b"a"


@pytest.mark.parametrize("n", [1, 3, 150])
def test_many_are_stored_with_their_numbers(places, n, django_assert_num_queries):
    request = factories.request(places.east_1, factories.category())
    made = [
        Milestone(request=request, kind="more", name=f"第{k}", due_at=factories.moment()) for k in range(n)
    ]
    inserting._statement(Milestone, inserting.connection.vendor)
    with django_assert_num_queries(-(-n // inserting.MOST)):
        inserting.insert_all(made)
    named = dict(Milestone.objects.values_list("pk", "name"))
    assert named == {each.pk: each.name for each in made}
    assert len(named) == n


def test_signals_come_as_by_save(places):
    heard: list[tuple[str, Any, Any]] = []

    def before(sender: Any, instance: Any, **said: Any) -> None:
        heard.append(("before", instance, said["raw"]))

    def after(sender: Any, instance: Any, **said: Any) -> None:
        heard.append(("after", instance, said["created"]))

    pre_save.connect(before, sender=CalendarDay)
    post_save.connect(after, sender=CalendarDay)
    try:
        day = CalendarDay(day=factories.moment().date(), working=False)
        inserting.insert(day)
    finally:
        pre_save.disconnect(before, sender=CalendarDay)
        post_save.disconnect(after, sender=CalendarDay)
    assert heard == [("before", day, False), ("after", day, True)]


def test_what_the_database_computes_is_left_to_django(places):
    request = factories.request(places.east_1, factories.category())
    milestone = Milestone(request=request, kind="more", name="x", due_at=Now())
    inserting.insert(milestone)
    stored = Milestone.objects.get(pk=milestone.pk).due_at
    assert abs(stored - timezone.now()) < timedelta(minutes=1)


def test_row_with_a_number_of_its_own_keeps_it(places):
    request = factories.request(places.east_1, factories.category())
    inserting.insert(Milestone(pk=4711, request=request, kind="more", name="x", due_at=factories.moment()))
    assert Milestone.objects.get().pk == 4711


def test_model_with_a_save_of_its_own_is_stored_by_it(places):
    venue = factories.venue(places.east)
    activity = Activity(
        venue=venue, title="象棋", starts=time(9), ends=time(10), valid_from=factories.LONG_AGO
    )
    inserting.insert(activity)
    assert Activity.objects.get().area_id == venue.area_id


def test_row_that_is_there_already_is_refused(places):
    with pytest.raises(IntegrityError), transaction.atomic():
        inserting.insert(Area(code=places.town.code, name="又", valid_from=factories.LONG_AGO))


def test_task_is_stored_as_its_own_backend_does_it():
    from tests import tasks

    result = tasks.note.enqueue("/dev/null", "x")
    stored = DBTaskResult.objects.get()
    assert (stored.args_kwargs, stored.status, str(stored.pk)) == (
        {"args": ["/dev/null", "x"], "kwargs": {}},
        "READY",
        result.id,
    )
    assert stored.run_after.year == 9999
    assert DBTaskResult.objects.ready().get() == stored
