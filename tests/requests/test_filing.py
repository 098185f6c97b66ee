"""Staff file for somebody: what the category asks further, and a contact where it is needed."""

import uuid

import pytest

from shiliu.requests.models import CategoryQuestion, Elsewhere, Request
from tests import factories
from tests.requests.test_ask_steps import recording

NEW, ROUND = "/console/requests/new/", "/field/ask/"


@pytest.fixture(autouse=True)
def _private_files(settings, tmp_path):
    options = {"BACKEND": "shiliu.core.storage.PrivateStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"private": options}


@pytest.fixture
def lamp(places):
    made = factories.category(code="lamp")
    CategoryQuestion.objects.create(category=made, name="pole", label="灯杆编号")
    return made


@pytest.fixture(params=[NEW, ROUND])
def page(request, client, staff) -> str:
    client.force_login(staff.worker)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return request.param


def sent(area, **values) -> dict:
    return {
        "key": str(uuid.uuid4()),
        "words": "路灯不亮",
        "area": area.code,
        "category": "lamp",
        "source": "phone",
    } | values


def test_what_the_kind_asks_comes_back_with_the_form_once(client, page, places, lamp):
    first = client.post(page, sent(places.east_1, contact_name="甲某"))
    text = first.content.decode()
    assert first.status_code == 422
    assert "there is more to ask" in text
    assert 'name="q-pole"' in text
    assert 'name="questions_of" value="lamp"' in text
    assert "路灯不亮" in text
    assert "甲某" in text
    assert not Request.objects.exists()

    second = client.post(page, sent(places.east_1, questions_of="lamp", **{"q-pole": "A-7"}))
    assert second.status_code == 302
    assert Request.objects.get().answers == {"pole": "A-7"}


def test_files_come_back_with_the_form(client, page, places):
    factories.category(code="lamp")
    first = sent(places.east_1, words="打 13900000001")
    told = client.post(page, first | {"recording": recording()})
    assert "that you chose before" in told.content.decode()
    assert client.post(page, first | {"words": "路灯不亮", "held": "on"}).status_code == 302
    assert Request.objects.get().recordings.count() == 1


def test_form_sent_before_with_other_words_can_be_sent_once_more(client, page, places):
    factories.category(code="lamp")
    first = sent(places.east_1)
    client.post(page, first)
    told = client.post(page, first | {"words": "水管漏水"})
    assert (told.status_code, Request.objects.count()) == (422, 1)
    assert "already sent" in told.content.decode()
    again = first | {"words": "水管漏水", "key": told.context["form"]["key"].value()}
    assert client.post(page, again).status_code == 302
    assert Request.objects.count() == 2


def test_required_question_nobody_has_seen_is_not_a_mistake(client, page, places, lamp):
    CategoryQuestion.objects.update(is_required=True)
    first = client.post(page, sent(places.east_1))
    assert "Please answer this" not in first.content.decode()
    second = client.post(page, sent(places.east_1, questions_of="lamp"))
    assert "Please answer this" in second.content.decode()


def test_with_scripts_the_questions_come_when_the_kind_is_chosen(client, page, places, lamp):
    factories.category(code="plain")
    part = client.get(page, {"further": "1", "category": "lamp"}).content.decode()
    assert 'name="q-pole"' in part
    assert "<html" not in part
    none = client.get(page, {"further": "1", "category": "plain"}).content.decode()
    assert 'name="questions_of" value=""' in none
    assert client.post(page, sent(places.east_1, category="plain")).status_code == 302


def test_kind_that_may_not_be_anonymous_needs_a_name(client, page, places):
    """Who has no telephone can be asked through whoever files it."""
    factories.category(code="lamp", allows_anonymous=False)
    refused = client.post(page, sent(places.east_1))
    assert list(refused.context["form"].errors) == ["contact_name"]
    assert client.post(page, sent(places.east_1, contact_name="甲某")).status_code == 302


def test_address_email_and_voice_note_are_kept(client, page, places):
    factories.category(code="lamp")
    more = {"address": "三单元", "contact_email": "a@example.org", "recording": recording()}
    client.post(page, sent(places.east_1, words="", **more))
    made = Request.objects.get()
    assert (made.address, made.contact_email, made.recordings.get().seconds) == (
        "三单元", "a@example.org", 1,
    )  # fmt: skip


def test_what_belongs_elsewhere_is_not_told_to_staff(client, page, places):
    factories.category(code="lamp")
    Elsewhere.objects.create(name="火灾", words="失火", advice="去")
    assert client.post(page, sent(places.east_1, words="楼下失火")).status_code == 302
