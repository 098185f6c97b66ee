"""Who holds which post, and which area became which."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from shiliu.core import access, audit
from shiliu.core.access import NotPermitted, System
from shiliu.core.door import Refused, StaleState
from shiliu.core.models import AuditEntry
from shiliu.grid import actions
from shiliu.grid.models import Area, Succession, Tenure
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
