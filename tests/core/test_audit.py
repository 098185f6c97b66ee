"""The audit: appended in the transaction of the change, never altered, free of personal data."""

import uuid
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from shiliu.aid import actions as aid
from shiliu.core import audit
from shiliu.core.access import Resident, System
from shiliu.core.models import AuditEntry
from shiliu.requests import actions as requests
from shiliu.requests.actions.asking import ASK
from shiliu.requests.actions.handling import ACCEPT, REPORT
from shiliu.requests.models import Request
from tests import factories
from tests.factories import DAY
from tests.strategies import taken_back, with_database

CLOCK = System("test")


@pytest.fixture
def request_(places) -> Request:
    return factories.request(places.east_1, factories.category())


@pytest.fixture
def entry(request_) -> AuditEntry:
    return audit.record(CLOCK, ACCEPT, request_)


def test_entry_says_who_did_what_to_which_record_where(places, staff, request_):
    entry = audit.record(staff.coordinator, ACCEPT, request_, note="马上去", data={"n": 1})

    stored = AuditEntry.objects.get(pk=entry.pk)
    assert (stored.actor, stored.actor_label, stored.verb) == (
        staff.coordinator,
        "coordinator某",
        "requests.accept",
    )
    assert (stored.kind, stored.public_id, stored.version) == ("requests.request", request_.code, 1)
    assert (stored.area, stored.town, stored.village) == ("990001100001001", "990001100", "990001100001")
    assert (stored.note, stored.data) == ("马上去", {"n": 1})


@pytest.mark.parametrize(("actor", "label"), [(CLOCK, "system:test"), (Resident(), "resident")])
def test_actor_without_an_account_is_named(request_, actor, label):
    entry = audit.record(actor, ASK, request_)
    assert (entry.actor, entry.actor_label) == (None, label)


def test_long_user_name_is_cut(request_):
    by = factories.person("w" * 150, name="")
    assert audit.record(by, ACCEPT, request_).actor_label == "w" * 60


@pytest.mark.django_db(transaction=True)
def test_entry_outside_a_transaction_is_refused():
    request = factories.request(factories.area("990001100"), factories.category())
    with pytest.raises(RuntimeError, match="transaction of its change"):
        audit.record(CLOCK, ACCEPT, request)
    assert not AuditEntry.objects.exists()


def test_unregistered_verb_is_a_mistake_of_the_program(request_):
    with pytest.raises(KeyError):
        audit.record(CLOCK, "requests.vanish", request_)


@pytest.mark.parametrize(
    "alter",
    [
        lambda entry: entry.save(),
        lambda entry: entry.delete(),
        lambda entry: AuditEntry.objects.update(note="nothing happened"),
        lambda entry: AuditEntry.objects.all().delete(),
        lambda entry: AuditEntry.objects.bulk_update([entry], ["note"]),
        lambda entry: AuditEntry._base_manager.update(note="nothing happened"),
        lambda entry: AuditEntry._base_manager.all().delete(),
        lambda entry: AuditEntry.objects.bulk_create(
            [entry], update_conflicts=True, update_fields=["note"], unique_fields=["id"]
        ),
    ],
)
def test_orm_cannot_alter_the_audit(entry, alter):
    entry.note = "nothing happened"
    with pytest.raises((TypeError, DatabaseError), match="append-only"), transaction.atomic():
        alter(entry)
    assert AuditEntry.objects.values_list("note", flat=True).get() == ""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_auditentry SET note = 'nothing happened'",
        "UPDATE core_auditentry SET id = id + 1 WHERE id = %s",
        "DELETE FROM core_auditentry",
        "DELETE FROM core_auditentry WHERE id = %s",
    ],
)
def test_sql_cannot_alter_the_audit(entry, statement):
    values = [entry.pk] if "%s" in statement else None
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement, values)
    assert AuditEntry.objects.values_list("note", flat=True).get() == ""


def test_sql_cannot_put_another_entry_in_an_entrys_place(entry, on_postgres):
    columns = "id, at, actor_label, verb, kind, public_id, area, note, data, request_id"
    into = "INSERT INTO" if on_postgres else "INSERT OR REPLACE INTO"
    conflict = "ON CONFLICT (id) DO UPDATE SET note = 'nothing happened'" if on_postgres else ""
    changed = columns.replace("note", "'nothing happened'")
    rows = f"SELECT {changed} FROM core_auditentry"  # noqa: S608 (constants)
    statement = f"{into} core_auditentry ({columns}) {rows} {conflict}"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert AuditEntry.objects.values_list("note", flat=True).get() == ""


