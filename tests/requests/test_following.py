"""The page that a receipt leads to: who has it, questions, additions, answers, ratings."""

import re
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from shiliu.core.access import Resident
from shiliu.requests import actions
from shiliu.requests.models import CategoryMilestone, Kind, Message, Photo, Recording, Request, State
from tests import factories
from tests.requests.test_ask_steps import recording
from tests.requests.test_desk_pages import picture, text

ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}


@pytest.fixture
def resident(client):
    client.defaults |= ENGLISH
    return client


def page(resident, it: Request) -> str:
    return text(resident.get(f"/r/{it.code}/"))


def facts(shown: str) -> dict[str, str]:
    pairs = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", shown)
    return {name: re.sub("<[^>]*>", "", value).strip() for name, value in pairs}


def add(resident, it: Request, **values):
    return resident.post(f"/r/{it.code}/add/", {"key": str(uuid.uuid4())} | values)


def answer(resident, it: Request, what: str, **values):
    seen = Request.objects.get(pk=it.pk).version
    return resident.post(f"/r/{it.code}/answer/", {"seen": seen, "answer": what} | values)


def answers(shown: str) -> set[str]:
    return set(re.findall(r'name="answer" value="(\w+)"', shown))


# Who has it -----------------------------------------------------------------------------------------------


def test_nearest_coordinators_post_has_what_nobody_has_taken_on(resident, cast):
    it = cast.request(State.RECEIVED)
    since = timezone.localtime(it.received_at)
    assert facts(page(resident, it))["Who has it"] == f"coordinator岗 · since {since:%Y-%m-%d %H:%M}"


def test_first_receiver_has_it_until_somebody_leads_and_again_when_given_back(resident, cast):
    it = cast.request(State.RECEIVED)
    actions.accept(it, by=cast.staff.coordinator, seen=1)
    assert facts(page(resident, it))["Who has it"].startswith("coordinator岗 · since ")
    actions.assign(it, to=cast.team, by=cast.staff.coordinator, seen=2)
    assert facts(page(resident, it))["Who has it"].startswith("东队 · since ")
    actions.return_(it, by=cast.chief, seen=3, note="不归我们管")
    assert facts(page(resident, it))["Who has it"].startswith("coordinator岗 · since ")


def test_ended_request_tells_who_had_it_or_nothing(resident, cast):
    assert facts(page(resident, cast.request(State.CLOSED)))["Who had it"] == "东队"
    assert "Who had it" not in facts(page(resident, cast.request(State.REFUSED)))


def test_next_milestone_is_told_until_it_is_met(resident, cast):
    CategoryMilestone.objects.create(category=cast.lamp, kind=Kind.CONTACT, amount=1, unit="clock_hour")
    it = actions.ask(by=Resident(), category=cast.lamp, area=cast.at.east_1, words="路灯")
    assert facts(page(resident, it))["Before that"].startswith("first contact")
    actions.accept(it, by=cast.staff.coordinator, seen=1)
    assert "Before that" not in facts(page(resident, it))


# Words ----------------------------------------------------------------------------------------------------


def test_letters_are_read_and_notes_never(resident, cast):
    it = cast.request(State.ACCEPTED)
    actions.tell(it, words="师傅周五来", by=cast.staff.coordinator, seen=1)
    actions.note(it, words="小心狗", by=cast.staff.coordinator, seen=2)
    shown = page(resident, it)
    assert "师傅周五来" in shown
    assert "wrote to you</b> · coordinator岗" in shown
    assert "小心狗" not in shown
    assert "coordinator某" not in shown


def test_question_stands_first_until_it_is_answered(resident, cast):
    it = cast.request(State.ACCEPTED)
    actions.tell(it, words="我们周五来", by=cast.staff.coordinator, seen=1)
    actions.tell(it, words="几号楼？", asks=True, by=cast.staff.coordinator, seen=2)
    shown = page(resident, it)
    assert shown.index("There is a question for you") < shown.index("What has happened")
    assert "几号楼？" in shown.split("There is a question for you")[1][:400]
    assert shown.count('name="words"') == 1

    response = add(resident, it, words="三号楼")
    assert response.headers["Location"] == f"/r/{it.code}/"
    shown = page(resident, it)
    assert "There is a question for you" not in shown
    assert "三号楼" in shown


def test_photos_alone_can_be_added_and_stand_in_the_story(resident, cast):
    it = cast.request(State.ACCEPTED)
    assert add(resident, it, pictures=[picture()]).status_code == 302
    photo = Photo.objects.get()
    assert photo.message == Message.objects.get()
    assert f"/r/{it.code}/photos/{photo.code}/small/" in page(resident, it)


