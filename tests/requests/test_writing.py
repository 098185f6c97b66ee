"""The pages on which staff write: a letter and a note are different things in different places."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from shiliu.core.access import Resident
from shiliu.requests import actions
from shiliu.requests.models import Message, Request, State
from tests.requests.test_desk_pages import text

SHELLS = {"desk": "/console/requests", "field": "/field/requests"}


@pytest.fixture(params=SHELLS)
def shell(request) -> str:
    return SHELLS[request.param]


@pytest.fixture
def worker(client, cast):
    client.force_login(cast.staff.worker)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def write(client, shell: str, it: Request, kind: str, **values):
    return client.post(f"{shell}/{it.code}/write/{kind}/", {"seen": 1, "key": "k", "words": "好的"} | values)


@pytest.mark.parametrize(("kind", "stored"), [("letter", "to_resident"), ("note", "note")])
def test_each_has_its_own_address_and_look(worker, cast, shell, kind, stored):
    it = cast.request(State.ASSIGNED)
    assert write(worker, shell, it, kind).headers["Location"] == f"{shell}/{it.code}/"
    assert Message.objects.get().kind == stored
    shown = text(worker.get(f"{shell}/{it.code}/"))
    story = shown.split('class="timeline"')[1]
    look, word = {
        "letter": ("letter", "To the resident – they read this"),
        "note": ("slip-note", "Only among staff"),
    }[kind]
    assert re.search(rf'<div class="{look}">(?:(?!</div>).)*{word}', story)
    assert "好的" in story


def test_forms_stand_apart_on_the_page(worker, cast, shell):
    shown = text(worker.get(f"{shell}/{cast.request(State.ASSIGNED).code}/"))
    letter, note = (shown.split(f'class="{look}"')[1].split("</form>")[0] for look in ("letter", "slip-note"))
    assert ("/write/letter/" in letter, "/write/note/" in letter) == (True, False)
    assert ("/write/letter/" in note, "/write/note/" in note) == (False, True)
    assert 'name="asks"' in letter
    assert 'name="asks"' not in note


def test_question_waits_for_the_resident(worker, cast, shell):
    it = cast.request(State.ASSIGNED)
    write(worker, shell, it, "letter", asks="on")
    assert Request.objects.get(pk=it.pk).waits_for_resident
    assert "waits for the resident" in text(worker.get(f"{shell}/{it.code}/"))


@pytest.mark.parametrize("kind", ["letter", "note"])
@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"words": " "}, "fill this in"),
        ({"words": "打 13900000001"}, "telephone number"),
        ({"seen": "x"}, "number"),
    ],
)
def test_bad_input_is_said_and_nothing_is_lost(worker, cast, shell, kind, values, said):
    it = cast.request(State.ASSIGNED)
    response = write(worker, shell, it, kind, **values)
    assert response.status_code == 422
    assert said in text(response)
    assert values.get("words", "好的").strip() in text(response)
    assert not Message.objects.exists()


@pytest.mark.parametrize("kind", ["letter", "note"])
def test_colleague_who_was_faster_is_told_and_the_words_can_be_sent_again(worker, cast, shell, kind):
    it = cast.request(State.ASSIGNED)
    actions.take(it, by=cast.staff.worker, seen=1)
    response = write(worker, shell, it, kind)
    shown = text(response)
    assert response.status_code == 409
    assert "took it and began" in shown
    assert "好的" in shown
    assert 'name="seen" value="2"' in shown
    assert write(worker, shell, it, kind, seen=2).status_code == 302


def test_second_click_stores_nothing_more(worker, cast, shell):
    it = cast.request(State.ASSIGNED)
    statuses = [write(worker, shell, it, "letter").status_code for _n in range(2)]
    assert (statuses, Message.objects.count()) == ([302, 302], 1)


def test_form_that_comes_back_with_other_words_is_told_and_can_be_sent_once_more(worker, cast, shell):
    it = cast.request(State.ASSIGNED)
    write(worker, shell, it, "note")
    response = write(worker, shell, it, "note", words="另一句", seen=2)
    assert response.status_code == 422
    (key,) = re.findall(r'name="key" value="([^"]+)"', text(response))
    assert write(worker, shell, it, "note", words="另一句", seen=2, key=key).status_code == 302
    assert Message.objects.count() == 2


def test_who_sees_but_does_not_work_on_it_is_offered_nothing(client, cast, shell):
    it = cast.request(State.ASSIGNED)
    client.force_login(cast.staff.leader)
    assert "/write/" not in client.get(f"{shell}/{it.code}/").content.decode()
    for method in (client.get, client.post):
        assert method(f"{shell}/{it.code}/write/note/").status_code == 403
    assert client.post(f"{shell}/{it.code}/read/", {"until": timezone.now()}).status_code == 403


def test_there_is_nothing_else_to_write(worker, cast, shell):
    assert worker.get(f"{shell}/{cast.request(State.ASSIGNED).code}/write/secret/").status_code == 404


def test_words_of_the_resident_wait_until_they_are_read(worker, cast, shell):
    it = cast.request(State.ASSIGNED)
    actions.add(it, words="还有一盏", by=Resident())
    shown = text(worker.get(f"{shell}/{it.code}/"))
    assert "The resident wrote" in shown
    assert "还有一盏" in shown
    (until,) = re.findall(r'name="until" value="([^"]+)"', shown)
    before = (timezone.now() - timedelta(hours=1)).isoformat()
    worker.post(f"{shell}/{it.code}/read/", {"until": before})
    worker.post(f"{shell}/{it.code}/read/", {"until": "x"})
    assert Request.objects.get(pk=it.pk).wrote_at
    worker.post(f"{shell}/{it.code}/read/", {"until": until})
    assert Request.objects.get(pk=it.pk).wrote_at is None


@pytest.mark.parametrize("page", ["write/letter", "report"])
def test_page_that_counts_as_reading_shows_what_was_written(worker, cast, page):
    it = cast.request(State.ASSIGNED)
    actions.add(it, words="昨天的", by=Resident())
    actions.read(Request.objects.get(pk=it.pk), by=cast.staff.worker, until=timezone.now())
    actions.add(it, words="还有一盏", by=Resident())
    shown = text(worker.get(f"/field/requests/{it.code}/{page}/"))
    assert 'name="read"' in shown
    assert "还有一盏" in shown
    assert "昨天的" not in shown


def test_step_counts_as_reading_only_what_was_on_its_page(worker, cast):
    it = cast.request(State.ASSIGNED)
    shown = text(worker.get(f"/console/requests/{it.code}/"))
    opened = re.findall(r'name="read" value="([^"]+)"', shown)[0]
    actions.add(it, words="还有一盏", by=Resident())
    sent = {"seen": 1, "read": opened}
    assert worker.post(f"/console/requests/{it.code}/take/", sent).status_code == 302
    assert Request.objects.get(pk=it.pk).wrote_at

    sent = {"seen": 2, "read": timezone.now().isoformat(), "note": "换了灯泡"}
    assert worker.post(f"/console/requests/{it.code}/report/", sent).status_code == 302
    assert Request.objects.get(pk=it.pk).wrote_at is None
