"""One request's page, its photos, filing for somebody, and the slip."""

import html
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from shiliu.core import audit, receipts
from shiliu.requests import actions
from shiliu.requests.models import (
    CallBack,
    CategoryQuestion,
    Escalation,
    Kind,
    Milestone,
    Notice,
    Part,
    Photo,
    Recording,
    Request,
    State,
)
from tests import factories
from tests.factories import moment

LIST = "/console/requests/"


def text(response) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()))


def picture(name: str = "1.png") -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(file, "PNG")
    return SimpleUploadedFile(name, file.getvalue(), "image/png")


# The page -------------------------------------------------------------------------------------------------


def test_page_tells_the_words_the_facts_and_the_story(desk, staff, asked, grid_team):
    actions.accept(asked, by=staff.coordinator, seen=1)
    actions.assign(asked, to=grid_team, by=staff.coordinator, seen=2, note="先看看配电箱")
    shown = text(desk.get(f"{LIST}{asked.code}/"))
    for words in (
        receipts.shown(asked.code), "三号楼前的路灯不亮", "东一格暖心队", "web page",
        "coordinator某 assigned it to 东一格暖心队", "先看看配电箱", "The resident asked for this",
    ):  # fmt: skip
        assert words in shown, words
    assert "甲某某" not in shown


def test_words_of_a_resident_are_never_markup(desk, places, lamp):
    subject = factories.request(places.east_1, lamp, words="<script>alert(1)</script> & 路灯")
    for url in (f"{LIST}{subject.code}/", LIST):
        assert "<script>alert" not in desk.get(url).content.decode()


def test_neighbours_are_the_open_ones_of_the_grid(desk, asked, places, lamp):
    for code, where, values in (
        ("NEAR", places.east_1, {"words": "同一个格里的事"}),
        ("ENDED", places.east_1, {"words": "已经办完的事", "state": State.CLOSED, "closed_at": moment()}),
        ("OTHER", places.east_2, {"words": "另一个格里的事"}),
    ):
        factories.request(where, lamp, code=code, **values)
    shown = text(desk.get(f"{LIST}{asked.code}/"))
    assert ("同一个格里的事" in shown, "已经办完的事" in shown, "另一个格里的事" in shown) == (
        True,
        False,
        False,
    )


def test_list_stands_beside_it_with_its_place_marked(desk, asked, places, lamp):
    factories.request(places.east_1, lamp, code="OTHER")
    shown = desk.get(f"{LIST}{asked.code}/?list=show%3Dopen").content.decode()
    assert re.search(rf'<li id="r-{asked.code}" class="chosen">', shown)
    assert 'id="r-OTHER"' in shown
    assert 'class="beside' not in desk.get(f"{LIST}{asked.code}/").content.decode()


def beside(it: Request, number: int) -> None:
    """One of everything else that is told on the page."""
    at = moment(hour=9 + number)
    Escalation.objects.create(request=it, reason="overdue", level=2, due_at=at, at=at)
    entry = audit.entries_of(it).order_by("id")[number]
    Notice.objects.create(request=it, entry=entry, channel="email", state="failed", fault="邮箱已满")
    CallBack.objects.create(
        request=it, area=it.area, reason="ask", made_at=at, outcome="not_reached", done_at=at
    )
    Recording.objects.create(request=it, sound="a", seconds=5)
    Photo.objects.create(request=it, picture="a", thumbnail="b", width=1, height=1, taken=Photo.Taken.ADDED)


def test_page_tells_all_that_belongs_to_it(desk, asked, lamp):
    CategoryQuestion.objects.create(
        category=lamp, name="pole", label="灯杆编号", datatype=CategoryQuestion.Datatype.STRING
    )
    Request.objects.filter(pk=asked.pk).update(
        answers={"pole": "K-17"}, address="3号楼东侧", lat="40.657400", long="109.840300",
        order_source="12345", order_number="20260715-0042", is_urgent=True, wrote_at=moment(),
        satisfied=False, reopened_at=moment(),
    )  # fmt: skip
    beside(asked, 0)
    shown = text(desk.get(f"{LIST}{asked.code}/"))
    for words in (
        "灯杆编号", "K-17", "3号楼东侧", "40.657400, 109.840300", "12345 20260715-0042", "urgent",
        "the resident wrote", "2023-05-10 10:00", "overdue", "e-mail", "failed", "邮箱已满",
        "to be asked whether it is solved", "not reached, given up", "Added later",
    ):  # fmt: skip
        assert words in shown, words


