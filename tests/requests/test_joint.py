"""Several requests about one thing, and several hands on one request."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone, translation

from shiliu.core import access, audit
from shiliu.core.access import NotPermitted, Resident
from shiliu.core.door import Refused, StaleState
from shiliu.core.models import AuditEntry
from shiliu.requests import actions, case
from shiliu.requests.models import Part, Request, State
from tests import factories
from tests.requests.test_every_step import everything


def test_merged_request_ends_and_names_the_one_that_goes_on(cast):
    it, into = cast.request(State.ASSIGNED), cast.request(State.RECEIVED)
    actions.merge(it, into=into, by=cast.staff.coordinator, seen=1)

    stored = Request.objects.get(pk=it.pk)
    assert (stored.state, stored.merged_into, stored.is_open) == (State.MERGED, into, False)
    assert Request.objects.get(pk=into.pk).version == 1
    entry = AuditEntry.objects.get()
    assert audit.sentence(entry) == "coordinator某 merged it into another one about the same"
    assert into.code not in str(entry.data)


@pytest.mark.parametrize("into", ["itself", "closed", "merged", "another town's"])
def test_merge_into_what_cannot_go_on_is_refused(cast, into):
    it = cast.request(State.ACCEPTED)
    by = factories.person("of_both")
    for where in (cast.at.town, cast.at.other_town):
        factories.tenure(by, "coordinator", where)
    other = {
        "itself": lambda: it,
        "closed": lambda: cast.request(State.CLOSED),
        "merged": lambda: cast.request(State.MERGED),
        "another town's": lambda: factories.request(cast.at.far_1, cast.lamp),
    }[into]()
    before = everything()
    with pytest.raises(Refused, match=r"The other request is (not open|another town's)\. Choose one"):
        actions.merge(it, into=other, by=by, seen=1)
    assert everything() == before


def test_merge_into_what_ended_in_the_meantime_is_refused(cast):
    it, into = cast.request(State.ACCEPTED), cast.request(State.RECEIVED)
    Request.objects.filter(pk=into.pk).update(state=State.WITHDRAWN, closed_at=timezone.now())
    with pytest.raises(Refused, match="The other request is not open"):
        actions.merge(it, into=into, by=cast.staff.coordinator, seen=1)


def test_merge_needs_the_right_at_both_places(cast):
    it = cast.request(State.ACCEPTED)
    in_west = factories.request(cast.at.west_1, cast.lamp)
    with pytest.raises(NotPermitted):
        actions.merge(it, into=in_west, by=cast.staff.coordinator, seen=1)
    actions.merge(it, into=in_west, by=cast.staff.town_coordinator, seen=1)
    assert it.merged_into == in_west


@pytest.mark.django_db(transaction=True)
def test_of_two_merged_into_each_other_at_once_one_goes_on():
    at = factories.places()
    staff, lamp = factories.staff(at), factories.category()
    one, other = (factories.request(at.east_1, lamp, state=State.ACCEPTED) for _n in range(2))
    refused: list[str] = []

    def the_other_way() -> None:
        try:
            translation.activate("en")  # a thread has a language of its own
            actions.merge(fresh(other), into=fresh(one), by=staff.town_coordinator, seen=1)
        except Refused as sentence:
            refused.append(str(sentence))
        finally:
            connection.close()

    colleague = threading.Thread(target=the_other_way)
    with transaction.atomic():
        actions.merge(fresh(one), into=fresh(other), by=staff.coordinator, seen=1)
        colleague.start()
        colleague.join(1)  # time enough to get as far as it can
    colleague.join(30)

    assert [sentence.split(".")[0] for sentence in refused] == ["The other request is not open"]
    assert (fresh(one).merged_into, fresh(other).is_open) == (other, True)


@pytest.mark.django_db(transaction=True)
def test_part_reported_while_the_request_is_withdrawn_is_refused():
    at = factories.places()
    staff, lamp = factories.staff(at), factories.category()
    it = factories.request(at.east_1, lamp, state=State.ACCEPTED)
    doer = factories.team(at.east, factories.strand())
    part = actions.join(it, doer=doer, words="带上梯子", by=staff.coordinator, seen=1)
    refused: list[str] = []

    def report() -> None:
        try:
            translation.activate("en")
            actions.report_part(part, by=staff.coordinator, seen=1, note="带到了")
        except Refused as sentence:
            refused.append(str(sentence))
        finally:
            connection.close()

    colleague = threading.Thread(target=report)
    with transaction.atomic():
        actions.withdraw(fresh(it), by=Resident(), seen=2)
        colleague.start()
        colleague.join(1)
    colleague.join(30)

    assert [sentence.split(".")[0] for sentence in refused] == ["The request has ended in the meantime"]
    assert Part.objects.get().state == Part.State.ASKED


def fresh(it: Request) -> Request:
    return Request.objects.get(pk=it.pk)


def joined(cast, **how) -> Part:
    it = how.pop("it", None) or cast.request(State.ASSIGNED)
    given = {"doer": cast.other, "words": " 带上梯子 ", "by": cast.staff.coordinator, "seen": it.version}
    return actions.join(it, **given | how)


def test_join_asks_another_for_a_part_and_the_lead_stays(cast):
    part = joined(cast)
    assert (part.team, part.unit, part.words, part.state) == (cast.other, None, "带上梯子", Part.State.ASKED)
    it = Request.objects.get()
    assert (it.state, it.team, it.version) == (State.ASSIGNED, cast.team, 2)
    assert [audit.sentence(entry) for entry in AuditEntry.objects.order_by("id")] == [
        "coordinator某 asked for this part",
        "coordinator某 asked 西队 to join in",
    ]


def test_unit_can_be_asked_to_join(cast):
    waterworks = factories.unit(cast.at.town)
    assert joined(cast, doer=waterworks).doer == waterworks


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"words": " \n"}, "Please write what is to be done"),
        ({"doer": "team"}, "That one leads already"),
        ({"doer": "far"}, "serves another town"),
        ({"doer": "ended"}, "does not exist today"),
        ({"doer": "asked"}, "That one was asked already"),
    ],
)
def test_join_that_makes_no_sense_is_refused(cast, how, said):
    it = cast.request(State.ASSIGNED)
    doers = {
        "team": cast.team,
        "far": factories.team(cast.at.far, cast.team.strand),
        "ended": factories.team(cast.at.east, cast.team.strand, valid_to=timezone.localdate() - timedelta(1)),
        "asked": joined(cast, it=it).team,
    }
    before = everything()
    with pytest.raises(Refused, match=said):
        joined(cast, it=it, **how | ({"doer": doers[how["doer"]]} if "doer" in how else {}))
    assert everything() == before


def test_leader_sees_and_reports_the_own_part_only_once(cast):
    part = joined(cast)
    assert list(Part.objects.visible_to(cast.other_chief)) == [part]
    actions.report_part(part, by=cast.other_chief, seen=1, note="梯子带到了")
    stored = Part.objects.get()
    assert (stored.state, stored.version) == (Part.State.REPORTED, 2)
    entry = audit.entries_of(part).last()
    assert (entry.actor, entry.note) == (cast.other_chief, "梯子带到了")

    with pytest.raises(Refused, match="already reported"):
        actions.report_part(part, by=cast.other_chief, seen=2, note="又带")
    with pytest.raises(StaleState):
        actions.report_part(Part(**vars_of(part)), by=cast.other_chief, seen=1, note="又带")


def vars_of(part: Part) -> dict[str, object]:
    """The part as an older page had it."""
    kept = {f.attname: getattr(part, f.attname) for f in part._meta.concrete_fields if not f.generated}
    return kept | {"state": Part.State.ASKED, "version": 1}


def test_who_may_report_a_part(cast):
    """Its team's leader, and who works on requests there; not the leader of another team of that area."""
    part = joined(cast)
    may = {name for name, user in cast.everybody().items() if reports(part, user)}
    assert may == {"coordinator", "town_coordinator", "worker", "other_chief"}
    assert not Part.objects.visible_to(cast.chief).exists()


