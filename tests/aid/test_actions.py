"""The aid ledger: three people, and corrections by reversal."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, models, transaction
from hypothesis import given
from hypothesis import strategies as st

from shiliu.aid import actions
from shiliu.aid.models import Payment
from shiliu.core import audit
from shiliu.core.access import NotPermitted
from shiliu.core.door import Refused, StaleState
from shiliu.core.models import AuditEntry
from tests import factories
from tests.factories import DAY
from tests.strategies import amounts, taken_back, with_database

State = Payment.State


@pytest.fixture
def programme(places):
    return factories.programme(places.town)


def propose(places, staff, programme, **values) -> Payment:
    given = {"recipient": "丙某某", "amount": Decimal("300.00"), "on": DAY, "by": staff.aid_officer}
    return actions.propose(programme=programme, area=places.east_1, **given | values)


def pay_out(places, staff, programme, amount: Decimal = Decimal(300)) -> Payment:
    payment = propose(places, staff, programme, amount=amount)
    actions.approve(payment, on=DAY, by=staff.approver, seen=1)
    return actions.pay(payment, on=DAY, by=staff.finance, seen=2)


def told(obj) -> list[str]:
    return [audit.sentence(entry) for entry in audit.entries_of(obj)]


def test_three_people_pay(places, staff, programme):
    payment = Payment.objects.get(pk=pay_out(places, staff, programme).pk)

    assert (payment.state, payment.amount, payment.paid_on) == (State.PAID, Decimal("300.00"), DAY)
    people = (payment.proposed_by, payment.approved_by, payment.paid_by)
    assert people == (staff.aid_officer, staff.approver, staff.finance)
    assert told(payment) == [
        "aid_officer某 proposed it",
        "approver某 approved it",
        "finance某 paid it out on 2023-05-10",
    ]


@pytest.mark.parametrize("who", ["approver", "finance", "leader", "coordinator", "nobody"])
def test_only_the_aid_officer_proposes(places, staff, programme, who):
    with pytest.raises(NotPermitted):
        propose(places, staff, programme, by=getattr(staff, who))
    assert not Payment.objects.exists()


@pytest.mark.parametrize("amount", [Decimal(0), Decimal("-0.01")])
def test_amount_is_more_than_nothing(places, staff, programme, amount):
    with pytest.raises(Refused, match="more than 0"):
        propose(places, staff, programme, amount=amount)


def test_proposing_twice_with_one_key_is_one_payment(places, staff, programme):
    first = propose(places, staff, programme, key="form-1")
    assert propose(places, staff, programme, key="form-1") == first
    assert Payment.objects.count() == 1


def test_who_proposed_cannot_approve_with_both_posts(places, staff, programme):
    payment = propose(places, staff, programme)
    factories.tenure(staff.aid_officer, "aid_approver", places.town)
    audit_before = AuditEntry.objects.count()
    from shiliu.core import access

    access.forget(staff.aid_officer)
    with pytest.raises(Refused, match="somebody else has to approve"):
        actions.approve(payment, on=DAY, by=staff.aid_officer, seen=1)
    assert Payment.objects.get().state == State.PROPOSED
    assert AuditEntry.objects.count() == audit_before


@pytest.mark.parametrize("who", ["aid_officer", "approver"])
def test_who_had_a_hand_in_it_cannot_pay_with_both_posts(places, staff, programme, who):
    payment = propose(places, staff, programme)
    actions.approve(payment, on=DAY, by=staff.approver, seen=1)
    person = type(staff.finance).objects.get(username=who)
    factories.tenure(person, "finance", places.town)
    with pytest.raises(Refused, match="somebody else has to pay"):
        actions.pay(payment, on=DAY, by=person, seen=2)


def test_database_refuses_one_person_in_two_duties(places, staff, programme):
    officer = staff.aid_officer
    for people in (
        {"proposed_by": officer, "approved_by": officer},
        {"approved_by": officer, "paid_by": officer},
        {"proposed_by": officer, "paid_by": officer},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            factories.paid(places.east_1, programme, on=DAY, **people)


def test_reject_needs_words_and_ends_it(places, staff, programme):
    payment = propose(places, staff, programme)
    with pytest.raises(Refused, match="a few words"):
        actions.reject(payment, by=staff.approver, seen=1, note="")
    actions.reject(payment, by=staff.approver, seen=1, note="收入超过标准")

    assert payment.state == State.REJECTED
    with pytest.raises(Refused, match="not possible"):
        actions.approve(payment, on=DAY, by=staff.approver, seen=2)


def test_nothing_is_paid_before_its_approval(places, staff, programme):
    payment = propose(places, staff, programme)
    with pytest.raises(Refused, match="not possible while it is “proposed”"):
        actions.pay(payment, on=DAY, by=staff.finance, seen=1)


def test_approval_before_the_proposal_is_refused_with_a_sentence(places, staff, programme):
    payment = propose(places, staff, programme)
    with pytest.raises(Refused, match="approved before it was proposed"):
        actions.approve(payment, on=DAY - timedelta(days=1), by=staff.approver, seen=1)
    assert Payment.objects.get().state == State.PROPOSED


def test_payment_before_the_approval_is_refused_with_a_sentence(places, staff, programme):
    payment = propose(places, staff, programme)
    actions.approve(payment, on=DAY, by=staff.approver, seen=1)
    with pytest.raises(Refused, match="paid before it was approved"):
        actions.pay(payment, on=DAY - timedelta(days=1), by=staff.finance, seen=2)


def test_two_approvals_at_once_are_one(places, staff, programme):
    payment = propose(places, staff, programme)
    same = Payment.objects.get(pk=payment.pk)
    actions.approve(payment, on=DAY, by=staff.approver, seen=1)
    with pytest.raises(StaleState):
        actions.reject(same, by=staff.approver, seen=1, note="收入超过标准")


def test_reversal_is_a_row_of_its_own(places, staff, programme):
    payment = pay_out(places, staff, programme)
    before = Payment.objects.filter(pk=payment.pk).values().get()
    counter = actions.reverse(payment, on=date(2023, 6, 1), by=staff.finance, note="误发")

    assert Payment.objects.filter(pk=payment.pk).values().get() == before
    assert (counter.amount, counter.reverses, counter.state) == (Decimal("-300.00"), payment, State.PAID)
    assert counter.paid_on == date(2023, 6, 1)
    assert told(counter) == [f"finance某 reversed payment {payment.code}"]
    assert AuditEntry.objects.latest("id").note == "误发"


def test_reversal_needs_words(places, staff, programme):
    payment = pay_out(places, staff, programme)
    with pytest.raises(Refused, match="why it is reversed"):
        actions.reverse(payment, on=DAY, by=staff.finance, note=" ")


def test_nothing_is_reversed_twice(places, staff, programme):
    payment = pay_out(places, staff, programme)
    counter = actions.reverse(payment, on=DAY, by=staff.finance, note="误发")
    for again in (payment, counter):
        with pytest.raises(Refused, match="reversed"):
            actions.reverse(again, on=DAY, by=staff.finance, note="再来")
    assert Payment.objects.count() == 2


def test_second_reversal_that_slipped_by_the_look_is_refused_too(places, staff, programme, monkeypatch):
    """Two at once both find no reversal; the database lets one of them through."""
    payment = pay_out(places, staff, programme)
    actions.reverse(payment, on=DAY, by=staff.finance, note="误发")
    monkeypatch.setattr(models.QuerySet, "exists", lambda self: False)
    with pytest.raises(Refused, match="such a record already"):
        actions.reverse(payment, on=DAY, by=staff.finance, note="误发")


def test_proposal_cannot_be_reversed(places, staff, programme):
    payment = propose(places, staff, programme)
    with pytest.raises(Refused, match="Only a payment that was paid"):
        actions.reverse(payment, on=DAY, by=staff.finance, note="误发")


def test_right_comes_before_what_is_wrong_with_the_payment(places, staff, programme):
    payment = propose(places, staff, programme)
    for attempt in (
        lambda: actions.approve(payment, on=DAY, by=staff.aid_officer, seen=1),
        lambda: actions.pay(payment, on=DAY, by=staff.aid_officer, seen=1),
        lambda: actions.reverse(payment, on=DAY, by=staff.aid_officer, note=""),
    ):
        with pytest.raises(NotPermitted):
            attempt()


@with_database
@given(st.lists(st.tuples(amounts, st.booleans()), max_size=6))
def test_ledger_sums_to_what_was_not_reversed(places, staff, programme, movements):
    with taken_back():
        for amount, reversed_ in movements:
            payment = pay_out(places, staff, programme, amount)
            if reversed_:
                actions.reverse(payment, on=DAY, by=staff.finance, note="误发")
        total = Payment.objects.paid().aggregate(total=models.Sum("amount"))["total"] or Decimal(0)
    assert total == sum((amount for amount, reversed_ in movements if not reversed_), Decimal(0))
