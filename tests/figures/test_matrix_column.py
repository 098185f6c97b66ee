"""A new app adds columns by registering them: a count and a last time. It touches nothing of `figures`."""

import re

import pytest

from shiliu.core import figures, matrix
from shiliu.core.areas import VILLAGE
from shiliu.core.figures import FIGURES, Count, Figure, Stock, ToDate
from shiliu.core.matrix import SERVICES, AtLeast, Service, Within
from shiliu.plan.models import Meeting
from shiliu.venues.models import Activity
from tests import factories
from tests.factories import DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def courses(monkeypatch):
    """What an app `courses` has in its figures.py; its records are those of others here."""
    for registry in (FIGURES, SERVICES):
        for key in ("courses.offered", "courses.meetings"):
            monkeypatch.setitem(registry, key, None)  # taken out at the end
            del registry[key]
    offered = Figure(
        "courses.offered",
        "courses offered",
        "courses",
        part="courses",
        records=lambda over: Activity.objects.filter(title__startswith="课"),
        when=Stock(),
        measure=Count(),
        right="venues.view",
        explain="Courses that are on offer on the last day.",
    )
    meetings = Figure(
        "courses.meetings",
        "meetings on courses",
        "meetings",
        part="courses",
        records=lambda over: Meeting.objects.all(),
        when=ToDate("held_on"),
        measure=Count(),
        right="plan.view",
        explain="Meetings about courses.",
    )
    figures.register(offered, meetings)
    matrix.register(
        Service("courses.offered", "Courses", AtLeast(2)),
        Service("courses.meetings", "Last meeting", Within(5), last="held_on", reach=VILLAGE),
    )


@pytest.fixture
def busy(places, courses):
    home = factories.venue(places.east_1)
    factories.activity(home, title="课一")
    factories.activity(home, title="棋牌")
    factories.meeting(places.east)
    return places


def test_new_columns_stand_behind_the_others(busy, staff, client):
    client.force_login(staff.leader)
    page = client.get(f"/console/matrix/?day={DAY}", headers={"Accept-Language": "en"}).content.decode()
    heads = re.findall(r'<th scope="col">([^<]*)</th>', page)
    assert heads[-2:] == ["Courses", "Last meeting"]
    row = re.search(r'<tr><th scope="row"><a[^>]*>_1<.*?</tr>', page)[0]
    assert re.findall(r">([^<>]+)</a>", row)[-2:] == ["1", "2023-05-10"]
    assert row.count('data-tone="late"') >= 1  # fewer than 2 courses
    assert "Courses that are on offer on the last day." in page


@pytest.mark.parametrize(("key", "shown"), [("courses.offered", "课一"), ("courses.meetings", "测试会议")])
def test_new_cells_open_their_records(busy, staff, client, key, shown):
    client.force_login(staff.leader)
    page = client.get(f"/console/matrix/?day={DAY}&service={key}").content.decode()
    address = re.search(rf'href="(/report/[^"]*/{key}/[^"]*)"', page)[1]
    records = client.get(address)
    assert records.status_code == 200
    assert shown in records.content.decode()
    assert "棋牌" not in records.content.decode()


def test_new_columns_have_map_threshold_and_file(busy, staff, client):
    client.force_login(staff.leader)
    seen = client.get(
        f"/console/matrix/map/?service=courses.offered&day={DAY}", headers={"Accept-Language": "en"}
    )
    assert "测试east_1: 1 courses, thin" in seen.content.decode()
    url = "/console/matrix/thresholds/990001100/courses.offered/"
    assert client.post(url, {"seen": 0, "judged": "on", "number": 1, "reach": 15}).status_code == 302
    seen = client.get(
        f"/console/matrix/map/?service=courses.offered&day={DAY}", headers={"Accept-Language": "en"}
    )
    assert "测试east_1: 1 courses, enough" in seen.content.decode()
    file = client.get(f"/console/matrix/file/csv/?day={DAY}").content.decode("utf-8-sig")
    assert "Last meeting" in file
