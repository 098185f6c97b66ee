"""A team's leader sees and works on what went to the team, wherever it lies, and nothing else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from shiliu.core import access
from shiliu.core.access import NotPermitted, System
from shiliu.grid.models import Tenure
from shiliu.requests import actions, rules, steps
from shiliu.requests.models import Request, State, mine
from tests import factories


def seen_by(user) -> set[Request]:
    access.forget(user)
    return set(Request.objects.visible_to(user))


def test_leader_sees_what_went_to_the_own_team_in_whatever_area(cast):
    here = cast.request(State.ASSIGNED)
    elsewhere = factories.request_in(State.DONE, cast.at.west_1, cast.lamp, cast.team)
    cast.request(State.ACCEPTED)  # in the post's own area, and nobody's yet
    others = factories.request_in(State.ASSIGNED, cast.at.east_1, cast.lamp, cast.other)

    assert seen_by(cast.chief) == {here, elsewhere}
    assert seen_by(cast.other_chief) == {others}
    assert mine.leads(System("test")) == []
    assert [bool(rules.leads_from(cast.chief, team)) for team in (cast.team, cast.other, None)] == [
        True,
        False,
        False,
    ]


def test_leader_works_where_the_leading_post_is_not(cast):
    it = factories.request_in(State.ASSIGNED, cast.at.west_1, cast.lamp, cast.team)
    actions.take(it, by=cast.chief, seen=1)
    actions.report(it, by=cast.chief, seen=2, note="换了灯泡")
    assert Request.objects.get().state == State.DONE


def test_leader_of_a_town_team_from_a_post_in_a_community(cast):
    chief = factories.person("mender")
    team = factories.led_team(cast.at.town, chief, post_in=cast.at.east)
    it = factories.request_in(State.ASSIGNED, cast.at.west_1, cast.lamp, team)
    actions.take(it, by=chief, seen=1)
    assert it.state == State.IN_PROGRESS


def test_leader_who_sees_more_by_another_post_still_works_for_the_team(cast):
    factories.tenure(cast.chief, "leader", cast.at.town)
    access.forget(cast.chief)
    it = factories.request_in(State.ASSIGNED, cast.at.west_1, cast.lamp, cast.team)
    assert next(offer.verb for offer in steps.offered(cast.chief, it)) == "requests.take"
    actions.take(it, by=cast.chief, seen=1)
    assert it.state == State.IN_PROGRESS


def test_leader_sees_and_does_nothing_after_the_tenure(cast):
    it = cast.request(State.ASSIGNED)
    Tenure.objects.filter(user=cast.chief).update(valid_to=timezone.localdate() - timedelta(days=1))
    assert seen_by(cast.chief) == set()
    with pytest.raises(NotPermitted):
        actions.take(it, by=cast.chief, seen=1)


def test_leader_no_longer_sees_what_was_given_back(cast):
    it = cast.request(State.ASSIGNED)
    actions.return_(it, by=cast.chief, seen=1, note="这是供电公司的灯")
    assert (it.state, it.lead) == (State.ACCEPTED, None)
    assert seen_by(cast.chief) == set()


def test_leader_no_longer_sees_what_went_to_another_team(cast):
    it = cast.request(State.ASSIGNED)
    actions.assign(it, to=cast.other, by=cast.staff.coordinator, seen=1)
    assert (seen_by(cast.chief), seen_by(cast.other_chief)) == (set(), {it})


@pytest.mark.parametrize("step", ["take", "report", "return_"])
@pytest.mark.parametrize("whose", ["team", "unit"])
def test_leader_cannot_work_on_what_went_to_others_in_the_posts_own_area(cast, step, whose):
    it = factories.request_in(State.ASSIGNED, cast.at.east_1, cast.lamp, cast.other)
    if whose == "unit":
        Request.objects.update(team=None, unit=factories.unit(cast.at.town))
        it.refresh_from_db()
    words = {} if step == "take" else {"note": "好了"}
    with pytest.raises(NotPermitted, match="This went to somebody else"):
        getattr(actions, step)(it, by=cast.chief, seen=1, **words)
    assert Request.objects.get().version == 1


def test_grid_worker_sees_the_own_grid_only(cast):
    own = cast.request(State.RECEIVED)
    factories.request(cast.at.east_2, cast.lamp)
    factories.request(cast.at.far_1, cast.lamp)
    assert seen_by(cast.staff.worker) == {own}


def test_grid_worker_cannot_report_in_another_grid(cast):
    it = factories.request_in(State.ASSIGNED, cast.at.east_2, cast.lamp, cast.team)
    with pytest.raises(NotPermitted):
        actions.report(it, by=cast.staff.worker, seen=1, note="好了")


@pytest.mark.parametrize("n", [1, 3])
def test_list_of_a_leader_is_one_query_however_long(cast, n, django_assert_num_queries):
    for _request in range(n):
        cast.request(State.ASSIGNED)
    access.scope_of(cast.chief, Request.view_right)
    with django_assert_num_queries(1):
        assert len(Request.objects.visible_to(cast.chief)) == n
