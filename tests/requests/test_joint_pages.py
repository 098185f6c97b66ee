"""Joint handling on its pages: asking at the desk, the part in the field, reports, returns, rights."""

import html
import re
from typing import Any

import pytest

from shiliu.core import access, audit
from shiliu.core.access import NotPermitted, Resident
from shiliu.core.door import Refused
from shiliu.core.models import AuditEntry
from shiliu.requests import actions, joint, rules
from shiliu.requests.models import Part, Photo, Request, State
from shiliu.requests.models import mine as own
from tests import factories

DESK = "/console/requests/"


def text(response: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()))


@pytest.fixture
def water(cast):
    return factories.unit(cast.at.town, code="U-water", name="测试供水公司")


@pytest.fixture
def fitter(cast, water):
    """Somebody of the water company, with a post for what comes to it."""
    who = factories.person("fitter")
    held = factories.tenure(who, "unit_worker", cast.at.town)
    type(held.post).objects.filter(pk=held.post_id).update(unit=water)
    return who


@pytest.fixture
def it(cast) -> Request:
    return cast.request(State.ASSIGNED)


@pytest.fixture
def part(cast, it, water) -> Part:
    made = actions.join(it, doer=water, words="关掉总阀", by=cast.staff.coordinator, seen=1)
    it.refresh_from_db()
    return made


@pytest.fixture
def signed_in(client):
    def sign_in(who: Any) -> Any:
        client.force_login(who)
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client

    return sign_in


# Who works on what ----------------------------------------------------------------------------------------


def test_staff_of_a_unit_has_what_went_to_it_and_nothing_else(cast, fitter, water, it):
    theirs = cast.request(State.ASSIGNED)
    actions.assign(theirs, to=water, by=cast.staff.coordinator, seen=1)
    assert list(Request.objects.visible_to(fitter)) == [theirs]
    assert own.first(Request.objects.open(), own.leads(fitter), 9) == [theirs]
    assert own.count(Request.objects.open(), own.leads(fitter), 9) == 1
    assert rules.serves(fitter, theirs)
    assert not rules.serves(fitter, it)
    actions.report(theirs, by=fitter, seen=2, note="换了水管")
    assert theirs.state == State.DONE
    with pytest.raises(NotPermitted):
        actions.report(it, by=fitter, seen=1, note="换了水管")


def test_other_posts_of_the_unit_have_nothing(cast, water):
    """Who pays or edits in the same office does not read what residents ask."""
    clerk = factories.person("clerk")
    held = factories.tenure(clerk, "finance", cast.at.town)
    type(held.post).objects.filter(pk=held.post_id).update(unit=water)
    theirs = cast.request(State.ASSIGNED)
    actions.assign(theirs, to=water, by=cast.staff.coordinator, seen=1)
    assert not Request.objects.visible_to(clerk).exists()
    assert own.leads(clerk) == []


@pytest.mark.parametrize("n", [1, 3])
def test_own_list_costs_the_same_however_long(cast, fitter, water, n, django_assert_num_queries):
    for _n in range(n):
        actions.assign(cast.request(State.ASSIGNED), to=water, by=cast.staff.coordinator, seen=1)
    with django_assert_num_queries(3):
        assert len(own.first(Request.objects.open(), own.leads(fitter), 9)) == n


# Asking to join -------------------------------------------------------------------------------------------


def test_desk_asks_a_unit_to_join_and_sees_it_on_the_page(cast, signed_in, water, it):
    client = signed_in(cast.staff.coordinator)
    sent = {"seen": 1, "doer": "unit:U-water", "words": "关掉总阀"}
    assert client.post(f"{DESK}{it.code}/join/", sent).status_code == 302
    part = Part.objects.get()
    assert (part.unit, part.words, part.state) == (water, "关掉总阀", Part.State.ASKED)
    page = text(client.get(f"{DESK}{it.code}/"))
    assert "测试供水公司" in page
    assert "关掉总阀" in page
    assert '<option value="unit:U-water">' not in page.split('name="doer"')[1].split("</select>")[0]

    again = client.post(f"{DESK}{it.code}/join/", sent)  # a second click
    assert (again.status_code, Part.objects.count()) == (302, 1)


def test_join_without_words_loses_nothing(cast, signed_in, water, it):
    client = signed_in(cast.staff.coordinator)
    answer = client.post(f"{DESK}{it.code}/join/", {"seen": 1, "doer": "unit:U-water", "words": " "})
    assert answer.status_code == 422
    assert '<option value="unit:U-water" selected>' in answer.content.decode()
    assert not Part.objects.exists()


# The part in the field ------------------------------------------------------------------------------------


