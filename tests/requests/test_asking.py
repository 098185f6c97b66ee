"""How a request comes in: milestones, photos, the key of a submission, and the right category."""

from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from shiliu.core import audit, worktime
from shiliu.core.access import Resident
from shiliu.core.door import OtherContent, Refused, StaleState
from shiliu.core.models import AuditEntry
from shiliu.requests import actions, story
from shiliu.requests.models import CategoryMilestone, Kind, Level, Milestone, Photo, Request, State
from tests import factories


def asked(cast, **how) -> Request:
    given = {"by": Resident(), "category": cast.lamp, "area": cast.at.east_1, "words": "路灯不亮"}
    return actions.ask(**given | how)


def in_hours(category, kind: str, amount: int, name: str = "") -> CategoryMilestone:
    return CategoryMilestone.objects.create(
        category=category, kind=kind, name=name, amount=amount, unit="clock_hour"
    )


def test_milestones_are_the_categorys_from_the_receipt(cast):
    in_hours(cast.lamp, Kind.CONTACT, 1)
    in_hours(cast.lamp, Kind.PARTIAL, 8, "先围挡")
    it = asked(cast)

    found = Milestone.objects.filter(request=it).values_list("kind", "name", "due_at", "met_at")
    assert list(found) == [
        ("contact", "", it.received_at + timedelta(hours=1), None),
        ("partial", "先围挡", it.received_at + timedelta(hours=8), None),
    ]


def test_accepting_meets_the_milestone_of_the_contact_and_no_other(cast):
    in_hours(cast.lamp, Kind.CONTACT, 1)
    in_hours(cast.lamp, Kind.PARTIAL, 8, "先围挡")
    it = asked(cast)
    actions.accept(it, by=cast.staff.coordinator, seen=1)
    assert dict(Milestone.objects.values_list("kind", "met_at")) == {
        "contact": it.contacted_at,
        "partial": None,
    }


def test_classify_sets_deadlines_anew_from_the_receipt_and_keeps_what_is_met(cast):
    in_hours(cast.lamp, Kind.CONTACT, 1)
    in_hours(cast.lamp, Kind.PARTIAL, 8, "先围挡")
    water = factories.category(name="水管", due_amount=6, due_unit="clock_hour")
    in_hours(water, Kind.CONTACT, 2)
    in_hours(water, Kind.PARTIAL, 3, "先关阀")
    it = asked(cast)
    actions.accept(it, by=cast.staff.coordinator, seen=1)
    actions.classify(it, to=water, by=cast.staff.coordinator, seen=2)

    stored = Request.objects.get()
    assert (stored.category, stored.due_at) == (water, it.received_at + timedelta(hours=6))
    assert list(Milestone.objects.values_list("kind", "name", "due_at", "met_at")) == [
        ("contact", "", it.received_at + timedelta(hours=1), it.contacted_at),
        ("partial", "先关阀", it.received_at + timedelta(hours=3), None),
    ]
    last = audit.entries_of(it).last()
    assert audit.sentence(last) == "coordinator某 put it into the category “水管”"


def later_category(hours: int = 6):
    return factories.category(name="水管", due_amount=hours, due_unit="clock_hour")


@pytest.mark.parametrize("step", ["reopen", "take_up"])
def test_classify_after_a_new_start_reckons_from_there(cast, step):
    ago = timezone.now() - timedelta(days=90)
    state = {"reopen": State.CLOSED, "take_up": State.DEFERRED}[step]
    it, desk = cast.request(state, received_at=ago, due_at=ago + timedelta(days=2)), cast.staff.coordinator
    words = {"note": "还是不亮"} if step == "reopen" else {}
    getattr(actions, step)(it, by=desk, seen=1, **words)
    water = later_category()
    in_hours(water, Kind.PARTIAL, 3, "先关阀")
    actions.classify(it, to=water, by=desk, seen=2)
    stored = Request.objects.get()
    assert stored.due_at == stored.clock_began + timedelta(hours=6) > timezone.now()
    assert Milestone.objects.get().due_at == stored.clock_began + timedelta(hours=3)


def test_classify_after_a_pause_leaves_it_out(cast):
    type(cast.lamp).objects.update(clock_stops=True)
    now, desk = timezone.now(), cast.staff.coordinator
    it = cast.request(State.ON_HOLD, received_at=now - timedelta(hours=10), held_at=now - timedelta(hours=8))
    actions.resume(Request.objects.get(pk=it.pk), by=desk, seen=1)
    actions.classify(Request.objects.get(pk=it.pk), to=later_category(), by=desk, seen=2)
    left = Request.objects.get().due_at - timezone.now()
    assert timedelta(hours=3, minutes=58) < left <= timedelta(hours=4)


def test_classify_with_the_same_deadline_keeps_what_was_told_of_it(cast):
    due_at = timezone.now() - timedelta(days=1)
    it = cast.request(
        State.ACCEPTED, due_at=due_at, due_is_given=True, escalated_to=Level.TOWN, alarm_at=None
    )
    actions.classify(it, to=later_category(), by=cast.staff.coordinator, seen=1)
    stored = Request.objects.get()
    assert (stored.due_at, stored.escalated_to, stored.alarm_at) == (due_at, Level.TOWN, None)


