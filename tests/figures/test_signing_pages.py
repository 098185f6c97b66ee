"""The pages of signing: sign, list, then beside now, and the records of the days that changed."""

import gettext
import re
from datetime import timedelta

import pytest

from shiliu.figures.models import SignedReport, Signing
from shiliu.figures.signing import carrying, reading, seal, views
from shiliu.figures.signing.verify import INTACT, verified
from shiliu.plan.models import Meeting
from shiliu.works.models import Measurement
from tests import factories
from tests.core.test_work import drain
from tests.factories import DAY
from tests.figures.test_signing import sign
from tests.strategies import HALF_YEAR

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def town(places):
    factories.half_year(places.east_1)
    return places.town


@pytest.fixture
def signed(town, staff):
    return sign(town, staff.leader)


def text(answer) -> str:
    return " ".join(re.sub("<[^>]*>", " ", answer.content.decode()).split())


def row(answer, key: str) -> str:
    it = answer.content.decode().split(f'id="{key}"')[1].split("</tr>")[0]
    return " ".join(re.sub("<[^>]*>", " ", it).split())


def hidden_fields(answer) -> dict[str, str]:
    fields = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.content.decode())
    return {name: value for name, value in fields if name in ("code", "seen")}


def test_leader_signs_on_the_page(client, town, staff):
    client.force_login(staff.leader)
    address = f"/report/2023H1/sign/?area={town.code}"
    asked = client.get(address, headers=ENGLISH)
    answer = client.post(address, hidden_fields(asked), headers=ENGLISH)
    drain()
    it = SignedReport.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/report/signed/{it.code}/")
    done = client.get(f"/report/signed/{it.code}/", headers=ENGLISH)
    assert "Nothing has changed since" in text(done)
    assert it.key in text(done)
    assert it.key in text(client.get(f"/report/2023H1/?area={town.code}", headers=ENGLISH))


def test_page_that_is_no_longer_true_is_not_signed(client, town, staff, places):
    client.force_login(staff.leader)
    address = f"/report/2023H1/sign/?area={town.code}"
    fields = hidden_fields(client.get(address))
    factories.meeting(places.east)
    answer = client.post(address, fields, headers=ENGLISH)
    assert answer.status_code == 409
    assert "has changed since you opened this page" in text(answer)
    again = client.post(address, hidden_fields(answer))
    assert (again.status_code, Signing.objects.count()) == (302, 1)


def test_page_with_a_code_that_is_none_is_not_signed(client, town, staff):
    client.force_login(staff.leader)
    answer = client.post(f"/report/2023H1/sign/?area={town.code}", {"code": "x", "seen": ""}, headers=ENGLISH)
    assert answer.status_code == 422
    assert "Open it anew" in text(answer)


def test_period_that_lasts_is_told_so(client, town, staff):
    client.force_login(staff.leader)
    answer = client.get(f"/report/2999/sign/?area={town.code}", headers=ENGLISH)
    assert "can be signed from the day after" in text(answer)
    assert "Sign it" not in text(answer)


def test_change_of_value_and_change_of_records_are_told_with_their_days(client, signed, staff, places):
    Measurement.objects.filter(item__kind="sewer").update(accepted="80.05")
    Meeting.objects.update(area=places.west_2)
    client.force_login(staff.leader)
    page = client.get(f"/report/signed/{signed.code}/", headers=ENGLISH)
    assert re.search(r"value changed 2023-\d\d-\d\d .*90.05 m 80.05 m", row(page, "works.sewer_laid"))
    assert re.search(r"records changed, value the same 2023-\d\d-\d\d 1 .*1", row(page, "plan.meetings"))
    assert "changed" not in row(page, "plan.decisions")
    assert re.findall(r"\d+ figures? ha\w+ changed since", text(page)) == [
        "3 figures have changed since"
    ]  # it is a study session too


def test_changed_day_opens_its_records(client, signed, staff, places):
    meeting = Meeting.objects.get()
    added = factories.meeting(places.east, held_on=meeting.held_on, title="后来补记")
    client.force_login(staff.leader)
    address = f"/report/signed/{signed.code}/plan.meetings/"
    assert f"{address}{meeting.held_on}/" in client.get(address).content.decode()
    page = text(client.get(f"{address}{meeting.held_on}/", headers=ENGLISH))
    assert "There was 1 then" in page
    assert f"added since {added.code}" in page
    assert f"the same {meeting.code}" in page


def test_record_that_moved_away_is_shown_where_it_was(client, town, staff, places):
    day = DAY + timedelta(days=1)
    meeting = factories.meeting(places.east, held_on=day)
    signed = sign(town, staff.leader)
    Meeting.objects.filter(pk=meeting.pk).update(held_on="2023-02-02")
    client.force_login(staff.leader)
    page = text(client.get(f"/report/signed/{signed.code}/plan.meetings/{day}/", headers=ENGLISH))
    assert "There are no records here" in page
    assert "1 record that was counted on this day is not any more" in page
    assert meeting.code in page
    meeting.delete()
    page = text(client.get(f"/report/signed/{signed.code}/plan.meetings/{day}/", headers=ENGLISH))
    assert "1 record that was counted on this day is not any more" in page
    assert meeting.code not in page


