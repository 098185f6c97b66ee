"""One step for many requests: each row is checked by itself, and what became of each is said."""

import html
import re
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from shiliu.core import audit
from shiliu.requests import actions
from shiliu.requests.desk import bulk
from shiliu.requests.models import Request, State
from tests import factories

URL = "/console/requests/many/"
LIST = "/console/requests/"


def text(response) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()))


def told(response) -> list[tuple[str, str]]:
    """How each row is marked, and the sentence about it."""
    rows = re.findall(
        r'<li data-tone="(\w+)">.*?<p class="told">(.*?)</p>', response.content.decode(), re.DOTALL
    )
    return [(tone, html.unescape(words)) for tone, words in rows]


def ticked(*rows) -> list[str]:
    return [f"{each.code}:{each.version}" for each in rows]


def stored(subject) -> Request:
    return Request.objects.get(pk=subject.pk)


def verbs(subject) -> list[str]:
    return [entry.verb for entry in audit.entries_of(subject)]


@pytest.fixture
def three(places, lamp):
    return [factories.request(places.east_1, lamp, code=f"R{n}") for n in range(3)]


def test_accepting_many_needs_no_more_than_one_click(desk, three):
    response = desk.post(URL, {"step": "accept", "pick": ticked(*three), "list": "show=received"})
    assert response.status_code == 200
    assert "Done for 3 of 3." in text(response)
    assert told(response) == [("good", "coordinator某 accepted it")] * 3
    assert {stored(each).state for each in three} == {State.ACCEPTED}
    assert [verbs(each) for each in three] == [["requests.accept"]] * 3
    assert f'href="{LIST}?show=received"' in response.content.decode()


def test_each_row_is_told_and_none_is_left_out(desk, staff, places, lamp, three):
    done, ended, overtaken = three
    Request.objects.filter(pk=ended.pk).update(state=State.REFUSED, closed_at=timezone.now())
    sent = [*ticked(done, ended, overtaken), "FAR:1", "nothing", ":1", "R0:1"]
    factories.request(places.far_1, lamp, code="FAR")
    actions.classify(stored(overtaken), to=factories.category(name="道路"), by=staff.town_coordinator, seen=1)
    response = desk.post(URL, {"step": "accept", "pick": sent})
    assert told(response) == [
        ("good", "coordinator某 accepted it"),
        ("stop", "This is not possible while it is “not ours”. Look at it again: it may have moved on."),
        (
            "late",
            "A colleague was faster, and nothing was done: "
            "town_coordinator某 put it into the category “道路”",
        ),
        ("stop", "There is no such request that you may see. Look at its code again."),
    ]
    assert (stored(done).state, stored(overtaken).state) == (State.ACCEPTED, State.RECEIVED)
    assert verbs(overtaken) == ["requests.classify"]


def test_one_form_serves_all_and_each_row_has_its_own_say(desk, places, lamp, three):
    far_off = timezone.now() + timedelta(days=4000)
    Request.objects.filter(pk=three[1].pk).update(due_at=far_off)
    chosen = {"step": "extend", "pick": ticked(*three)}
    form = desk.post(URL, chosen)
    assert form.status_code == 200
    assert [verbs(each) for each in three] == [[], [], []]
    day = timezone.localdate() + timedelta(days=30)
    sent = chosen | {"go": "1", "until": str(day), "note": "配件要等一个月"}
    response = desk.post(URL, sent)
    assert [tone for tone, _words in told(response)] == ["good", "stop", "good"]
    assert told(response)[1][1] == "Choose a later time than the present deadline."
    assert [timezone.localdate(stored(each).due_at) for each in (three[0], three[2])] == [day, day]
    assert stored(three[1]).due_at == far_off


def test_sent_twice_nothing_is_done_twice(desk, three, grid_team):
    for each in three:
        Request.objects.filter(pk=each.pk).update(state=State.ACCEPTED)
    sent = {"step": "assign", "pick": ticked(*three), "go": "1", "to": "team:T-EAST-1", "note": "一起看"}
    first, second = desk.post(URL, sent), desk.post(URL, sent)
    assert told(first) == told(second) == [("good", "coordinator某 assigned it to 东一格暖心队")] * 3
    assert [verbs(each) for each in three] == [["requests.assign"]] * 3
    other = desk.post(URL, sent | {"note": "另一句话"})
    assert {tone for tone, _words in told(other)} == {"late"}


