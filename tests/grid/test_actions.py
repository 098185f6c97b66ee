"""Who holds which post, and which area became which."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from shiliu.core import access, audit
from shiliu.core.access import NotPermitted, System
from shiliu.core.door import Refused, StaleState
from shiliu.core.models import AuditEntry
from shiliu.grid import actions
from shiliu.grid.models import Area, Post, Succession, Tenure
from tests import factories
from tests.factories import DAY, LONG_AGO

TODAY = timezone.localdate


def told(obj) -> list[str]:
    return [audit.sentence(entry) for entry in audit.entries_of(obj)]


def test_appointment_gives_the_rights_of_the_post(places, staff):
    post = factories.post("aid_officer", places.east)
    tenure = actions.appoint(post, staff.nobody, since=TODAY(), by=staff.administrator)

    assert (tenure.area_id, tenure.valid_to) == (places.east.code, None)
    assert access.allows(staff.nobody, "aid.propose", places.east_2.code)
    assert not access.allows(staff.nobody, "aid.propose", places.west_1.code)
    assert told(tenure) == [f"administrator某 gave nobody the post {post.code}"]


def test_end_takes_the_rights_with_the_day_after(places, staff):
    tenure = factories.tenure(staff.nobody, "finance", places.town)
    assert access.holds(staff.nobody, "aid.pay")

    actions.end(tenure, on=TODAY(), by=staff.administrator, seen=1)
    assert access.holds(tenure.user, "aid.pay")
    actions.end(tenure, on=TODAY() - timedelta(days=1), by=staff.administrator, seen=2)

    assert not access.holds(tenure.user, "aid.pay")
    assert told(tenure)[-1] == f"administrator某 ended it on {TODAY() - timedelta(days=1)}"


@pytest.mark.parametrize("who", ["leader", "coordinator", "nobody"])
def test_nobody_else_appoints_or_ends(places, staff, who):
    post, tenure = factories.post("finance", places.town), Tenure.objects.first()
    with pytest.raises(NotPermitted):
        actions.appoint(post, getattr(staff, who), since=DAY, by=getattr(staff, who))
    with pytest.raises(NotPermitted):
        actions.end(tenure, on=DAY, by=getattr(staff, who), seen=1)
    assert not AuditEntry.objects.exists()


def test_administrator_of_another_town_does_not_appoint_here(places, staff):
    far = factories.person("far_administrator")
    factories.tenure(far, "administrator", places.other_town)
    with pytest.raises(NotPermitted):
        actions.appoint(factories.post("finance", places.town), far, since=DAY, by=far)


@pytest.mark.parametrize("since", [DAY - timedelta(days=1), date(2023, 7, 1)])
def test_appointment_outside_the_posts_own_days_is_refused(places, staff, since):
    post = factories.post("finance", places.town, valid_from=DAY, valid_to=date(2023, 6, 30))
    with pytest.raises(Refused, match="does not exist on that day"):
        actions.appoint(post, staff.nobody, since=since, by=staff.administrator)


def test_appointment_that_ends_before_it_begins_is_refused(places, staff):
    with pytest.raises(Refused, match="The last day is before the first one"):
        actions.appoint(
            factories.post("finance", places.town),
            staff.nobody,
            since=DAY,
            until=DAY - timedelta(days=1),
            by=staff.administrator,
        )


def test_same_appointment_twice_is_refused_with_a_sentence(places, staff):
    post = factories.post("finance", places.town)
    actions.appoint(post, staff.nobody, since=DAY, by=staff.administrator)
    with pytest.raises(Refused, match="holds that post on some of these days already"):
        actions.appoint(post, staff.nobody, since=DAY, by=staff.administrator)
    assert Tenure.objects.filter(post=post).count() == 1


def test_end_before_the_first_day_is_refused(places, staff):
    tenure = factories.tenure(staff.nobody, "finance", places.town, valid_from=DAY)
    with pytest.raises(Refused, match="before the first day"):
        actions.end(tenure, on=DAY - timedelta(days=1), by=staff.administrator, seen=1)


def test_succession_ends_the_old_code_the_day_before(places, staff):
    old = factories.area("990001100003")
    actions.succeed(old, places.east, day=DAY, by=staff.administrator, seen=1)

    assert Area.objects.get(pk=old.pk).valid_to == DAY - timedelta(days=1)
    assert Succession.objects.get().day == DAY
    assert told(old) == [f"administrator某 recorded that it became {places.east.code}"]


def test_split_is_one_step_per_successor(places, staff):
    old = factories.area("990001100003")
    actions.succeed(old, places.east, day=DAY, by=staff.administrator, seen=1)
    actions.succeed(old, places.west, day=DAY, by=staff.administrator, seen=2)
    assert set(Succession.objects.values_list("successor", flat=True)) == {places.east.code, places.west.code}


def test_same_succession_twice_is_refused_with_a_sentence(places, staff):
    actions.succeed(places.west, places.east, day=DAY, by=staff.administrator, seen=1)
    with pytest.raises(Refused, match="such a record already"):
        actions.succeed(places.west, places.east, day=DAY, by=staff.administrator, seen=2)
    assert Area.objects.get(pk=places.west.pk).version == 2


def test_succession_needs_the_right_in_both_areas(places, staff):
    for old, new in ((places.far, places.east), (places.east, places.far)):
        with pytest.raises(NotPermitted):
            actions.succeed(old, new, day=DAY, by=staff.administrator, seen=1)
    assert not Succession.objects.exists()
    assert Area.objects.get(pk=places.east.pk).valid_to is None


def test_stale_succession_records_nothing(places, staff):
    with pytest.raises(StaleState):
        actions.succeed(places.west, places.east, day=DAY, by=staff.administrator, seen=3)
    assert not Succession.objects.exists()


def test_area_does_not_become_itself(places):
    with pytest.raises(Refused, match="cannot become itself"):
        actions.succeed(places.east, places.east, day=DAY, by=System("test"), seen=1)
    assert Area.objects.get(pk=places.east.pk).valid_to is None


def test_area_that_ends_before_it_began_is_refused(places):
    with pytest.raises(Refused, match="last day is before the first"):
        actions.succeed(places.west, places.east, day=LONG_AGO, by=System("test"), seen=1)


# Appointments, more closely -------------------------------------------------------------------------------


def days(n: int) -> date:
    return TODAY() + timedelta(days=n)


@pytest.mark.parametrize(
    ("since", "until", "overlaps"),
    [(0, None, True), (-5, 0, True), (10, 20, True), (5, None, True), (-5, -1, False), (11, None, False)],
)
def test_overlapping_appointment_of_the_same_person_is_refused(places, staff, since, until, overlaps):
    post = factories.post("finance", places.town)
    actions.appoint(post, staff.nobody, since=days(0), until=days(10), by=staff.administrator)
    last = None if until is None else days(until)
    if overlaps:
        with pytest.raises(Refused, match="holds that post on some of these days already"):
            actions.appoint(post, staff.nobody, since=days(since), until=last, by=staff.administrator)
    else:
        actions.appoint(post, staff.nobody, since=days(since), until=last, by=staff.administrator)
    assert post.tenures.count() == (1 if overlaps else 2)


def test_two_people_may_hold_a_post_at_the_same_time(places, staff):
    post = factories.post("finance", places.town)
    for who in (staff.nobody, staff.worker):
        actions.appoint(post, who, since=TODAY(), by=staff.administrator)
    assert post.tenures.count() == 2


def test_second_administrator_is_told_of_the_first(places, staff):
    post = factories.post("finance", places.town)
    actions.appoint(post, staff.nobody, since=TODAY(), by=staff.administrator, seen=1)
    with pytest.raises(StaleState, match="A colleague was faster"):
        actions.appoint(post, staff.worker, since=TODAY(), by=staff.administrator, seen=1)
    assert [tenure.user for tenure in post.tenures.all()] == [staff.nobody]
    actions.appoint(post, staff.worker, since=TODAY(), by=staff.administrator, seen=2)


def test_nobody_gives_themselves_a_post(places, staff):
    post = factories.post("finance", places.town)
    with pytest.raises(Refused, match="Nobody gives themselves a post"):
        actions.appoint(post, staff.administrator, since=TODAY(), by=staff.administrator)
    assert not post.tenures.exists()


def test_closed_account_gets_no_post(places, staff):
    staff.nobody.is_active = False
    with pytest.raises(Refused, match="switched off"):
        actions.appoint(
            factories.post("finance", places.town), staff.nobody, since=TODAY(), by=staff.administrator
        )


def test_what_has_not_begun_is_withdrawn_and_told(places, staff):
    post = factories.post("finance", places.town)
    tenure = actions.appoint(post, staff.nobody, since=days(1), by=staff.administrator)
    code = tenure.code
    actions.withdraw(tenure, by=staff.administrator, seen=1)
    assert not post.tenures.exists()
    entry = AuditEntry.objects.get(verb="grid.withdraw")
    assert (entry.public_id, entry.data) == (code, {"user": "nobody", "post": post.code})


@pytest.mark.parametrize(
    ("since", "seen", "who", "error"),
    [
        (0, 1, "administrator", Refused),
        (1, 2, "administrator", StaleState),
        (1, 1, "leader", NotPermitted),
    ],
)
def test_withdrawal_is_refused(places, staff, since, seen, who, error):
    post = factories.post("finance", places.town)
    tenure = actions.appoint(post, staff.nobody, since=days(since), by=staff.administrator)
    with pytest.raises(error):
        actions.withdraw(tenure, by=getattr(staff, who), seen=seen)
    assert post.tenures.count() == 1
    assert not AuditEntry.objects.filter(verb="grid.withdraw").exists()


def test_end_does_not_make_anything_last_longer(places, staff):
    """Least of all one's own post."""
    own = staff.administrator.tenures.get()
    Tenure.objects.filter(pk=own.pk).update(valid_to=days(5))
    own.refresh_from_db()
    with pytest.raises(Refused, match=rf"It ends on {days(5)} already"):
        actions.end(own, on=days(6), by=staff.administrator, seen=1)
    over = factories.post("finance", places.town, valid_to=days(-9))
    with pytest.raises(Refused, match="give the post anew"):
        actions.end_post(over, on=days(9), by=staff.administrator, seen=1)
    assert Tenure.objects.get(pk=own.pk).valid_to == days(5)
    assert Post.objects.get(pk=over.pk).valid_to == days(-9)


