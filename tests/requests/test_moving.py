"""Where a request lies can be put right: what goes with it, what stays, who may, and the page."""

import html
from datetime import timedelta

import pytest
from django.utils import timezone

from shiliu.core import audit
from shiliu.core.access import NotPermitted
from shiliu.core.door import Refused
from shiliu.requests import actions
from shiliu.requests.models import CallBack, Request, State
from tests import factories


def text(response) -> str:
    return html.unescape(response.content.decode())


def fresh(it: Request) -> Request:
    return Request.objects.get(pk=it.pk)


def moved(cast, it: Request, to=None, address: str = "三号楼前", **how) -> Request:
    given = {"by": cast.staff.town_coordinator, "seen": 1}
    return actions.move(it, to=to or cast.at.west_1, address=address, **given | how)


def test_moved_it_is_in_the_lists_of_its_new_place_and_all_of_it_goes_along(cast):
    it = cast.request(State.ASSIGNED)
    factories.call_back(it)
    part = actions.join(it, doer=cast.other, words="带梯子", by=cast.staff.coordinator, seen=1)
    due_at, team = it.due_at, it.team
    moved(cast, it, seen=2)
    now = fresh(it)
    assert (now.area, now.address, now.village) == (cast.at.west_1, "三号楼前", cast.at.west.code)
    assert (now.state, now.due_at, now.team) == (State.ASSIGNED, due_at, team)
    part.refresh_from_db()
    assert (part.area, CallBack.objects.get().area) == (cast.at.west_1, cast.at.west_1)
    entry = audit.entries_of(now).last()
    assert audit.sentence(entry).endswith(f"put it where it belongs: {cast.at.west_1.name}")
    assert "三号楼前" not in str(entry.data)  # as when it was asked


def test_only_the_exact_place_may_be_put_right(cast):
    it = cast.request(State.RECEIVED)
    assert moved(cast, it, to=it.area).address == "三号楼前"


@pytest.mark.parametrize(
    ("to", "address", "sentence"),
    [
        ("far_1", "", "another town"),
        ("east_1", "", "lies there already"),
        ("west_1", "打 13900000001", "personal number"),
    ],
)
def test_bad_place_is_refused_and_nothing_is_written(cast, to, address, sentence):
    it = cast.request(State.RECEIVED)
    factories.tenure(cast.staff.town_coordinator, "coordinator", cast.at.far_1)
    with pytest.raises(Refused, match=sentence):
        moved(cast, it, to=getattr(cast.at, to), address=address)
    assert (fresh(it).version, fresh(it).area) == (1, cast.at.east_1)


def test_area_that_has_ended_is_refused(cast):
    ended = cast.at.west_1
    ended.valid_to = timezone.localdate() - timedelta(days=1)
    ended.save()
    with pytest.raises(Refused, match="does not exist today"):
        moved(cast, cast.request(State.RECEIVED), to=ended)


def test_right_is_needed_in_both_places(cast):
    it = cast.request(State.RECEIVED)
    for who in ("coordinator", "far_coordinator", "worker"):
        with pytest.raises(NotPermitted):
            moved(cast, it, by=getattr(cast.staff, who))
    assert fresh(it).area == cast.at.east_1


def test_places_are_read_when_they_are_asked_for(cast, desk):
    it = cast.request(State.RECEIVED)
    address = f"/console/requests/{it.code}/"
    closed = text(desk.get(address))
    assert ("?move=1" in closed, f'<option value="{cast.at.east_2.code}"' in closed) == (True, False)
    shown = text(desk.get(address, {"move": "1"}))
    assert f'<option value="{cast.at.east_2.code}"' in shown
    assert f'<option value="{cast.at.west_1.code}"' not in shown  # where one may not accept
    bad = desk.post(f"{address}move/", {"seen": 1, "to": cast.at.west_1.code, "address": "三号楼"})
    assert (bad.status_code, "三号楼" in text(bad)) == (422, True)
    assert "one of the places in the list" in text(bad)
    good = {"seen": 1, "to": cast.at.east_2.code, "address": "三号楼"}
    assert [desk.post(f"{address}move/", good).status_code for _click in range(2)] == [302, 302]
    assert (fresh(it).area, fresh(it).version) == (cast.at.east_2, 2)
