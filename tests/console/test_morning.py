"""The leader's morning page: each number is what the page behind it says, and it is the leader's alone."""

import html
import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from shiliu.console import morning
from shiliu.core.models import CalendarDay
from shiliu.plan.models import Task
from shiliu.requests.models import State
from tests import factories
from tests.factories import DAY

ENGLISH = {"accept-language": "en"}


@pytest.fixture
def busy(places, staff):
    """Something of everything, today and before."""
    now, today = timezone.now(), timezone.localdate()
    lamp, soon = factories.category(), now + timedelta(days=9)
    factories.request(places.east_1, lamp, code="R-URGENT", is_urgent=True, words="井盖没了", due_at=soon)
    factories.request(places.east_1, lamp, code="R-LATE", due_at=now - timedelta(days=3))
    factories.request(places.far_1, lamp, code="R-FAR", is_urgent=True, due_at=now - timedelta(days=3))
    factories.request(places.east_1, lamp, code="R-NEW", received_at=now, due_at=soon)
    ended = {"received_at": now - timedelta(days=4), "due_at": soon, "done_at": now}
    factories.closed_request(places.east_1, lamp, closed_at=now, **ended)
    owner = factories.post("works_manager", places.town, title="修路的人")
    decided = factories.decision(factories.meeting(places.town, held_on=DAY))
    for title, values in {
        "早该做的": {"due_on": today - timedelta(days=1)},
        "快到期的": {"due_on": today + timedelta(days=7)},
        "还早的": {"due_on": today + timedelta(days=8)},
        "做完的": {"due_on": today, "state": Task.State.DONE, "done_on": today},
    }.items():
        factories.task(decided, owner, title=title, **values)
    return places


@pytest.fixture
def page(client, busy, staff) -> str:
    client.force_login(staff.leader)
    return html.unescape(client.get("/console/morning/", headers=ENGLISH).content.decode())


def strip(page: str) -> dict[str, str]:
    """The numbers at the top, by their words."""
    found = re.search(r'<ul class="morning-strip">.*?</ul>', page, re.S)[0]
    return {words: number for number, words in re.findall(r"<b>([^<]*)</b> <span>([^<]*)</span>", found)}


def changes(page: str) -> dict[str, tuple[str, str]]:
    """What has changed: number and address, by its words."""
    found = re.findall(
        r'<a href="([^"]*)"><b>([^<]*)</b> <span>([^<]*)</span>', page.split('id="changed"')[1]
    )
    return {words: (number, address) for address, number, words in found}


def test_numbers_are_those_of_the_town(page):
    assert strip(page) == {
        "Urgent": "1", "Requests overdue": "1", "Requests due today": "0", "Tasks overdue": "1",
        "Tasks due in a week": "1", "Posts without anybody": "1",
    }  # fmt: skip
    for words in ("井盖没了", "三号楼前的路灯不亮", "早该做的", "快到期的", "修路的人"):
        assert words in page
    for words in ("还早的", "R-FAR"):
        assert words not in page


def test_changes_are_figures_that_open_their_records(client, page):
    found = changes(page)
    assert {words: number for words, (number, _address) in found.items()} == {
        "requests received": "1", "requests closed": "1", "tasks done": "1",
    }  # fmt: skip
    for number, address in found.values():
        shown = client.get(address, headers=ENGLISH).content.decode()
        assert re.search(r'<b data-figure="[^"]*">([^<]*)<', shown)[1] == number
    assert "requests that became overdue" in page.split('class="hint"')[1]  # none


def test_every_line_opens_what_it_tells_of(client, page):
    for address in re.findall(r'href="(/[^"]*)"', re.search(r"<main.*</main>", page, re.S)[0]):
        assert client.get(address).status_code == 200, address
    assert '/console/requests/R-URGENT/"' in page
    task_list = re.search(r'href="(/report/[^"]*plan.tasks_left/[^"]*)"', page)[1]
    assert "早该做的" in client.get(task_list).content.decode()


def test_urgent_request_stands_once_in_the_lists(client, busy, staff):
    factories.request(
        busy.east_1, factories.category(), code="R-BOTH", is_urgent=True, due_at=factories.moment(DAY)
    )
    client.force_login(staff.leader)
    page = client.get("/console/morning/", headers=ENGLISH).content.decode()
    assert (strip(page)["Urgent"], strip(page)["Requests overdue"]) == ("2", "2")
    assert page.count("/console/requests/R-BOTH/") == 1


@pytest.mark.parametrize(
    ("today", "since"),
    [
        (date(2023, 5, 10), date(2023, 5, 9)),  # a Wednesday
        (date(2023, 5, 15), date(2023, 5, 12)),  # a Monday
        (date(2023, 5, 13), date(2023, 5, 12)),  # a Saturday
        (date(2023, 10, 9), date(2023, 10, 8)),  # after the holidays, of which the Sunday makes up for one
    ],
)
def test_last_working_day_is_the_calendars(db, today, since):
    holidays = [date(2023, 9, 29) + timedelta(days=n) for n in range(8)]
    CalendarDay.objects.filter(day__year=2023).delete()
    days = [(day, False) for day in holidays] + [(date(2023, 10, 7), True), (date(2023, 10, 8), True)]
    CalendarDay.objects.bulk_create(CalendarDay(day=day, working=working, name="") for day, working in days)
    assert morning.last_working_day(today) == since


def test_closed_late_is_overdue_on_the_day_of_its_deadline(client, busy, staff):
    now = timezone.now()
    late = {"due_at": now - timedelta(minutes=1), "received_at": now - timedelta(days=4)}
    factories.request(busy.east_1, factories.category(), **late)
    held = {"state": State.ON_HOLD, "held_at": now - timedelta(days=1), "resume_on": timezone.localdate()}
    team = factories.team(busy.east_1, factories.strand())
    factories.request(busy.east_1, factories.category(), team=team, **late, **held)
    client.force_login(staff.leader)
    page = html.unescape(client.get("/console/morning/", headers=ENGLISH).content.decode())
    assert changes(page)["requests that became overdue"][0] == "1"


@pytest.mark.parametrize("who", ["coordinator", "administrator", "nobody"])
def test_page_is_for_who_decides(client, busy, staff, who):
    client.force_login(getattr(staff, who))
    assert client.get("/console/morning/").status_code == 403
    assert "/console/morning/" not in client.get("/console/").content.decode()


def test_way_to_it_stands_on_the_first_page(client, busy, staff):
    client.force_login(staff.leader)
    assert client.get("/console/").content.decode().count('href="/console/morning/"') == 2


@pytest.mark.parametrize("n", [1, 3])
def test_page_costs_the_same_whatever_there_is(client, places, staff, n, django_assert_num_queries):
    for _again in range(n):
        factories.request(places.east_1, factories.category(), is_urgent=True)
        factories.task(
            factories.decision(factories.meeting(places.town)), factories.post("editor", places.east)
        )
    client.force_login(staff.leader)
    client.get("/console/morning/")
    with django_assert_num_queries(31):
        client.get("/console/morning/")
