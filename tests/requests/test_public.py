"""The residents' pages: asking, following by the receipt code, answering."""

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from shiliu.core import audit
from shiliu.core.access import Resident
from shiliu.core.models import AuditEntry
from shiliu.requests import actions
from shiliu.requests.models import Photo, Request, State
from tests import factories

TOWN = "990001100"


@pytest.fixture(autouse=True)
def _private_files(settings, tmp_path):
    options = {"BACKEND": "shiliu.core.storage.PrivateStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"private": options}


@pytest.fixture
def lamp(places):
    return factories.category(code="lamp", position=1)


@pytest.fixture
def other(places):
    return factories.category(code="other", name="其他", is_fallback=True)


@pytest.fixture
def asked(places, lamp) -> Request:
    return actions.ask(by=Resident(), category=lamp, area=places.east_1, words="路灯不亮")


def picture(name: str = "灯.png") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "#a3182f").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


def form(area, **values) -> dict:
    return {
        "key": str(uuid.uuid4()),
        "words": "三号楼前的路灯不亮",
        "area": area.code,
        "category": "lamp",
    } | values


def errors(response) -> dict:
    return {name: list(said) for name, said in response.context["form"].errors.items()}


# Asking ---------------------------------------------------------------------------------------------------


def test_ask_leads_to_the_receipt(client, places, lamp):
    response = client.post("/ask/", form(places.east_1, contact_phone="139 0000 0001", pictures=[picture()]))

    made = Request.objects.get()
    assert response.headers["Location"] == f"/r/{made.code}/?new=1"
    assert (made.state, made.area, made.category, made.contact_phone) == (
        State.RECEIVED, places.east_1, lamp, "13900000001",
    )  # fmt: skip
    assert AuditEntry.objects.get().verb == "requests.ask"
    receipt = client.get(response.headers["Location"]).content.decode()
    assert f"{made.code[:3]}-{made.code[3:6]}-{made.code[6:]}" in receipt
    assert "<svg" in receipt
    assert Photo.objects.get().request == made


def test_without_a_category_it_goes_to_the_one_for_it(client, places, lamp, other):
    client.post("/ask/", form(places.east_1, category=""))
    assert Request.objects.get().category == other


def test_without_such_a_category_one_has_to_be_chosen(client, places, lamp):
    response = client.post("/ask/", form(places.east_1, category=""))
    assert response.status_code == 422
    assert list(errors(response)) == ["category"]


@pytest.mark.parametrize("level", ["east", "town"])
def test_who_does_not_know_the_grid_names_what_is_known(client, places, lamp, level):
    client.post("/ask/", form(getattr(places, level)))
    assert Request.objects.get().area == getattr(places, level)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"words": " \n "}, "words"),
        ({"words": "x" * 4001}, "words"),
        ({"area": ""}, "area"),
        ({"area": "990001200001"}, "area"),  # another town's
        ({"category": "none"}, "category"),
        ({"contact_phone": "12"}, "contact_phone"),
        ({"key": ""}, "key"),
        ({"key": "k" * 80}, "key"),
        ({"pictures": [SimpleUploadedFile("a.jpg", b"no picture")]}, "pictures"),
    ],
)
def test_bad_input_is_said_at_its_field_and_what_was_typed_stays(client, places, lamp, wrong, field):
    response = client.post("/ask/", form(places.east_1, contact_name="甲某") | wrong)

    assert response.status_code == 422
    assert field in errors(response)
    assert not Request.objects.exists()
    page = response.content.decode()
    assert "甲某" in page
    if field != "words":
        assert "三号楼前的路灯不亮" in page


def test_refused_photo_is_named(client, places, lamp):
    bad = SimpleUploadedFile("不是照片.jpg", b"no picture", "image/jpeg")
    response = client.post("/ask/", form(places.east_1, pictures=[bad]))
    assert "不是照片.jpg" in str(errors(response)["pictures"])


def test_number_in_the_words_is_asked_about_once(client, places, lamp):
    words = "请回电 13900000001，路灯不亮"
    response = client.post("/ask/", form(places.east_1, words=words))
    assert list(errors(response)) == ["words"]
    assert 'type="checkbox"' in response.content.decode()

    client.post("/ask/", form(places.east_1, words=words, numbers="on"))
    assert Request.objects.get().words == words