def reports(part: Part, user) -> bool:
    access.forget(user)
    try:
        actions.report_part(Part.objects.get(), by=user, seen=part.version, note="到了")
    except NotPermitted:
        return False
    Part.objects.update(state=Part.State.ASKED, version=part.version)
    return True


def test_part_of_a_request_that_has_ended_is_refused(cast):
    part = joined(cast)
    Request.objects.update(state=State.WITHDRAWN, closed_at=timezone.now())
    with pytest.raises(Refused, match="has ended in the meantime"):
        actions.report_part(part, by=cast.other_chief, seen=1, note="梯子带到了")
    with pytest.raises(Refused, match="Please write a few words"):
        actions.report_part(part, by=cast.other_chief, seen=1, note=" ")
    assert Part.objects.get().version == 1


def merged_into_one(cast, n: int = 1) -> tuple[Request, list[Request]]:
    into = cast.request(State.ASSIGNED)
    there = [
        cast.request(State.ACCEPTED, words=f"也是这盏灯 {number}", address="三号楼") for number in range(n)
    ]
    for it in there:
        factories.photo(it)
        actions.merge(it, into=into, by=cast.staff.coordinator, seen=1)
    return into, there


def test_who_works_on_it_reads_what_was_merged_into_it(cast, client):
    into, (it,) = merged_into_one(cast)
    code = f"{it.code[:3]}-{it.code[3:6]}-{it.code[6:]}"
    for who, page, key in (
        (cast.staff.coordinator, "console", True),
        (cast.staff.worker, "field", True),
        (cast.chief, "field", False),  # it never went to the team
    ):
        client.force_login(who)
        shown = client.get(f"/{page}/requests/{into.code}/").content.decode()
        assert ("也是这盏灯 0" in shown, "三号楼" in shown) == (True, True)
        assert (code in shown, f"/{it.code}/photos/" in shown) == (key, key)


