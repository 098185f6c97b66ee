"""Asking in three steps: what, where, and the words; what is asked further, and what belongs elsewhere."""

import io
import json
import re
import uuid
import wave
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from shiliu.core.access import Resident
from shiliu.core.models import AuditEntry
from shiliu.grid.models import Boundary
from shiliu.requests import actions, public_ids
from shiliu.requests.models import CategoryQuestion, Elsewhere, Recording, Request, State
from tests import factories

WORDS = "三号楼前的路灯不亮"


@pytest.fixture(autouse=True)
def _private_files(settings, tmp_path):
    options = {"BACKEND": "shiliu.core.storage.PrivateStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"private": options}


@pytest.fixture
def resident(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def lamp(places):
    return factories.category(code="lamp", group="公共设施", position=1, description="一盏或一排")


@pytest.fixture
def other(places):
    return factories.category(code="other", name="其他", is_fallback=True, is_public=False)


@pytest.fixture
def fire(db):
    return Elsewhere.objects.create(
        code="fire", name="火灾", name_en="Fire", telephone="119", advice="Leave first.", words="着火，失火",
        is_emergency=True,
    )  # fmt: skip


def question(of, name: str, datatype: str = "string", **values) -> CategoryQuestion:
    return CategoryQuestion.objects.create(
        category=of, name=name, label=f"{name}?", datatype=datatype, **values
    )


def sent(area, **values) -> dict:
    return {"key": str(uuid.uuid4()), "words": WORDS, "area": area.code, "category": "lamp"} | values


def text(response) -> str:
    return response.content.decode()


def errors(response) -> dict:
    return {name: list(said) for name, said in response.context["form"].errors.items()}


def hidden(response) -> list[tuple[str, str]]:
    """The hidden fields of the page's forms, but for tokens and keys."""
    found = re.findall(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?', text(response))
    return [(name, value) for name, value in found if name not in ("csrfmiddlewaretoken", "key", "next")]


def recording(name: str = "留言.wav", seconds: int = 1) -> SimpleUploadedFile:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"\x10\x20" * 8000 * seconds)
    return SimpleUploadedFile(name, out.getvalue())


# The steps ------------------------------------------------------------------------------------------------


def test_first_step_offers_the_kinds_under_their_headings_and_where_else_to_turn(resident, lamp, other, fire):
    Elsewhere.objects.create(code="court", name="诉讼", advice="问法院。", position=1)
    Elsewhere.objects.create(code="old", name="旧的", advice="不再显示", is_offered=False)
    page = text(resident.get("/ask/"))
    assert "公共设施" in page
    assert 'name="category" value="lamp"' in page
    assert "一盏或一排" in page
    assert 'href="tel:119"' in page
    assert page.index('href="tel:119"') < page.index("问法院。") < page.index('value="lamp"')
    assert "旧的" not in page
    assert 'name="category" value=""' in page  # “I don't know”


def test_kind_leads_to_the_place_and_the_place_to_the_words(resident, places, lamp, other):
    where = resident.get("/ask/?category=lamp")
    assert ("category", "lamp") in hidden(where)
    assert f'value="{places.east_1.code}"' in text(where)
    words = resident.get(f"/ask/?category=lamp&area={places.east_1.code}")
    assert hidden(words)[:2] == [("category", "lamp"), ("area", places.east_1.code)]
    assert 'name="words"' in text(words)


def test_place_of_a_qr_code_is_kept_while_the_kind_is_chosen(resident, places, lamp, other):
    what = resident.get(f"/ask/?area={places.east_1.code}")
    assert hidden(what) == [("area", places.east_1.code)]
    assert 'name="words"' not in text(what)


def test_who_does_not_know_the_kind_goes_on(resident, places, lamp, other):
    words = resident.get(f"/ask/?category=&area={places.east_1.code}")
    assert ("category", "") in hidden(words)
    assert 'name="words"' in text(words)
    assert resident.post("/ask/", sent(places.east_1, category="")).status_code == 302
    assert Request.objects.get().category == other


def test_going_back_loses_nothing_that_was_typed(resident, places, lamp, other):
    question(lamp, "pole")
    question(lamp, "kinds", "multivaluelist", options="a=甲\nb=乙")
    typed = sent(
        places.east_1, address="三单元", contact_name="甲某", contact_phone="13900000001",
        contact_email="a@example.org", **{"q-pole": "A-7", "q-kinds": ["a", "b"]},
    )  # fmt: skip
    key = typed["key"]

    what = resident.post("/ask/", typed | {"step": "what"})
    assert (what.status_code, Request.objects.count()) == (200, 0)
    carried = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', text(what)))
    assert {name: carried[name] for name in ("words", "area", "address", "contact_name", "key")} == {
        "words": WORDS, "area": places.east_1.code, "address": "三单元", "contact_name": "甲某", "key": key,
    }  # fmt: skip
    assert {("q-kinds", "a"), ("q-kinds", "b")} <= set(hidden(what))

    again = resident.post("/ask/", typed | {"step": "words"})
    page = text(again)
    for kept in (WORDS, "三单元", "甲某", "13900000001", "a@example.org", "A-7", key):
        assert kept in page
    assert len(re.findall(r'name="q-kinds"[^>]* checked', page)) == 2
    assert AuditEntry.objects.count() == 0


def test_typed_words_stand_in_no_address(resident, places, lamp, other):
    what = resident.post("/ask/", sent(places.east_1) | {"step": "what"})
    assert '<form method="post" action="/ask/" class="kinds">' in text(what)
    assert WORDS not in text(resident.get(f"/ask/?step=what&words={WORDS}&area={places.east_1.code}"))


@pytest.mark.parametrize("query", ["step=words", "step=position", "step=x&category=no", "q-a=1&step=where"])
def test_any_address_is_a_page(resident, lamp, other, query):
    assert resident.get(f"/ask/?{query}").status_code in (200, 422)


@pytest.mark.parametrize("n", [1, 3])
def test_pages_cost_the_same_whatever_there_is(resident, places, n, django_assert_num_queries):
    for number in range(n):
        made = factories.category(code=f"c{number}", position=number)
        question(made, "pole")
        actions.ask(by=Resident(), category=made, area=places.east_1, words="灯")
        Elsewhere.objects.create(code=f"e{number}", name="火", advice="去", words="着火了")
    with django_assert_num_queries(7):
        resident.get("/ask/")
    with django_assert_num_queries(2):  # what it is made of is held as long as nobody changes it
        resident.get("/ask/?category=c0")
    with django_assert_num_queries(2):
        resident.get(f"/ask/?category=c0&area={places.east_1.code}")


# What is asked further ------------------------------------------------------------------------------------


def test_questions_of_the_kind_are_asked_and_their_answers_kept_and_told(
    resident, staff, places, lamp, other
):
    question(lamp, "pole")
    question(lamp, "kinds", "multivaluelist", options="a=甲种\nb=乙种")
    question(lamp, "old", is_asked=False)
    page = text(resident.get(f"/ask/?category=lamp&area={places.east_1.code}"))
    assert 'name="q-pole"' in page
    assert 'name="q-old"' not in page
    assert 'name="q-pole"' not in text(resident.get(f"/ask/?category=&area={places.east_1.code}"))

    resident.post("/ask/", sent(places.east_1, **{"q-pole": " A-7 ", "q-kinds": ["b"], "q-old": "x"}))
    made = Request.objects.get()
    assert made.answers == {"pole": "A-7", "kinds": ["b"]}
    assert AuditEntry.objects.get().data["answers"] == "•••"
    receipt = text(resident.get(f"/r/{made.code}/"))
    assert "A-7" in receipt
    assert "乙种" in receipt
    resident.force_login(staff.coordinator)
    assert "乙种" in text(resident.get(f"/console/requests/{made.code}/"))
    resident.force_login(staff.worker)
    assert "乙种" in text(resident.get(f"/field/requests/{made.code}/"))


@pytest.mark.parametrize(
    ("datatype", "given"), [("number", "viele"), ("datetime", "2026-13-01"), ("singlevaluelist", "c")]
)
def test_answer_that_is_none_is_said_at_its_question(resident, places, lamp, datatype, given):
    question(lamp, "pole", datatype, options="a=甲" if datatype == "singlevaluelist" else "")
    response = resident.post("/ask/", sent(places.east_1, **{"q-pole": given}))
    assert response.status_code == 422
    assert list(errors(response)) == ["q-pole"]
    assert WORDS in text(response)


def test_required_question_is_asked_for(resident, places, lamp):
    question(lamp, "pole", is_required=True)
    response = resident.post("/ask/", sent(places.east_1))
    assert errors(response) == {"q-pole": ["Please answer this: it is needed to help you."]}


def test_number_of_a_person_in_an_answer_or_address_is_asked_about(resident, places, lamp):
    question(lamp, "pole")
    for name in ("q-pole", "address"):
        response = resident.post("/ask/", sent(places.east_1, **{name: "打 13900000001"}))
        assert list(errors(response)) == [name]
    assert (
        resident.post("/ask/", sent(places.east_1, address="打 13900000001", numbers="on")).status_code == 302
    )


def test_kind_that_may_not_be_anonymous_needs_telephone_or_email(resident, places):
    factories.category(code="lamp", allows_anonymous=False)
    response = resident.post("/ask/", sent(places.east_1, contact_name="甲某"))
    assert list(errors(response)) == ["contact_phone"]
    assert "asking you back" in errors(response)["contact_phone"][0]
    assert resident.post("/ask/", sent(places.east_1, contact_phone="1")).status_code == 422
    assert resident.post("/ask/", sent(places.east_1, contact_email="a@example.org")).status_code == 302
    assert Request.objects.get().contact_email == "a@example.org"


def test_email_that_is_none_is_said(resident, places, lamp):
    assert list(errors(resident.post("/ask/", sent(places.east_1, contact_email="a@")))) == ["contact_email"]


# What belongs elsewhere -----------------------------------------------------------------------------------


def test_what_belongs_elsewhere_is_told_at_once_and_can_be_sent_nevertheless(resident, places, lamp, fire):
    words = "楼下失火留下的垃圾没人清"
    response = resident.post("/ask/", sent(places.east_1, words=words))
    assert response.status_code == 422
    [said] = errors(response)["words"]
    assert said.startswith("“Fire” is not handled here. Leave first. Telephone: 119.")
    assert words in text(response)
    assert 'type="checkbox" name="not_elsewhere"' in text(response)

    assert resident.post("/ask/", sent(places.east_1, words=words, not_elsewhere="on")).status_code == 302


@pytest.mark.parametrize("change", [{"is_offered": False}, {"words": ""}, {"words": " ， ,"}])
def test_matter_that_is_not_shown_or_has_no_words_is_not_looked_for(resident, places, lamp, fire, change):
    Elsewhere.objects.update(**change)
    assert resident.post("/ask/", sent(places.east_1, words="失火")).status_code == 302


# What is reported already ---------------------------------------------------------------------------------


@pytest.fixture
def reported(places, lamp) -> Request:
    return actions.ask(
        by=Resident(), category=lamp, area=places.east_1, words="灯灭了，小心狗", contact_name="甲某某"
    )


def known(resident, area, category: str = "lamp") -> list[str]:
    return re.findall(r"/ask/known/(\w+)/", text(resident.get(f"/ask/?category={category}&area={area.code}")))


def test_what_is_reported_already_is_shown_without_its_words_and_code(resident, places, other, reported):
    page = text(resident.get(f"/ask/?category=lamp&area={places.east_1.code}"))
    assert f"/ask/known/{public_ids.public_id(reported)}/" in page
    for secret in ("灯灭了", "甲某某", reported.code):
        assert secret not in page


def test_only_open_public_new_ones_of_the_same_place_and_kind_are_shown(resident, places, other, reported):
    assert known(resident, places.east_1)
    assert known(resident, places.east)  # who does not know the grid
    assert not known(resident, places.east_2)
    assert not known(resident, places.west)
    assert not known(resident, places.town)
    assert not known(resident, places.east_1, "")
    Request.objects.update(received_at=timezone.now() - timedelta(days=8))
    assert not known(resident, places.east_1)


@pytest.mark.parametrize("hides", ["closed", "not public"])
def test_ended_and_other_than_public_ones_are_not_shown(resident, places, other, reported, hides):
    if hides == "closed":
        Request.objects.update(state=State.WITHDRAWN, closed_at=timezone.now())
    else:
        reported.category.is_public = False
        reported.category.save()
    assert not known(resident, places.east_1)


def test_at_most_five_are_shown(resident, places, lamp, other):
    for _n in range(7):
        actions.ask(by=Resident(), category=lamp, area=places.east_1, words="灯")
    assert len(known(resident, places.east_1)) == 5


def test_page_to_follow_tells_how_far_it_is_and_lets_nobody_answer(resident, staff, places, reported):
    actions.accept(reported, by=staff.coordinator, seen=1)
    response = resident.get(f"/ask/known/{public_ids.public_id(reported)}/")
    page = text(response)
    assert "accepted" in page
    for secret in ("灯灭了", "甲某某", reported.code, "coordinator岗", 'name="answer"'):
        assert secret not in page
    assert "no-store" in response.headers["Cache-Control"]


def test_page_to_follow_is_of_public_kinds_only_and_goes_on_with_what_it_became(
    resident, staff, places, lamp, reported
):
    other = actions.ask(by=Resident(), category=lamp, area=places.east_2, words="灯")
    actions.merge(reported, into=other, by=staff.coordinator, seen=1)
    path = f"/ask/known/{public_ids.public_id(reported)}/"
    assert "测试east_2" in text(resident.get(path))
    lamp.is_public = False
    lamp.save()
    assert resident.get(path).status_code == 404
    for wrong in (reported.code, "2" * 13, "x"):
        assert resident.get(f"/ask/known/{wrong}/").status_code == 404


def test_page_to_follow_costs_four_queries(resident, reported, django_assert_num_queries):
    path = f"/ask/known/{public_ids.public_id(reported)}/"
    resident.get(path)
    with django_assert_num_queries(4):  # the request, the calendar, and the town's name
        resident.get(path)


# Where one is ---------------------------------------------------------------------------------------------


def square(area, west: float, south: float) -> Boundary:
    ring = [
        [west, south],
        [west + 0.01, south],
        [west + 0.01, south + 0.01],
        [west, south + 0.01],
        [west, south],
    ]
    box = {name: Decimal(str(round(value, 6))) for name, value in (
        ("west", west), ("south", south), ("east", west + 0.01), ("north", south + 0.01))}  # fmt: skip
    return Boundary.objects.create(
        area=area, geometry=json.dumps([[ring]]), came_in="wgs84", source="test", **box
    )


HERE = {"lat": "40.655", "long": "109.845"}


@pytest.fixture
def boundaries(places):
    square(places.east_1, 109.84, 40.65)
    square(places.east, 109.84, 40.65)


def test_position_is_offered_where_there_are_boundaries_only(resident, places, lamp, other):
    assert "by-position" not in text(resident.get("/ask/?category=lamp"))
    square(places.far_1, 109.84, 40.65)  # another town's
    assert "by-position" not in text(resident.get("/ask/?category=lamp"))
    square(places.east_1, 109.84, 40.65)
    assert "by-position" in text(resident.get("/ask/?category=lamp"))


def test_position_chooses_the_grid_and_goes_no_further(resident, places, lamp, boundaries, caplog):
    page = resident.post("/ask/", HERE | {"step": "position", "category": "lamp"})
    assert dict(hidden(page))["area"] == places.east_1.code
    for number in HERE.values():
        assert number not in text(page)
        assert number not in caplog.text
    assert resident.post("/ask/", sent(places.east_1, **HERE)).status_code == 302
    made = Request.objects.get()
    assert (made.lat, made.long) == (None, None)
    assert "109.845" not in str(AuditEntry.objects.get().data)


def test_position_is_kept_where_the_place_is_the_matter(resident, places, boundaries):
    factories.category(code="lamp", place_matters=True)
    page = resident.post("/ask/", HERE | {"step": "position", "category": "lamp"})
    assert {("lat", "40.655"), ("long", "109.845")} <= set(hidden(page))
    assert "40.655000, 109.845000" in text(page)
    resident.post("/ask/", sent(places.east_1, **HERE))
    made = Request.objects.get()
    assert (made.lat, made.long) == (Decimal("40.655"), Decimal("109.845"))
    assert AuditEntry.objects.get().data["lat"] == "•••"


def test_place_chosen_from_the_list_takes_the_position_back(resident, places, boundaries):
    factories.category(code="lamp", place_matters=True)
    where = resident.post("/ask/", sent(places.east_1, **HERE) | {"step": "where"})
    assert "40.655" not in text(where)


@pytest.mark.parametrize(
    "where",
    [{"lat": "40.7", "long": "109.845"}, {"lat": "0", "long": "0"}, {"lat": "NaN", "long": "x"}, {}],
)
def test_position_in_no_area_is_told(resident, places, lamp, boundaries, where):
    page = resident.post("/ask/", where | {"step": "position", "category": "lamp", "words": WORDS})
    assert page.status_code == 422
    assert "lies in none of the areas" in text(page)
    assert WORDS in text(page)


@pytest.mark.parametrize("bad", ["x", "1e9", "1" * 500, "\0", "-"])
def test_position_that_is_none_stops_no_request(resident, places, bad):
    factories.category(code="lamp", place_matters=True)
    assert resident.post("/ask/", sent(places.east_1, lat=bad, long=bad)).status_code == 302
    assert Request.objects.get().lat is None


# A voice note ---------------------------------------------------------------------------------------------


def test_voice_note_stands_for_words(resident, staff, places, lamp):
    response = resident.post("/ask/", sent(places.east_1, words="", recording=recording()))
    assert response.status_code == 302
    made = Recording.objects.get()
    assert (made.seconds, made.request.words) == (1, "")

    path = f"/r/{made.request.code}/recordings/{made.code}/"
    assert f'src="{path}"' in text(resident.get(f"/r/{made.request.code}/"))
    answer = resident.get(path)
    assert (answer.headers["Content-Type"], answer.content[:4]) == ("audio/ogg", b"OggS")
    assert resident.get(f"/r/2222222222/recordings/{made.code}/").status_code == 404
    resident.force_login(staff.coordinator)
    desk = resident.get(f"/console/requests/{made.request.code}/")
    assert f"/console/requests/{made.request.code}/recordings/{made.code}/" in text(desk)
    assert "Voice note" in text(resident.get("/console/requests/"))
    resident.force_login(staff.worker)
    assert f"/recordings/{made.code}/" in text(resident.get(f"/field/requests/{made.request.code}/"))


def test_recording_that_is_none_is_named_and_the_words_stay(resident, places, lamp):
    bad = SimpleUploadedFile("不是录音.m4a", b"PK\x03\x04")
    response = resident.post("/ask/", sent(places.east_1, recording=bad))
    assert "不是录音.m4a" in errors(response)["recording"][0]
    assert WORDS in text(response)
    assert not Request.objects.exists()


def test_same_recording_sent_twice_is_one_request(resident, places, lamp):
    given = sent(places.east_1, words="")
    first, second = (resident.post("/ask/", given | {"recording": recording()}) for _n in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert (Request.objects.count(), Recording.objects.count()) == (1, 1)


# A form that comes back keeps its files --------------------------------------------------------------------


def files() -> dict:
    photo = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(photo, "JPEG")
    return {
        "pictures": [SimpleUploadedFile("a.jpg", photo.getvalue(), "image/jpeg")],
        "recording": recording(),
    }


def test_photos_and_voice_note_come_back_with_the_form(resident, places, lamp, tmp_path):
    first = sent(places.east_1, words="路灯不亮，打 13900000001")
    told = resident.post("/ask/", first | files())
    assert told.status_code == 422
    assert "the photos and the voice note that you chose before" in text(told)
    assert "please choose them again" not in text(told)
    (kept,) = (path for path in (tmp_path / "held").iterdir())
    assert b"base64" not in kept.read_bytes()
    again = first | {"words": "路灯不亮", "held": "on"}
    assert [resident.post("/ask/", again).status_code for _click in range(2)] == [302, 302]
    made = Request.objects.get()
    assert (made.photos.count(), made.recordings.count()) == (1, 1)


def test_files_are_left_out_or_replaced_as_one_says(resident, places, lamp):
    first = sent(places.east_1, words="路灯不亮，打 13900000001")
    resident.post("/ask/", first | files())
    resident.post("/ask/", first | {"words": "路灯不亮"})
    assert Request.objects.get().photos.count() == 0
    other = sent(places.east_1, words="路灯不亮，打 13900000001")
    resident.post("/ask/", other | files())
    new = files()["pictures"] + files()["pictures"]
    resident.post("/ask/", other | {"words": "又一盏", "held": "on", "pictures": new})
    made = Request.objects.get(words="又一盏")
    assert (made.photos.count(), made.recordings.count()) == (2, 1)


def test_files_that_are_kept_no_longer_are_asked_for(resident, places, lamp):
    told = resident.post("/ask/", sent(places.east_1, held="on"))
    assert errors(told).keys() == {"held"}
    assert "no longer kept" in text(told)


def test_files_of_another_form_are_not_given_out(resident, places, lamp):
    resident.post("/ask/", sent(places.east_1, words="打 13900000001") | files())
    assert errors(resident.post("/ask/", sent(places.east_1, held="on"))).keys() == {"held"}