def test_sent_twice_is_one_request_with_its_photos_once(client, places, lamp):
    key = str(uuid.uuid4())
    first, second = (
        client.post("/ask/", form(places.east_1, key=key, pictures=[picture()])) for _n in range(2)
    )
    assert first.headers["Location"] == second.headers["Location"]
    assert (Request.objects.count(), Photo.objects.count()) == (1, 1)


def test_key_that_comes_back_with_something_else_is_told(client, places, lamp):
    key = str(uuid.uuid4())
    client.post("/ask/", form(places.east_1, key=key))
    response = client.post("/ask/", form(places.east_1, key=key, words="另一件事"))
    assert response.status_code == 422
    assert "另一件事" in response.content.decode()
    assert Request.objects.count() == 1
    again = form(places.east_1, key=response.context["form"]["key"].value(), words="另一件事")
    assert [client.post("/ask/", again).status_code for _click in range(2)] == [302, 302]
    assert Request.objects.count() == 2


def test_qr_code_of_a_door_chooses_the_grid(client, places, lamp):
    page = client.get(f"/ask/?area={places.east_2.code}&category=lamp").content.decode()
    assert f'type="hidden" name="area" value="{places.east_2.code}"' in page
    assert 'type="hidden" name="category" value="lamp"' in page
    assert 'name="words"' in page


@pytest.mark.parametrize("query", ["area=no&category=no", "area=%00", "area=" + "9" * 500])
def test_choice_that_is_none_is_no_error(client, places, lamp, query):
    assert client.get(f"/ask/?{query}").status_code == 200


def test_site_without_a_town_says_so(client, db):
    assert client.get("/ask/").status_code == 503


def test_one_address_may_ask_sixty_times_an_hour(client, places, lamp, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"ask": (2, 3600)}
    statuses = [client.post("/ask/", form(places.east_1)).status_code for _n in range(3)]
    assert statuses == [302, 302, 429]
    assert Request.objects.count() == 2


# Following ------------------------------------------------------------------------------------------------


def test_code_as_typed_leads_to_the_page(client, asked):
    typed = f" {asked.code[:3].lower()} {asked.code[3:6]}－{asked.code[6:]} "
    response = client.post("/r/", {"code": typed})
    assert response.headers["Location"] == f"/r/{asked.code}/"


@pytest.mark.parametrize("code", ["", "abc", "K7Q3MN84TX0", "2222222223", "\x00" * 10])
def test_code_that_is_none_is_said(client, db, code):
    response = client.post("/r/", {"code": code})
    assert response.status_code == 422
    assert errors(response)["code"]


def test_wrong_codes_are_limited_and_right_ones_do_not_count(client, asked, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"receipt": (3, 600)}
    unknown = "2222222222"  # a code in form: all twos, whose weighted sum is 0
    for _n in range(5):
        assert client.get(f"/r/{asked.code}/").status_code == 200
    assert [client.get(f"/r/{unknown}/").status_code for _n in range(4)] == [404, 404, 404, 429]
    assert client.get(f"/r/{asked.code}/").status_code == 429
    assert client.post("/r/", {"code": unknown}).status_code == 429


def test_page_tells_posts_and_never_names_or_contacts(client, staff, places, lamp):
    team = factories.team(places.east_1, factories.strand())
    contact = {"contact_name": "甲某某", "contact_phone": "13900000001"}
    made = actions.ask(by=Resident(), category=lamp, area=places.east_1, words="灯", **contact)
    actions.accept(made, by=staff.coordinator, seen=1)
    actions.assign(made, to=team, by=staff.coordinator, seen=2, note="小心狗")
    actions.report(made, by=staff.worker, seen=3, note="换了灯泡")

    page = client.get(f"/r/{made.code}/").content.decode()

    assert "coordinator岗" in page
    assert "grid_worker岗" in page
    assert team.name in page
    assert "换了灯泡" in page
    for hidden in ("coordinator某", "worker某", "甲某某", "13900000001", "小心狗"):
        assert hidden not in page


