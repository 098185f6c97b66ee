"""Personal data goes when its term ends, to the day, with its digest, and leaves an entry without itself."""

from datetime import date, timedelta

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from shiliu.core import audit, retention
from shiliu.core.fields import PersonalField, personal_fields
from shiliu.core.models import AuditEntry
from shiliu.core.tasks import erase_expired
from shiliu.requests.models import Request, State
from shiliu.volunteers.models import Volunteer
from tests import factories
from tests.factories import DAY, moment
from tests.strategies import taken_back, with_database

# Every field about a person: how many days it is kept after what. Whoever adds one adds it here.
KEPT = {
    "aid.Payment.recipient": (3653, "paid_on"),
    "api.Client.contact_email": (180, "revoked_at"),
    "channel.Bot.address": (30, "group__valid_to"),  # a key, of nobody
    "requests.Request.contact_name": (180, "closed_at"),
    "requests.Request.contact_phone": (180, "closed_at"),
    "requests.Request.contact_email": (180, "closed_at"),
    "venues.Lecturer.name": (365, "valid_to"),
    "volunteers.Volunteer.name": (365, "valid_to"),
    "volunteers.Volunteer.phone": (365, "valid_to"),
}


def test_every_field_about_a_person_is_known_here():
    declared = {f"{f.model._meta.label}.{f.field}": (f.keep_days, f.keep_after) for f in personal_fields()}
    assert declared == KEPT
    assert all(str(field.purpose) for field in personal_fields())


def closed(places, day: date, **values) -> Request:
    at = moment(day, **values)
    return factories.closed_request(
        places.east_1, factories.category(), closed_at=at, received_at=min(at, moment())
    )


def contact(request: Request) -> tuple[str, str, str]:
    request.refresh_from_db()
    return (request.contact_name, request.contact_phone, request.contact_phone_digest)


@pytest.mark.parametrize(("hour", "minute"), [(0, 0), (23, 59)])
def test_contact_is_kept_180_days_and_erased_the_day_after(places, hour, minute):
    request = closed(places, DAY, hour=hour, minute=minute)
    before = contact(request)

    assert retention.erase(DAY + timedelta(days=180)) == 0
    assert contact(request) == before
    assert retention.erase(DAY + timedelta(days=181)) == 2

    assert contact(request) == ("", "", "")
    assert retention.erase(DAY + timedelta(days=999)) == 0


def test_volunteer_is_forgotten_a_year_after_leaving(places):
    gone = factories.volunteer(places.east, valid_to=DAY)
    here = factories.volunteer(places.east)

    assert retention.erase(DAY + timedelta(days=365)) == 0
    assert retention.erase(DAY + timedelta(days=366)) == 2

    gone, here = Volunteer.objects.get(pk=gone.pk), Volunteer.objects.get(pk=here.pk)
    assert (gone.name, gone.phone) == ("", "")
    assert (here.name, here.phone) == ("乙某某", "13900000002")


def test_recipient_is_kept_ten_years_after_payment(places):
    payment = factories.paid(places.east_1, factories.programme(places.town), on=DAY)
    assert retention.erase(date(2033, 5, 10)) == 0
    assert retention.erase(date(2033, 5, 11)) == 1
    payment.refresh_from_db()
    assert payment.recipient == ""


@pytest.mark.parametrize("state", [State.RECEIVED, State.ACCEPTED])
def test_open_request_keeps_its_contact_however_old(places, state):
    factories.request(places.east_1, factories.category(), state=state)
    assert retention.erase(date(2099, 1, 1)) == 0


def test_each_erasure_leaves_an_entry_that_says_nothing_of_it(places):
    request = closed(places, DAY)
    retention.erase(date(2024, 1, 1))

    entries = audit.entries_of(request)
    assert [entry.data for entry in entries] == [{"field": "contact_name"}, {"field": "contact_phone"}]
    assert {(entry.actor_label, entry.verb, entry.area) for entry in entries} == {
        ("system:clock", "core.erase", places.east_1.code)
    }
    assert audit.sentence(entries[0]) == "The system erased contact_name, which was no longer needed"


def test_nothing_else_of_the_record_changes(places):
    request = closed(places, DAY)
    of_record = [f.name for f in Request._meta.concrete_fields if not f.name.startswith("contact_")]
    before = Request.objects.values(*of_record).get()
    retention.erase(date(2024, 1, 1))
    assert Request.objects.values(*of_record).get() == before
    assert request.words == "三号楼前的路灯不亮"


@with_database
@given(st.lists(st.integers(170, 190), min_size=1, max_size=6))
def test_exactly_those_whose_term_ended_are_erased(places, ages):
    today = date(2024, 1, 15)
    with taken_back():
        category = factories.category()
        for age in ages:
            at = moment(today - timedelta(days=age), hour=23, minute=59)
            factories.closed_request(places.east_1, category, closed_at=at, received_at=at, words=str(age))
        erased = retention.erase(today)
        left = [
            int(words) for words in Request.objects.exclude(contact_name="").values_list("words", flat=True)
        ]
        entries = AuditEntry.objects.count()
    assert sorted(left) == sorted(age for age in ages if age <= 180)
    assert erased == entries == 2 * sum(age > 180 for age in ages)


def test_many_are_erased_in_batches(places, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    category = factories.category()
    for _n in range(5):
        factories.closed_request(places.east_1, category, closed_at=moment())
    assert retention.erase(date(2024, 1, 1)) == 10
    assert AuditEntry.objects.count() == 10


def test_batch_that_fails_erases_nothing_of_it(places, monkeypatch):
    request = closed(places, DAY)
    before = contact(request)
    monkeypatch.setattr(audit, "record", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        retention.erase(date(2024, 1, 1))
    assert contact(request) == before


def test_value_whose_key_is_lost_is_erased_like_any_other(places, settings):
    request = closed(places, DAY)
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    assert retention.erase(date(2024, 1, 1)) == 2
    assert contact(request) == ("", "", "")


def test_term_may_hang_on_another_record(places):
    """`keep_after` may be a path, as the field promises."""
    team = factories.team(places.east, factories.strand(), valid_to=DAY)
    request = factories.request(places.east_1, factories.category(), team=team)
    field = PersonalField(Request, "contact_name", "", 30, "team__valid_to")
    assert not retention.due(field, DAY + timedelta(days=30)).exists()
    assert list(retention.due(field, DAY + timedelta(days=31))) == [request]


def test_clock_erases_as_of_today(places):
    today = timezone.localdate()
    closed(places, today - timedelta(days=181))
    closed(places, today - timedelta(days=180))
    assert erase_expired.call() == 2