def test_whoever_is_asked_sees_the_part_without_contact_and_without_the_key(
    cast, signed_in, fitter, it, part
):
    factories.photo(it, code="PHOTO00001")
    client = signed_in(fitter)
    start = text(client.get("/field/"))
    assert "Asked to join" in start
    assert "关掉总阀" in start
    page = text(client.get(f"/field/parts/{part.code}/"))
    for words in ("关掉总阀", it.words, "测试east_1", "东队", f"/field/parts/{part.code}/photos/PHOTO00001/"):
        assert words in page
    for secret in (it.code, it.contact_name, it.contact_phone):
        assert secret not in page.replace("-", "")
    photo = client.get(f"/field/parts/{part.code}/photos/PHOTO00001/small/")
    assert (photo.status_code, photo["Content-Type"]) == (200, "image/jpeg")
    b"".join(photo.streaming_content)
    assert client.get(f"/field/requests/{it.code}/").status_code == 404


def test_part_is_reported_with_words_once(cast, signed_in, fitter, it, part):
    client = signed_in(fitter)
    address = f"/field/parts/{part.code}/report/"
    assert client.post(address, {"seen": 1, "note": "阀门已关"}).status_code == 302
    part.refresh_from_db()
    assert (part.state, part.version) == (Part.State.REPORTED, 2)
    entry = audit.entries_of(part).last()
    assert (entry.verb, entry.actor, entry.note) == ("requests.report_part", fitter, "阀门已关")

    late = client.post(address, {"seen": 1, "note": "又关了一次"})
    assert late.status_code == 422
    assert "already reported done" in text(late)
    assert "又关了一次" in text(late)
    assert "Asked to join" not in text(client.get("/field/"))


def test_report_of_a_part_brings_pictures(cast, part, fitter):
    actions.report_part(part, by=fitter, seen=1, note="阀门已关", pictures=[factories.picture()])
    assert [photo.taken for photo in Photo.objects.filter(request=part.request)] == [Photo.Taken.DONE]


@pytest.mark.parametrize("step", ["report", "return"])
def test_part_without_words_is_refused_in_words(cast, signed_in, fitter, part, step):
    answer = signed_in(fitter).post(f"/field/parts/{part.code}/{step}/", {"seen": 1, "note": " "})
    assert answer.status_code == 422
    assert "Please fill this in" in text(answer)
    assert Part.objects.get().version == 1


def test_part_that_changed_meanwhile_keeps_what_was_typed(cast, signed_in, fitter, part):
    Part.objects.update(version=5)
    answer = signed_in(fitter).post(f"/field/parts/{part.code}/report/", {"seen": 1, "note": "阀门已关"})
    assert answer.status_code == 409
    assert "A colleague was faster" in text(answer)
    assert "阀门已关" in text(answer)
    assert 'name="seen" value="5"' in text(answer)


def test_part_is_not_theirs_and_can_be_asked_for_anew(cast, signed_in, fitter, it, part, water):
    address = f"/field/parts/{part.code}/return/"
    assert signed_in(fitter).post(address, {"seen": 1, "note": "是供热公司的阀门"}).status_code == 302
    part.refresh_from_db()
    assert (part.state, audit.entries_of(part).last().verb) == (Part.State.RETURNED, "requests.return_part")
    actions.join(it, doer=water, words="再看看", by=cast.staff.coordinator, seen=it.version)
    assert Part.objects.filter(unit=water).count() == 2


@pytest.mark.parametrize("who", ["chief", "other_chief", "nobody"])
def test_others_do_not_find_the_part(cast, signed_in, part, who):
    client = signed_in(cast.everybody()[who])
    status = {client.get(f"/field/parts/{part.code}/").status_code}
    status |= {client.post(f"/field/parts/{part.code}/report/", {"seen": 1, "note": "x"}).status_code}
    assert status == {404}


@pytest.mark.parametrize("n", [1, 3])
def test_part_page_costs_the_same(cast, signed_in, fitter, it, part, n, django_assert_num_queries):
    for number in range(n):
        Photo.objects.create(request=it, picture="a", thumbnail="b", width=4, height=3, code=f"PH{number}")
        Part.objects.update(state=Part.State.ASKED)
        actions.report_part(Part.objects.get(), by=fitter, seen=number + 1, note="关了")
    Part.objects.update(state=Part.State.ASKED)
    client = signed_in(fitter)
    with django_assert_num_queries(17):
        assert client.get(f"/field/parts/{part.code}/").status_code == 200


def test_whoever_is_asked_hears_what_was_spoken(cast, signed_in, fitter, it, part):
    Request.objects.filter(pk=it.pk).update(words="")
    spoken = factories.recording(it)
    later = factories.recording(it, message=actions.add(it, words="还有", by=Resident()))
    client = signed_in(fitter)
    address = f"/field/parts/{part.code}/recordings/"
    page = text(client.get(f"/field/parts/{part.code}/"))
    assert "Voice note" in page
    assert f"{address}{spoken.code}/" in page
    heard = client.get(f"{address}{spoken.code}/")
    assert (heard.status_code, b"".join(heard)) == (200, b"OggS invented")
    assert client.get(f"{address}{later.code}/").status_code == 404


# The lead -------------------------------------------------------------------------------------------------