def test_page_is_kept_by_no_cache_and_no_search_engine(client, asked):
    response = client.get(f"/r/{asked.code}/")
    assert "no-store" in response.headers["Cache-Control"]
    assert 'content="noindex"' in response.content.decode()


@pytest.mark.parametrize("n", [1, 3])
def test_page_costs_the_same_whatever_happened(client, staff, places, asked, n, django_assert_num_queries):
    actions.accept(asked, by=staff.coordinator, seen=1)
    team = factories.team(places.east_1, factories.strand())
    for seen in range(2, 2 + n):
        actions.assign(asked, to=team, by=staff.coordinator, seen=seen)
    client.get(f"/r/{asked.code}/")
    with django_assert_num_queries(8):
        client.get(f"/r/{asked.code}/")


def test_photo_is_for_whoever_has_the_code(client, places, lamp):
    client.post("/ask/", form(places.east_1, pictures=[picture()]))
    photo = Photo.objects.get()
    here = f"/r/{photo.request.code}/photos/{photo.code}/"
    for path in (here, f"{here}small/"):
        response = client.get(path)
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "image/jpeg"
        assert b"".join(response.streaming_content).startswith(b"\xff\xd8")
    assert client.get(f"/r/2222222222/photos/{photo.code}/").status_code == 404


# Answering ------------------------------------------------------------------------------------------------


def closed(places, staff, request: Request) -> Request:
    team = factories.team(places.east_1, factories.strand())
    actions.accept(request, by=staff.coordinator, seen=1)
    actions.assign(request, to=team, by=staff.coordinator, seen=2)
    actions.report(request, by=staff.worker, seen=3, note="换了灯泡")
    return actions.close(request, by=staff.coordinator, seen=4)


def answer(client, request: Request, **values):
    return client.post(f"/r/{request.code}/answer/", {"seen": request.version} | values)


def test_solved_says_the_resident(client, places, staff, asked):
    closed(places, staff, asked)
    assert answer(client, asked, answer="confirm").status_code == 302
    stored = Request.objects.get()
    assert (stored.state, stored.solved) == (State.CLOSED, True)
    entry = AuditEntry.objects.order_by("id").last()
    assert (entry.verb, entry.actor, entry.actor_label) == ("requests.confirm", None, "resident")


def test_not_solved_reopens_with_the_same_team(client, places, staff, asked):
    closed(places, staff, asked)
    answer(client, asked, answer="dispute", note="晚上又不亮了")
    stored = Request.objects.get()
    assert (stored.state, stored.solved, stored.closed_at) == (State.ASSIGNED, None, None)
    assert stored.team == asked.team


@pytest.mark.parametrize(("values", "verb"), [
    ({"answer": "dispute", "note": " 还不亮"}, "dispute"),
    ({"answer": "dissatisfied", "note": "等了很久"}, "dissatisfied"),
    ({"answer": "confirm"}, "confirm"),
])  # fmt: skip
def test_second_click_is_thanked_as_the_first(client, places, staff, asked, values, verb):
    closed(places, staff, asked)
    assert [answer(client, asked, **values).status_code for _click in range(2)] == [302, 302]
    assert audit.entries_of(asked).filter(verb=f"requests.{verb}").count() == 1
    other = answer(client, asked, **values | {"note": "又加了一句"})
    assert (other.status_code in (409, 422), "又加了一句" in other.content.decode()) == (True, True)
    assert audit.entries_of(asked).filter(verb=f"requests.{verb}").count() == 1


def test_not_solved_needs_words(client, places, staff, asked):
    closed(places, staff, asked)
    response = answer(client, asked, answer="dispute", note=" ")
    assert response.status_code == 422
    assert Request.objects.get().state == State.CLOSED


def test_answer_to_what_has_moved_on_is_told_and_keeps_the_words(client, places, staff, asked):
    closed(places, staff, asked)
    response = client.post(f"/r/{asked.code}/answer/", {"seen": 4, "answer": "dispute", "note": "还是黑的"})
    assert response.status_code == 409
    assert "还是黑的" in response.content.decode()
    assert Request.objects.get().state == State.CLOSED


