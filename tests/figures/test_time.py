"""What a period that is over says stays what it is, with the same records, whenever it is asked."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from shiliu.core.figures import FIGURES, Over
from shiliu.figures.definitions import Definition
from shiliu.figures.report import reported
from shiliu.figures.signing import digests, reading
from shiliu.grid.scopes import within
from shiliu.plan.models import Task
from shiliu.requests.models import Request, State
from tests import factories
from tests.factories import moment
from tests.figures.test_signing import press, sign
from tests.figures.test_signing_pages import row, text
from tests.strategies import HALF_YEAR

LAST = date(2023, 6, 30)
ENGLISH = {"accept-language": "en"}
LATER = [
    moment(date(2023, 7, 2)),
    moment(date(2023, 7, 4), hour=23),
    moment(date(2024, 2, 29)),
    moment(date(2031, 1, 1)),
]


def at(monkeypatch, now: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.fixture
def town(places):
    """What every figure counts, and what stood open when the half-year ended, in every way that there is."""
    factories.half_year(places.east_1)
    lamp = factories.category()
    ended = moment(date(2023, 7, 1), hour=9)
    waits = {"received_at": moment(LAST, hour=20), "due_at": moment(date(2023, 7, 3))}
    factories.request(places.east_1, lamp, **waits)
    factories.request(places.east_2, lamp, **waits | {"contact_due_at": moment(date(2023, 7, 2), hour=12)})
    factories.request(places.east_2, lamp, **waits, contacted_at=ended, hours_to_contact=13)
    office = factories.unit(places.town)
    factories.request(
        places.west_1, lamp, **waits, unit=office, state=State.ON_HOLD, resume_on=date(2023, 7, 5)
    )
    factories.request(places.west_1, lamp, **waits, unit=office, state=State.DEFERRED)
    factories.closed_request(places.west_2, lamp, closed_at=ended, **waits)
    factories.request(places.west_2, lamp, **waits, state=State.WITHDRAWN, closed_at=ended)
    task = Task.objects.filter(state=Task.State.OPEN).first()
    assert task is not None
    Task.objects.filter(pk=task.pk).update(due_on=LAST)
    return places.town


def told(key: str, asked: Over):
    days = digests.by_day(FIGURES[key], asked)
    return FIGURES[key].at(asked), {day: found.told for day, found in days.items()}


def test_figures_of_a_period_that_is_over_do_not_change_with_time(town, monkeypatch, subtests):
    """Those that say of themselves that they do are the only ones, and they do."""
    asked = Over(HALF_YEAR, within([town.code], LAST))
    at(monkeypatch, HALF_YEAR.after_end + timedelta(minutes=1))
    first = {key: told(key, asked) for key in FIGURES}
    moved = set()
    for now in LATER:
        at(monkeypatch, now)
        moved |= {key for key in FIGURES if told(key, asked) != first[key]}
    for key, figure in FIGURES.items():
        with subtests.test(key):
            assert (key in moved) == bool(figure.moves)
    assert {figure.key for figure in reported() if figure.moves} == {"requests.response_rate"}


def test_figure_that_moves_is_the_same_as_of_one_moment(town, monkeypatch):
    asked = Over(HALF_YEAR, within([town.code], LAST), asked_at=LATER[0])
    found = []
    for now in LATER:
        at(monkeypatch, now)
        found.append(told("requests.response_rate", asked))
    assert found.count(found[0]) == len(LATER)


@pytest.fixture
def signed(town, staff, monkeypatch):
    at(monkeypatch, LATER[0])
    return sign(town, staff.leader)


def test_signed_report_tells_time_from_records(signed, staff, client, monkeypatch):
    at(monkeypatch, LATER[2])
    client.force_login(staff.leader)
    page = client.get(f"/report/signed/{signed.code}/", headers=ENGLISH)
    assert "by time alone: the records are as they were signed" in row(page, "requests.response_rate")
    assert "It can change with time: What came in near the end" in row(page, "requests.response_rate")
    assert "It can change with time" not in row(page, "requests.received")
    assert "With the same records, 1 figure is another one today because time has passed." in text(page)
    assert not re.search(r"changed since, or the records|Nothing has changed since", text(page))


def test_signed_report_names_the_day_of_a_record_that_changed_besides(signed, staff, monkeypatch):
    at(monkeypatch, LATER[2])
    late = moment(date(2023, 8, 1))
    waiting = Request.objects.filter(received_at__date=LAST, contacted_at=None, state=State.RECEIVED)
    waiting.filter(pk=waiting[0].pk).update(contacted_at=late)
    it = reading.differences(reading.signed(signed, staff.leader))["requests.response_rate"]
    assert (it.changed, it.by_time, it.days) == (True, False, (LAST,))


def test_worker_that_comes_late_signs_what_was_seen(town, staff, monkeypatch):
    """The rate is another one by then; what was pressed is signed, as of that moment."""
    at(monkeypatch, LATER[0])
    pressed = press(town, staff.leader)
    at(monkeypatch, LATER[2])
    from shiliu.figures.signing import finishing

    finishing.finish(pressed.code)
    pressed.refresh_from_db()
    assert pressed.state == pressed.State.SIGNED


def test_definition_says_how_a_figure_moves(client, db):
    page = client.get("/report/definitions/", headers=ENGLISH).content.decode()
    assert page.count("It can change with time: ") == 1
    assert "It can change with time: " in Definition(FIGURES["requests.response_rate"]).meaning
    assert Definition(FIGURES["requests.received"]).meaning == FIGURES["requests.received"].meaning