# Posts ----------------------------------------------------------------------------------------------------


def test_new_post_is_vacant_and_told(places, staff):
    post = actions.create_post(
        Post(title="网格员岗", role="grid_worker", area=places.east_2, valid_from=TODAY()),
        by=staff.administrator,
    )
    assert told(post) == ["administrator某 created the post 网格员岗"]
    assert not post.tenures.exists()


def test_post_elsewhere_is_not_created(places, staff):
    with pytest.raises(NotPermitted):
        actions.create_post(
            Post(title="岗", role="finance", area=places.far, valid_from=TODAY()), by=staff.administrator
        )


def test_post_ends_with_whoever_holds_it(places, staff):
    tenure = factories.tenure(staff.nobody, "finance", places.town)
    over = factories.tenure(staff.worker, "finance", places.town, valid_to=DAY)
    Tenure.objects.filter(pk=over.pk).update(post=tenure.post)

    actions.end_post(tenure.post, on=days(-1), by=staff.administrator, seen=1)

    tenure.refresh_from_db()
    assert (tenure.valid_to, tenure.post.valid_to) == (days(-1), days(-1))
    assert Tenure.objects.get(pk=over.pk).valid_to == DAY
    assert not access.holds(staff.nobody, "aid.pay")
    assert told(tenure.post) == [f"administrator某 ended the post on {days(-1)}"]
    assert told(tenure) == [f"administrator某 ended it on {days(-1)}"]


def test_post_that_is_promised_does_not_end_before(places, staff):
    post = factories.post("finance", places.town)
    actions.appoint(post, staff.nobody, since=days(5), by=staff.administrator)
    with pytest.raises(Refused, match="Withdraw that first"):
        actions.end_post(post, on=days(1), by=staff.administrator, seen=2)
    with pytest.raises(StaleState):
        actions.end_post(post, on=days(9), by=staff.administrator, seen=1)
    with pytest.raises(Refused, match="before the first day"):
        actions.end_post(post, on=date(2019, 1, 1), by=staff.administrator, seen=2)
    post.refresh_from_db()
    assert post.valid_to is None
    assert post.tenures.get().valid_to is None