def test_too_late_is_told_and_not_offered(client, places, staff, asked):
    closed(places, staff, asked)
    long_ago = timezone.now() - timezone.timedelta(days=16)
    Request.objects.update(closed_at=long_ago)
    assert 'value="dispute"' not in client.get(f"/r/{asked.code}/").content.decode()
    assert answer(client, asked, answer="dispute", note="又坏了").status_code == 422
    assert Request.objects.get().state == State.CLOSED


def test_withdraw(client, asked):
    answer(client, asked, answer="withdraw")
    assert Request.objects.get().state == State.WITHDRAWN
    assert 'name="answer"' not in client.get(f"/r/{asked.code}/").content.decode()


@pytest.mark.parametrize("values", [{"answer": "close"}, {"answer": "confirm", "seen": "x"}, {}])
def test_answer_that_is_none_changes_nothing(client, asked, values):
    assert answer(client, asked, **values).status_code == 422
    assert Request.objects.get().version == 1


def test_confirming_once_is_enough(client, places, staff, asked):
    closed(places, staff, asked)
    answer(client, asked, answer="confirm")
    again = client.post(f"/r/{asked.code}/answer/", {"seen": 6, "answer": "confirm"})
    assert again.status_code == 422
    assert Request.objects.get().version == 6


def test_confirming_too_late_changes_no_report(client, places, staff, asked):
    closed(places, staff, asked)
    Request.objects.update(closed_at=timezone.now() - timezone.timedelta(days=16))
    assert answer(client, asked, answer="confirm").status_code == 422
    assert Request.objects.get().solved is None


def test_number_in_an_answer_is_refused(client, places, staff, asked):
    closed(places, staff, asked)
    response = answer(client, asked, answer="dispute", note="打我电话 13900000001")
    assert list(errors(response)) == ["note"]
    assert Request.objects.get().state == State.CLOSED


def test_refused_answer_is_said_where_no_answer_is_offered(client, places, staff, asked):
    actions.refuse(asked, by=staff.coordinator, seen=1, note="请找物业")
    response = client.post(f"/r/{asked.code}/answer/", {"seen": 1, "answer": "withdraw", "note": "不用了"})
    page = response.content.decode()
    assert response.status_code in (409, 422)
    assert 'role="alert"' in page
    assert "不用了" in page


def test_staff_do_not_answer_for_residents(client, places, staff, asked):
    closed(places, staff, asked)
    client.force_login(staff.coordinator)
    assert 'name="answer"' not in client.get(f"/r/{asked.code}/").content.decode()
    assert answer(client, asked, answer="confirm").status_code == 403
    assert Request.objects.get().solved is None


def test_answers_are_limited(client, asked, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"answer": (2, 3600)}
    statuses = [answer(client, asked, answer="close").status_code for _n in range(3)]
    assert statuses == [422, 422, 429]


def test_address_of_an_answer_leads_back_to_the_page(client, asked):
    assert client.get(f"/r/{asked.code}/answer/").headers["Location"] == f"/r/{asked.code}/"


def test_merged_request_tells_how_the_other_goes_on_without_its_code(client, places, staff, lamp, asked):
    other = actions.ask(by=Resident(), category=lamp, area=places.east_1, words="路灯又不亮")
    actions.merge(asked, into=other, by=staff.coordinator, seen=1)
    page = client.get(f"/r/{asked.code}/").content.decode()
    assert other.get_state_display() in page.split("与另一件诉求合并办理")[1][:200]
    assert other.code not in page.replace("-", "")


def test_thanks_are_for_the_first_minutes(client, asked):
    thanks = "谢谢，已收到"
    assert thanks in client.get(f"/r/{asked.code}/?new=1").content.decode()
    Request.objects.update(received_at=timezone.now() - timezone.timedelta(hours=1))
    assert thanks not in client.get(f"/r/{asked.code}/?new=1").content.decode()


def test_qr_code_has_the_address_of_the_install(client, asked, settings):
    settings.BASE_URL = "https://town.example"
    assert f"https://town.example/r/{asked.code}/" in client.get(f"/r/{asked.code}/").content.decode()