def test_voice_note_alone_can_be_added_and_is_heard_where_the_story_is_read(resident, cast):
    it = cast.request(State.ASSIGNED)
    with_words = Message.objects.create(
        request=it, kind=Message.Kind.FROM_RESIDENT, words="早先的话", at=timezone.now()
    )
    assert add(resident, it, recording=recording()).status_code == 302
    note = Recording.objects.get()
    assert (note.message.words, note.message != with_words, note.seconds) == ("", True, 1)
    assert Request.objects.get(pk=it.pk).wrote_at is not None
    for shell, who in (
        ("r", None),
        ("console/requests", cast.staff.coordinator),
        ("field/requests", cast.chief),
    ):
        if who:
            resident.force_login(who)
        shown = text(resident.get(f"/{shell}/{it.code}/"))
        path = f"/{shell}/{it.code}/recordings/{note.code}/"
        assert shown.count(f'src="{path}"') == 1, shell
        assert "There are no words any more" not in shown
        assert resident.get(path).content[:4] == b"OggS"


def test_photos_and_voice_notes_stand_with_the_words_that_they_came_with(resident, cast):
    it = cast.request(State.ACCEPTED)
    factories.recording(it, code="ASKED")
    for words in ("第一", "第二"):
        assert add(resident, it, words=words, pictures=[picture()], recording=recording()).status_code == 302
    story = re.findall(r'<div class="heard">(.*?)</div>\s*<time', page(resident, it), re.DOTALL)
    for shown, message in zip(story, Message.objects.all(), strict=True):
        assert message.words in shown
        assert re.findall(r'src="[^"]*/recordings/(\w+)/"', shown) == [message.recordings.get().code]
        assert set(re.findall(r"/photos/(\w+)/", shown)) == {message.photos.get().code}
    assert page(resident, it).count("/recordings/ASKED/") == 2  # once, to hear it and to open it


def test_recording_that_is_none_is_named_and_nothing_is_lost_or_stored(resident, cast):
    it = cast.request(State.ACCEPTED)
    bad = SimpleUploadedFile("不是录音.m4a", b"PK\x03\x04")
    response = add(resident, it, words="还有一盏", pictures=[picture()], recording=bad)
    assert response.status_code == 422
    shown = text(response)
    assert "“不是录音.m4a” is" in shown
    assert "还有一盏" in shown
    assert "If you chose photos or a recording, please choose them again" in shown
    assert "<details open" in shown
    stored = (Message, Photo, Recording)
    assert [model.objects.count() for model in stored] == [0, 0, 0]


def test_same_voice_note_sent_twice_is_there_once_and_another_one_is_another(resident, cast):
    it = cast.request(State.ACCEPTED)
    for _n in range(2):
        assert add(resident, it, key="k", recording=recording()).status_code == 302
    assert Recording.objects.count() == 1
    response = add(resident, it, key="k", recording=recording(seconds=2))
    assert response.status_code == 422
    assert "with other words" in text(response)
    assert Recording.objects.count() == 1


def test_sent_twice_it_is_there_once(resident, cast):
    it = cast.request(State.ACCEPTED)
    key = str(uuid.uuid4())
    for _n in range(2):
        assert add(resident, it, key=key, words="还有一盏").status_code == 302
    assert Message.objects.count() == 1


def test_form_that_comes_back_with_other_words_can_be_sent_once_more(resident, cast):
    it = cast.request(State.ACCEPTED)
    add(resident, it, key="k", words="还有一盏")
    response = add(resident, it, key="k", words="还有两盏")
    shown = text(response)
    assert response.status_code == 422
    assert "还有两盏" in shown
    (key,) = re.findall(r'name="key" value="([^"]+)"', shown)
    assert add(resident, it, key=key, words="还有两盏").status_code == 302
    assert [message.words for message in Message.objects.all()] == ["还有一盏", "还有两盏"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "write something"),
        ({"words": "打我电话 13900000001"}, "telephone number"),
        ({"words": "长" * 4001}, "4000"),
        ({"words": "照片", "key": ""}, "fill this in"),
    ],
)
def test_bad_addition_is_said_and_nothing_is_lost(resident, cast, values, said):
    it = cast.request(State.ACCEPTED)
    response = add(resident, it, **values)
    assert response.status_code == 422
    shown = text(response)
    assert said in shown
    assert values.get("words", "") in shown
    assert not Message.objects.exists()


def test_too_late_nothing_is_offered_and_what_comes_is_shown_again(resident, cast):
    it = cast.request(State.CLOSED, closed_at=timezone.now() - timedelta(days=16))
    assert 'name="words"' not in page(resident, it)
    response = add(resident, it, words="又坏了")
    assert response.status_code == 422
    assert "又坏了" in text(response)


