"""Digests of the records behind a figure: any change shows on its figure and day, and on nothing else."""

import hashlib
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shiliu.core.areas import Scope
from shiliu.core.figures import Over
from shiliu.figures.report import reported
from shiliu.figures.signing import digests
from shiliu.plan.models import Meeting
from shiliu.requests.models import Request
from shiliu.venues.models import Venue
from shiliu.works.models import Measurement
from tests import factories
from tests.factories import DAY
from tests.strategies import HALF_YEAR, taken_back, with_database

pytestmark = pytest.mark.django_db
REPORTED = {figure.key: figure for figure in reported()}
ASKED = Over(HALF_YEAR, Scope.of(["990001100"]))
OTHER = DAY + timedelta(days=20)
SEWER, LISTENERS = "works.sewer_laid", "venues.listeners"
Changed = set[tuple[str, date]]


def look() -> dict[str, dict[date, list[object]]]:
    return {
        key: {day: found.told for day, found in digests.by_day(figure, ASKED).items()}
        for key, figure in REPORTED.items()
    }


def differing(one: dict, other: dict) -> Changed:
    return {
        (key, day)
        for key in one
        for day in one[key].keys() | other[key].keys()
        if one[key].get(day) != other[key].get(day)
    }


@dataclass(frozen=True)
class Edit:
    """Something that happens to the records after a signing, and where it has to show."""

    do: Callable[..., object]
    shows: Callable[[date, date], Changed]


def _sewer() -> Measurement:
    return Measurement.objects.get(item__kind="sewer")


def _update(obj: object, **values: object) -> None:
    type(obj)._base_manager.filter(pk=obj.pk).update(**values)


def _sewer_only(day: date, other: date) -> Changed:
    return {(SEWER, day)}


EDITS = {
    "nothing": Edit(lambda at, amount, day: None, lambda day, other: set()),
    "added": Edit(
        lambda at, amount, day: factories.measurement(
            _sewer().item, accepted_on=day, accepted=amount, measured_on=day, measured=amount
        ),
        lambda day, other: {(SEWER, other)},
    ),
    "removed": Edit(lambda at, amount, day: _sewer().delete(), _sewer_only),
    "amount": Edit(lambda at, amount, day: _update(_sewer(), accepted=amount + 1000), _sewer_only),
    "day": Edit(
        lambda at, amount, day: _update(_sewer(), accepted_on=day),
        lambda day, other: {(SEWER, day), (SEWER, other)},
    ),
    "area inside": Edit(lambda at, amount, day: _update(_sewer(), area=at.west_2), _sewer_only),
    "area outside": Edit(lambda at, amount, day: _update(_sewer(), area=at.far_1), _sewer_only),
    "not measured": Edit(
        lambda at, amount, day: Meeting.objects.update(title="改了名"), lambda day, other: set()
    ),
    "meeting": Edit(
        lambda at, amount, day: factories.meeting(at.west, held_on=day),
        lambda day, other: {("plan.meetings", other)},
    ),
    "before the period": Edit(
        lambda at, amount, day: factories.meeting(at.west, held_on=HALF_YEAR.start - timedelta(days=1)),
        lambda day, other: set(),
    ),
    "elsewhere": Edit(
        lambda at, amount, day: factories.meeting(at.far, held_on=day), lambda day, other: set()
    ),
}


@pytest.fixture
def busy(places):
    factories.half_year(places.east_1)
    Measurement.objects.update(accepted_on=DAY, measured_on=HALF_YEAR.start, measured=Decimal(99_999))
    return places


@pytest.fixture
def before(busy):
    return look()


@settings(with_database, max_examples=15)
@given(
    name=st.sampled_from(sorted(EDITS)),
    amount=st.decimals(Decimal("0.01"), Decimal("9999.99"), places=2),
    other=st.dates(HALF_YEAR.start, HALF_YEAR.end).filter(lambda day: day != DAY),
)
def test_any_change_shows_on_its_figure_and_day_and_on_nothing_else(busy, before, name, amount, other):
    edit = EDITS[name]
    with taken_back():
        edit.do(busy, amount, other)
        assert differing(before, look()) == edit.shows(DAY, other)
    assert differing(before, look()) == set()


def test_record_that_is_opened_or_ended_after_the_period_changes_no_stock(busy, before):
    """What there was on the last day stays what there was, though it ends later."""
    venue, open_request = Venue.objects.first(), Request.objects.filter(closed_at=None).first()
    _update(venue, valid_to=HALF_YEAR.end + timedelta(days=40))
    assert (
        open_request is None
        or _update(
            open_request, state="closed", closed_at=factories.moment(HALF_YEAR.end + timedelta(days=3))
        )
        is None
    )
    changed = {key for key, _day in differing(before, look())}
    assert not changed & {"venues.united_front_homes", "venues.red_pomegranate_homes", "requests.open"}


def test_answer_of_a_resident_changes_the_rates_that_read_it(busy, before):
    request = Request.objects.exclude(closed_at=None).first()
    _update(request, solved=not request.solved)
    assert {key for key, _day in differing(before, look())} == {
        "requests.solved",
        "requests.resolution_rate",
    }


def test_marks_tell_which_records_changed(busy):
    asked = REPORTED[SEWER]
    found = digests.by_day(asked, ASKED)[DAY]
    then = digests.read_marks(bytes(found.kept))
    added = factories.measurement(_sewer().item, accepted_on=DAY, accepted=Decimal("1.00"))
    now = digests.marks(asked, ASKED, DAY)
    assert now.keys() - then.keys() == {added.pk}
    assert {pk: now[pk] for pk in then} == then


def test_day_with_many_records_is_told_without_their_marks(busy, monkeypatch):
    monkeypatch.setattr(digests, "KEPT", 2)
    for n in range(3):
        factories.meeting(busy.east, held_on=OTHER, code=f"M{n}")
    found = digests.by_day(REPORTED["plan.meetings"], ASKED)
    assert (found[OTHER].records, found[OTHER].whole, found[OTHER].kept) == (3, False, b"")
    assert found[DAY].whole


def test_digest_is_the_same_on_every_database(places):
    """Of records whose key, area, day and amount are known, the digest is known."""
    item = factories.item(factories.project(places.east))
    for n, amount in ((77, "12.5"), (78, "100.00")):
        factories.measurement(item, id=n, accepted_on=DAY, accepted=Decimal(amount))
    [(day, found)] = digests.by_day(REPORTED[SEWER], ASKED).items()
    lines = (b'[77,"990001100001","2023-05-10","12.50"]', b'[78,"990001100001","2023-05-10","100.00"]')
    marks = b"".join(hashlib.sha256(line).digest() for line in lines)
    assert (day, found.told) == (DAY, [2, hashlib.sha256(marks).hexdigest()])


def test_memory_grows_with_days_and_not_with_records(places, django_assert_num_queries, monkeypatch):
    """Four times as many records take one query and no more memory."""
    monkeypatch.setattr(digests, "CHUNK", 200)
    peaks = []
    for n in (2_000, 8_000):
        values = {"area": places.east, "title": "会", "kind": "other", "held_on": DAY}
        held = [Meeting(code=f"{n}-{i}", **values) for i in range(n)]
        Meeting.objects.bulk_create(held, batch_size=2000)
        del held
        tracemalloc.start()
        with django_assert_num_queries(1):
            digests.by_day(REPORTED["plan.meetings"], ASKED)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]
