"""Rights by posts: which, where, and on which days."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.utils import timezone

from shiliu.core import access
from shiliu.core.access import NotPermitted, Resident, System
from shiliu.core.areas import EVERYWHERE, NOWHERE, Scope
from shiliu.core.models import User
from shiliu.grid.checks import roles
from shiliu.grid.roles import ROLES, Role
from shiliu.requests.models import Request
from tests import factories


def fresh(user: User) -> User:
    """As the next web request loads it: nothing remembered."""
    return User.objects.get(pk=user.pk)


def test_post_gives_its_rights_inside_its_area(places, staff):
    assert access.allows(staff.coordinator, "requests.accept", places.east.code)
    assert access.allows(staff.coordinator, "requests.accept", places.east_2.code)
    assert not access.allows(staff.coordinator, "requests.accept", places.west_1.code)
    assert not access.allows(staff.coordinator, "requests.accept", places.town.code)


def test_post_gives_no_other_right(places, staff):
    assert access.allows(staff.worker, "requests.report", places.east_1.code)
    assert not access.allows(staff.worker, "requests.accept", places.east_1.code)
    assert access.scope_of(staff.worker, "aid.view") == NOWHERE


def test_two_posts_add_up(places, staff):
    factories.tenure(staff.coordinator, "coordinator", places.far)
    assert access.scope_of(staff.coordinator, "requests.close") == Scope.of(
        [places.east.code, places.far.code]
    )
    factories.tenure(staff.coordinator, "aid_officer", places.west)
    access.forget(staff.coordinator)
    assert access.scope_of(staff.coordinator, "aid.view") == Scope.of([places.west.code])


@pytest.mark.parametrize(
    ("since", "until", "held"),
    [(0, None, True), (1, None, False), (-9, 0, True), (-9, -1, False), (0, 0, True)],
)
@pytest.mark.parametrize("of", ["tenure", "post"])
def test_rights_begin_and_end_with_the_days_of_post_and_tenure(places, of, since, until, held):
    """Days from today; the last day counts."""
    today = timezone.localdate()
    dates = {"valid_from": today + timedelta(days=since)}
    dates["valid_to"] = None if until is None else today + timedelta(days=until)
    tenure = factories.tenure(factories.person("wang"), "coordinator", places.east)
    changed = tenure if of == "tenure" else tenure.post
    type(changed).objects.filter(pk=changed.pk).update(**dates)

    assert access.holds(fresh(tenure.user), "requests.accept") == held


def test_inactive_account_has_no_rights(places, staff):
    User.objects.filter(pk=staff.leader.pk).update(is_active=False)
    assert access.scope_of(fresh(staff.leader), "plan.decide") == NOWHERE


def test_superuser_without_a_post_has_no_case_rights(places):
    root = factories.person("root", is_superuser=True, is_staff=True)
    assert {right for right in access.RIGHTS if access.holds(root, right)} == set()
    assert not access.allows(root, "requests.accept", places.town.code)


@pytest.mark.parametrize("actor", [AnonymousUser(), Resident()], ids=["anonymous", "resident"])
def test_the_public_may_ask_and_answer_and_nothing_else(actor):
    allowed = {right for right in access.RIGHTS if access.allows(actor, right, "990001100")}
    assert allowed == {"requests.ask", "requests.answer"}


def test_right_of_staff_comes_with_any_post_of_today_and_holds_everywhere(places, staff):
    for user in (staff.worker, staff.far_coordinator):
        assert access.scope_of(user, "api.token") == EVERYWHERE
    staff.worker.tenures.update(valid_to=timezone.localdate() - timedelta(days=1))
    for user in (fresh(staff.worker), staff.nobody, factories.person("root", is_superuser=True)):
        assert access.scope_of(user, "api.token") == NOWHERE
        assert not access.allows(user, "api.token", places.east_1.code)


def test_staff_may_ask_anywhere_like_everybody(places, staff):
    assert access.allows(staff.nobody, "requests.ask", places.far_1.code)
    assert access.allows(staff.coordinator, "requests.ask", places.far_1.code)


def test_system_may_do_everything_everywhere():
    assert {access.scope_of(System("clock"), right) for right in access.RIGHTS} == {EVERYWHERE}


def test_unknown_right_is_a_mistake_of_the_program(staff):
    with pytest.raises(LookupError, match=r"requests\.aprove"):
        access.scope_of(staff.leader, "requests.aprove")


def test_require_says_what_is_missing(places, staff):
    with pytest.raises(NotPermitted, match=r"You may not accept a request here\. Ask"):
        access.require(staff.worker, "requests.accept", places.east_1.code)


def test_record_without_an_area_is_for_the_system_alone(staff):
    assert not access.allows(staff.administrator, "grid.edit", "")
    assert access.allows(System("import"), "grid.edit", "")


def test_rights_are_read_once_per_user_object(places, staff, django_assert_num_queries):
    user = fresh(staff.coordinator)
    with django_assert_num_queries(
        2
    ):  # the grants once, the successions once for rights held in the same areas
        for _again in range(3):
            access.allows(user, "requests.accept", places.east_1.code)
            access.allows(user, "requests.close", places.east_2.code)


def test_forget_reads_posts_anew(places, staff):
    assert not access.holds(staff.nobody, "aid.view")
    factories.tenure(staff.nobody, "finance", places.town)
    assert not access.holds(staff.nobody, "aid.view")
    access.forget(staff.nobody)
    assert access.holds(staff.nobody, "aid.view")


def test_visible_record_is_found_and_any_other_is_404(places, staff):
    request = factories.request(places.east_1, factories.category())

    assert access.get_visible_or_404(Request, staff.coordinator, code=request.code) == request
    for stranger in (staff.far_coordinator, staff.nobody, AnonymousUser()):
        with pytest.raises(Http404):
            access.get_visible_or_404(Request, stranger, code=request.code)


def test_every_located_model_names_a_registered_right_to_see_it():
    from django.apps import apps

    from shiliu.grid.models import Located

    rights = {m._meta.label: m.view_right for m in apps.get_models() if issubclass(m, Located)}
    assert len(rights) > 10
    assert set(rights.values()) <= set(access.RIGHTS)


def test_role_with_an_unknown_right_fails_the_check(monkeypatch):
    assert roles() == []
    monkeypatch.setitem(ROLES, "wizard", Role("wizard", frozenset({"requests.vanish"})))
    assert [error.msg for error in roles()] == [
        "role wizard holds the right requests.vanish, which no app registers"
    ]


def test_separated_duties_are_not_in_one_role():
    """Interim Measures for Social Assistance: who proposes is not who approves, not who pays."""
    money = {"aid.propose", "aid.approve", "aid.pay"}
    assert all(len(role.rights & money) <= 1 for role in ROLES.values())