def test_lead_sees_all_parts_and_what_was_reported(cast, signed_in, fitter, it, part):
    actions.report_part(part, by=fitter, seen=1, note="阀门已关")
    page = text(signed_in(cast.chief).get(f"/field/requests/{it.code}/"))
    assert "测试供水公司" in page
    assert "阀门已关" in page


def test_lead_cannot_report_done_while_a_part_is_open_unless_the_reason_is_given(cast, signed_in, it, part):
    client, address = signed_in(cast.chief), f"/field/requests/{it.code}/report/"
    answer = client.post(address, {"seen": 2, "note": "修好了"})
    assert answer.status_code == 422
    assert "测试供水公司 was asked to join and has not reported yet" in text(answer)
    assert "修好了" in text(answer)
    assert Request.objects.get().state == State.ASSIGNED

    sent = {"seen": 2, "note": "没有总阀，已直接修好", "without_parts": "on"}
    assert client.post(address, sent).status_code == 302
    assert Request.objects.get().state == State.DONE
    assert audit.entries_of(it).last().data["without_parts"] is True


def test_lead_reports_as_ever_when_all_parts_are_done(cast, it, part, fitter):
    actions.report_part(part, by=fitter, seen=1, note="阀门已关")
    actions.report(it, by=cast.chief, seen=2, note="修好了")
    assert it.state == State.DONE


# Dropping, and reporting for those without a page ---------------------------------------------------------


@pytest.mark.parametrize(("step", "state"), [("drop", Part.State.WITHDRAWN), ("report", Part.State.REPORTED)])
def test_desk_drops_a_part_or_reports_it_for_whoever_told(cast, signed_in, it, part, step, state):
    client = signed_in(cast.staff.coordinator)
    address = f"{DESK}{it.code}/parts/{part.code}/{step}/"
    missing = client.post(address, {"seen": 1, "note": ""})
    assert missing.status_code == 422
    assert re.search(r"<details[^>]* open><summary>", missing.content.decode())

    assert client.post(address, {"seen": 1, "note": "电话里说好了"}).status_code == 302
    part.refresh_from_db()
    assert part.state == state
    assert "电话里说好了" in text(client.get(f"{DESK}{it.code}/"))
    late = client.post(address, {"seen": 1, "note": "再来一次"})
    assert (late.status_code, Part.objects.get().version) == (422, 2)


def test_who_may_drop_a_part(cast, part):
    def drops(user: Any) -> bool:
        access.forget(user)
        try:
            actions.drop_part(Part.objects.get(), by=user, seen=part.version, note="不用了")
        except NotPermitted:
            return False
        Part.objects.update(state=Part.State.ASKED, version=part.version)
        return True

    may = {name for name, user in cast.everybody().items() if drops(user)}
    assert may == {"coordinator", "town_coordinator"}


def test_desk_step_of_a_part_needs_the_right(cast, signed_in, it, part):
    address = f"{DESK}{it.code}/parts/{part.code}/drop/"
    assert signed_in(cast.staff.worker).post(address, {"seen": 1, "note": "不用了"}).status_code == 403
    assert signed_in(cast.staff.far_coordinator).post(address, {"seen": 1, "note": "x"}).status_code == 404
    nothing = f"{DESK}{it.code}/parts/{part.code}/return/"
    assert signed_in(cast.staff.coordinator).post(nothing, {"seen": 1, "note": "x"}).status_code == 404


def test_part_that_is_over_is_refused_in_words(cast, it, part):
    actions.drop_part(part, by=cast.staff.coordinator, seen=1, note="不用了")
    with pytest.raises(Refused, match="no longer asked for"):
        actions.report_part(part, by=cast.staff.coordinator, seen=2, note="关了")


# Given back -----------------------------------------------------------------------------------------------


def test_two_who_gave_it_back_stand_on_the_assign_form(cast, signed_in, fitter, water, it):
    actions.return_(it, by=cast.chief, seen=1, note="这是供水公司的")
    client = signed_in(cast.staff.coordinator)
    page = text(client.get(f"{DESK}{it.code}/"))
    assert "东队" in page.split("given back as not theirs")[1][:400]
    assert "这是供水公司的" in page
    assert "Disputed" not in page

    actions.assign(it, to=water, by=cast.staff.coordinator, seen=2)
    actions.return_(it, by=fitter, seen=3, note="这是物业的管道")
    assert (it.state, it.lead) == (State.ACCEPTED, None)
    page = text(client.get(f"{DESK}{it.code}/"))
    for words in ("Disputed", "东队", "这是供水公司的", "测试供水公司", "这是物业的管道"):
        assert words in page
    told = joint.returns(audit.entries_of(it))
    assert [(back.by, back.note) for back in told] == [
        ("东队", "这是供水公司的"),
        ("测试供水公司", "这是物业的管道"),
    ]


def test_resident_reads_who_helps(cast, client, it, part):
    page = text(client.get(f"/r/{it.code}/"))
    assert "测试供水公司" in page
    assert "关掉总阀" not in page  # among staff
    assert AuditEntry.objects.filter(verb="requests.join").count() == 1