@pytest.mark.parametrize("n", [1, 3])
def test_what_was_merged_costs_the_same(cast, n, django_assert_num_queries):
    into, there = merged_into_one(cast, n)
    found = case.find(cast.chief, into.code)
    with django_assert_num_queries(4):
        assert [each.it for each in case.taken_in(cast.chief, found)] == there


def test_what_had_taken_others_in_takes_them_along(cast):
    second, (first,) = merged_into_one(cast)
    last = cast.request(State.ACCEPTED)
    actions.merge(second, into=last, by=cast.staff.coordinator, seen=1)
    first.refresh_from_db()
    assert (first.merged_into, first.state) == (last, State.MERGED)


def given_back(cast) -> tuple[Request, Part]:
    it = cast.request(State.ASSIGNED)
    part = actions.join(it, doer=cast.other, words="带上梯子", by=cast.staff.coordinator, seen=1)
    actions.return_part(part, by=cast.other_chief, seen=1, note="不归我们管")
    return it, part


def test_part_given_back_waits_for_the_desk_until_somebody_else_is_asked(cast):
    it, part = given_back(cast)
    assert list(Part.objects.given_back()) == [part]
    actions.join(it, doer=factories.unit(cast.at.town), words="带上梯子", by=cast.staff.coordinator, seen=2)
    assert not Part.objects.given_back().exists()


def test_part_given_back_can_be_needed_no_longer(cast):
    it, part = given_back(cast)
    actions.drop_part(part, by=cast.staff.coordinator, seen=2, note="自己能修")
    assert not Part.objects.given_back().exists()
    actions.report(it, by=cast.chief, seen=2, note="换了灯泡")


def test_done_without_a_part_that_was_given_back_has_to_be_said(cast):
    it, _part = given_back(cast)
    with pytest.raises(Refused, match="西队 was asked to join and has not reported yet"):
        actions.report(it, by=cast.chief, seen=2, note="换了灯泡")
    actions.report(it, by=cast.chief, seen=2, note="换了灯泡，不用梯子", without_parts=True)
    assert Request.objects.get(pk=it.pk).state == State.DONE