def test_closing_many_says_nothing_for_residents(desk, three, grid_team):
    for each in three:
        Request.objects.filter(pk=each.pk).update(state=State.DONE, team=grid_team, contact_phone_digest="x")
    form = desk.post(URL, {"step": "close", "pick": ticked(*three)})
    assert 'name="solved"' not in form.content.decode()
    sent = {"step": "close", "pick": ticked(*three), "go": "1", "solved": "true", "note": ""}
    first, second = desk.post(URL, sent), desk.post(URL, sent)
    assert [tone for tone, _words in told(first)] == ["good"] * 3
    assert told(second) == told(first)
    assert [stored(each).solved for each in three] == [None] * 3
    assert [each.call_backs.get().done_at for each in three] == [None] * 3


def test_missing_words_are_told_before_anything_is_done(desk, three):
    response = desk.post(
        URL, {"step": "extend", "pick": ticked(*three), "go": "1", "until": "2031-05-06", "note": ""}
    )
    assert response.status_code == 422
    assert 'value="2031-05-06"' in response.content.decode()
    assert 'role="alert"' in response.content.decode()
    assert all(f'value="{pick}"' in response.content.decode() for pick in ticked(*three))
    assert [stored(each).version for each in three] == [1, 1, 1]


def test_rows_that_cannot_take_the_step_are_named_before_it_is_taken(desk, three):
    Request.objects.filter(pk=three[0].pk).update(state=State.ACCEPTED)
    response = desk.post(URL, {"step": "assign", "pick": ticked(*three)})
    assert "For 1 request." in text(response)
    assert text(response).count("this step does not follow from there") == 2
    none = desk.post(URL, {"step": "close", "pick": ticked(*three)})
    assert "None of them can take this step" in text(none)


def test_those_who_serve_any_of_the_areas_are_offered(desk, places, lamp):
    strand = factories.strand()
    for where in (places.east_1, places.east_2):
        factories.team(where, strand, code=f"T-{where.code[-6:]}", name=f"队{where.code[-3:]}")
    rows = [factories.request(where, lamp, state=State.ACCEPTED) for where in (places.east_1, places.east_2)]
    chosen = {"step": "assign", "pick": ticked(*rows)}
    shown = desk.post(URL, chosen).content.decode()
    assert re.findall(r'<option value="(team:[^"]*)"', shown) == ["team:T-001001", "team:T-001002"]
    response = desk.post(URL, chosen | {"go": "1", "to": "team:T-001001"})
    assert [tone for tone, _words in told(response)] == ["good", "stop"]
    assert "does not serve this place" in told(response)[1][1]
    assert (stored(rows[0]).team.code, stored(rows[1]).team) == ("T-001001", None)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"step": "accept"}, 422),
        ({"step": "accept", "pick": ["x", "R0:", "R0:x", "R0:1\0"]}, 422),
        ({"step": "accept", "pick": [f"R{n}:1" for n in range(101)]}, 422),
        ({"step": "refuse", "pick": ["R0:1"]}, 404),
        ({"step": "", "pick": ["R0:1"]}, 404),
        ({"step": "accept", "pick": ["R0:1"], "list": "\0show=x&area=%00"}, 200),
    ],
)
def test_what_makes_no_sense_is_a_sentence(desk, three, sent, status):
    response = desk.post(URL, sent)
    assert response.status_code == status
    if status == 422:
        assert 'role="alert"' in response.content.decode()


def test_right_is_asked_for_each_row(client, staff, places, lamp, grid_team):
    """A grid worker sees requests and may not accept them."""
    subject = factories.request(places.east_1, lamp)
    client.force_login(staff.worker)
    response = client.post(
        URL, {"step": "accept", "pick": ticked(subject)}, headers={"accept-language": "en"}
    )
    assert "None of them can take this step" in text(response)
    given = QueryDict("seen=1")
    [outcome] = bulk.run(staff.worker, "requests.accept", bulk.picks(ticked(subject)), given)
    assert (outcome.tone, stored(subject).state) == ("stop", State.RECEIVED)


@pytest.mark.parametrize("n", [1, 3])
def test_choosing_costs_the_same_whatever_there_is(desk, three, n, grid_team, django_assert_num_queries):
    Request.objects.update(state=State.ACCEPTED)
    sent = {"step": "assign", "pick": ticked(*three[:n])}
    with django_assert_num_queries(14):
        assert desk.post(URL, sent).status_code == 200


def test_list_offers_what_one_may_do_with_many(client, desk, staff, three):
    shown = desk.get(LIST).content.decode()
    assert shown.count('name="pick"') == 3
    assert re.findall(r'<option value="(\w+)">', shown[shown.index('id="step"') :])[:3] == [
        "accept", "assign", "extend",
    ]  # fmt: skip
    client.force_login(staff.leader)
    assert 'name="pick"' not in client.get(LIST).content.decode()