@pytest.mark.parametrize(("hours", "told"), [(6, False), (200, True)])
def test_later_deadline_of_another_category_is_told_who_asked(cast, hours, told):
    now = timezone.now()
    due_at = now + timedelta(hours=100)
    it = cast.request(State.ACCEPTED, received_at=now, contacted_at=now, due_at=due_at)
    actions.classify(it, to=later_category(hours), by=cast.staff.coordinator, seen=1)
    tasks = DBTaskResult.objects.filter(task_path__endswith="tell_resident")
    assert [task.args_kwargs["args"] for task in tasks] == ([[it.code, 2]] if told else [])
    assert (
        story.told(it)[-1].words
        == f"put it into the category “水管”, to be solved by {worktime.last_day(it.due_at)}"
    )


def test_contact_that_was_before_the_category_asked_for_it_counts(cast):
    water = factories.category(name="水管")
    in_hours(water, Kind.CONTACT, 2)
    it = asked(cast)
    actions.accept(it, by=cast.staff.coordinator, seen=1)
    actions.classify(it, to=water, by=cast.staff.coordinator, seen=2)
    assert Milestone.objects.get().met_at == it.contacted_at


@pytest.mark.parametrize(
    ("same", "said"), [(True, "It is in this category already"), (False, "no longer used")]
)
def test_category_that_cannot_be_chosen_is_refused(cast, same, said):
    in_hours(cast.lamp, Kind.CONTACT, 1)
    to = cast.lamp if same else factories.category(is_offered=False)
    it = asked(cast)
    with pytest.raises(Refused, match=said):
        actions.classify(it, to=to, by=cast.staff.coordinator, seen=1)
    assert (Request.objects.get().version, Milestone.objects.count()) == (1, 1)
    assert AuditEntry.objects.count() == 1


def test_ask_in_a_category_that_is_no_longer_used_is_refused(cast):
    with pytest.raises(Refused, match="no longer used"):
        asked(cast, category=factories.category(is_offered=False))


def test_ask_for_the_county_is_refused(cast):
    with pytest.raises(Refused, match="say in which community"):
        asked(cast, area=cast.at.county)
    assert not Request.objects.exists()


def stored(file) -> bytes:
    with file.open() as opened:
        return opened.read()


def test_photos_are_stored_with_the_request_out_of_reach(cast):
    it = asked(cast, pictures=[factories.picture(), factories.picture(b"\xff\xd8 two")])

    first, second = it.photos.all()
    assert (first.taken, first.width, first.height) == (Photo.Taken.ASKED, 1600, 1200)
    assert [stored(it.picture) for it in (first, second)] == [b"\xff\xd8 invented", b"\xff\xd8 two"]
    assert stored(first.thumbnail) == b"\xff\xd8 small"
    with pytest.raises(ValueError, match="no address of its own"):
        _address = first.picture.url


def test_second_submission_is_the_same_request_and_adds_no_photo(cast):
    sent = {"key": "k-1", "pictures": [factories.picture()]}
    in_hours(cast.lamp, Kind.CONTACT, 1)
    first, second = asked(cast, **sent), asked(cast, **sent)

    assert first == second
    assert (Request.objects.count(), Photo.objects.count(), Milestone.objects.count()) == (1, 1, 1)
    assert AuditEntry.objects.count() == 1


def test_key_with_other_words_is_refused_and_adds_no_photo(cast):
    asked(cast, key="k-1")
    with pytest.raises(OtherContent, match="already sent and stored as"):
        asked(cast, key="k-1", words="水管漏水", pictures=[factories.picture()])
    assert not Photo.objects.exists()


def test_key_that_comes_back_with_a_photo_more_is_refused(cast):
    """Send, go back, add the photo, send again: it must not be dropped without a word."""
    asked(cast, key="k-1")
    with pytest.raises(OtherContent, match="already sent and stored as"):
        asked(cast, key="k-1", pictures=[factories.picture()])
    asked(cast, key="k-2", pictures=[factories.picture()])
    with pytest.raises(OtherContent, match="already sent and stored as"):
        asked(cast, key="k-2", pictures=[factories.picture(b"\xff\xd8 two")])
    assert (Request.objects.count(), Photo.objects.count()) == (2, 1)


def test_photos_of_a_report_are_told_apart(cast):
    it = cast.request(State.IN_PROGRESS)
    actions.report(it, by=cast.chief, seen=1, note="换了灯泡", pictures=[factories.picture()])
    assert Photo.objects.get().taken == Photo.Taken.DONE


def test_refused_report_leaves_no_file(cast):
    def files() -> set[str]:
        try:
            return set(storages["private"].listdir("requests")[1])
        except FileNotFoundError:
            return set()

    it, before = cast.request(State.IN_PROGRESS, version=2), files()
    pictures = [factories.picture()]
    with pytest.raises(StaleState):
        actions.report(it, by=cast.chief, seen=1, note="换了灯泡", pictures=pictures)
    with pytest.raises(Refused, match="a few words"):
        actions.report(it, by=cast.chief, seen=2, note=" ", pictures=pictures)
    assert (files(), Photo.objects.count()) == (before, 0)


def test_cost_of_asking_in_statements(cast, django_assert_num_queries):
    """A savepoint of the test, the calendar, rules that act by themselves (two), the request, its audit and
    words, and two about milestones.
    """
    in_hours(cast.lamp, Kind.CONTACT, 1)
    with django_assert_num_queries(11):
        asked(cast)
