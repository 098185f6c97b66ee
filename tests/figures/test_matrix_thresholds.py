"""What a town calls thin: who sets it, what is refused, and what the audit says."""

import html

import pytest
from django.utils import translation

from shiliu.core import door
from shiliu.core.access import NotPermitted
from shiliu.core.areas import GRID, VILLAGE
from shiliu.core.audit import entries_of, sentence
from shiliu.core.matrix import SERVICES, Mark
from shiliu.core.models import AuditEntry
from shiliu.figures.matrix import thresholds
from shiliu.figures.matrix.table import compute
from shiliu.figures.models import Threshold
from tests import factories
from tests.factories import DAY

pytestmark = pytest.mark.django_db
TEAMS = SERVICES["volunteers.teams"]
URL = "/console/matrix/thresholds/990001100/volunteers.teams/"
GOOD = {"seen": 0, "judged": "on", "number": 2, "reach": VILLAGE}


def text(response) -> str:
    return html.unescape(response.content.decode())


def mark(places) -> Mark:
    """What the matrix says of the teams of East 1."""
    return compute(places.town, DAY, [TEAMS], most=1).rows[0].cells[0].mark


def test_leader_sets_a_threshold_and_the_matrix_follows(places, staff, client):
    for where in (places.east_1, places.east_2):
        factories.team(where, factories.strand())
    assert mark(places) == Mark.ENOUGH
    client.force_login(staff.leader)
    answer = client.post(URL, GOOD | {"reach": GRID})
    assert (answer.status_code, answer["Location"]) == (302, "/console/matrix/thresholds/990001100/")
    assert mark(places) == Mark.THIN
    stored = Threshold.objects.get()
    assert (stored.area, stored.service, stored.number, stored.reach) == (places.town, TEAMS.key, 2, GRID)
    client.post(URL, GOOD | {"seen": 1})
    assert mark(places) == Mark.ENOUGH  # two in the whole community
    said = "leader某 set from when on volunteers.teams counts as thin"
    with translation.override("en"):
        assert [sentence(entry) for entry in entries_of(stored)] == [said, said]
    assert entries_of(stored).last().data == {"number": 2, "reach": VILLAGE, "service": TEAMS.key}