@pytest.mark.parametrize("n", [1, 3])
def test_page_costs_the_same_whatever_there_is(
    desk, staff, asked, grid_team, places, lamp, n, django_assert_num_queries
):
    for number in range(n):
        Milestone.objects.create(request=asked, kind=Kind.PARTIAL, name=str(number), due_at=asked.due_at)
        team = factories.team(places.east, grid_team.strand)
        Part.objects.create(request=asked, area=places.east_1, team=team, words="照看")
        Photo.objects.create(request=asked, picture="a", thumbnail="b", width=1, height=1)
        factories.request(places.east_1, lamp)
        actions.show_contact(asked, by=staff.coordinator)
        beside(asked, number)
    with django_assert_num_queries(21):
        desk.get(f"{LIST}{asked.code}/")
    actions.accept(asked, by=staff.coordinator, seen=1)
    with django_assert_num_queries(27):
        desk.get(f"{LIST}{asked.code}/?list=show%3Dopen")


@pytest.mark.parametrize(
    ("at", "said"),
    [(moment(factories.DAY, 0), "2023-05-09"), (moment(factories.DAY, 17, 30), "2023-05-10 17:30")],
)
def test_deadline_at_midnight_is_told_as_the_day_that_ends_there(desk, places, lamp, at, said):
    subject = factories.request(places.east_1, lamp, due_at=at)
    shown = desk.get(f"{LIST}{subject.code}/").content.decode()
    assert re.findall(r"<time[^>]*>([^<]*)</time></dd>", shown)[0] == said


@pytest.mark.parametrize(("who", "sees"), [("coordinator", False), ("town_coordinator", True)])
def test_what_it_was_merged_into_is_named_only_to_whoever_sees_that(client, staff, places, lamp, who, sees):
    into = factories.request(places.west_1, lamp)
    subject = factories.request(places.east_1, lamp, state=State.ACCEPTED)
    actions.merge(subject, into=into, by=staff.town_coordinator, seen=1)
    client.force_login(getattr(staff, who))
    shown = text(client.get(f"{LIST}{subject.code}/"))
    assert (into.code in shown, receipts.shown(into.code) in shown) == (sees, sees)


# Photos ---------------------------------------------------------------------------------------------------


def test_photos_are_given_out_only_where_the_request_is_seen(client, staff, asked, settings, tmp_path):
    client.force_login(staff.worker)
    sent = {"seen": 1, "note": "修好了", "pictures": [picture()]}
    Request.objects.filter(pk=asked.pk).update(
        state=State.IN_PROGRESS, team=factories.team(asked.area, factories.strand())
    )
    assert client.post(f"{LIST}{asked.code}/report/", sent).status_code == 302
    photo = Photo.objects.get()
    assert photo.taken == Photo.Taken.DONE
    shown = client.get(f"{LIST}{asked.code}/").content.decode()
    for part in ("", "small/"):
        url = f"{LIST}{asked.code}/photos/{photo.code}/{part}"
        assert url in shown
        client.force_login(staff.worker)
        answer = client.get(url)
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert b"".join(answer.streaming_content).startswith(b"\xff\xd8\xff")
        client.force_login(staff.far_coordinator)
        assert client.get(url).status_code == 404
        client.logout()
        assert client.get(url).status_code == 302


def test_photo_belongs_to_its_request(desk, asked, places, lamp):
    other = factories.request(places.east_1, lamp)
    photo = Photo.objects.create(request=other, picture="a", thumbnail="b", width=1, height=1)
    assert desk.get(f"{LIST}{asked.code}/photos/{photo.code}/").status_code == 404


def test_refused_photo_is_named_and_the_words_stay(desk, asked, grid_team):
    Request.objects.filter(pk=asked.pk).update(state=State.ASSIGNED, team=grid_team)
    bad = SimpleUploadedFile("报告.docx", b"PK\x03\x04 no picture", "image/png")
    response = desk.post(f"{LIST}{asked.code}/report/", {"seen": 1, "note": "换了灯泡", "pictures": [bad]})
    assert response.status_code == 422
    assert "报告.docx" in text(response)
    assert ">\n换了灯泡</textarea>" in response.content.decode()
    assert "please choose them again" in text(response)