def test_public_reads_of_records_what_is_public(client, signed, places):
    meeting = Meeting.objects.get()
    factories.meeting(places.east, held_on=meeting.held_on, agenda="内部事项")
    page = client.get(f"/report/signed/{signed.code}/plan.meetings/{meeting.held_on}/", headers=ENGLISH)
    assert meeting.code in text(page)
    assert "内部事项" not in page.content.decode()
    assert "added since" not in text(page)  # which one it was is the desk's to know


def test_small_numbers_are_nowhere_in_what_the_public_gets(client, town, staff, places):
    factories.paid(places.east, factories.programme(places.town), on=DAY, amount="987.65")
    it = sign(town, staff.leader)
    assert "few: not shown" in row(client.get(f"/report/signed/{it.code}/", headers=ENGLISH), "aid.paid")
    for address in ("aid.paid/", f"aid.paid/{DAY}/", f"requests.solved/{DAY}/"):
        assert client.get(f"/report/signed/{it.code}/{address}").status_code == 404
    client.force_login(staff.leader)
    assert "1,487.65" in row(client.get(f"/report/signed/{it.code}/"), "aid.paid")
    assert client.get(f"/report/signed/{it.code}/aid.paid/").status_code == 200


def taken(client, it, form: str, language: str = "zh-CN") -> bytes:
    answer = client.get(f"/report/signed/{it.code}/file/{form}/", headers={"accept-language": language})
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("form", ["docx", "pdf", "xlsx", "json"])
def test_files_of_the_public_lack_small_numbers_and_are_intact(client, signed, staff, form, tmp_path):
    path = tmp_path / f"report.{form}"
    path.write_bytes(taken(client, signed, form))
    status, said = verified(path, "en", gettext.NullTranslations())
    assert (status, any("Not in this copy" in line for line in said)) == (INTACT, True)
    document = seal.read(carrying.document_in(path.read_bytes(), form))
    assert "value/aid.paid" in document.left_out
    assert "days/plan.meetings" in document.left_out
    assert "value/plan.meetings" in document.parts
    client.force_login(staff.leader)
    path.write_bytes(taken(client, signed, form))
    document = seal.read(carrying.document_in(path.read_bytes(), form))
    assert {"value/aid.paid", "days/plan.meetings"} <= document.parts.keys()


def test_files_stay_as_they_were_signed(client, signed, staff):
    client.force_login(staff.leader)
    before = taken(client, signed, "json")
    Measurement.objects.update(accepted="1.00")
    assert taken(client, signed, "json") == before == signed.content.document.encode()


def test_list_of_signings_turns_its_pages(client, town, staff, monkeypatch):
    monkeypatch.setattr(views, "PAGE", 2)
    codes = [sign(town, staff.leader).code for _n in range(3)]
    first = client.get(f"/report/2023H1/signed/?area={town.code}").content.decode()
    assert [f"/signed/{code}/" in first for code in codes] == [False, True, True]
    second = client.get(f"/report/2023H1/signed/?area={town.code}&after={codes[1]}").content.decode()
    assert [f"/signed/{code}/" in second for code in codes] == [True, False, False]


@pytest.mark.parametrize("n", [1, 3])
def test_list_of_signings_costs_the_same(client, town, staff, n, django_assert_num_queries):
    for _n in range(n):
        sign(town, staff.leader)
    client.get("/report/definitions/")
    with django_assert_num_queries(3):
        client.get(f"/report/2023H1/signed/?area={town.code}")


def test_many_records_are_compared_figure_by_figure(client, signed, staff, monkeypatch):
    monkeypatch.setattr(reading, "AT_ONCE", 3)
    Meeting.objects.update(held_on="2023-02-02")
    page = client.get(f"/report/signed/{signed.code}/", headers=ENGLISH)
    assert "compared figure by figure" in text(page)
    assert "compare the records" in row(page, "plan.meetings")
    assert "2023-02-02" in text(client.get(f"/report/signed/{signed.code}/plan.meetings/", headers=ENGLISH))


@pytest.mark.parametrize(
    "address",
    ["nothing/", "{}/file/exe/", "{}/no.figure/", "{}/plan.meetings/2023-99-99/", "{}/x/2023-05-10/"],
)
def test_what_there_is_not_is_not_found(client, signed, address):
    assert client.get(f"/report/signed/{address.format(signed.code)}").status_code == 404


def test_period_of_the_signing_is_the_half_year(signed):
    assert signed.period == HALF_YEAR