def test_account_with_entries_cannot_be_deleted(staff, request_):
    from django.db.models import ProtectedError

    audit.record(staff.coordinator, ACCEPT, request_)
    with pytest.raises(ProtectedError):
        staff.coordinator.delete()


def test_entries_of_one_web_request_share_its_id(request_):
    def view(request):
        for _twice in range(2):
            audit.record(CLOCK, ACCEPT, request_)
        return HttpResponse()

    web = audit.middleware(view)
    for _twice in range(2):
        web(RequestFactory().get("/"))
    audit.record(CLOCK, ACCEPT, request_)

    first, second, third, fourth, outside = AuditEntry.objects.order_by("id").values_list(
        "request_id", flat=True
    )
    assert first == second
    assert third == fourth
    assert len({first, third, outside}) == 3


def test_request_id_ends_with_a_request_that_failed():
    def view(request):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        audit.middleware(view)(RequestFactory().get("/"))
    assert audit._request_id.get() is None


def test_story_of_a_record_is_oldest_first_and_only_its_own(places, request_):
    other = factories.request(places.east_1, request_.category)
    for verb in (ASK, ACCEPT, REPORT):
        audit.record(CLOCK, verb, request_)
        audit.record(CLOCK, verb, other)

    assert [entry.verb for entry in audit.entries_of(request_)] == [
        ASK,
        ACCEPT,
        REPORT,
    ]


# Personal data --------------------------------------------------------------------------------------------

names = st.text("甲乙丙丁戊己庚辛壬癸", min_size=3, max_size=6)
phones = st.integers(0, 10**8 - 1).map(lambda n: f"139{n:08}")


def everything_written() -> str:
    """Every entry's every column, as stored."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM core_auditentry")
        return str(cursor.fetchall())


@with_database
@given(name=names, phone=phones, words=st.text("一二三四五", min_size=8))
def test_what_residents_tell_never_enters_the_audit(places, staff, name, phone, words):
    with taken_back():
        request = requests.ask(
            by=Resident(),
            category=factories.category(),
            area=places.east_1,
            words=words,
            contact_name=name,
            contact_phone=phone,
        )
        digest = request.contact_phone_digest
        requests.accept(request, by=staff.coordinator, seen=1)
        assert requests.show_contact(request, by=staff.coordinator) == (name, phone, "")
        written = everything_written()
    for secret in (name, phone, words, digest):
        assert secret not in written


@with_database
@given(name=names)
def test_who_gets_aid_never_enters_the_audit(places, staff, name):
    with taken_back():
        payment = aid.propose(
            programme=factories.programme(places.town),
            area=places.east_1,
            recipient=name,
            amount=Decimal(300),
            on=DAY,
            by=staff.aid_officer,
        )
        aid.approve(payment, on=DAY, by=staff.approver, seen=1)
        aid.pay(payment, on=DAY, by=staff.finance, seen=2)
        aid.reverse(payment, on=DAY, by=staff.finance, note="误发")
        written = everything_written()
    assert name not in written


def test_changed_personal_field_is_masked_and_its_emptying_told(request_):
    data = audit.field_data(request_, {"contact_name": "甲某某", "contact_phone": "", "state": "accepted"})
    assert data == {"contact_name": "•••", "contact_phone": "", "state": "accepted"}


def test_every_digest_of_a_personal_field_is_masked(request_):
    assert audit.field_data(request_, {"contact_phone_digest": "ab" * 32}) == {"contact_phone_digest": "•••"}


# Sentences ------------------------------------------------------------------------------------------------


def test_every_verb_of_the_actions_is_registered():
    assert {name.partition(".")[0] for name in audit.VERBS} == {
        "aid", "api", "channel", "core", "figures", "grid", "plan", "requests", "works"
    }  # fmt: skip
    assert all(apps.get_app_config(name.partition(".")[0]) for name in audit.VERBS)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_verb_has_a_sentence_that_needs_no_data(language):
    """Whatever an old entry holds, its sentence can be told: what is missing is a dash."""
    with translation.override(language):
        for verb in audit.VERBS:
            told = audit.sentence(AuditEntry(verb=verb, actor_label="甲某", data={}))
            assert told.startswith("甲某")
            assert "%(" not in told


def test_entry_of_a_verb_that_is_no_more_is_still_told():
    assert audit.sentence(AuditEntry(verb="gone.verb", actor_label="甲某")) == "甲某 gone.verb"


def test_exact_numbers_and_days_are_kept_as_text(request_):
    entry = audit.record(CLOCK, ACCEPT, request_, data={"sum": Decimal("24000.00"), "on": DAY})
    stored = AuditEntry.objects.get(pk=entry.pk)
    assert stored.data == {"sum": "24000.00", "on": "2023-05-10"}
    assert isinstance(stored.request_id, uuid.UUID)
