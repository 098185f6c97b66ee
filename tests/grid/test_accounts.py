"""Accounts: invited without a password, switched off and on, each with its audit entry."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from shiliu.core import access, audit
from shiliu.core.access import NotPermitted
from shiliu.core.door import Refused, StaleState
from shiliu.core.models import AuditEntry, User
from shiliu.grid import actions, invitations, people, rules, tasks
from shiliu.grid.actions import seen_of
from tests import factories
from tests.factories import DAY


def told(user: User) -> list[str]:
    return [audit.sentence(entry) for entry in audit.entries_of(user)]


def invited(by: User, **values) -> User:
    return actions.invite(User(username="xin", name="甲某", **values), by=by)


def queued() -> list[str]:
    return [result.args_kwargs["args"][0] for result in DBTaskResult.objects.all()]


def test_invited_account_has_no_password_and_is_told(staff):
    user = invited(staff.administrator)
    user.refresh_from_db()
    assert not user.has_usable_password()
    assert told(user) == ["administrator某 invited xin"]
    assert queued() == []


def test_invitation_with_a_post_gives_it_at_once(places, staff):
    post = factories.post("finance", places.east)
    user = actions.invite(User(username="xin"), by=staff.administrator, post=post)
    assert access.allows(user, "aid.pay", places.east_1.code)
    assert user.tenures.get().valid_from == timezone.localdate()


def test_invitation_to_a_post_that_is_refused_leaves_no_account(places, staff):
    post = factories.post("finance", places.far)
    with pytest.raises(NotPermitted):
        actions.invite(User(username="xin", email="x@example.org"), by=staff.administrator, post=post)
    assert not User.objects.filter(username="xin").exists()
    assert not AuditEntry.objects.exists()
    assert queued() == []


@pytest.mark.parametrize("who", ["leader", "coordinator", "nobody"])
def test_nobody_else_invites_or_switches_off(staff, who):
    by = getattr(staff, who)
    with pytest.raises(NotPermitted):
        invited(by)
    for action in (actions.renew_link, actions.switch_off, actions.switch_on):
        with pytest.raises(NotPermitted):
            action(staff.worker, by=by, seen=seen_of(staff.worker))
    assert not AuditEntry.objects.exists()


def test_user_name_that_is_taken_is_refused(staff):
    with pytest.raises(Refused, match="such a record already"), transaction.atomic():
        actions.invite(User(username="worker"), by=staff.administrator)


def test_link_is_mailed_by_a_task_that_makes_it(staff):
    invited(staff.administrator, email="xin@example.org")
    assert queued() == ["xin"]
    assert "invite" not in str(DBTaskResult.objects.get().args_kwargs)

    tasks.send_invitation.call("xin")

    [letter] = mail.outbox
    assert letter.to == ["xin@example.org"]
    assert "/accounts/invite/" in letter.body
    assert "xin" in letter.body


def test_nothing_is_mailed_once_the_password_is_chosen(staff):
    user = invited(staff.administrator, email="xin@example.org")
    actions.join(user, factories.PASSWORD)
    tasks.send_invitation.call("xin")
    assert mail.outbox == []


def test_chosen_password_uses_the_link_up(staff):
    user = invited(staff.administrator)
    token = invitations.link(user).rsplit("/", 2)[1]
    assert invitations.holds(user, token)
    other = User.objects.get(pk=user.pk)
    actions.join(user, factories.PASSWORD)
    assert not invitations.holds(user, token)
    assert told(user)[-1] == "甲某 chose a password"
    with pytest.raises(StaleState):
        actions.join(other, "another-Secret-1")
    assert User.objects.get(pk=user.pk).check_password(factories.PASSWORD)


def test_new_link_voids_password_and_former_links(staff):
    user = invited(staff.administrator)
    former = invitations.link(user).rsplit("/", 2)[1]
    actions.renew_link(user, by=staff.administrator, seen=seen_of(user))
    assert not invitations.holds(user, former)
    assert invitations.holds(user, invitations.link(user).rsplit("/", 2)[1])

    actions.renew_link(staff.worker, by=staff.administrator, seen=seen_of(staff.worker))
    assert not User.objects.get(username="worker").has_usable_password()
    assert told(staff.worker) == ["administrator某 made a new link for worker"]


def test_switched_off_account_is_signed_out_and_stays_so_when_it_is_on_again(client, staff):
    client.force_login(staff.worker)
    actions.switch_off(staff.worker, by=staff.administrator, seen=seen_of(staff.worker))
    assert client.get("/console/").status_code == 302
    actions.switch_on(staff.worker, by=staff.administrator, seen=seen_of(staff.worker))
    assert client.get("/console/").status_code == 302
    told_of = [entry.verb for entry in audit.entries_of(staff.worker)]
    assert told_of == ["grid.switch_off", "grid.switch_on"]


def test_link_of_a_switched_off_account_is_void(staff):
    user = invited(staff.administrator)
    name, token = invitations.link(user).rsplit("/", 3)[1:3]
    actions.switch_off(user, by=staff.administrator, seen=seen_of(user))
    assert invitations.invited(name) is None
    assert not invitations.holds(user, token)
    with pytest.raises(Refused, match="switched off"):
        actions.renew_link(user, by=staff.administrator, seen=seen_of(user))


def test_second_administrator_is_told(staff):
    seen = seen_of(staff.worker)
    actions.switch_off(staff.worker, by=staff.administrator, seen=seen)
    for action in (actions.switch_off, actions.renew_link, actions.switch_on):
        with pytest.raises(StaleState):
            action(staff.worker, by=staff.administrator, seen=seen)
    assert AuditEntry.objects.count() == 1


def test_change_in_between_is_noticed_by_the_database_too(staff):
    stale = User.objects.get(username="worker")
    seen = seen_of(stale)
    actions.renew_link(staff.worker, by=staff.administrator, seen=seen)
    with pytest.raises(StaleState):
        actions.switch_off(stale, by=staff.administrator, seen=seen)
    assert User.objects.get(username="worker").is_active


@pytest.mark.parametrize("action", [actions.renew_link, actions.switch_off])
def test_own_account_is_a_colleagues_business(staff, action):
    with pytest.raises(Refused, match="your own account"):
        action(staff.administrator, by=staff.administrator, seen=seen_of(staff.administrator))


def test_account_with_a_post_elsewhere_is_managed_from_above(places, staff):
    factories.tenure(staff.worker, "finance", places.far)
    above = factories.person("above")
    factories.tenure(above, "administrator", places.county)
    with pytest.raises(NotPermitted, match="posts outside your areas"):
        actions.switch_off(staff.worker, by=staff.administrator, seen=seen_of(staff.worker))
    actions.switch_off(staff.worker, by=above, seen=seen_of(staff.worker))
    assert not User.objects.get(username="worker").is_active


def test_former_post_elsewhere_does_not_matter(places, staff):
    factories.tenure(staff.worker, "finance", places.far, valid_to=DAY)
    actions.switch_off(staff.worker, by=staff.administrator, seen=seen_of(staff.worker))


def test_superuser_is_not_the_townships_to_manage(staff):
    root = factories.person("root", is_superuser=True)
    with pytest.raises(NotPermitted):
        actions.renew_link(root, by=staff.administrator, seen=seen_of(root))


# Whose account is whose -----------------------------------------------------------------------------------


@pytest.fixture
def far(places, staff) -> User:
    """An administrator of the other town."""
    found = factories.person("far_admin")
    factories.tenure(found, "administrator", places.other_town)
    return found


def test_account_without_a_post_is_of_the_town_that_invited_it(staff, far):
    user = invited(staff.administrator)
    assert user in people.seen_by(staff.administrator)
    assert user in people.listed(staff.administrator, "none", "")
    assert user not in people.seen_by(far)
    assert user not in people.listed(far, "none", "")
    for action in (actions.renew_link, actions.switch_off):
        with pytest.raises(NotPermitted):
            action(user, by=far, seen=seen_of(user))
    actions.renew_link(user, by=staff.administrator, seen=seen_of(user))
    assert [entry.verb for entry in audit.entries_of(user)] == ["grid.invite", "grid.renew"]


def test_account_whose_post_was_withdrawn_is_of_the_town_that_invited_it(places, staff, far):
    since = timezone.localdate() + timedelta(days=1)
    user = actions.invite(
        User(username="xin"), by=far, post=factories.post("finance", places.far), since=since
    )
    actions.withdraw(user.tenures.get(), by=far, seen=1)
    assert rules.can_manage(far, user)
    assert not rules.can_manage(staff.administrator, user)
    assert user not in people.seen_by(staff.administrator)


def test_account_that_nobody_invited_is_of_the_town_whose_site_it_is(staff, far, settings):
    assert rules.can_manage(staff.administrator, staff.nobody)
    assert not rules.can_manage(far, staff.nobody)
    settings.TOWN = factories.CODES["other_town"]
    assert not rules.can_manage(staff.administrator, staff.nobody)
    assert rules.can_manage(far, staff.nobody)
    assert staff.nobody in people.seen_by(far)


@pytest.mark.parametrize(("post_in", "area"), [("far", "other_town"), ("east", "town"), (None, "town")])
def test_who_administers_two_towns_invites_for_the_one_of_the_post(places, staff, far, post_in, area):
    factories.tenure(far, "administrator", places.town)
    post = post_in and factories.post("finance", getattr(places, post_in))
    user = actions.invite(User(username="xin"), by=far, post=post)
    assert AuditEntry.objects.get(verb="grid.invite", public_id=user.username).area == factories.CODES[area]
