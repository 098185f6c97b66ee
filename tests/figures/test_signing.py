"""Signing a report: what is kept, who may, and that nothing of it can be changed."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from shiliu import keyring
from shiliu.core import access, door, receipts
from shiliu.core.figures import Period
from shiliu.core.models import AuditEntry
from shiliu.figures.models import SignedContent, SignedDay, SignedReport, Signing
from shiliu.figures.report import reported
from shiliu.figures.signing import actions, content, finishing, reading, seal
from tests import factories
from tests.factories import DAY
from tests.strategies import HALF_YEAR

KINDS = {"value", "before", "year_ago", "definition", "days", "text", "headings"}


def press(area, by, period=HALF_YEAR, code=None) -> Signing:
    """Somebody presses “sign”; the worker has not come to it yet."""
    seen = content.state(period, area, with_days=False).seen
    return actions.sign(area, period, code=code or receipts.new(), seen=seen, by=by)


def sign(area, by, period=HALF_YEAR, code=None) -> SignedReport:
    """Pressed, and finished as the worker does it."""
    pressed = press(area, by, period, code)
    finishing.finish(pressed.code)
    return SignedReport.objects.get(code=pressed.code)


@pytest.fixture
def town(places):
    factories.half_year(places.east_1)
    return places.town


def test_signing_keeps_values_definitions_sentences_and_days(town, staff):
    it = sign(town, staff.leader)

    document = seal.read(it.content.document.encode())
    assert document.intact
    assert {name.partition("/")[0] for name in document.parts} == KINDS
    assert document.named("value").keys() == {figure.key for figure in reported()}
    sewer = document.content("value/works.sewer_laid")
    assert (sewer["value"], sewer["records"], sewer["words"]["en"]) == ("90.05", 1, "90.05 m")
    solved = document.content("value/requests.solved")
    assert (solved["numerator"], solved["denominator"], solved["excluded"]) == (1, 1, 0)
    assert document.content("definition/works.sewer_laid")["explain"]["en"].startswith("Quantities accepted")
    [(day, (records, digest))] = document.content("days/works.sewer_laid").items()
    assert (records, len(digest)) == (1, 64)
    assert document.content("text/main_line/en")["sentences"][0][0]["figure"] == "plan.meetings"
    assert (it.post, it.key) == (document.statement["post"], document.fingerprint)
    assert document.statement["scope"] == [town.code]
    assert it.days.get(figure="works.sewer_laid").day.isoformat() == day


def test_signing_is_audited_without_the_document(town, staff):
    it = sign(town, staff.leader)
    pressed, *made = AuditEntry.objects.filter(public_id=it.code).order_by("pk")
    assert (pressed.verb, pressed.actor, pressed.area) == ("figures.sign", staff.leader, town.code)
    told = [(each.verb, each.kind, each.actor_label) for each in made]
    by_the_system = ("figures.finish_signing", "system:signing")
    assert told == [
        (by_the_system[0], kind, by_the_system[1]) for kind in ("figures.signing", "figures.signedreport")
    ]
    assert made[1].data["key"] == it.key
    assert len(json.dumps(made[1].data)) < 1000


@pytest.mark.parametrize("who", ["coordinator", "editor", "administrator", "nobody"])
def test_signing_needs_the_right_there(town, staff, who):
    with pytest.raises(access.NotPermitted):
        sign(town, getattr(staff, who))
    assert not SignedReport.objects.exists()
    assert not Signing.objects.exists()


def test_leader_signs_only_the_own_town(town, staff, places):
    with pytest.raises(access.NotPermitted):
        sign(places.other_town, staff.leader)


def test_period_that_is_not_over_is_not_signed(town, staff):
    today = timezone.localdate()
    with pytest.raises(door.Refused, match="can be signed from the day after"):
        sign(town, staff.leader, Period(today - timedelta(days=5), today))


def test_what_has_changed_since_it_was_seen_is_not_signed(town, staff, places):
    seen = content.state(HALF_YEAR, town, with_days=False).seen
    factories.meeting(places.east)
    with pytest.raises(door.StaleState, match="has changed since you opened"):
        actions.sign(town, HALF_YEAR, code=receipts.new(), seen=seen, by=staff.leader)
    assert not Signing.objects.exists()


def test_form_that_comes_twice_signs_once(town, staff):
    code = receipts.new()
    assert sign(town, staff.leader, code=code) == sign(town, staff.leader, code=code)
    assert SignedReport.objects.count() == 1


def test_second_signing_stands_beside_the_first(town, staff, places):
    first = sign(town, staff.leader)
    factories.meeting(places.east)
    second = sign(town, staff.leader)
    assert list(SignedReport.objects.of(town.code, HALF_YEAR)) == [second, first]


def test_same_report_signed_twice_has_the_same_digests(town, staff):
    one, other = (seal.read(sign(town, staff.leader).content.document.encode()) for _n in range(2))
    assert one.named("days") == other.named("days")
    assert one.statement["parts"] != other.statement["parts"]  # salted


@pytest.mark.parametrize("model", [SignedReport, SignedContent, SignedDay])
def test_nothing_signed_is_changed_or_deleted(town, staff, model):
    sign(town, staff.leader)
    obj = model.objects.first()
    for attempt in (obj.save, obj.delete, model.objects.all().delete, lambda: model.objects.update(pk=1)):
        with pytest.raises(TypeError, match="stays as it is"):
            attempt()
    table = model._meta.db_table
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):  # noqa: S608
        with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
            connection.cursor().execute(statement)


def test_install_without_a_key_says_so(town, staff, settings, tmp_path):
    settings.REPORT_KEYS, settings.DATA = [], tmp_path
    with pytest.raises(door.Refused, match="no key to sign reports with"):
        press(town, staff.leader)
    assert not Signing.objects.exists()


def test_older_key_stays_valid_and_the_new_one_signs(town, staff, settings, tmp_path):
    settings.REPORT_KEYS, settings.DATA = [], tmp_path
    keyring.make_report_key(tmp_path)
    first = sign(town, staff.leader)
    keyring.add_report_key(tmp_path)
    second = sign(town, staff.leader)
    assert first.key != second.key
    assert all(seal.read(it.content.document.encode()).intact for it in (first, second))


@pytest.mark.parametrize("n", [1, 3])
def test_signing_costs_the_same_whatever_there_is(places, staff, n, django_assert_num_queries):
    factories.half_year(places.east_1, n)
    seen = content.state(HALF_YEAR, places.town, with_days=False).seen
    with django_assert_num_queries(146):
        pressed = actions.sign(places.town, HALF_YEAR, code=receipts.new(), seen=seen, by=staff.leader)
    with django_assert_num_queries(187):
        finishing.finish(pressed.code)


@pytest.mark.parametrize("n", [1, 3])
def test_comparing_costs_the_same_whatever_there_is(places, staff, n, django_assert_num_queries):
    factories.half_year(places.east_1, n)
    it = reading.signed(sign(places.town, staff.leader), staff.leader)
    with django_assert_num_queries(86):
        found = reading.differences(it)
    assert not any(each.changed for each in found.values())


def test_succession_after_the_signing_is_no_change(town, staff, places):
    it = sign(town, staff.leader)
    old = factories.area("990001300001")
    factories.meeting(old)
    factories.succession(old, places.east, day=DAY)  # put on record later, of a day within the period
    assert content.state(HALF_YEAR, town, with_days=False).report.lines["plan.meetings"].value.value == 2
    found = reading.differences(reading.signed(it, staff.leader))
    assert not any(each.changed for each in found.values())
