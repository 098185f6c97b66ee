"""Two requests side by side: which may be alike, which one goes on, and who was faster."""

import html
import re

import pytest

from shiliu.core import audit, receipts, search
from shiliu.core.door import StaleState
from shiliu.requests import actions
from shiliu.requests.models import Request, State
from tests import factories

LIST = "/console/requests/"


def text(response) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()))


def url(subject) -> str:
    return f"{LIST}{subject.code}/compare/"


def stored(subject) -> Request:
    return Request.objects.get(pk=subject.pk)


@pytest.fixture
def two(places, lamp):
    """The same thing, told twice."""
    one = factories.request(places.east_1, lamp, code="FIRST", words="三号楼门前的路灯坏了三天")
    other = factories.request(
        places.east_1, lamp, code="SECOND", words="路灯坏了，三号楼门前一片黑",
        contact_name="", contact_phone="", received_at=factories.moment(hour=15),
    )  # fmt: skip
    return one, other


def sent(keep, one, other) -> dict[str, str]:
    return {"other": other.code, "keep": keep.code} | {f"seen-{it.code}": it.version for it in (one, other)}


def test_those_that_are_alike_are_proposed(desk, places, lamp, two):
    water = factories.category(code="water", name="水管")
    factories.request(places.east_2, lamp, code="LIKE", words="三号楼门前的路灯坏了")
    factories.request(places.east_1, water, code="OTHER", words="厨房水管漏水")
    factories.request(places.west_1, lamp, code="WEST", words="三号楼门前的路灯坏了三天")
    factories.request(
        places.east_1, lamp, code="ENDED", state=State.REFUSED, closed_at=factories.moment(),
        words="三号楼门前的路灯坏了三天",
    )  # fmt: skip
    shown = desk.get(url(two[0])).content.decode()
    assert re.findall(r'href="\?other=(\w+)"', shown) == ["LIKE", "SECOND"]


def test_another_one_is_found_by_words_or_code(desk, places, lamp, two):
    other = factories.request(places.east_2, lamp, words="巷口的灯不亮")
    search.index("requests.request", other.code, at=other.received_at, text=other.words, area=other.area_id)
    assert f"?other={other.code}" in desk.get(url(two[0]), {"q": "巷口"}).content.decode()
    both = desk.get(url(two[0]), {"other": receipts.shown(other.code).lower()})
    assert "Is this one matter?" in text(both)


@pytest.mark.parametrize("other", ["FIRST", "nothing", "FAR", "x\0", "x" * 500])
def test_other_one_that_cannot_be_is_a_sentence(desk, places, lamp, two, other):
    factories.request(places.far_1, lamp, code="FAR")
    response = desk.get(url(two[0]), {"other": other})
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()


def test_both_are_shown_the_earlier_first_and_no_contact(desk, two):
    shown = text(desk.get(url(two[1]), {"other": "FIRST"}))
    assert shown.index("三号楼门前的路灯坏了三天") < shown.index("三号楼门前一片黑")
    assert shown.count("is known") == 1
    assert shown.count("nothing was given") == 1
    assert "甲某某" not in shown


@pytest.mark.parametrize("keep", [0, 1])
def test_one_goes_on_and_the_other_ends_in_the_direction_chosen(desk, two, keep):
    goes_on, ends = two[keep], two[1 - keep]
    response = desk.post(url(two[0]), sent(goes_on, *two), follow=True)
    assert response.redirect_chain == [(f"{LIST}{goes_on.code}/", 302)]
    assert f"{receipts.shown(ends.code)} is merged into this one" in text(response)
    assert (stored(ends).state, stored(ends).merged_into, stored(goes_on).state) == (
        State.MERGED,
        goes_on,
        State.RECEIVED,
    )
    assert [entry.verb for entry in audit.entries_of(ends)] == ["requests.merge"]
    assert desk.post(url(two[0]), sent(goes_on, *two)).headers["Location"] == f"{LIST}{goes_on.code}/"
    assert [entry.verb for entry in audit.entries_of(ends)] == ["requests.merge"]


@pytest.mark.parametrize("changed", [0, 1])
def test_change_of_either_meanwhile_is_told_and_nothing_is_merged(desk, staff, two, changed):
    actions.accept(stored(two[changed]), by=staff.town_coordinator, seen=1)
    response = desk.post(url(two[0]), sent(two[0], *two))
    assert response.status_code == 409
    assert "A colleague was faster" in text(response)
    assert "town_coordinator某 accepted it" in text(response)
    assert {stored(each).merged_into for each in two} == {None}
    versions = dict(re.findall(r'name="seen-(\w+)" value="(\d)"', response.content.decode()))
    assert versions == {it.code: str(stored(it).version) for it in two}
    again = {"other": "SECOND", "keep": "FIRST"} | {f"seen-{code}": n for code, n in versions.items()}
    assert desk.post(url(two[0]), again).status_code == 302
    assert stored(two[1]).merged_into == two[0]


def test_action_refuses_what_changed_under_it(staff, two):
    actions.accept(stored(two[1]), by=staff.coordinator, seen=1)
    with pytest.raises(StaleState, match="the other request has changed"):
        actions.merge(two[0], into=two[1], by=staff.coordinator, seen=1, seen_into=1)
    assert stored(two[0]).state == State.RECEIVED


@pytest.mark.parametrize("keep", ["", "OTHER"])
def test_direction_has_to_be_chosen(desk, two, keep):
    response = desk.post(url(two[0]), sent(two[0], *two) | {"keep": keep})
    assert response.status_code == 422
    assert "Say which of the two goes on" in text(response)


def test_what_the_action_refuses_is_told(desk, two):
    Request.objects.filter(pk=two[0].pk).update(state=State.REFUSED, closed_at=factories.moment())
    response = desk.post(url(two[0]), sent(two[0], *two))
    assert response.status_code == 422
    assert "The other request is not open" in text(response)


@pytest.mark.parametrize(("who", "status"), [("worker", 403), ("leader", 403), ("far_coordinator", 404)])
def test_merging_is_for_those_with_the_right(client, staff, two, who, status):
    client.force_login(getattr(staff, who))
    assert client.get(url(two[0])).status_code == status
    assert client.post(url(two[0]), sent(two[0], *two)).status_code == status
    assert {stored(each).merged_into for each in two} == {None}


@pytest.mark.parametrize("n", [1, 3])
def test_choosing_and_comparing_cost_the_same_whatever_there_is(
    desk, places, lamp, two, n, django_assert_num_queries
):
    for number in range(n):
        factories.request(places.east_1, lamp, code=f"R{number}")
    with django_assert_num_queries(8):
        desk.get(url(two[0]))
    with django_assert_num_queries(13):
        desk.get(url(two[0]), {"other": "SECOND"})