# Filing for somebody --------------------------------------------------------------------------------------


def filed(desk, places, **changes):
    sent = {
        "key": "6f9d1c9e-0000-4000-8000-000000000001",
        "words": "奶奶家的水管漏水",
        "area": places.east_1.code,
        "category": "lamp",
        "source": "phone",
        "contact_name": "乙某某",
        "contact_phone": "139 0000 0002",
    }
    return desk.post(f"{LIST}new/", sent | changes)


def test_filed_for_somebody_it_has_a_slip(desk, places, lamp, settings):
    response = filed(desk, places, pictures=[picture()])
    made = Request.objects.get()
    assert response.headers["Location"] == f"{LIST}{made.code}/slip/"
    assert (made.source, made.area, made.contact_phone) == ("phone", places.east_1, "13900000002")
    assert made.photos.count() == 1
    slip = text(desk.get(f"{LIST}{made.code}/slip/"))
    assert receipts.shown(made.code) in slip
    assert f"{settings.BASE_URL}/r/{made.code}/" in slip
    assert '<svg class="qr"' in slip
    assert "乙某某" not in slip
    assert "13900000002" not in slip


def test_filed_twice_it_is_one_request(desk, places, lamp):
    assert filed(desk, places).headers["Location"] == filed(desk, places).headers["Location"]
    assert Request.objects.count() == 1


def test_filed_again_with_other_words_is_refused_and_kept(desk, places, lamp):
    filed(desk, places)
    response = filed(desk, places, words="另一件事")
    assert response.status_code == 422
    assert "already sent" in text(response)
    assert "另一件事" in text(response)


@pytest.mark.parametrize(
    "wrong",
    [{"words": " "}, {"area": ""}, {"area": "990001200001001"}, {"area": "990001100"},
     {"category": "nothing"}, {"source": "web"},
     {"contact_phone": "12"}, {"words": "身份证 11010519491231002X"}],
    ids=str,
)  # fmt: skip
def test_wrong_input_is_told_and_nothing_is_lost(desk, places, lamp, wrong):
    response = filed(desk, places, **wrong)
    assert response.status_code == 422
    assert not Request.objects.exists()
    shown = response.content.decode()
    assert 'value="乙某某"' in shown
    assert wrong.get("words", "奶奶家的水管漏水") in shown
    assert 'role="alert"' in shown


def test_areas_to_file_for_are_ones_own(desk, places, lamp):
    shown = desk.get(f"{LIST}new/").content.decode()
    offered = set(re.findall(r'<option value="(\d+)"', shown))
    assert offered == {places.east.code, places.east_1.code, places.east_2.code}


def test_areas_of_two_towns_are_offered_and_none_that_has_ended(desk, places, staff, lamp):
    was = factories.area("990001100000", valid_to=factories.DAY)
    factories.succession(was, places.east)
    factories.tenure(staff.coordinator, "coordinator", places.other_town)
    shown = desk.get(f"{LIST}new/").content.decode()
    offered = re.findall(r'<option value="(\d+)"', shown)
    east, far = (places.east, places.east_1, places.east_2), (places.other_town, places.far, places.far_1)
    assert offered == [area.code for area in (*east, *far)]
    assert filed(desk, places, area=places.far_1.code).status_code == 302


@pytest.mark.parametrize("who", ["nobody", "finance", "leader"])
def test_filing_is_for_those_with_the_right(client, staff, lamp, who):
    client.force_login(getattr(staff, who))
    assert client.get(f"{LIST}new/").status_code == 403
    assert client.post(f"{LIST}new/", {"words": "x"}).status_code == 403


@pytest.mark.parametrize("n", [1, 3])
def test_form_and_slip_cost_the_same_whatever_there_is(
    desk, places, lamp, asked, n, django_assert_num_queries
):
    for number in range(n):
        factories.category(code=f"C{number}")
    with django_assert_num_queries(12):
        desk.get(f"{LIST}new/")
    with django_assert_num_queries(7):
        desk.get(f"{LIST}{asked.code}/slip/")