def test_staff_write_at_the_desk_and_not_for_residents(resident, cast):
    it = cast.request(State.ACCEPTED)
    resident.force_login(cast.staff.coordinator)
    assert 'name="words"' not in page(resident, it)
    assert add(resident, it, words="好").status_code == 403
    assert not Message.objects.exists()


def test_additions_are_limited_with_the_answers(resident, cast, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"answer": (2, 3600)}
    it = cast.request(State.ACCEPTED)
    assert [add(resident, it, words=f"第{n}句").status_code for n in range(3)] == [302, 302, 429]


# Solved, satisfied ----------------------------------------------------------------------------------------


def test_one_question_follows_the_other(resident, cast):
    it = cast.request(State.CLOSED)
    assert answers(page(resident, it)) == {"confirm", "dispute"}
    answer(resident, it, "confirm")
    assert answers(page(resident, it)) == {"satisfied", "dissatisfied", "dispute"}
    assert answer(resident, it, "dissatisfied", note="等得太久").status_code == 302
    now = Request.objects.get(pk=it.pk)
    assert (now.solved, now.satisfied, now.state) == (True, False, State.CLOSED)
    shown = page(resident, it)
    assert answers(shown) == {"satisfied", "dispute"}
    assert "You said that you are not satisfied with how it was handled" in shown
    assert "等得太久" in shown


def test_number_in_a_rating_is_refused_and_the_words_stay(resident, cast):
    it = cast.request(State.CLOSED, solved=True)
    response = answer(resident, it, "satisfied", note="找我 13900000001")
    assert response.status_code == 422
    assert re.search(r'id="why"[^>]*>找我 13900000001<', text(response))
    assert Request.objects.get(pk=it.pk).satisfied is None


def test_rating_what_is_not_done_is_refused(resident, cast):
    it = cast.request(State.ACCEPTED)
    assert answer(resident, it, "satisfied").status_code == 422


# Merged into another --------------------------------------------------------------------------------------


def test_page_of_what_was_merged_tells_how_the_other_one_goes_and_nothing_of_it(resident, cast):
    by = cast.staff.coordinator
    it, between, last = (
        cast.request(State.ACCEPTED, words=words) for words in ("路灯", "没有灯", "灯杆倒了")
    )
    actions.defer(last, by=by, seen=1, note="先前的说明")
    actions.take_up(last, by=by, seen=2)
    actions.merge(it, into=between, by=by, seen=1)
    actions.merge(between, into=last, by=by, seen=1)
    assert "cannot be solved now" not in page(resident, it)

    actions.assign(last, to=cast.team, by=by, seen=3)
    actions.report(last, by=cast.chief, seen=4, note="换了灯杆")
    actions.add(it, words="谢谢", by=Resident())
    actions.close(last, by=by, seen=5, note="去看过了")
    shown = page(resident, it)
    said = re.findall(r"<p><b>(.*?)</b>(.*?)</p>", shown.split("What has happened")[1])
    assert said[-3:] == [
        ("The request with which it goes on was reported done", ""),
        ("You wrote", ""),
        ("The request with which it goes on was closed", ""),
    ]
    for hidden in (last.code, between.code, "灯杆倒了", "没有灯", "换了灯杆", "去看过了", "先前的说明"):
        assert hidden not in shown


@pytest.mark.parametrize("n", [1, 3])
def test_page_of_what_was_merged_costs_the_same_however_much_was_done(
    resident, cast, n, django_assert_num_queries
):
    by = cast.staff.coordinator
    it, last = cast.request(State.ACCEPTED), cast.request(State.ACCEPTED)
    actions.merge(it, into=last, by=by, seen=1)
    for _n in range(n):
        actions.defer(last, by=by, seen=last.version, note="等明年")
        actions.take_up(last, by=by, seen=last.version)
    resident.get(f"/r/{it.code}/")
    with django_assert_num_queries(8):
        resident.get(f"/r/{it.code}/")


# Cost -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 3])
def test_page_costs_the_same_however_much_was_written(resident, cast, n, django_assert_num_queries):
    it = cast.request(State.RECEIVED)
    actions.accept(it, by=cast.staff.coordinator, seen=1)
    for _more in range(n):
        actions.tell(it, words="好", asks=True, by=cast.staff.coordinator, seen=it.version)
        add(resident, it, words="好", pictures=[picture()], recording=recording())
    resident.get(f"/r/{it.code}/")
    with django_assert_num_queries(9):
        resident.get(f"/r/{it.code}/")