def test_service_that_is_not_judged_is_never_thin(places, staff, client):
    assert mark(places) == Mark.NONE
    client.force_login(staff.administrator)
    client.post(URL, {"seen": 0, "number": 5, "reach": GRID})
    assert Threshold.objects.get().number is None
    assert mark(places) == Mark.UNJUDGED


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"number": ""}, "Give a number"),
        ({"number": 0}, "No grid has fewer than 0"),
        ({"number": -1}, "greater than or equal to 0"),
        ({"number": 100_001}, "less than or equal to 100000"),
        ({"number": "many"}, "whole number"),
        ({"reach": 9}, "valid choice"),
        ({"reach": ""}, "required"),
        ({"seen": "x"}, "whole number"),
        ({"seen": 2**40}, "less than or equal"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_lost(places, staff, client, typed, said):
    client.force_login(staff.leader)
    answer = client.post(URL, GOOD | typed, headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert said in text(answer)
    assert f'value="{(GOOD | typed)["number"]}"' in text(answer) or typed.get("number") == ""
    assert not Threshold.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("seen", [0, 7])
def test_colleague_was_faster(places, staff, client, seen):
    thresholds.set_threshold(places.town, TEAMS, number=3, reach=GRID, by=staff.administrator, seen=0)
    client.force_login(staff.leader)
    answer = client.post(URL, GOOD | {"seen": seen}, headers={"Accept-Language": "en"})
    assert answer.status_code == 409
    assert "A colleague was faster" in text(answer)
    assert Threshold.objects.get().number == 3
    again = client.post(URL, GOOD | {"seen": 1})  # what the form now holds
    assert 'name="seen" value="1"' in text(answer)
    assert (again.status_code, Threshold.objects.get().number) == (302, 2)


@pytest.mark.parametrize("who", ["coordinator", "town_coordinator", "works_manager", "far_coordinator"])
def test_others_may_not_set_it(places, staff, who):
    with pytest.raises(NotPermitted):
        thresholds.set_threshold(places.town, TEAMS, number=3, reach=GRID, by=getattr(staff, who), seen=0)
    assert not Threshold.objects.exists()


def test_two_first_ones_at_once_are_one(places, staff):
    """Both saw that there was none, and the second reads before the first has stored it."""
    first = Threshold(area=places.town, service=TEAMS.key, number=1, reach=GRID)
    door.create(first, thresholds.SET, by=staff.leader)
    second = Threshold(area=places.town, service=TEAMS.key, number=4, reach=GRID)
    with pytest.raises(door.Refused, match="already"):
        door.create(second, thresholds.SET, by=staff.administrator)
    assert Threshold.objects.get().number == 1


@pytest.mark.parametrize("code", ["990001", "990001100001", "990001999", "x", "99000110\0"])
def test_only_a_town_has_thresholds(places, staff, client, code):
    client.force_login(staff.leader)
    assert client.get(f"/console/matrix/thresholds/{code}/").status_code == 404


def test_unknown_service_has_no_threshold(places, staff, client):
    client.force_login(staff.leader)
    assert client.get("/console/matrix/thresholds/990001100/nothing.here/").status_code == 404


def test_page_lists_each_service_with_what_counts(places, staff, client):
    thresholds.set_threshold(places.town, TEAMS, number=3, reach=GRID, by=staff.leader, seen=0)
    client.force_login(staff.coordinator)
    page = text(client.get("/console/matrix/thresholds/990001100/", headers={"Accept-Language": "en"}))
    assert page.count("<tr>") == len(SERVICES) + 1
    assert "thin with fewer than 3" in page
    assert "volunteers.teams/" not in page  # the coordinator cannot change it


def test_leader_sets_it_back_and_the_default_counts_again(places, staff, client):
    factories.team(places.east_1, factories.strand())
    client.force_login(staff.leader)
    client.post(URL, GOOD)
    assert mark(places) == Mark.THIN
    page = text(client.get(URL, headers={"Accept-Language": "en"}))
    assert "Where the town sets nothing: thin with fewer than 1, of the grid itself." in page
    answer = client.post(URL, {"reset": "on", "seen": 1})
    assert (answer.status_code, answer["Location"]) == (302, "/console/matrix/thresholds/990001100/")
    assert mark(places) == Mark.ENOUGH
    assert not Threshold.objects.exists()
    entry = AuditEntry.objects.latest("pk")
    assert entry.data == {"number": 2, "reach": VILLAGE, "service": TEAMS.key}
    with translation.override("en"):
        assert sentence(entry).startswith("leader某 set volunteers.teams back to what counts as thin")
    client.post(URL, GOOD)  # and it can be set again
    assert Threshold.objects.get().number == 2


@pytest.mark.parametrize("seen", ["0", "1", "x", ""])
def test_colleague_who_set_it_anew_keeps_it(places, staff, client, seen):
    thresholds.set_threshold(places.town, TEAMS, number=3, reach=GRID, by=staff.leader, seen=0)
    thresholds.set_threshold(places.town, TEAMS, number=4, reach=GRID, by=staff.administrator, seen=1)
    client.force_login(staff.leader)
    answer = client.post(URL, {"reset": "on", "seen": seen}, headers={"Accept-Language": "en"})
    assert answer.status_code == 409
    assert "A colleague was faster" in text(answer)
    assert text(answer).count('name="seen" value="2"') == 2
    assert Threshold.objects.get().number == 4


def test_colleague_who_set_it_back_first_is_told(places, staff, client):
    client.force_login(staff.leader)
    answer = client.post(URL, {"reset": "on", "seen": 1}, headers={"Accept-Language": "en"})
    assert answer.status_code == 409
    assert "the town has set nothing here any more" in text(answer)
    assert 'name="reset"' not in text(answer)


@pytest.mark.parametrize("who", ["coordinator", "town_coordinator", "far_coordinator"])
def test_others_may_not_set_it_back(places, staff, who):
    thresholds.set_threshold(places.town, TEAMS, number=3, reach=GRID, by=staff.leader, seen=0)
    with pytest.raises(NotPermitted):
        thresholds.reset_threshold(places.town, TEAMS, by=getattr(staff, who), seen=1)
    assert Threshold.objects.get().number == 3
